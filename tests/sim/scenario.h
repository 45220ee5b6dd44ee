// What a seed's world is like: who lives in it, what they do, and what goes wrong how often.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/prng.h"
#include "core/dialect/dialect.h"
#include "core/hub/hub.h"
#include "core/sync/policy.h"

namespace rockpool::sim {

// What a page of the SDK speaks.
enum class Dialect : std::uint8_t { native, deepstream, jsonpad, rested, baserow, datocms };
inline constexpr std::string_view dialect_names[] = {"native", "deepstream", "jsonpad",
                                                     "rested", "baserow",    "datocms"};

// By one of these a page knows what is there by reading whole collections, and is told ids of the server's.
inline bool reads_again(Dialect dialect) { return dialect >= Dialect::jsonpad; }
// They are numbers, to all but the page that made the record.
inline bool shows_numbers(Dialect dialect) {
  return dialect == Dialect::jsonpad || dialect == Dialect::baserow || dialect == Dialect::datocms;
}

struct CollectionPlan {
  std::string name;
  sync::Policy policy;
  std::string policy_name;
  int free_ids = 4;
  // Records that are only ever counted up, tagged and given fields of one's own: every accepted write can be
  // told from their final state.
  int counted_ids = 0;
  bool publishes = false;  // by DatoCMS, as it is written
};

struct ClientPlan {
  Dialect dialect = Dialect::native;
  bool disk = true;
  std::vector<dialect::Carrier> carriers = {dialect::Carrier::websocket, dialect::Carrier::sse,
                                            dialect::Carrier::poll};
  std::int64_t think_ms = 1000;  // between two acts of its user, on average

  // Does the server keep books on what it writes?
  bool is_native() const { return dialect == Dialect::native; }
};

// Mean time between two of a kind, 0: never.
struct Troubles {
  std::int64_t cut = 0;           // per client
  std::int64_t block = 0;         // per client: a carrier does not get through for a while
  std::int64_t offline = 0;       // per client: online(false), later online(true)
  std::int64_t pause = 0;         // per client
  std::int64_t client_crash = 0;  // per client
  std::int64_t disk = 0;          // per client: syncs fail for a while
  std::int64_t clock = 0;         // per client and for the server
  std::int64_t server_crash = 0;
  std::int64_t blackout = 0;  // no connection for anybody
  std::int64_t log = 0;       // the log is full or down for a while
  std::int64_t epoch = 0;     // restored from an older backup
  std::int64_t rollback = 0;  // put back behind our back: an older log, the same epoch
  std::int64_t copy = 0;      // a store is copied
  std::int64_t forget = 0;    // the server forgets a client
};

struct LogPlan {
  std::int64_t slow_ms_max = 10;
  std::uint64_t unknown_once_in = 0;
  std::uint64_t stale_once_in = 0;
};

struct Scenario {
  std::uint64_t seed = 0;
  std::vector<CollectionPlan> collections;
  std::vector<ClientPlan> clients;
  Troubles troubles;
  LogPlan log;
  hub::Limits hub;
  std::int64_t delay_ms_max = 50;
  std::int64_t sync_ms_max = 30;
  std::size_t pending_max = 10'000;
  bool tokens = false;      // the user is known by a token, which sometimes is refused
  bool tears = false;       // a sync cut short leaves torn files
  bool lists = false;       // deepstream's pages go by lists, as with any deepstream server
  bool listener = false;    // a program follows records by deepstream's WebSocket, without an engine
  int channels = 0;         // so many programs listen to a query of DatoCMS each
  std::int64_t writer = 0;  // another one writes by its HTTP API; mean time between two requests, 0: none
  std::uint64_t told_events_max = 0;  // kept for pages of JSONPad, RESTED and Baserow; 0: the usual
  int rounds = 1;
  std::int64_t round_ms = 60'000;
  std::uint64_t batch_once_in = 6;
  std::uint64_t second_thoughts_once_in = 12;

  bool speaks(Dialect dialect) const;
  bool speaks_nothing_but(Dialect dialect) const;
  bool has_tables() const { return speaks(Dialect::baserow); }
  bool has_models() const { return speaks(Dialect::datocms); }
  // Do all collections have fields, which pages of those two see and nothing else?
  bool has_fields() const { return has_tables() || has_models(); }
  // Is it one of ours? Those of the dialects' own are for themselves to follow.
  bool has(const std::string& collection) const { return collection.starts_with("col"); }
};

// `only`: all of its pages speak that.
Scenario make_scenario(std::uint64_t seed, std::optional<Dialect> only = std::nullopt);

}  // namespace rockpool::sim
