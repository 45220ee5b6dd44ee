#include "core/dialects/baserow/clerk.h"

#include <algorithm>

#include "core/dialect/frames.h"

namespace rockpool::dialects::baserow {
namespace {

constexpr std::size_t jobs_max = 10'000;
constexpr int tries_max = 16;

}  // namespace

void Clerk::change(Instant now, Job job, ServerSteps& out) {
  if (jobs_.size() >= jobs_max) return job.refuse({.wrong = Wrong::not_now, .retry_after_ms = 1000}, out);
  jobs_.push_back(std::move(job));
  next(now, out);
}

// What a job does may bring in the next one: that waits for its turn.
void Clerk::next(Instant now, ServerSteps& out) {
  if (std::exchange(is_planning_, true)) return;
  while (!jobs_.empty() && !asked_ && !awaited_) {
    Plan plan(books_, now);
    const MaybeFault fault = jobs_.front().plan(plan);
    if (!fault && !plan.is_empty()) {
      model::Write write{.client = {}, .author = jobs_.front().author, .owns = true};
      write.groups.push_back(plan.take());
      asked_ = desk_.ask(std::move(write), out);
      break;
    }
    const Job job = std::move(jobs_.front());
    jobs_.pop_front();
    tries_ = 0;
    fault ? job.refuse(*fault, out) : job.done(out);
  }
  is_planning_ = false;
}

bool Clerk::answer(Instant now, Ticket ticket, const model::Reply& reply, ServerSteps& out) {
  if (asked_ != ticket) return false;
  if (!dialect::stays_open(reply)) asked_.reset();
  if (const auto* answered = std::get_if<model::Written>(&reply))
    written(now, *answered, out);
  else if (const auto* failed = std::get_if<model::Failed>(&reply))
    give_up(now, fault_of(failed->error, failed->retry_after_ms), out);
  return true;
}

void Clerk::written(Instant now, const model::Written& written, ServerSteps& out) {
  for (const model::Outcome& outcome : written.outcomes) {
    if (const auto* acked = std::get_if<model::Acked>(&outcome)) {
      awaited_ = std::max(awaited_.value_or(0), acked->seq);
    } else if (const auto* declined = std::get_if<model::Declined>(&outcome)) {
      return give_up(now, fault_of(declined->error), out);
    } else if (++tries_ >= tries_max) {
      return give_up(now, {.wrong = Wrong::not_now, .retry_after_ms = 1000}, out);
    } else {
      break;  // all of it was refused: it is planned anew
    }
  }
  if (!asked_) seen(now, out);
}

void Clerk::give_up(Instant now, const Fault& fault, ServerSteps& out) {
  const Job job = std::move(jobs_.front());
  jobs_.pop_front();
  tries_ = 0;
  asked_.reset();
  awaited_.reset();
  job.refuse(fault, out);
  next(now, out);
}

void Clerk::seen(Instant now, ServerSteps& out) {
  if (asked_ || (awaited_ && *awaited_ > books_.seq())) return;
  if (awaited_) {
    const Job job = std::move(jobs_.front());
    jobs_.pop_front();
    tries_ = 0;
    awaited_.reset();
    job.done(out);
  }
  next(now, out);
}

}  // namespace rockpool::dialects::baserow
