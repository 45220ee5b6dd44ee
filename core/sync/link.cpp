#include "core/sync/link.h"

#include <algorithm>

namespace rockpool::sync {
namespace {

// A session numbers its carriers as it likes; outside, numbers are never used twice.
constexpr dialect::CarrierId carriers_per_session = 1ull << 32;
constexpr std::int64_t first_delay_ms = 500;
constexpr std::int64_t delay_ms_max = 30'000;
constexpr int doublings_max = 6;
constexpr std::int64_t healthy_ms = 10'000;

// For an attempt to be welcomed. Where all fail, the next round is more patient: the way may be long.
constexpr std::int64_t patience_ms = 3'000;
constexpr int patience_doublings_max = 3;
constexpr std::int64_t hangs_after_ms = 1'000;

constexpr std::int64_t sound_ms = 60'000;  // a carrier that lived as long is a good one
constexpr int cuts_max = 4;
constexpr std::int64_t avoid_ms = 300'000;
constexpr std::int64_t first_probe_ms = 60'000;
constexpr std::int64_t probe_ms_max = 1'800'000;

constexpr Instant never{INT64_MAX};

}  // namespace

Link::Link(const dialect::Dialect& dialect, dialect::ClientOptions options,
           const std::vector<dialect::Carrier>& carriers, std::optional<dialect::Carrier> worked,
           base::Prng prng)
    : dialect_(dialect), options_(std::move(options)), prng_(prng), probe_ms_(first_probe_ms) {
  for (const dialect::Carrier kind : carriers) {
    if (!dialect::always_reads_whole && kind == worked) first_ = carriers_.size();
    carriers_.push_back({.kind = kind});
  }
}

bool Link::Attempt::owns(dialect::CarrierId carrier) const {
  return session && carrier >= base && carrier - base < carriers_per_session;
}

bool Link::hangs(Instant now) const {
  return phase_ == Phase::opening && (now - main_.began).ms >= hangs_after_ms;
}

// ---- attempts ---------------------------------------------------------------------------------------------

void Link::open(Instant now, const dialect::Greeting& greeting, dialect::ClientSteps& out) {
  drop(now, out);
  greeting_ = greeting;
  options_.client = greeting.client;
  if (!dialect::always_reads_whole)
    for (Rung& rung : carriers_) rung.tried = false;
  phase_ = Phase::opening;
  begin(now, main_, next_rung(now), out);
}

// What worked, then the others from the best on, and at last those that are passed over; carriers_.size()
// when all have been tried.
std::size_t Link::next_rung(Instant now) const {
  if (dialect::always_reads_whole) return 0;
  const auto fits = [&](std::size_t at, bool avoided) {
    return !carriers_[at].tried && (avoided || now >= carriers_[at].avoid_until);
  };
  for (const bool avoided : {false, true}) {
    if (fits(first_, avoided)) return first_;
    for (std::size_t at = 0; at < carriers_.size(); ++at) {
      if (fits(at, avoided)) return at;
    }
  }
  return carriers_.size();
}

void Link::begin(Instant now, Attempt& attempt, std::size_t at, dialect::ClientSteps& out) {
  carriers_[at].tried = true;
  last_base_ += carriers_per_session;
  attempt = {.session = dialect_.client(options_, prng_.fork()),
             .at = at,
             .base = last_base_,
             .began = now,
             .until = now + base::milliseconds(patience_ms << std::min(failures_, patience_doublings_max))};
  dialect::ClientSteps steps;
  attempt.session->open(now, carriers_[at].kind, greeting_, steps);
  pass(now, attempt, std::move(steps), out);
}

void Link::pass(Instant now, Attempt& attempt, dialect::ClientSteps steps, dialect::ClientSteps& out) {
  Attempt* of = &attempt;
  const auto globalise = [base = attempt.base](auto* step) {
    if (step != nullptr) step->carrier += base;
    return step != nullptr;
  };
  for (dialect::ClientStep& step : steps) {
    const bool is_for_edge = globalise(std::get_if<dialect::OpenStream>(&step)) ||
                             globalise(std::get_if<dialect::SendFrame>(&step)) ||
                             globalise(std::get_if<dialect::CloseStream>(&step)) ||
                             globalise(std::get_if<dialect::Exchange>(&step));
    if (auto* ended = std::get_if<dialect::Ended>(&step)) return fail(now, *of, std::move(*ended), out);
    if (std::holds_alternative<dialect::Ready>(step)) {
      if (!dialect::always_reads_whole && of == &probe_) {
        drop(now, main_, out);
        main_ = std::exchange(probe_, {});
        of = &main_;
      }
      of->until = never;
    }
    // Its troubles interrupt nothing.
    if (of == &main_ || is_for_edge) out.push_back(std::move(step));
  }
}

void Link::fail(Instant now, Attempt& attempt, dialect::Ended ended, dialect::ClientSteps& out) {
  attempt.session.reset();
  if (!dialect::always_reads_whole && &attempt == &probe_) {
    probe_from_ = attempt.at + 1;
    probe_at_ = now;
    return;
  }
  if (dialect::always_reads_whole) return out.push_back(std::move(ended));
  if (phase_ == Phase::live && !ended.spoken) note_cut(now);
  if (phase_ == Phase::opening && !ended.spoken) {
    const std::size_t next = next_rung(now);
    if (next < carriers_.size()) return begin(now, attempt, next, out);
  }
  out.push_back(std::move(ended));
}

// One that is cut again and again is worse than a lesser one that stays.
void Link::note_cut(Instant now) {
  Rung& rung = carriers_[main_.at];
  const std::int64_t lived = (now - live_since_).ms;
  rung.cuts = lived >= sound_ms ? 0 : rung.cuts + (lived < healthy_ms ? 2 : 1);
  if (rung.cuts < cuts_max) return;
  rung.cuts = cuts_max;
  rung.avoid_until = now + base::milliseconds(avoid_ms);
}

// Tries the better carriers one after another beside the live one.
void Link::climb(Instant now, dialect::ClientSteps& out) {
  for (std::size_t at = probe_from_; at < main_.at; ++at) {
    if (now >= carriers_[at].avoid_until) return begin(now, probe_, at, out);
  }
  probe_from_ = 0;
  probe_ms_ = std::min(2 * probe_ms_, probe_ms_max);
  probe_at_ = now + base::milliseconds(probe_ms_);
}

bool Link::wants_probe(Instant now) const {
  return !dialect::always_reads_whole && phase_ == Phase::live && main_.at > 0 && !probe_.session &&
         now >= probe_at_;
}

// ---- what happens -----------------------------------------------------------------------------------------

void Link::ask(Instant now, const dialect::ClientCommand& command, dialect::ClientSteps& out) {
  if (!main_.session) return;
  dialect::ClientSteps steps;
  main_.session->ask(now, command, steps);
  pass(now, main_, std::move(steps), out);
}

void Link::flush(Instant now, dialect::ClientSteps& out) {
  if (!main_.session) return;
  dialect::ClientSteps steps;
  main_.session->flush(now, steps);
  pass(now, main_, std::move(steps), out);
}

void Link::receive(Instant now, dialect::CarrierId from, dialect::Arrival arrival,
                   dialect::ClientSteps& out) {
  Attempt* attempt = !dialect::always_reads_whole && probe_.owns(from) ? &probe_ : &main_;
  if (!attempt->owns(from)) return;
  dialect::ClientSteps steps;
  attempt->session->receive(now, from - attempt->base, std::move(arrival), steps);
  pass(now, *attempt, std::move(steps), out);
}

void Link::wake(Instant now, dialect::ClientSteps& out) {
  if (wants_probe(now)) climb(now, out);
  for (Attempt* attempt : {&main_, &probe_}) {
    if (!attempt->session) continue;
    if (now >= attempt->until) {
      drop(now, *attempt, out);
      fail(now, *attempt, {.retry_after_ms = 0, .reason = "no welcome in time"}, out);
      continue;
    }
    dialect::ClientSteps steps;
    attempt->session->wake(now, steps);
    pass(now, *attempt, std::move(steps), out);
  }
}

std::optional<Instant> Link::next_wake() const {
  if (phase_ == Phase::waiting) return retry_at_;
  std::optional<Instant> at;
  const auto consider = [&](std::optional<Instant> due) {
    if (due && *due < at.value_or(never)) at = due;
  };
  for (const Attempt* attempt : {&main_, &probe_}) {
    if (!attempt->session) continue;
    consider(attempt->session->next_wake());
    consider(attempt->until);
  }
  if (!dialect::always_reads_whole && phase_ == Phase::live && main_.at > 0 && !probe_.session)
    consider(probe_at_);
  return at;
}

void Link::ready(Instant now) {
  phase_ = Phase::live;
  live_since_ = now;
  first_ = main_.at;
  probe_from_ = 0;
  probe_at_ = now + base::milliseconds(probe_ms_);
}

void Link::wait(Instant now, std::int64_t retry_after_ms) {
  const auto ceiling_after = [](int failures) {
    return std::min(first_delay_ms << std::clamp(failures - 1, 0, doublings_max), delay_ms_max);
  };
  // A link that lived longer than the wait before it is worth having: the next wait is no longer.
  const std::int64_t lived = phase_ == Phase::live ? (now - live_since_).ms : 0;
  if (lived >= healthy_ms)
    failures_ = 1;
  else if (failures_ == 0 || lived < ceiling_after(failures_))
    ++failures_;
  const std::int64_t ceiling = ceiling_after(failures_);
  // Jitter takes the whole delay but a little: a fleet that was cut off together must not come back together.
  std::int64_t delay = 50 + static_cast<std::int64_t>(prng_.below(static_cast<std::uint64_t>(ceiling)));
  if (retry_after_ms > 0) delay = std::max(delay, std::min<std::int64_t>(retry_after_ms, 10 * delay_ms_max));
  retry_at_ = now + base::milliseconds(delay);
  phase_ = Phase::waiting;
}

void Link::reset() {
  failures_ = 0;
  phase_ = Phase::idle;
}

void Link::forget_network(Instant now) {
  if (dialect::always_reads_whole) return;
  first_ = 0;
  probe_ms_ = first_probe_ms;
  probe_at_ = now;
  for (Rung& rung : carriers_) rung = {.kind = rung.kind};
}

void Link::drop(Instant now, Attempt& attempt, dialect::ClientSteps& out) {
  if (!attempt.session) return;
  dialect::ClientSteps steps;
  attempt.session->close(now, steps);
  pass(now, attempt, std::move(steps), out);
  attempt.session.reset();
}

void Link::drop(Instant now, dialect::ClientSteps& out) {
  ++drops_;
  drop(now, main_, out);
  if (!dialect::always_reads_whole) drop(now, probe_, out);
}

}  // namespace rockpool::sync
