#include "server/auth/access.h"

#include "server/auth/crypto.h"

namespace rockpool::auth {
namespace {

dialect::Denied denied(base::Code code, std::string_view why) { return {{code, std::string(why), ""}}; }

}  // namespace

dialect::Identity identify(const config::Config& config, std::string_view token, std::string_view space,
                           base::Instant now) {
  const auto found = config.spaces.find(std::string(space));
  if (!config.admin_token.empty() && !token.empty() && same_secret(token, config.admin_token)) {
    if (found == config.spaces.end()) return denied(base::Code::forbidden, "there is no such space");
    return dialect::Identified{{.user = "admin", .admin = true, .roles = {}, .expires_ms = 0}};
  }
  if (!token.empty()) {
    const auto claims = verify(token, config.jwt, now);
    if (!claims.ok()) return dialect::Denied{claims.error()};
    if (claims->realtime) {
      return denied(base::Code::forbidden, "token: a realtime token is not for this endpoint");
    }
    if (found == config.spaces.end()) return denied(base::Code::forbidden, "there is no such space");
    return dialect::Identified{
        {.user = claims->subject, .admin = false, .roles = {}, .expires_ms = claims->expires_ms}};
  }
  if (found == config.spaces.end()) return denied(base::Code::forbidden, "there is no such space");
  if (found->second.needs_token()) return denied(base::Code::auth, "this space is closed; a token is needed");
  return dialect::Identified{};
}

}  // namespace rockpool::auth
