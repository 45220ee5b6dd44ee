// The hub's wish list towards the log. server/backplane/* fulfils it; tests have one in memory and one that
// fails on purpose. Results come back as hub inputs, any time later, on the hub's thread.
//
// Rules for every backplane (docs/decisions and tests/suites/backplane_suite.h):
// 1. `ok` only when the entry survives what the backplane promises. `stale` means for certain not stored.
// 2. `unknown` (time-out, error from COMMIT) is a real outcome: the hub reads on and looks for its write id.
// 3. Entries are totally ordered, without holes, and each carries the chain hash of all before it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "core/hub/entry.h"

namespace rockpool::hub {

struct Append {
  std::uint64_t expected_seq = 0;  // the log must still end here
  Batch batch;
};

// Entries with seq > after, oldest first, at most about `bytes_max` but at least one if there is one.
struct ReadLog {
  std::uint64_t ticket = 0;
  std::uint64_t after = 0;
  std::size_t bytes_max = 1 << 20;
};

// Entries up to `up_to` may be forgotten, and tombstones not touched since.
struct Compact {
  std::uint64_t up_to = 0;
};

using Request = std::variant<Append, ReadLog, Compact>;

struct Appended {
  enum class What : std::uint8_t { ok, stale, unknown, full, down };
  What what = What::ok;
  std::uint64_t seq = 0;    // of the new entry, with ok
  std::uint64_t chain = 0;  // with ok
  std::string problem;      // for people, with the others
};

struct LogRead {
  std::uint64_t ticket = 0;
  bool compacted = false;  // `after` is before what is kept
  std::vector<Entry> entries;
  std::uint64_t last_seq = 0;
  // Chain of the entry `after` itself (0 for after = 0), so that a reader can prove where it stands.
  std::uint64_t after_chain = 0;
  std::string problem;  // not empty: could not be read now
};

using Event = std::variant<Appended, LogRead>;

// What a hub starts from.
struct Start {
  std::uint64_t epoch = 0;
  std::uint64_t last_seq = 0;
  std::uint64_t last_chain = 0;
  std::uint64_t first_seq = 1;  // oldest entry kept
  std::uint64_t last_num = 0;
  base::Instant last_time;
};

class Backplane {
 public:
  virtual ~Backplane() = default;
  // At most one Append is under way at a time.
  virtual void submit(Request request) = 0;
  // Everything that is kept, before the first submit: records (tombstones too) and client marks, in no order.
  virtual base::Result<Start> load(
      const std::function<void(const std::string& space, model::Record)>& record,
      const std::function<void(const std::string& space, ClientMark)>& mark,
      const std::function<void(const std::string& space, const ClientMark& of, std::uint64_t number,
                               model::Version version, std::uint64_t seq)>& outcome) = 0;
};

}  // namespace rockpool::hub
