// Who is it, and may they enter the space? Deny is the default.
//
// Everything but passwords is decided here at once. A principal's credential says what let it in, so that it
// can be asked later whether that still holds: `admin:`, `jwt:`, `key:`, `session:` or `password:` with names
// and fingerprints, never a secret.
#pragma once

#include <functional>
#include <string_view>

#include "core/base/instant.h"
#include "core/dialect/dialect.h"
#include "server/config/config.h"

namespace rockpool::auth {

// A record of the server's own collections, as the hub has it; null where there is none.
using FindRecord = std::function<const model::Record*(const model::Key&)>;

inline constexpr std::string_view sessions_collection = "$sessions";
inline constexpr std::string_view revocations_collection = "$revocations";

class Access final : public dialect::Standing {
 public:
  // Both outlive it.
  Access(const config::Config& config, const FindRecord& find) : config_(config), find_(find) {}

  // By the token of the question, or nobody. A token that is sent is always checked, in an open space too;
  // without one only open spaces let in. A question that names no space is about the token alone.
  dialect::Identity identify(const dialect::Identify& question, base::Instant now) const;
  // Whose password was found to be right.
  dialect::Identity welcome(const std::string& user, std::string_view space, base::Instant now) const;

  base::Result<model::Principal> renew(const model::Principal& principal) const override;

 private:
  using Found = base::Result<dialect::Identified>;

  Found by_admin_token() const;
  Found by_session(std::string_view token, base::Instant now) const;
  Found by_api_key(std::string_view token, base::Instant now) const;
  Found by_jwt(std::string_view token, base::Instant now) const;
  dialect::Identity enter(Found found, std::string_view space) const;

  base::Result<model::Principal> renew_jwt(model::Principal principal) const;
  base::Result<model::Principal> renew_key(model::Principal principal) const;
  base::Result<model::Principal> renew_session(model::Principal principal) const;
  base::Result<model::Principal> renew_password(model::Principal principal) const;
  base::Status check_user(const model::Principal& principal) const;

  const config::Config& config_;
  const FindRecord& find_;
};

// A session that begins: what its owner gets, and what is stored of it.
dialect::Issued issue_session(const std::string& user, const Identities& identities, base::Instant now,
                              std::string_view random);

// Names a user's password without telling it; another one after it was changed.
std::string password_stamp(const User& user);

}  // namespace rockpool::auth
