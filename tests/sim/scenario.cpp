#include "tests/sim/scenario.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>

namespace rockpool::sim {
namespace {

using base::Prng;
using dialect::Carrier;
using sync::Rule;

constexpr std::array<std::string_view, 6> policies = {"merge",  "server",   "client",
                                                      "manual", "function", "fields"};

constexpr std::size_t fields_bytes_max = 60'000;

sync::Policy policy_of(std::string_view name) {
  if (name == "server") return {.standard = Rule::server, .fields = {}};
  if (name == "client") return {.standard = Rule::client, .fields = {}};
  if (name == "manual") return {.standard = Rule::manual, .fields = {}};
  if (name == "function") return {.standard = Rule::function, .fields = {}};
  if (name == "fields") {
    return {.standard = Rule::merge,
            .fields = {{"a", Rule::server}, {"o.p", Rule::client}, {"list", Rule::set}}};
  }
  return {.standard = Rule::merge, .fields = {}};
}

CollectionPlan make_collection(Prng& prng, int index) {
  CollectionPlan plan;
  plan.name = "coll" + std::to_string(index);
  plan.policy_name = prng.once_in(3) ? "merge" : policies[prng.below(policies.size())];
  plan.policy = policy_of(plan.policy_name);
  const bool asks = plan.policy_name == "manual" || plan.policy_name == "function";
  plan.free_ids = prng.once_in(4) ? 30 : 1 + static_cast<int>(prng.below(4));
  plan.counted_ids = asks ? 0 : 1 + static_cast<int>(prng.below(3));
  return plan;
}

// A trouble is in the world or not; then it comes more or less often.
std::int64_t maybe(Prng& prng, std::uint64_t once_in, std::int64_t shortest, std::int64_t longest) {
  const bool there = prng.once_in(once_in);
  const std::int64_t mean =
      shortest + static_cast<std::int64_t>(prng.below(static_cast<std::uint64_t>(longest - shortest)));
  return there ? mean : 0;
}

Troubles make_troubles(Prng& prng) {
  Troubles troubles;
  troubles.cut = maybe(prng, 1, 1'500, 40'000);
  troubles.block = maybe(prng, 2, 3'000, 60'000);
  troubles.offline = maybe(prng, 2, 5'000, 60'000);
  troubles.pause = maybe(prng, 4, 10'000, 60'000);
  troubles.client_crash = maybe(prng, 2, 4'000, 60'000);
  troubles.disk = maybe(prng, 3, 10'000, 60'000);
  troubles.clock = maybe(prng, 3, 5'000, 60'000);
  troubles.server_crash = maybe(prng, 2, 5'000, 60'000);
  troubles.blackout = maybe(prng, 4, 20'000, 90'000);
  troubles.log = maybe(prng, 4, 5'000, 60'000);
  troubles.epoch = maybe(prng, 10, 20'000, 90'000);
  troubles.rollback = maybe(prng, 16, 20'000, 90'000);
  troubles.copy = maybe(prng, 14, 10'000, 60'000);
  troubles.forget = maybe(prng, 14, 10'000, 60'000);
  return troubles;
}

std::vector<Carrier> make_carriers(Prng& prng) {
  if (prng.once_in(6)) return {Carrier::sse};
  if (prng.once_in(6)) return {Carrier::poll};
  if (prng.once_in(6)) return {Carrier::sse, Carrier::poll};
  return {Carrier::websocket, Carrier::sse, Carrier::poll};
}

// In most worlds some of the pages speak another dialect, or each its own. Those have one carrier.
void add_dialects(Prng& prng, Scenario& scenario, std::optional<Dialect> only) {
  constexpr std::uint64_t dialects = std::size(dialect_names);
  const std::uint64_t others = prng.below(dialects + 1);
  for (ClientPlan& client : scenario.clients) {
    const std::uint64_t drawn = others == dialects ? prng.below(dialects) : prng.once_in(2) ? others : 0;
    client.dialect = only.value_or(static_cast<Dialect>(drawn));
    if (client.is_native()) continue;
    client.disk = true;
    client.carriers = {client.dialect == Dialect::jsonpad ? Carrier::poll : Carrier::websocket};
  }
  // RESTED has no word for a deletion that the server has forgotten: with it versions begin anew.
  if (scenario.speaks(Dialect::rested)) {
    scenario.hub.log_entries_max = hub::Limits{}.log_entries_max;
    scenario.hub.log_age_ms = hub::Limits{}.log_age_ms;
  }
  // None of them knows another history that is called as the last one.
  const bool reads = std::any_of(scenario.clients.begin(), scenario.clients.end(),
                                 [](const ClientPlan& client) { return reads_again(client.dialect); });
  if (reads) scenario.troubles.rollback = 0;
  // What tables and models consist of has room besides.
  if (scenario.has_fields()) scenario.hub.space_bytes_max += fields_bytes_max;
  if (scenario.has_models()) {
    scenario.channels = static_cast<int>(prng.below(3));
    for (CollectionPlan& plan : scenario.collections) plan.publishes = prng.once_in(4);
  }
  if (prng.once_in(3)) scenario.told_events_max = 2 + prng.below(30);
  scenario.listener = prng.once_in(3);
  if (prng.once_in(3)) scenario.writer = 500 + static_cast<std::int64_t>(prng.below(6'000));
  scenario.lists = prng.once_in(2);
}

hub::Limits make_limits(Prng& prng) {
  hub::Limits limits;
  if (prng.once_in(3)) {  // the log does not reach back far
    limits.log_entries_max = 5 + prng.below(60);
    limits.log_age_ms = 1'000 + static_cast<std::int64_t>(prng.below(20'000));
  }
  if (prng.once_in(4)) limits.recent_entries_max = 2 + prng.below(20);
  if (prng.once_in(6)) limits.append_changes_max = 1 + prng.below(4);
  if (prng.once_in(8)) limits.space_bytes_max = 3'000 + prng.below(8'000);
  if (prng.once_in(12)) limits.waiting_writes_max = 6 + prng.below(6);
  return limits;
}

}  // namespace

