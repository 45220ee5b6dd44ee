#include <cstdio>

#include "server/auth/jwt.h"
#include "server/clock.h"
#include "server/verbs/common.h"
#include "server/verbs/duration.h"
#include "server/verbs/verbs.h"

namespace rockpool::verbs {
namespace {

base::Error wrong(std::string what) { return {base::Code::usage, std::move(what), ""}; }

}  // namespace

base::Status token(const Words& words) {
  const auto arguments = Arguments::read(words, {.options = {"--config", "--user", "--role", "--ttl"},
                                                 .switches = {"--realtime"},
                                                 .places = {},
                                                 .places_min = 0});
  if (!arguments.ok()) return arguments.error();
  const auto user = arguments->value("--user");
  if (!user || user->empty()) return wrong("--user is missing; it becomes the token's subject");
  const auto ttl = read_duration(arguments->value("--ttl").value_or("1h"));
  if (!ttl || ttl->ms <= 0 || ttl->ms > ttl_ms_max) {
    return wrong("--ttl must be a time such as 30s, 15m, 1h or 7d");
  }
  const auto config = read_settings(*arguments);
  if (!config.ok()) return config.error();
  const auth::JwtRules& rules = config->identities.jwt;
  const auth::JwtKey* const key = rules.own_key();
  if (key == nullptr) {
    return wrong("jwt.secret is not set; name a configuration that has it by --config");
  }
  const base::Instant now = server::now();
  auth::Claims claims;
  claims.subject = *user;
  claims.expires_ms = (now + *ttl).ms;
  claims.realtime = arguments->has("--realtime");
  claims.roles = read_roles(*arguments);
  const std::string made = auth::issue(claims, *key, now, rules.roles_claim);
  const auto good = auth::verify(made, rules, now);
  if (!good.ok()) return wrong("--user or --role: " + good.error().message);
  std::puts(made.c_str());
  return base::done();
}

}  // namespace rockpool::verbs
