// Sending: what may go now, in the order of numbers, a window at a time.
#include <algorithm>

#include "core/sync/engine_impl.h"

namespace rockpool::sync {
namespace {

constexpr std::size_t push_bytes_max = 256 << 10;
constexpr std::size_t mutation_overhead_bytes = 128;

std::size_t size_of(const model::Mutation& mutation) {
  return mutation.data.size() + mutation.key.collection.size() + mutation.key.id.size() +
         mutation.path.size() + mutation_overhead_bytes;
}

}  // namespace

// The writes of a record apply in the order they were made. Among fenced ones the fence sees to that, and
// among equal commutative ones it makes no difference. All else waits for an answer: what is sent may be
// turned away for a while.
bool Engine::Impl::must_wait(const Pending& pending, const Pending& earlier) const {
  if (earlier.group == pending.group) return false;
  // Until an applied commutative one is seen, the version to fence by is not known.
  if (pending.fenced()) return !earlier.fenced();
  return earlier.open() && earlier.mutation.op != pending.mutation.op;
}

bool Engine::Impl::is_blocked(const Pending& pending, const Row& row) const {
  for (const std::uint64_t number : row.local->writes) {
    if (number == pending.mutation.number) return false;
    const Pending* earlier = outbox_.find(number);
    if (earlier != nullptr && must_wait(pending, *earlier)) return true;
  }
  return false;
}

// After a restart everything may have been sent by an earlier life. But `number` was not applied, as its
// answer says: so what had to wait for it was not sent, nor its batch, nor what waited for that.
void Engine::Impl::note_unapplied(std::uint64_t number) {
  Numbers unsent{number};
  for (std::size_t i = 0; i < unsent.size(); ++i) {
    const Pending& earlier = *outbox_.find(unsent[i]);
    const Row* row = replica_.find(earlier.mutation.key);
    if (row == nullptr || !row->local) continue;
    for (const std::uint64_t later : row->local->writes) {
      if (later <= unsent[i] || !must_wait(*outbox_.find(later), earlier)) continue;
      for (const std::uint64_t member : outbox_.group_of(later)) {
        Pending& pending = *outbox_.find(member);
        if (!pending.outstanding || pending.in_flight) continue;
        pending.forget_attempts();
        unsent.push_back(member);
      }
    }
  }
}

bool Engine::Impl::is_sendable(const Pending& pending) const {
  if (!pending.open() || pending.in_flight || pending.not_before > now) return false;
  if (!ledger_.is_done(pending.step)) return false;
  const Row* row = replica_.find(pending.mutation.key);
  if (row == nullptr || !row->local || row->local->clash) return false;
  const Collection& collection = *replica_.find_collection(pending.mutation.key.collection);
  if (collection.replacing) return false;
  // Versions that begin anew say less than what is there: that comes first.
  if (collection.kept && !collection.live && !link_.resumes()) return false;
  return !is_blocked(pending, *row);
}

// Where nobody keeps books on us, only the record's version tells whether a sum was made by an attempt that
// was not answered. So it is put down before the first one goes.
bool Engine::Impl::is_recognisable(Pending& pending) {
  if (link_.resumes() || pending.mutation.op != model::Op::add || pending.mutation.base) return true;
  pending.forget_attempts();
  pending.mutation.base = replica_.find(pending.mutation.key)->truth.version;
  pending.step = ledger_.step();
  ledger_.note_pending(pending.mutation.number);
  return ledger_.is_done(pending.step);
}

// Whoever claims anything must remember after a crash that the server knows it: else it could not tell being
// forgotten from never having been heard.
Outbox::Claim Engine::Impl::claim() const {
  if (dialect::always_reads_whole) return {};
  // What another session may already have said is not gone beyond: its hello may come late, and would then
  // name as open what the server was told is settled.
  if (const dialect::Greeting* said = link_.greeting_beside())
    return {.settled = said->settled, .except = said->except};
  return identity_.known && ledger_.is_done(known_step_) ? outbox_.claim() : Outbox::Claim{};
}

void Engine::Impl::become_known() {
  if (dialect::always_reads_whole || identity_.known) return;
  identity_.known = true;
  known_step_ = ledger_.step();
  ledger_.note_identity();
}

dialect::Greeting Engine::Impl::greeting() const {
  Outbox::Claim claimed = claim();
  return {.client = identity_.client,
          .token = token_,
          .settled = claimed.settled,
          .except = std::move(claimed.except),
          .cursor = ""};
}

// Local only: what the disk holds is the truth, and nothing waits for anybody.
void Engine::Impl::settle_here() {
  Numbers numbers;
  for (const auto& [number, pending] : outbox_.all())
    if (ledger_.is_done(pending.step)) numbers.push_back(number);
  for (const std::uint64_t number : numbers) {
    const Pending& pending = *outbox_.find(number);
    const Key key = pending.mutation.key;
    Row& row = replica_.row(key);
    Truth& truth = row.truth;
    if (truth.data.empty()) truth.created = pending.at;
    truth.updated = pending.at;
    ++truth.version;
    base::Result<std::string> after = model::apply(pending.mutation, truth.data);
    if (after.ok()) truth.data = std::move(*after);
    settle(number, WriteState::acknowledged);
    ledger_.note_row(key);
    // It looks the same until its last write is settled.
    if (row.own_local().writes.empty()) show(key);
  }
}

void Engine::Impl::push() {
  push_due_ = false;
  if (!dialect::always_reads_whole && options_.url.empty() && !options_.follower) settle_here();
  if (!link_.is_live()) return;
  dialect::Push message;
  dialect::ClientSteps steps;
  std::size_t bytes = 0;
  const auto send = [&] {
    if (message.groups.empty()) return;
    Outbox::Claim claimed = claim();
    message.settled = claimed.settled;
    message.except = std::move(claimed.except);
    link_.ask(now, std::exchange(message, {}), steps);
    bytes = 0;
  };
  std::set<std::uint64_t>& ready = outbox_.ready();
  for (auto next = ready.begin(); next != ready.end();) {
    if (in_flight_ >= base::limits::in_flight_mutations_max / 2) break;
    if (in_flight_bytes_ >= base::limits::in_flight_bytes_max) break;
    const std::uint64_t first = *next;
    // Fresh writes reach the disk in the order of their numbers: those behind this one wait for it too.
    const Pending& head = *outbox_.find(first);
    if (head.tries == 0 && !ledger_.is_done(head.step)) break;
    const Numbers group = outbox_.group_of(first);
    bool sendable = true;
    for (const std::uint64_t number : group) sendable = sendable && is_sendable(*outbox_.find(number));
    sendable = sendable && is_recognisable(*outbox_.find(first));
    if (!sendable) {
      ++next;
      continue;
    }
    model::Group mutations;
    Numbers sent;
    for (const std::uint64_t number : group) {
      Pending& pending = *outbox_.find(number);
      pending.in_flight = true;
      if (!pending.outstanding) sent.push_back(number);
      pending.outstanding = true;
      pending.not_before = {};
      ++pending.tries;
      ++in_flight_;
      in_flight_bytes_ += size_of(pending.mutation);
      bytes += size_of(pending.mutation);
      mutations.push_back(pending.mutation);
      ready.erase(number);
    }
    moved(WriteState::sent, sent);
    message.groups.push_back(std::move(mutations));
    if (bytes >= push_bytes_max) send();
    next = ready.upper_bound(first);
  }
  send();
  // Some may be answered at once, which moves what was gone through above.
  act(std::move(steps));
}

// The link is gone: whatever was not answered goes again, unchanged, on the next one.
void Engine::Impl::resend_everything() {
  in_flight_ = 0;
  in_flight_bytes_ = 0;
  for (auto& [number, pending] : outbox_.all()) {
    if (!pending.open()) continue;
    pending.doubtful = pending.doubtful || pending.in_flight;
    pending.in_flight = false;
    const Row* row = replica_.find(pending.mutation.key);
    const bool waits = row != nullptr && row->local && row->local->clash;
    if (!waits) outbox_.ready().insert(number);
  }
}

void Engine::Impl::answered(Pending& pending) {
  if (pending.in_flight) {
    --in_flight_;
    in_flight_bytes_ -= std::min(in_flight_bytes_, size_of(pending.mutation));
  }
  pending.forget_attempts();
  push_due_ = true;
}

}  // namespace rockpool::sync
