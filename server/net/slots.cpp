#include "server/net/slots.h"

#include <utility>

#include <sys/resource.h>

namespace rockpool::net {

std::uint64_t descriptors_for_connections() {
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) return UINT64_MAX;
  return files.rlim_cur - files.rlim_cur / 10;
}

Slot::Slot(Slot&& other) noexcept
    : slots_(std::exchange(other.slots_, nullptr)), address_(std::move(other.address_)) {}

Slot& Slot::operator=(Slot&& other) noexcept {
  std::swap(slots_, other.slots_);
  std::swap(address_, other.address_);
  return *this;
}

Slot::~Slot() {
  if (slots_ != nullptr) slots_->give_back(address_);
}

Slots::Taken Slots::take(const std::string& address, bool loopback, std::uint64_t descriptor) {
  const std::lock_guard lock(mutex_);
  const std::uint64_t of_address = ++by_address_[address];
  ++open_;
  ++counters_.accepted;
  counters_.connections = open_;
  Taken taken{Slot(*this, address)};
  const bool counted = !loopback || limits_.count_loopback;
  const auto turn_away = [&](int status, Limit limit) {
    taken.turned_away = status;
    counters_.limits.add(limit);
  };
  if (counted && of_address > limits_.connections_per_address) turn_away(429, Limit::connections_per_address);
  if (open_ > limits_.connections) turn_away(503, Limit::connections);
  if (descriptor >= descriptors_max_) turn_away(503, Limit::descriptors);
  taken.dropped = open_ > limits_.connections + spare ||
                  (counted && of_address > limits_.connections_per_address + spare);
  if (taken.turned_away != 0) ++counters_.turned_away;
  return taken;
}

void Slots::give_back(const std::string& address) {
  const std::lock_guard lock(mutex_);
  counters_.connections = --open_;
  const auto found = by_address_.find(address);
  if (found != by_address_.end() && --found->second == 0) by_address_.erase(found);
}

}  // namespace rockpool::net
