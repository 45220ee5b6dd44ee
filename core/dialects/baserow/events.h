// What is told: a message, and who gets it. Those of a mount are kept for a while, for sockets that come
// back.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "core/dialects/baserow/office.h"

namespace rockpool::dialects::baserow {

// Rises from one message to the next, and is the same on every server of a log: the `_event_id`.
using Revision = std::uint64_t;

inline constexpr Revision revisions_of_entry = 1 << 14;
// Of the last message that the entry could have.
inline constexpr Revision last_of(std::uint64_t seq) { return (seq + 1) * revisions_of_entry - 1; }

struct Audience {
  enum class Of : std::uint8_t { group, users, table };
  Of of = Of::group;
  Id id = 0;                   // the group whose members get it, or the table that sockets are on the page of
  std::vector<Id> users = {};  // who get it, in order
};
inline Audience to_group(Id group) { return {.of = Audience::Of::group, .id = group}; }
inline Audience to_table(Id table) { return {.of = Audience::Of::table, .id = table}; }
Audience to_users(std::vector<Id> users);

struct Event {
  Audience audience;
  Author excluded = {};    // the one socket that does not get it: of that user, and with that id
  Shared body;             // the message without its closing brace
  std::string notes = {};  // further members for who resumes, each with a comma before it
  Revision revision = 0;
  Instant at;
};

// What stands behind the body. `with_id`: for who resumes.
std::string end_of(const Event& event, bool with_id);

class EventLog {
 public:
  // Nothing before it is known.
  void begin(Revision newest) { gone_ = newest; }
  void add(Event event, std::int64_t ms_max, std::size_t events_max);
  // Lets go what is too old.
  void shrink(Instant now, std::int64_t ms_max);
  // When that is due next; nothing: there is nothing in it.
  std::optional<Instant> oldest() const;
  // Is everything after the revision here?
  bool reaches(Revision since) const { return since >= gone_; }
  // Those that come after.
  std::deque<Event>::const_iterator after(Revision since) const;
  std::deque<Event>::const_iterator end() const { return events_.end(); }

 private:
  void drop();

  std::deque<Event> events_;
  std::size_t bytes_ = 0;
  Revision gone_ = 0;  // the last one that is not here any more
};

}  // namespace rockpool::dialects::baserow