bool Scenario::speaks(Dialect dialect) const {
  return std::any_of(clients.begin(), clients.end(),
                     [&](const ClientPlan& client) { return client.dialect == dialect; });
}

bool Scenario::speaks_nothing_but(Dialect dialect) const {
  return std::all_of(clients.begin(), clients.end(),
                     [&](const ClientPlan& client) { return client.dialect == dialect; });
}

Scenario make_scenario(std::uint64_t seed, std::optional<Dialect> only) {
  Prng prng(seed * 0x9e3779b97f4a7c15ull + 1);
  Scenario scenario;
  scenario.seed = seed;
  const std::uint64_t collections = 1 + prng.below(3);
  for (std::uint64_t i = 0; i < collections; ++i) {
    scenario.collections.push_back(make_collection(prng, static_cast<int>(i)));
  }
  const std::uint64_t clients = 2 + prng.below(4);
  const std::int64_t pace = prng.once_in(3) ? 300 : 2'000;
  for (std::uint64_t i = 0; i < clients; ++i) {
    scenario.clients.push_back({.disk = !prng.once_in(6),
                                .carriers = make_carriers(prng),
                                .think_ms = pace + static_cast<std::int64_t>(prng.below(3'000))});
  }
  scenario.troubles = make_troubles(prng);
  scenario.log.slow_ms_max = prng.once_in(3) ? 3'000 : 20;
  scenario.log.unknown_once_in = prng.once_in(3) ? 3 + prng.below(20) : 0;
  scenario.log.stale_once_in = prng.once_in(3) ? 3 + prng.below(20) : 0;
  scenario.hub = make_limits(prng);
  scenario.delay_ms_max = prng.once_in(3) ? 2'000 : 60;
  scenario.sync_ms_max = prng.once_in(4) ? 2'000 : 40;
  if (prng.once_in(20)) scenario.pending_max = 3 + prng.below(10);
  scenario.tokens = prng.once_in(4);
  scenario.tears = prng.once_in(2);
  scenario.rounds = 1 + static_cast<int>(prng.below(3));
  scenario.round_ms = 10'000 + static_cast<std::int64_t>(prng.below(80'000));
  scenario.batch_once_in = 3 + prng.below(10);
  scenario.second_thoughts_once_in = 5 + prng.below(20);
  add_dialects(prng, scenario, only);
  return scenario;
}

}  // namespace rockpool::sim
