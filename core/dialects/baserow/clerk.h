// Makes every change of structure, one after the other, so that each is planned on books that are up to date:
//
//   plan ──► refused
//     └────► written, all or nothing ──► seen in the log, by the books ──► done ──► the next one
//              └─ somebody else was quicker: planned again
//
// The rows of tables do not come this way.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>

#include "core/dialects/baserow/plan.h"

namespace rockpool::dialects::baserow {

struct Job {
  CarrierId author = 0;  // what the log's readers are told that it came by; 0: nobody's
  // Makes up the change from the books, as often as it takes. An empty plan is done at once.
  std::function<MaybeFault(Plan&)> plan;
  // The books have it.
  std::function<void(ServerSteps&)> done;
  std::function<void(const Fault&, ServerSteps&)> refuse;
};

class Clerk {
 public:
  Clerk(Desk& desk, const Books& books) : desk_(desk), books_(books) {}

  void change(Instant now, Job job, ServerSteps& out);
  // False: not its question.
  bool answer(Instant now, Ticket ticket, const model::Reply& reply, ServerSteps& out);
  // The books have moved on.
  void seen(Instant now, ServerSteps& out);

 private:
  void next(Instant now, ServerSteps& out);
  void written(Instant now, const model::Written& written, ServerSteps& out);
  void give_up(Instant now, const Fault& fault, ServerSteps& out);

  Desk& desk_;
  const Books& books_;
  std::deque<Job> jobs_;  // the first one is under way while there is a ticket, or a seq is awaited
  std::optional<Ticket> asked_;
  std::optional<std::uint64_t> awaited_;  // seq
  int tries_ = 0;
  bool is_planning_ = false;
};

}  // namespace rockpool::dialects::baserow
