#include "server/net/request_checks.h"

#include <algorithm>

#include "core/base/text.h"

namespace rockpool::net {
namespace {

constexpr std::size_t key_text_bytes = 24;  // 16 bytes in base64

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::size_t count(const wire::RequestHead& head, std::string_view name) {
  return static_cast<std::size_t>(
      std::count_if(head.headers.begin(), head.headers.end(),
                    [&](const auto& field) { return same_text(field.first, name); }));
}

std::string_view value(const wire::RequestHead& head, std::string_view name) {
  const std::string* found = wire::find_header(head.headers, name);
  return found == nullptr ? std::string_view() : std::string_view(*found);
}

std::optional<Fault> check_coding(const wire::RequestHead& head, unsigned version) {
  const std::size_t codings = count(head, "Transfer-Encoding");
  const std::size_t lengths = count(head, "Content-Length");
  if (codings + lengths > 1) return Fault{400, "the length of the body is said more than once"};
  if (codings == 1 && (version != 11 || !same_text(value(head, "Transfer-Encoding"), "chunked"))) {
    return Fault{501, "the only Transfer-Encoding understood is chunked, in HTTP/1.1"};
  }
  if (lengths == 1 && !base::read_decimal(value(head, "Content-Length"))) {
    return Fault{400, "Content-Length is no decimal number"};
  }
  const std::string_view content = value(head, "Content-Encoding");
  if (!content.empty() && !same_text(content, "identity")) {
    return Fault{415, "the body must not be compressed", Limit::content_coding};
  }
  return std::nullopt;
}

bool is_key(std::string_view text) {
  if (text.size() != key_text_bytes || text.substr(22) != "==") return false;
  std::string url_form(text.substr(0, 22));
  for (char& c : url_form) {
    if (c == '-' || c == '_') return false;
    c = c == '+' ? '-' : c == '/' ? '_' : c;
  }
  // The last digit of 16 bytes holds 4 unused bits; some clients leave them as they are.
  url_form.back() = 'A';
  return base::read_base64url(url_form).has_value();
}

}  // namespace

bool same_text(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

bool list_holds(std::string_view list, std::string_view token) {
  if (list.empty()) return false;
  const auto items = base::split(list, ',');
  return std::any_of(items.begin(), items.end(),
                     [&](std::string_view item) { return same_text(trimmed(item), token); });
}

bool is_method_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

std::optional<Fault> check_head_text(std::string_view text) {
  if (std::min(text.find('\r'), text.size()) > request_line_bytes_max) {
    return Fault{414, "the request line is longer than 8 KiB", Limit::request_line};
  }
  if (text.size() > head_bytes_max)
    return Fault{431, "the head of the request is larger than 16 KiB", Limit::head};
  std::size_t lines = 0;
  for (std::size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1)) {
    if (at == 0 || text[at - 1] != '\r') return Fault{400, "a line of the head does not end in CR LF"};
    const bool folded = at + 1 < text.size() && (text[at + 1] == ' ' || text[at + 1] == '\t');
    if (folded) return Fault{400, "a line of the head is folded"};
    ++lines;
  }
  // The request line and the empty line at the end are not fields.
  if (lines > header_fields_max + 2)
    return Fault{431, "the request has more than 100 header fields", Limit::header_fields};
  return std::nullopt;
}

std::optional<Fault> check_request(const wire::RequestHead& head, unsigned version) {
  if (version != 10 && version != 11) return Fault{505, "only HTTP/1.0 and HTTP/1.1 are spoken here"};
  const std::size_t hosts = count(head, "Host");
  if (hosts > 1 || (hosts == 0 && version == 11)) return Fault{400, "exactly one Host is needed"};
  if (auto fault = check_coding(head, version)) return fault;
  const std::string_view expect = value(head, "Expect");
  if (!expect.empty() && !same_text(expect, "100-continue")) {
    return Fault{417, "only 100-continue may be expected"};
  }
  return std::nullopt;
}

std::optional<Fault> split_target(std::string_view target, wire::RequestHead& head) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!same_text(target.substr(0, scheme.size()), scheme)) continue;
    const std::size_t slash = target.find('/', scheme.size());
    target = slash == std::string_view::npos ? "/" : target.substr(slash);
  }
  const bool readable = base::is_utf8(target) && target.find('#') == std::string_view::npos;
  if (target == "*" && head.method == "OPTIONS") target = "/";
  if (!readable || !target.starts_with('/')) return Fault{400, "the address of the request is broken"};
  const std::size_t mark = target.find('?');
  head.path = std::string(target.substr(0, mark));
  if (mark != std::string_view::npos) head.query = std::string(target.substr(mark + 1));
  return std::nullopt;
}

std::optional<Fault> check_upgrade(wire::RequestHead& head) {
  if (!list_holds(value(head, "Upgrade"), "websocket") || !list_holds(value(head, "Connection"), "upgrade")) {
    return std::nullopt;
  }
  if (head.method != "GET") return Fault{405, "a WebSocket begins with GET"};
  if (value(head, "Sec-WebSocket-Version") != "13") {
    return Fault{426, "only version 13 of WebSocket is spoken here"};
  }
  if (count(head, "Sec-WebSocket-Key") != 1 || !is_key(value(head, "Sec-WebSocket-Key"))) {
    return Fault{400, "Sec-WebSocket-Key must be 16 bytes in base64, once"};
  }
  head.upgrade = true;
  return std::nullopt;
}

}  // namespace rockpool::net
