// What happened in an account, in order, for polls that are there and for those that come later.
#pragma once

#include <deque>
#include <string>

#include "core/dialect/dialect.h"
#include "core/dialects/jsonpad/requests.h"

namespace rockpool::dialects::jsonpad {

using base::Instant;
using dialect::Shared;

// Rises from one event of an account to the next, and is the same on every server of a log.
using Revision = std::uint64_t;

inline constexpr Revision revisions_of_entry = 1 << 14;
// Of the last event that the entry could have.
inline constexpr Revision last_of(std::uint64_t seq) { return (seq + 1) * revisions_of_entry - 1; }

struct Event {
  Revision revision = 0;
  Instant at;
  Happening happening = Happening::list_create;
  std::string collection;  // empty with list_delete_all
  std::uint64_t num = 0;   // of the item
  model::Version version = 0;
  std::string list;  // its name then, of item events
  Shared body;
};

// `{"object_id":…,"event_type":…,"event_data":…}`; the first and the last are JSON.
std::string event_text(std::string_view object_id, std::string_view event_type, std::string_view event_data);
std::string event_text(const Event& event, bool with_list);

// What is looked at.
struct Target {
  Place::Kind kind = Place::Kind::watch_lists;
  std::string collection;
  std::uint64_t num = 0;
  Mask events = all_events;
  bool all = false;
};
bool matches(const Target& target, const Event& event);

class Log {
 public:
  explicit Log(Revision begins) : gone_(begins) {}

  void add(Event event, std::int64_t ms_max, std::size_t events_max);
  // Is everything after the revision here?
  bool reaches(Revision since) const { return since >= gone_; }
  Revision begins() const { return gone_; }
  // Those that match and come after, at most `count_max`.
  std::vector<const Event*> find(const Target& target, Revision since, std::size_t count_max) const;
  std::size_t size() const { return events_.size(); }

 private:
  std::deque<Event> events_;
  std::size_t bytes_ = 0;
  Revision gone_;  // the last one that is not here any more
};

}  // namespace rockpool::dialects::jsonpad
