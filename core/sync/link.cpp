#include "core/sync/link.h"

#include <algorithm>

namespace rockpool::sync {
namespace {

constexpr dialect::CarrierId carriers_per_session = 1 << 16;
constexpr std::int64_t first_delay_ms = 500;
constexpr std::int64_t delay_ms_max = 30'000;
constexpr std::int64_t healthy_ms = 10'000;

}  // namespace

void Link::globalise(dialect::ClientSteps& steps, std::size_t from) const {
  for (std::size_t i = from; i < steps.size(); ++i) {
    dialect::ClientStep& step = steps[i];
    if (auto* open = std::get_if<dialect::OpenStream>(&step))
      open->carrier += carrier_base_;
    else if (auto* send = std::get_if<dialect::SendFrame>(&step))
      send->carrier += carrier_base_;
    else if (auto* close = std::get_if<dialect::CloseStream>(&step))
      close->carrier += carrier_base_;
    else if (auto* exchange = std::get_if<dialect::Exchange>(&step))
      exchange->carrier += carrier_base_;
  }
}

void Link::open(Instant now, const dialect::Greeting& greeting, dialect::ClientSteps& out) {
  drop(now, out);
  carrier_base_ += carriers_per_session;
  options_.client = greeting.client;
  session_ = dialect_.client(options_, prng_.fork());
  phase_ = Phase::opening;
  const std::size_t from = out.size();
  session_->open(now, dialect::Carrier::websocket, greeting, out);
  globalise(out, from);
}

void Link::ask(Instant now, const dialect::ClientCommand& command, dialect::ClientSteps& out) {
  if (!session_) return;
  const std::size_t from = out.size();
  session_->ask(now, command, out);
  globalise(out, from);
}

void Link::receive(Instant now, dialect::CarrierId from, dialect::Arrival arrival,
                   dialect::ClientSteps& out) {
  const bool ours = session_ && from >= carrier_base_ && from < carrier_base_ + carriers_per_session;
  if (!ours) return;
  const std::size_t begin = out.size();
  session_->receive(now, from - carrier_base_, std::move(arrival), out);
  globalise(out, begin);
}

void Link::wake(Instant now, dialect::ClientSteps& out) {
  if (!session_) return;
  const std::size_t from = out.size();
  session_->wake(now, out);
  globalise(out, from);
}

std::optional<Instant> Link::next_wake() const {
  if (phase_ == Phase::waiting) return retry_at_;
  return session_ ? session_->next_wake() : std::nullopt;
}

void Link::ready(Instant now) {
  phase_ = Phase::live;
  live_since_ = now;
}

void Link::wait(Instant now, std::int64_t retry_after_ms) {
  const bool was_healthy = phase_ == Phase::live && (now - live_since_).ms >= healthy_ms;
  failures_ = was_healthy ? 1 : failures_ + 1;
  std::int64_t ceiling = first_delay_ms;
  for (int i = 1; i < failures_ && ceiling < delay_ms_max; ++i) ceiling *= 2;
  ceiling = std::min(ceiling, delay_ms_max);
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

void Link::drop(Instant now, dialect::ClientSteps& out) {
  if (!session_) return;
  const std::size_t from = out.size();
  session_->close(now, out);
  globalise(out, from);
  session_.reset();
}

}  // namespace rockpool::sync
