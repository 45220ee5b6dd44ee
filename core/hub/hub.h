// The server's heart: decides every version question from its view of the log, proves it by the log's fence,
// and tells the watchers. A machine without I/O: feed what happened, drain what to do.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "core/base/limits.h"
#include "core/base/prng.h"
#include "core/hub/backplane.h"
#include "core/rights/rights.h"
#include "core/schema/schemas.h"

namespace rockpool::hub {

struct Limits {
  std::size_t waiting_writes_max = base::limits::waiting_writes_max;
  std::size_t waiting_bytes_max = base::limits::waiting_bytes_max;
  std::size_t append_changes_max = base::limits::append_changes_max;
  std::size_t append_bytes_max = base::limits::append_bytes_max;
  std::size_t recent_entries_max = base::limits::recent_entries_max;
  std::size_t recent_bytes_max = base::limits::recent_bytes_max;
  std::size_t open_calls_max = base::limits::open_calls_max;  // of a caller
  std::uint64_t space_bytes_max = 1ull << 32;                 // `quota` past it
  std::uint64_t log_entries_max = 1'000'000;  // older ones are compacted once also older than log_age_ms
  std::int64_t log_age_ms = 90ll * 24 * 3600 * 1000;
  std::size_t visitors_max = 50'000;  // clients that never wrote; whoever was seen least lately is forgotten
};

// ---- in
struct Ask {
  model::Ticket ticket = 0;
  model::Principal principal;
  std::string space;
  model::Command command;
};
struct Gone {  // a connection is not there any more: its presence is withdrawn, what it provides too
  std::string member_prefix;
};
struct Woke {};
using Input = std::variant<Ask, Gone, Event, Woke>;

// ---- out
struct Answer {
  model::Ticket ticket = 0;
  model::Reply reply;
};
// Notices of one log entry (one for each topic it touches), or one of presence, an event or a call. All of
// one Tell reach a subscriber together: a cursor never ends inside a batch.
struct Tell {
  std::vector<std::pair<model::Topic, model::Notice>> notices;
};
using Output = std::variant<Answer, Tell, Request>;

// Changes of an entry are counted up to each of these.
inline constexpr std::array<std::uint64_t, 9> entry_bounds = {1, 2, 4, 8, 16, 32, 64, 128, 256};
using ByCode = std::array<std::uint64_t, 32>;  // by base::Code

struct Figures {  // for /metrics
  std::uint64_t records = 0, record_bytes = 0, appends = 0, changes = 0, conflicts = 0, refusals = 0,
                held = 0, repeats = 0, waiting = 0, clients = 0, recent_entries = 0, last_seq = 0,
                presences = 0, calls = 0, providers = 0;
  std::uint64_t stale = 0, unknown = 0, failed = 0;
  std::uint64_t waiting_full = 0, space_full = 0;                // writes that met those limits
  ByCode refused{};                                              // mutations
  ByCode errors{};                                               // questions
  std::array<std::uint64_t, entry_bounds.size() + 1> entries{};  // appended, by their changes
};

struct LogEnd {
  std::uint64_t seq = 0;
  std::uint64_t chain = 0;
  bool operator==(const LogEnd&) const = default;
};

class Hub {
 public:
  Hub(Limits limits, base::Prng prng);
  ~Hub();

  // Builds the view. Before the first handle().
  base::Status load(Backplane& backplane, base::Instant now);

  // From the next question on. Sessions that have more or less than before are for their dialects to end.
  void set_rights(std::shared_ptr<const rights::Rights> rights);
  // What a write results in has to fit from now on; what is stored already stays until it is written.
  void set_schemas(std::shared_ptr<const schema::Schemas> schemas);

  void handle(base::Instant now, Input input);
  std::optional<Output> poll();  // until empty after each handle()
  std::optional<base::Instant> next_wake() const;

  Figures figures() const;
  std::uint64_t epoch() const;
  // The last entry that the view holds.
  LogEnd end() const;
  // As the view has it, tombstones too; null when it never existed. Good until the next handle().
  const model::Record* find(std::string_view space, const model::Key& key) const;
  // Every record of every space that exists, as the view has it.
  void each(const std::function<void(const model::Record&)>& take) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rockpool::hub
