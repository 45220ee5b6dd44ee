#include <cstdio>

#include "server/auth/jwt.h"
#include "server/clock.h"
#include "server/verbs/common.h"
#include "server/verbs/duration.h"
#include "server/verbs/verbs.h"

namespace rockpool::verbs {
namespace {

constexpr std::int64_t ttl_ms_max = 10ll * 365 * 24 * 3600 * 1000;

base::Error wrong(std::string what) { return {base::Code::usage, std::move(what), ""}; }

}  // namespace

base::Status token(const Words& words) {
  const auto arguments = Arguments::read(words, {.options = {"--config", "--user", "--ttl"},
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
  if (config->jwt.secret.empty()) {
    return wrong("jwt.secret is not set; name a configuration that has it by --config");
  }
  const base::Instant now = server::now();
  const std::string made =
      auth::issue({*user, (now + *ttl).ms, arguments->has("--realtime")}, config->jwt, now);
  const auto good = auth::verify(made, config->jwt, now);
  if (!good.ok()) return wrong("--user: " + good.error().message);
  std::puts(made.c_str());
  return base::done();
}

}  // namespace rockpool::verbs
