#include "server/hooks/courier.h"

#include <algorithm>

#include "core/hub/recent.h"

namespace rockpool::hooks {

using base::Instant;

Courier::Courier(Hook hook, base::Prng prng, std::uint64_t epoch, hub::LogEnd end,
                 std::optional<hub::LogEnd> saved)
    : hook_(std::move(hook)), prng_(prng), epoch_(epoch), end_(end) {
  at_ = saved ? *saved : hook_.from_start ? hub::LogEnd{} : end;
  saved_ = saved;
}

void Courier::log_ends(Instant now, hub::LogEnd end) {
  end_ = end;
  pump(now);
}

void Courier::pump(Instant now) {
  while (phase_ == Phase::idle && !draining_) {
    if (!read_.empty()) {
      collect();
    } else if (at_ != end_) {
      wants_.push_back(Read{at_.seq});
      phase_ = Phase::reading;
    } else {
      break;
    }
  }
  save_if_due(now);
}

// The next delivery, from what was read. Moves on over what nobody wants.
void Courier::collect() {
  auto delivery = std::make_shared<Delivery>();
  std::size_t bytes = 0;
  while (!read_.empty() && bytes < delivery_bytes_max) {
    hub::Entry& entry = read_.front();
    std::vector<model::Change>& changes = entry.batch.changes;
    if (entry.batch.space != hook_.space) changes.clear();
    std::erase_if(changes, [&](const auto& change) { return !hook_.wants(change.record.key.collection); });
    if (!delivery->changes.empty() && delivery->changes.size() + changes.size() > hook_.batch) break;
    for (model::Change& change : changes) {
      bytes += hub::size_of(change);
      change.seq = entry.seq;
      delivery->changes.push_back(std::move(change));
    }
    arrives_ = {.seq = entry.seq, .chain = entry.chain};
    read_.pop_front();
    if (delivery->changes.empty()) at_ = arrives_;
  }
  if (delivery->changes.empty()) return;
  delivery->hook = hook_.name;
  delivery->space = hook_.space;
  delivery->epoch = epoch_;
  delivery->seq = arrives_.seq;
  delivery_ = std::move(delivery);
  send();
}

void Courier::send() {
  wants_.push_back(delivery_);
  phase_ = Phase::sending;
}

void Courier::read(Instant now, hub::LogRead result) {
  if (phase_ != Phase::reading) return;
  phase_ = Phase::idle;
  const bool is_ahead = at_.seq > result.last_seq;
  if (!result.problem.empty()) {
    rest(now);
  } else if (result.compacted) {
    reset("compacted");
  } else if (is_ahead || result.after_chain != at_.chain) {
    reset("other history");
  } else if (result.entries.empty()) {
    rest(now);
  } else {
    for (hub::Entry& entry : result.entries) {
      if (entry.seq <= end_.seq) read_.push_back(std::move(entry));
    }
  }
  pump(now);
}

void Courier::reset(std::string_view reason) {
  auto delivery = std::make_shared<Delivery>();
  delivery->hook = hook_.name;
  delivery->space = hook_.space;
  delivery->epoch = epoch_;
  delivery->seq = end_.seq;
  delivery->reset = reason;
  arrives_ = end_;
  delivery_ = std::move(delivery);
  send();
}

void Courier::sent(Instant now, bool taken) {
  if (phase_ != Phase::sending) return;
  if (!taken) {
    figures_.failures += 1;
    figures_.failed_in_a_row += 1;
    return rest(now);
  }
  figures_.failed_in_a_row = 0;
  figures_.deliveries += 1;
  figures_.changes += delivery_->changes.size();
  figures_.resets += delivery_->reset.empty() ? 0 : 1;
  delivery_ = nullptr;
  at_ = arrives_;
  has_delivered_ = true;
  phase_ = Phase::idle;
  pump(now);
}

// Twice as long each time. Chance takes up to half of it, so that many hooks do not come back together.
void Courier::rest(Instant now) {
  constexpr std::uint64_t doublings_max = 6;
  const std::uint64_t failed = std::max<std::uint64_t>(figures_.failed_in_a_row, 1) - 1;
  const std::int64_t whole = std::min(rest_min.ms << std::min(failed, doublings_max), rest_max.ms);
  const std::int64_t half = whole / 2;
  const auto chance = static_cast<std::int64_t>(prng_.below(static_cast<std::uint64_t>(half) + 1));
  phase_ = Phase::resting;
  retry_at_ = now + base::milliseconds(half + chance);
}

void Courier::wake(Instant now) {
  if (phase_ == Phase::resting && now >= retry_at_ && !draining_) {
    phase_ = Phase::idle;
    if (delivery_) send();
  }
  pump(now);
}

// A new hook stores where it begins. What nobody wants is saved now and then only: each save is an entry too.
bool Courier::is_to_be_saved() const {
  if (is_saving_ || saved_ == at_) return false;
  return !saved_ || has_delivered_ || at_.seq - saved_->seq >= skipped_max;
}

void Courier::save_if_due(Instant now) {
  if (!is_to_be_saved() || (now < save_at_ && !draining_)) return;
  is_saving_ = true;
  has_delivered_ = false;
  saved_ = at_;
  save_at_ = now + saved_every;
  wants_.push_back(Save{at_});
}

void Courier::saved(Instant now, bool stored) {
  is_saving_ = false;
  if (stored) return save_if_due(now);
  saved_ = std::nullopt;
  save_at_ = now + saved_every;
}

void Courier::drain(Instant now) {
  draining_ = true;
  save_if_due(now);
}

std::optional<Courier::Want> Courier::poll() {
  if (wants_.empty()) return std::nullopt;
  Want want = std::move(wants_.front());
  wants_.pop_front();
  return want;
}

std::optional<Instant> Courier::next_wake() const {
  if (draining_) return std::nullopt;
  std::optional<Instant> at;
  if (phase_ == Phase::resting) at = retry_at_;
  if (is_to_be_saved() && (!at || save_at_ < *at)) at = save_at_;
  return at;
}

Courier::Figures Courier::figures() const {
  Figures figures = figures_;
  figures.lag = end_.seq > at_.seq ? end_.seq - at_.seq : 0;
  return figures;
}

}  // namespace rockpool::hooks
