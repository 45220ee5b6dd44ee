#include "core/dialects/rested/requests.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/dialect/heads.h"

namespace rockpool::dialects::rested {
namespace {

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  return out;
}

std::string read_bearer(const std::string& field) {
  constexpr std::string_view scheme = "bearer ";
  if (lower(std::string_view(field).substr(0, scheme.size())) != scheme) return {};
  return std::string(trimmed(std::string_view(field).substr(scheme.size())));
}

std::string read_cookie(const wire::Headers& headers) {
  for (const auto& [name, value] : headers) {
    if (lower(name) != "cookie") continue;
    for (const std::string_view pair : base::split(value, ';')) {
      const std::size_t equals = pair.find('=');
      if (equals != std::string_view::npos && trimmed(pair.substr(0, equals)) == cookie_name)
        return std::string(trimmed(pair.substr(equals + 1)));
    }
  }
  return {};
}

}  // namespace

Request read_request(const dialect::Arrived& arrived) {
  const wire::RequestHead& head = arrived.head;
  const std::string type = dialect::header_of(head, "Content-Type");
  return {.method = head.method,
          .route = route_of(head.path),
          .query = head.query,
          .origin = dialect::header_of(head, "Origin"),
          .has_origin = wire::find_header(head.headers, "Origin") != nullptr,
          .address = arrived.peer,
          .upgrade = head.upgrade,
          .content_length = base::read_decimal(dialect::header_of(head, "Content-Length")).value_or(0),
          .content_type = lower(trimmed(std::string_view(type).substr(0, type.find(';')))),
          .if_match = dialect::header_of(head, "If-Match"),
          .if_none_match = dialect::header_of(head, "If-None-Match"),
          .range = dialect::header_of(head, "Range"),
          .if_range = dialect::header_of(head, "If-Range"),
          .bearer = read_bearer(dialect::header_of(head, "Authorization")),
          .cookie = read_cookie(head.headers)};
}

bool names_tag(std::string_view field, std::string_view tag) {
  for (std::string_view one : base::split(field, ',')) {
    one = trimmed(one);
    if (one.starts_with("W/")) one.remove_prefix(2);
    if (one == "*" || one == tag) return true;
  }
  return false;
}

bool is_same_secret(std::string_view given, std::string_view known) {
  unsigned difference = given.size() == known.size() && !known.empty() ? 0 : 1;
  for (std::size_t i = 0; i < given.size(); ++i)
    difference |= static_cast<unsigned>(given[i]) ^
                  static_cast<unsigned>(known.empty() ? '\0' : known[i % known.size()]);
  return difference == 0;
}

}  // namespace rockpool::dialects::rested
