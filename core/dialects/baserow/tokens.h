// Access and refresh tokens: what they say. They are signed and opened at the edge.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/dialects/baserow/books.h"
#include "core/dialects/baserow/faults.h"

namespace rockpool::dialects::baserow {

struct Claims {
  bool refreshes = false;  // a refresh token; otherwise an access token
  Id user = 0;
  std::string jti;
  std::int64_t issued_ms = 0, expires_ms = 0;
};
Claims new_claims(Desk& desk, Instant now, Id user, bool refreshes);
std::string claims_text(const Claims& claims);
std::optional<Claims> read_claims(std::string_view text);

// A token that is looked at: whose is it? An access token is good while its user is active.
struct Judgement {
  Pointer<User> user;                 // null: nobody's
  Wrong wrong = Wrong::access_token;  // why
};
Judgement judge(const Books& books, Instant now, const dialect::SecretResult& opened, bool refreshes);

}  // namespace rockpool::dialects::baserow
