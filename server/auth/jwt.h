// JSON Web Tokens as RFC 7519 and the rules of RFC 8725 want them: the algorithm belongs to the key, never to
// the token, and everything unusual is refused.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/instant.h"
#include "core/base/result.h"
#include "server/auth/public_key.h"

namespace rockpool::auth {

inline constexpr std::size_t token_bytes_max = 8 << 10;
inline constexpr std::size_t secret_bytes_min = 32;
// What clocks of other issuers may be off by. Our own clock is right.
inline constexpr std::int64_t skew_ms = 60'000;

struct JwtKey {
  std::string id;  // what `kid` says; empty: the key of tokens that say nothing
  Algorithm algorithm = Algorithm::hs256;
  std::string secret;                           // of hs256
  std::shared_ptr<const PublicKey> public_key;  // of the others
  std::string issuer;                           // not empty: `iss` must be this
  std::string audience;  // not empty: `aud` must hold this; empty: a token with `aud` is for somebody else
  bool own = true;       // its tokens are made by this server or by its operator, on the same clock
};

struct JwtRules {
  std::vector<JwtKey> keys;  // none: no token is accepted
  std::string roles_claim = "roles";

  // The key by which this server makes tokens, null when there is none.
  const JwtKey* own_key() const;
};

struct Claims {
  std::string subject;
  std::int64_t expires_ms = 0;  // with the slack that its key has
  std::int64_t issued_ms = 0;   // 0: the token does not say
  bool realtime = false;        // may listen, may not write
  std::vector<std::string> roles;
  std::string key;  // `fingerprint` of the key that signed it
  bool operator==(const Claims&) const = default;
};

// Of a user or a role: 1 to 256 bytes of UTF-8 without control characters.
bool is_name(std::string_view text);

// Names a key without telling it.
std::string fingerprint(const JwtKey& key);

// `auth` with what is wrong with the token; never with anything out of it.
base::Result<Claims> verify(std::string_view token, const JwtRules& rules, base::Instant now);

// A token that `verify` accepts until it runs out. `key` has a secret of at least `secret_bytes_min`.
std::string issue(const Claims& claims, const JwtKey& key, base::Instant now,
                  std::string_view roles_claim = "roles");

// Tokens of dialects that keep accounts themselves: any JSON object, signed with HS256. `secret` has at least
// `secret_bytes_min`. Opening looks at all but what the object says: `auth` with what is wrong.
std::string sign_object(std::string_view object, std::string_view secret);
base::Result<std::string> open_object(std::string_view token, std::string_view secret);

}  // namespace rockpool::auth
