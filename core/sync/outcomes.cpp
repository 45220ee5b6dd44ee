// What became of the mutations we sent.
#include <algorithm>

#include "core/sync/engine_impl.h"

namespace rockpool::sync {
namespace {

constexpr std::uint32_t quick_tries_max = 3;
constexpr std::int64_t patience_ms_max = 30'000;

// Answers that say "not now" rather than "no".
bool is_passing(base::Code code) {
  return code == base::Code::overloaded || code == base::Code::storage || code == base::Code::timeout ||
         code == base::Code::internal;
}

}  // namespace

void Engine::Impl::on_outcome(const model::Outcome& outcome) {
  if (const auto* acked = std::get_if<model::Acked>(&outcome))
    on_acked(*acked);
  else if (const auto* conflicted = std::get_if<model::Conflicted>(&outcome))
    on_conflicted(*conflicted);
  else if (const auto* held = std::get_if<model::Held>(&outcome))
    on_held(*held);
  else if (const auto* declined = std::get_if<model::Declined>(&outcome))
    on_declined(*declined);
}

Engine::Impl::Numbers Engine::Impl::with_carried(const Pending& pending) const {
  Numbers numbers = pending.carries;
  numbers.push_back(pending.mutation.number);
  return numbers;
}

void Engine::Impl::settle(std::uint64_t number, WriteState state) {
  const Pending* pending = outbox_.find(number);
  if (pending == nullptr) return;
  const Numbers numbers = with_carried(*pending);
  if (!pending->acked) moved(state, numbers);  // an acknowledged write was told when the answer came
  // What was answered for good, or was merged into another, is settled since: a claim is never taken back.
  if (pending->open()) outbox_.settling(number, ledger_.stores() ? ledger_.step() : 0);
  leave_row(*pending);
  if (pending->in_flight) answered(*outbox_.find(number));
  ledger_.note_pending(number);
  outbox_.erase(number);
  if (!ledger_.stores()) outbox_.persisted(0, outbox_.last());
}

// What is sent because this one is out of the way must not get to the server before our books say that it is:
// after a crash it would be in the way again, and be joined as if it came first.
void Engine::Impl::leave_row(const Pending& pending) {
  Row* row = replica_.find(pending.mutation.key);
  if (row == nullptr || !row->local) return;
  const std::uint64_t number = pending.mutation.number;
  // Its batch goes without it from now on: no less another form than a changed write.
  for (const std::uint64_t member : outbox_.group_of(number)) {
    Pending& other = *outbox_.find(member);
    if (!other.outstanding) other.step = ledger_.step();
  }
  std::erase(row->local->writes, number);
  push_due_ = true;
  if (pending.acked) return;
  for (const std::uint64_t later : row->local->writes) {
    Pending& next = *outbox_.find(later);
    if (later > number && !next.outstanding) next.step = ledger_.step();
  }
}

void Engine::Impl::put_off(Pending& pending, std::uint64_t ms) {
  pending.not_before = now + base::milliseconds(static_cast<std::int64_t>(ms));
  put_off_.insert(pending.mutation.number);
}

void Engine::Impl::on_acked(const model::Acked& acked) {
  const std::uint64_t number = acked.number;
  const model::Version version = acked.version;
  Pending* pending = outbox_.find(number);
  if (pending == nullptr || pending->acked || pending->refused) return;
  // Not sent from here: another tab leads meanwhile, and gave the number to a write of its own.
  if (!pending->outstanding) return;
  answered(*pending);
  become_known();
  outbox_.mark_acked(number, version, acked.seq);
  outbox_.settling(number, ledger_.stores() ? ledger_.step() : 0);
  moved(WriteState::acknowledged, with_carried(*pending));
  ledger_.note_pending(number);
  const Key key = pending->mutation.key;
  Row& row = replica_.row(key);
  for (const std::uint64_t later : row.own_local().writes) {
    Pending& next = *outbox_.find(later);
    if (next.mutation.after != number) continue;
    // Means the same as before, so it may change while the outcome of an earlier attempt is open.
    next.mutation.after.reset();
    next.mutation.base = version;
    ledger_.note_pending(later);
    if (!next.in_flight && next.open() && !row.local->clash) outbox_.ready().insert(later);
  }
  if (row.truth.version >= version && is_begun_anew(key, row, acked.seq)) row.truth = Truth{};
  if (row.truth.version >= version)
    advance(key, row.truth, Source::answer);
  else
    settle_absent(key);
  if (!ledger_.stores()) outbox_.persisted(0, outbox_.last());
}

void Engine::Impl::on_conflicted(const model::Conflicted& conflicted) {
  Pending* pending = outbox_.find(conflicted.number);
  if (pending == nullptr || !pending->open()) return;
  const bool sums = pending->mutation.op == model::Op::add;
  const bool in_doubt = sums && pending->doubtful;
  answered(*pending);
  note_unapplied(conflicted.number);
  if (sums) pending->mutation.base.reset();
  ledger_.note_pending(conflicted.number);
  const Key key = pending->mutation.key;
  const bool fenced = pending->fenced();
  if (!fenced && conflicted.data.empty()) {
    refuse_group(*pending, {base::Code::not_found, "the record was deleted", ""});
    return;
  }
  if (pending->tries > quick_tries_max) {
    const std::uint64_t ceiling =
        std::min<std::uint64_t>(patience_ms_max, 100ull << std::min(pending->tries, 10u));
    put_off(*pending, 50 + prng_.below(ceiling));
  }
  advance(key,
          Truth{.version = conflicted.version,
                .data = conflicted.data,
                .created = conflicted.created,
                .updated = conflicted.updated},
          Source::answer);
  // Usually reconciling has placed it anew. Otherwise it waits for others of its record or batch, or goes
  // again.
  pending = outbox_.find(conflicted.number);
  const Row* row = replica_.find(key);
  if (pending == nullptr || !pending->open() || row == nullptr || !row->local || row->local->clash) return;
  if (in_doubt) return raise_doubt(key);
  const bool hangs =
      fenced && conflicted.data.empty() && pending->mutation.op != model::Op::put && !pending->mutation.after;
  if (hangs && !row->local->ancestor) {
    refuse_group(*pending, {base::Code::depends, "the record it changes was not created", ""});
    return;
  }
  outbox_.ready().insert(conflicted.number);
}

void Engine::Impl::on_held(const model::Held& held) {
  Pending* pending = outbox_.find(held.number);
  if (pending == nullptr || !pending->open()) return;
  answered(*pending);
  note_unapplied(held.number);
  if (pending->tries > quick_tries_max) {
    put_off(*pending, 50 + prng_.below(1000));
  }
  const Key key = pending->mutation.key;
  Row& row = replica_.row(key);
  const Pending* before = pending->mutation.after ? outbox_.find(*pending->mutation.after) : pending;
  if (before == nullptr || before->refused) {
    anchor(pending->mutation, row);
    pending->step = ledger_.step();
    ledger_.note_pending(held.number);
  }
  if (row.own_local().clash == std::nullopt) outbox_.ready().insert(held.number);
  reconcile(key);
  show(key);
}

void Engine::Impl::on_declined(const model::Declined& declined) {
  Pending* pending = outbox_.find(declined.number);
  if (pending == nullptr || !pending->open()) return;
  const bool doubtful = pending->doubtful;
  answered(*pending);
  // Turned away at the door, it says nothing of an attempt that may have got in before.
  if (doubtful && is_passing(declined.error.code))
    pending->outstanding = pending->doubtful = true;
  else
    note_unapplied(declined.number);
  if (is_passing(declined.error.code)) {
    const std::uint64_t ceiling = 1000ull << std::min(pending->tries, 5u);
    put_off(*pending, 200 + prng_.below(ceiling));
    outbox_.ready().insert(declined.number);
    return;
  }
  refuse(*pending, declined.error);
}

// Here it is decided that the server would not take it, so nobody else tells the rest of its batch.
void Engine::Impl::refuse_group(Pending& pending, const base::Error& error) {
  const std::uint64_t number = pending.mutation.number;
  const Numbers group = outbox_.group_of(number);
  refuse(pending, error);
  for (const std::uint64_t member : group) {
    Pending* other = outbox_.find(member);
    if (other == nullptr || !other->open()) continue;
    refuse(*other, {base::Code::depends, "another write of its batch was refused: " + error.message, ""});
  }
}

// The server will never take it: its effect leaves the view, its value stays for the app.
void Engine::Impl::refuse(Pending& pending, const base::Error& error) {
  const model::Mutation was = pending.mutation;
  if (pending.in_flight) answered(pending);
  leave_row(pending);
  outbox_.mark_refused(was.number, error);
  outbox_.settling(was.number, ledger_.stores() ? ledger_.step() : 0);
  ledger_.note_pending(was.number);
  moved(WriteState::refused, with_carried(pending));
  effects_.push_back(Refused{view_of(pending)});
  if (!ledger_.stores()) outbox_.persisted(0, outbox_.last());
  reanchor(was.key, was.number, was);
  if (const Row* left = replica_.find(was.key)) advance(was.key, left->truth, Source::answer);
}

// A write of the record is gone without effect: the one behind it stands where that one stood, or falls with
// it when it was to be the creation.
void Engine::Impl::reanchor(const Key& key, std::uint64_t gone, const model::Mutation& was) {
  Row* row = replica_.find(key);
  if (row == nullptr || !row->local) return;
  const bool creation = row->truth.data.empty() && was.op == model::Op::put;
  const Numbers writes = row->local->writes;
  for (const std::uint64_t number : writes) {
    Pending* next = outbox_.find(number);
    if (next == nullptr || !next->open()) continue;
    const bool stands_alone = next->mutation.op == model::Op::put;
    if (creation && !stands_alone && number > gone) {
      // An attempt that is under way gets its own answer.
      if (!next->in_flight && !next->outstanding) {
        refuse_group(*next, {base::Code::depends, "the record it changes was not created", ""});
        return;  // which has looked after those behind it
      }
      continue;
    }
    // An attempt that is open is not changed; the answer will be `held`, and is looked after there.
    if (number < gone || next->outstanding || !next->fenced()) continue;
    model::Mutation& mutation = next->mutation;
    const auto stood_on = std::pair(mutation.base, mutation.after);
    anchor(mutation, *row);
    if (std::pair(mutation.base, mutation.after) == stood_on) continue;
    next->step = ledger_.step();
    ledger_.note_pending(number);
  }
}

}  // namespace rockpool::sync
