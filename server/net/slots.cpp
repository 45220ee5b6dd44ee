#include "server/net/slots.h"

#include <utility>

namespace rockpool::net {

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

Slots::Taken Slots::take(const std::string& address, bool loopback) {
  const std::lock_guard lock(mutex_);
  const std::uint64_t of_address = ++by_address_[address];
  ++open_;
  ++counters_.accepted;
  counters_.connections = open_;
  Taken taken{Slot(*this, address)};
  const bool counted = !loopback || limits_.count_loopback;
  if (counted && of_address > limits_.connections_per_address) taken.turned_away = 429;
  if (open_ > limits_.connections) taken.turned_away = 503;
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
