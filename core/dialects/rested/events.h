// What happened at an endpoint, in order, for sockets that are there and for those that come later.
#pragma once

#include <deque>
#include <optional>
#include <string>

#include "core/dialects/rested/desk.h"

namespace rockpool::dialects::rested {

// Rises from one message of an endpoint to the next, and is the same on every server of a log: the `seq` of
// messages.
using Revision = std::uint64_t;

inline constexpr Revision revisions_of_entry = 1 << 14;
// Of the last message that the entry could have.
inline constexpr Revision last_of(std::uint64_t seq) { return (seq + 1) * revisions_of_entry - 1; }

struct Event {
  Revision revision = 0;
  Instant at;
  std::string owner;           // uniqueId of the user whose record it is, empty: nobody's
  Shared body;                 // the message without its closing brace
  model::Version version = 0;  // of the record; 0: of several
};

// What stands behind the body. `with_seq`: for who resumes. `with_version`: for our own SDK.
std::string end_of(const Event& event, bool with_seq, bool with_version);

class Log {
 public:
  explicit Log(Revision begins, std::optional<Instant> made_at = {}) : gone_(begins) {
    if (made_at) birth_ = {*made_at, begins};
  }

  void add(Event event, std::int64_t ms_max, std::size_t events_max);
  // What is older goes, and what is too much.
  void shrink(Instant now, std::int64_t ms_max, std::size_t events_max);
  // Half of it goes, the older one.
  void halve();
  std::size_t bytes() const { return bytes_; }
  // Is everything after the revision here?
  bool reaches(Revision since) const { return since >= gone_; }
  struct Birth {
    Instant at;
    Revision revision = 0;
  };
  // It was begun when the endpoint was made.
  const std::optional<Birth>& birth() const { return birth_; }
  // Those that come after.
  std::deque<Event>::const_iterator after(Revision since) const;
  std::deque<Event>::const_iterator end() const { return events_.end(); }

 private:
  void drop_oldest();

  std::deque<Event> events_;
  std::size_t bytes_ = 0;
  Revision gone_;  // the last one that is not here any more
  std::optional<Birth> birth_;
};

}  // namespace rockpool::dialects::rested
