// Removes sessions that have run out. They are records of the server's own collection `$sessions`, which
// dialects add to as people log in.
#pragma once

#include <optional>
#include <set>

#include "core/dialect/dialect.h"

namespace rockpool::dialect {

inline constexpr std::string_view sessions_collection = "$sessions";
inline constexpr std::string_view sessions_space = "default";

class SessionSweep {
 public:
  // Tickets are counted with those of the mount.
  explicit SessionSweep(Ticket& last_ticket) : last_ticket_(last_ticket) {}

  // A session has begun. Looks at most once an hour.
  void begin(Instant now, ServerSteps& out);
  bool owns(Ticket ticket) const { return asked_.contains(ticket); }
  // False: not its question.
  bool answer(Instant now, Ticket ticket, const model::Reply& reply, ServerSteps& out);

 private:
  void look(const std::string& after, ServerSteps& out);
  void remove(Instant now, const model::Page& page, ServerSteps& out);
  void ask(model::Command command, ServerSteps& out);

  Ticket& last_ticket_;
  std::set<Ticket> asked_;
  std::optional<Instant> began_;
};

}  // namespace rockpool::dialect
