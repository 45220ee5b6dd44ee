#include "core/wire/url.h"

#include <algorithm>
#include <array>

namespace rockpool::wire {
namespace {

constexpr std::array<std::string_view, 4> schemes = {"http://", "https://", "ws://", "wss://"};

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

// An address is written without these; whoever has them in a name escapes them.
bool is_foreign(char c) { return static_cast<unsigned char>(c) <= ' ' || c == 0x7f || c == '\\' || c == '"'; }

}  // namespace

std::optional<std::string> base_url(std::string_view url) {
  const std::size_t colon = url.find("://");
  if (colon == std::string_view::npos || std::any_of(url.begin(), url.end(), is_foreign)) return std::nullopt;
  const std::string scheme = lower(url.substr(0, colon + 3));
  if (std::find(schemes.begin(), schemes.end(), scheme) == schemes.end()) return std::nullopt;
  std::string_view rest = url.substr(colon + 3);
  rest = rest.substr(0, rest.find_first_of("?#"));
  while (rest.ends_with('/')) rest.remove_suffix(1);
  if (rest.empty() || rest.front() == '/' || rest.front() == ':') return std::nullopt;
  return scheme + std::string(rest);
}

std::string socket_url(std::string_view base) {
  if (!base.starts_with("http")) return std::string(base);
  return "ws" + std::string(base.substr(4));
}

std::string host_name(std::string_view host_field) {
  // An IPv6 address is written in brackets, with colons of its own.
  if (host_field.starts_with('[')) return lower(host_field.substr(0, host_field.find(']') + 1));
  return lower(host_field.substr(0, host_field.find(':')));
}

}  // namespace rockpool::wire
