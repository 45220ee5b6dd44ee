// Users who asked to be deleted go when their time of grace is over, and with them the groups that nobody
// else is admin of.
#pragma once

#include <optional>

#include "core/dialects/baserow/office.h"

namespace rockpool::dialects::baserow {

class Departures {
 public:
  explicit Departures(Office& office) : office_(office) {}

  void wake(Instant now, ServerSteps& out);
  // When the first one is to go.
  std::optional<Instant> next_wake() const;
  // The books are there, or have moved on.
  void look(const Happened* happened);

 private:
  void depart(Instant now, Id user, ServerSteps& out);
  MaybeFault plan(Plan& plan, Id user) const;

  Office& office_;
  std::map<Id, std::int64_t> due_;  // user -> ms
  std::set<Id> going_;
  std::optional<Instant> again_;  // one could not go
};

// A group that nobody can restore: to the trash, with its time there over.
inline constexpr std::int64_t trashed_for_good_ms = 1;

}  // namespace rockpool::dialects::baserow
