#include "server/net/secrets.h"

#include <algorithm>
#include <array>

#include "core/base/text.h"
#include "core/wire/http.h"
#include "server/net/request_checks.h"

namespace rockpool::net {
namespace {

// Where dialects and their clients put what nobody else may know.
constexpr std::array<std::string_view, 13> secret_keys = {
    "jwt_token", "jwt",  "access_token", "accesstoken", "token",  "session", "api_key",
    "apikey",    "auth", "password",     "masterkey",   "secret", "key"};

bool is_secret(std::string_view key) {
  // However it is written: the percent signs of `%74oken` hide nothing from whoever reads a log.
  const auto plain = wire::percent_decode(key);
  if (!plain) return true;
  return std::any_of(secret_keys.begin(), secret_keys.end(),
                     [&](std::string_view known) { return same_text(*plain, known); });
}

// Of a channel the name is all that lets somebody in.
std::string without_channel(std::string_view path) {
  constexpr std::string_view before = "/channels/";
  const std::size_t at = path.find(before);
  if (at == std::string_view::npos) return std::string(path);
  return std::string(path.substr(0, at + before.size())) + "***";
}

}  // namespace

std::string without_secrets(std::string_view path, std::string_view query) {
  std::string text = without_channel(path);
  if (query.empty()) return text;
  char before = '?';
  for (const std::string_view pair : base::split(query, '&')) {
    const std::string_view key = pair.substr(0, pair.find('='));
    text += std::exchange(before, '&');
    text += is_secret(key) ? std::string(key) + "=***" : std::string(pair);
  }
  return text;
}

}  // namespace rockpool::net
