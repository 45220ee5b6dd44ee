// Takes what has been in the trash for long enough, and everything below it, away for good:
//
//   due ──► its tables let go of their collections ──► those that nobody else uses are emptied ──► removed
//
// Each step is one that can be begun again: whatever is not done when the server stops is done later.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <tuple>

#include "core/dialects/baserow/office.h"

namespace rockpool::dialects::baserow {

class Sweeper {
 public:
  explicit Sweeper(Office& office) : office_(office) {}

  void begin();  // the books are read
  void happened(const Happened& happened);
  // False: not its question.
  bool answer(Instant now, Ticket ticket, const model::Reply& reply, ServerSteps& out);
  void wake(Instant now, ServerSteps& out);
  std::optional<Instant> next_wake() const;

 private:
  using Due = std::tuple<std::int64_t, Kind, Id>;  // since when it is in the trash

  template <typename T>
  void track(const Pointer<T>& thing, bool is_there);
  // A table at or below it whose rows are still to be seen to; null: there is none.
  Pointer<Table> table_to_leave(Kind kind, Id id) const;
  void step(Instant now, ServerSteps& out);
  // False: there is nothing to do for it.
  bool leave(Instant now, const Table& table, ServerSteps& out);
  void clear(const Table& table, ServerSteps& out);
  void change(Instant now, std::function<void(Plan&)> plan, ServerSteps& out);
  // Leaves first. False: the plan is full.
  bool remove_all(Plan& plan, Kind kind, Id id, std::size_t& left) const;

  Office& office_;
  std::set<Due> trash_;
  std::set<Id> left_;  // tables whose rows are nobody's concern any more
  std::optional<Ticket> clearing_;
  Id cleared_ = 0;  // the table
  bool is_busy_ = false;
  Instant rests_until_;  // after a failure
};

}  // namespace rockpool::dialects::baserow
