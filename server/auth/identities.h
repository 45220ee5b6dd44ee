// Whom the operator knows: what the configuration says of users, keys and tokens.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "server/auth/jwt.h"

namespace rockpool::auth {

struct User {
  std::string password;  // hash, as `rockpool password` prints it; empty: no log-in by password
  std::vector<std::string> roles;
  bool disabled = false;
};

struct ApiKey {
  std::string hash;  // SHA-256 of the secret, in hex
  std::string user;
  std::vector<std::string> roles;
  bool read_only = false;
  bool realtime = false;
  std::int64_t created_ms = 0;
  std::int64_t expires_ms = 0;  // 0: never
};

struct Identities {
  std::string admin_token;
  std::map<std::string, User, std::less<>> users;
  std::map<std::string, ApiKey, std::less<>> api_keys;  // by public prefix
  JwtRules jwt;
  std::int64_t session_ms = 720ll * 3600 * 1000;

  bool nobody() const { return admin_token.empty() && users.empty() && api_keys.empty() && jwt.keys.empty(); }
};

// An API key is this, the public prefix, `_`, the secret.
inline constexpr std::string_view api_key_mark = "rk_";
// A session's token is this, its id, `_`, the secret.
inline constexpr std::string_view session_mark = "rs_";

// Letters and digits, 8 to 32 of them.
bool is_key_prefix(std::string_view text);

}  // namespace rockpool::auth
