#include "core/dialect/deadlines.h"

namespace rockpool::dialect {

void Deadlines::set(CarrierId carrier, Instant at) {
  const auto [held, is_new] = held_.try_emplace(carrier, at);
  if (!is_new) {
    if (held->second <= at) return;
    by_time_.erase({held->second, carrier});
    held->second = at;
  }
  by_time_.insert({at, carrier});
}

void Deadlines::forget(CarrierId carrier) {
  const auto held = held_.find(carrier);
  if (held == held_.end()) return;
  by_time_.erase({held->second, carrier});
  held_.erase(held);
}

std::optional<Instant> Deadlines::next() const {
  return by_time_.empty() ? std::nullopt : std::optional(by_time_.begin()->first);
}

std::vector<CarrierId> Deadlines::take(Instant now) {
  std::vector<CarrierId> due;
  while (!by_time_.empty() && by_time_.begin()->first <= now) {
    due.push_back(by_time_.begin()->second);
    held_.erase(by_time_.begin()->second);
    by_time_.erase(by_time_.begin());
  }
  return due;
}

}  // namespace rockpool::dialect
