// JSON Web Tokens as RFC 7519 and the rules of RFC 8725 want them: the algorithm belongs to the key, never to
// the token, and everything unusual is refused. HS256 only.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/instant.h"
#include "core/base/result.h"

namespace rockpool::auth {

inline constexpr std::size_t token_bytes_max = 8 << 10;
inline constexpr std::size_t secret_bytes_min = 32;

struct JwtRules {
  std::string secret;    // empty: no token is accepted
  std::string issuer;    // not empty: `iss` must be this
  std::string audience;  // not empty: `aud` must hold this; empty: a token with `aud` is for somebody else
};

struct Claims {
  std::string subject;
  std::int64_t expires_ms = 0;
  bool realtime = false;  // may listen, may not write
  bool operator==(const Claims&) const = default;
};

// `auth` with what is wrong with the token; never with anything out of it. No slack for clocks: tokens are
// our own.
base::Result<Claims> verify(std::string_view token, const JwtRules& rules, base::Instant now);

// A token that `verify` accepts until it runs out. The rules have a secret of at least `secret_bytes_min`.
std::string issue(const Claims& claims, const JwtRules& rules, base::Instant now);

}  // namespace rockpool::auth
