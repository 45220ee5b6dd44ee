// Counts open connections, in all and by address.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "server/config/config.h"
#include "server/net/edge.h"

namespace rockpool::net {

class Slots;

// Held as long as a connection lives, on whatever thread.
class Slot {
 public:
  Slot() = default;
  Slot(Slots& slots, std::string address) : slots_(&slots), address_(std::move(address)) {}
  Slot(Slot&& other) noexcept;
  Slot& operator=(Slot&& other) noexcept;
  ~Slot();

 private:
  Slots* slots_ = nullptr;
  std::string address_;
};

// The system gives the lowest number that is free: so many are in use when it gives this one. The rest, a
// tenth, is for files and for saying no.
std::uint64_t descriptors_for_connections();

class Slots {
 public:
  // Beyond the limit this many more are taken, to be told so and to serve /health.
  static constexpr std::uint64_t spare = 1000;

  // Connections whose descriptor has this number or a higher one are turned away.
  Slots(const config::Limits& limits, Counters& counters, std::uint64_t descriptors_max)
      : limits_(limits), counters_(counters), descriptors_max_(descriptors_max) {}

  struct Taken {
    Slot slot;
    int turned_away = 0;   // status to answer with, 0 for welcome
    bool dropped = false;  // not even that
  };
  Taken take(const std::string& address, bool loopback, std::uint64_t descriptor = 0);

 private:
  friend class Slot;
  void give_back(const std::string& address);

  const config::Limits& limits_;
  Counters& counters_;
  const std::uint64_t descriptors_max_;
  std::mutex mutex_;
  std::uint64_t open_ = 0;
  std::map<std::string, std::uint64_t> by_address_;
};

}  // namespace rockpool::net
