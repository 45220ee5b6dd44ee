#include "core/hub/writer.h"

#include <algorithm>
#include <set>

#include "core/base/text.h"

namespace rockpool::hub {
namespace {

using base::Code;
using base::Error;

constexpr base::Duration rest = base::seconds(1);

Error error(Code code, std::string message) {
  return {.code = code, .message = std::move(message), .path = {}};
}

// What makes a group wrong before anything is looked up.
base::Status check_group(const model::Group& group, const Author& author) {
  if (group.size() > (author.owns ? base::limits::own_ops_max : base::limits::batch_ops_max)) {
    return error(Code::too_large, "a batch holds at most 256 mutations; split it");
  }
  if (group.size() > 1 && !author.owns && bytes_of(group) > base::limits::batch_bytes_max) {
    return error(Code::too_large, "a batch holds at most 256 KiB; split it");
  }
  if (!author.is_numbered()) return base::done();
  std::set<std::uint64_t> numbers;
  for (const model::Mutation& mutation : group) {
    if (mutation.number == 0) return error(Code::invalid, "a mutation has the number 0; numbers begin at 1");
    if (!numbers.insert(mutation.number).second) {
      return error(Code::invalid, "a number stands twice in one batch; give each mutation its own");
    }
  }
  return base::done();
}

// Is this the entry after the last one that the view holds, in the same history?
bool continues(const State& state, const Entry& entry) {
  return entry.seq == state.recent.last_seq() + 1 &&
         entry.chain == next_chain(state.recent.last_chain(), encode(entry.batch));
}

}  // namespace

void Writer::write(base::Instant now, model::Ticket ticket, const std::string& space, Author author,
                   std::vector<model::Group> groups) {
  std::size_t mutations = 0;
  std::size_t bytes = 0;
  for (const model::Group& group : groups) {
    mutations += group.size();
    bytes += bytes_of(group);
  }
  const bool is_full = mutations_ + mutations > state_.limits.waiting_writes_max ||
                       bytes_ + bytes > state_.limits.waiting_bytes_max;
  if (is_full) state_.figures.waiting_full += mutations;
  const Error overloaded = error(Code::overloaded, "too many writes wait for the log; send it again later");

  const auto asked = std::make_shared<Asked>(ticket, space, std::move(author), mutations);
  if (groups.empty()) state_.answer(ticket, model::Written{});
  std::vector<Taken> declined;
  std::size_t at = 0;
  for (model::Group& group : groups) {
    Job job{.write = asked, .at = at, .group = std::move(group), .came = submitted_, .wrong = std::nullopt};
    at += job.group.size();
    if (auto fine = check_group(job.group, asked->author()); !fine) job.wrong = fine.error();
    if (is_full) {
      Verdict verdict = decline(Draft(state_.view, space, now), asked->author(), job.group, overloaded);
      declined.push_back({.job = std::move(job), .verdict = std::move(verdict)});
    } else {
      waiting_.push(std::move(job));
    }
  }
  mutations_ += mutations;
  bytes_ += bytes;
  settle(std::move(declined), 0);
  pump(now);
}

void Writer::pump(base::Instant now) {
  if (!problem_.empty()) {
    answer_without_log(now);
    return;
  }
  if (phase_ == Phase::idle && refresh_wanted_) start_reading();
  while (phase_ == Phase::idle) {
    const auto space = waiting_.next_space();
    if (!space) return;
    form(now, *space);
  }
}

Verdict Writer::try_on(Draft& draft, const Job& job) const {
  const Author& author = job.write->author();
  if (job.wrong) return decline(draft, author, job.group, *job.wrong);
  const JudgeLimits limits{.space_bytes_max = state_.limits.space_bytes_max,
                           .rights = state_.rights.get(),
                           .schemas = state_.schemas.get(),
                           .fields = &state_.fields};
  return judge(draft, limits, author, job.group, proved_ > job.came);
}

void Writer::form(base::Instant now, const std::string& space) {
  Draft draft(state_.view, space, now);
  std::vector<Taken> taken;
  while (const Job* job = waiting_.front(space)) {
    const std::size_t size = draft.size();
    Verdict verdict = try_on(draft, *job);
    const bool is_over =
        draft.size() > state_.limits.append_changes_max || draft.bytes() > state_.limits.append_bytes_max;
    if (size > 0 && is_over) {
      draft.rollback(size);
      break;
    }
    taken.push_back({.job = waiting_.pop(space), .verdict = std::move(verdict)});
  }
  if (draft.size() == 0) {
    // Nothing to store: what rests on the view alone can be told, the rest needs a barrier.
    taken = settle_proved(std::move(taken));
    if (taken.empty()) return;
  }
  Batch batch = draft.batch(state_.prng.hex(16), std::max(now, state_.last_time));
  append({.batch = std::move(batch), .taken = std::move(taken), .numbers = draft.numbers()});
}

void Writer::append(Flight flight) {
  flight.index = ++submitted_;
  state_.out.push_back(Append{.expected_seq = state_.recent.last_seq(), .batch = flight.batch});
  flight_ = std::move(flight);
  phase_ = Phase::appending;
}

void Writer::append_barrier(base::Instant now) {
  Flight flight;
  flight.batch.write_id = state_.prng.hex(16);
  flight.batch.time = std::max(now, state_.last_time);
  append(std::move(flight));
}

void Writer::appended(base::Instant now, Appended result) {
  if (!flight_) return;
  if (result.what == Appended::What::ok) {
    stored(result);
    pump(now);
    return;
  }
  Flight flight = std::move(*flight_);
  flight_.reset();
  const bool is_barrier = flight.batch.changes.empty();
  if (result.what == Appended::What::unknown && !is_barrier) {
    state_.figures.unknown += 1;
    doubt_ = std::move(flight);
    start_reading();
    return;
  }
  put_back(std::move(flight.taken));
  if (result.what == Appended::What::stale) {
    state_.figures.stale += 1;
    start_reading();
    return;
  }
  trouble(now, std::move(result.problem));
}

void Writer::stored(const Appended& result) {
  Flight flight = std::move(*flight_);
  flight_.reset();
  phase_ = Phase::idle;
  problem_.clear();
  proved_ = flight.index;
  state_.figures.appends += 1;
  Entry entry{.seq = result.seq, .chain = result.chain, .batch = std::move(flight.batch)};
  finish(std::move(flight), std::move(entry));
  if (!doubt_) return;
  // The barrier took the place that the doubted entry was fenced for, so it can never land.
  put_back(std::move(doubt_->taken));
  doubt_.reset();
}

// Everybody with a write in the entry is answered before anybody is told of it.
void Writer::finish(Flight flight, Entry entry) {
  const std::uint64_t seq = entry.seq;
  const std::size_t changes = entry.batch.changes.size();
  const auto* bound = std::lower_bound(entry_bounds.begin(), entry_bounds.end(), changes);
  state_.figures.changes += changes;
  if (entry.batch.hints.empty()) entry.batch.hints = std::move(flight.batch.hints);
  for (const Taken& one : flight.taken) {
    for (std::size_t i = 0; i < one.verdict.made.size(); ++i) {
      if (const auto at = one.verdict.made[i])
        one.job.write->made(one.job.at + i, entry.batch.changes[*at].record);
    }
  }
  state_.figures.entries[static_cast<std::size_t>(bound - entry_bounds.begin())] += 1;
  Tell tell = state_.take(std::move(entry));
  settle(std::move(flight.taken), seq);
  if (!tell.notices.empty()) state_.out.push_back(std::move(tell));
}

void Writer::refresh() {
  refresh_wanted_ = true;
  if (phase_ == Phase::idle) start_reading();
}

void Writer::start_reading() {
  phase_ = Phase::reading;
  refreshing_ = refreshing_ || refresh_wanted_;
  refresh_wanted_ = false;
  state_.out.push_back(ReadLog{.ticket = read_for_writer, .after = state_.recent.last_seq()});
}

void Writer::read(base::Instant now, LogRead result) {
  if (phase_ != Phase::reading) return;
  if (result.compacted || (result.problem.empty() && result.after_chain != state_.recent.last_chain())) {
    result.problem = "the log is no longer the one this server has read; restart the server";
  }
  for (Entry& entry : result.entries) {
    if (!result.problem.empty()) break;
    if (!continues(state_, entry)) {
      result.problem = "log entry " + base::decimal(entry.seq) +
                       " does not follow the one before it; run `rockpool check`";
      break;
    }
    take_from_elsewhere(std::move(entry));
  }
  if (!result.problem.empty()) {
    trouble(now, std::move(result.problem));
    return;
  }
  if (!result.entries.empty() && state_.recent.last_seq() < result.last_seq) {
    start_reading();
    return;
  }
  end_reached(now);
}

void Writer::take_from_elsewhere(Entry entry) {
  if (doubt_ && entry.batch.write_id == doubt_->batch.write_id) {
    Flight found = std::move(*doubt_);
    doubt_.reset();
    finish(std::move(found), std::move(entry));
    return;
  }
  Tell tell = state_.take(std::move(entry));
  if (!tell.notices.empty()) state_.out.push_back(std::move(tell));
}

void Writer::end_reached(base::Instant now) {
  refreshing_ = false;
  phase_ = Phase::idle;
  if (doubt_ || !problem_.empty()) append_barrier(now);
  pump(now);
}

void Writer::trouble(base::Instant now, std::string problem) {
  state_.figures.failed += 1;
  problem_ = problem.empty() ? "the log does not answer" : std::move(problem);
  phase_ = Phase::resting;
  retry_at_ = now + rest;
  pump(now);
}

void Writer::wake(base::Instant now) {
  if (phase_ == Phase::resting && now >= retry_at_) start_reading();
}

std::optional<base::Instant> Writer::next_wake() const {
  if (phase_ != Phase::resting) return std::nullopt;
  return retry_at_;
}

bool Writer::is_in_doubt(const Job& job) const {
  if (!doubt_) return false;
  return std::any_of(job.group.begin(), job.group.end(), [&](const model::Mutation& mutation) {
    return doubt_->numbers.contains({job.write->author().key, mutation.number});
  });
}

// While nothing can be appended, repeats and conflicts are still answered; what would need the log is sent
// back, and what may be in it already waits.
void Writer::answer_without_log(base::Instant now) {
  const Error why =
      error(Code::storage, "the log cannot be written now (" + problem_ + "); send it again later");
  std::vector<Taken> answered;
  for (Job& job : waiting_.take_all()) {
    if (is_in_doubt(job)) {
      waiting_.push(std::move(job));
      continue;
    }
    Draft draft(state_.view, job.write->space(), now);
    Verdict verdict = try_on(draft, job);
    if (verdict.unproved || draft.size() > 0) {
      draft.rollback(0);
      verdict = decline(draft, job.write->author(), job.group, why);
    }
    answered.push_back({.job = std::move(job), .verdict = std::move(verdict)});
  }
  settle(std::move(answered), 0);
}

std::vector<Writer::Taken> Writer::settle_proved(std::vector<Taken> taken) {
  std::vector<Taken> proved;
  std::vector<Taken> waiting;
  for (Taken& one : taken) {
    const bool is_behind = !waiting.empty() && waiting.back().job.write == one.job.write;
    (one.verdict.unproved || is_behind ? waiting : proved).push_back(std::move(one));
  }
  settle(std::move(proved), 0);
  return waiting;
}

void Writer::put_back(std::vector<Taken> taken) {
  std::vector<Job> jobs;
  jobs.reserve(taken.size());
  for (Taken& one : taken) jobs.push_back(std::move(one.job));
  waiting_.put_back(std::move(jobs));
}

void Writer::count(const model::Outcome& outcome) {
  Figures& figures = state_.figures;
  if (const auto* acked = std::get_if<model::Acked>(&outcome)) figures.repeats += acked->seq == 0 ? 0 : 1;
  figures.conflicts += std::holds_alternative<model::Conflicted>(outcome) ? 1 : 0;
  figures.held += std::holds_alternative<model::Held>(outcome) ? 1 : 0;
  if (const auto* declined = std::get_if<model::Declined>(&outcome)) {
    figures.refusals += 1;
    figures.refused[static_cast<std::size_t>(declined->error.code)] += 1;
    figures.space_full += declined->error.code == Code::quota ? 1 : 0;
  }
}

void Writer::settle(std::vector<Taken> taken, std::uint64_t seq) {
  for (Taken& one : taken) {
    for (std::size_t i = 0; i < one.job.group.size(); ++i) {
      std::optional<model::Outcome>& outcome = one.verdict.outcomes[i];
      if (outcome) {
        count(*outcome);
        auto* acked = std::get_if<model::Acked>(&*outcome);
        if (acked != nullptr && acked->seq == 0) acked->seq = seq;
      }
      one.job.write->settle(one.job.at + i, std::move(outcome));
    }
    mutations_ -= one.job.group.size();
    bytes_ -= bytes_of(one.job.group);
  }
  for (const Taken& one : taken) {
    if (auto written = one.job.write->written()) state_.answer(one.job.write->ticket(), std::move(*written));
  }
}

}  // namespace rockpool::hub
