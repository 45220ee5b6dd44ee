// Whether a body comes fast enough to be waited for. Time is an argument, in milliseconds that never go back.
#pragma once

#include <cstdint>

namespace rockpool::net {

class Pace {
 public:
  struct Limits {
    std::int64_t ms_max = 30'000;           // until all of it is there
    std::uint64_t bytes_per_second = 1024;  // on the whole, once the time of grace is over
    std::int64_t grace_ms = 5'000;
  };

  void begin(std::int64_t now_ms, const Limits& limits) {
    limits_ = limits;
    began_ms_ = now_ms;
    bytes_ = 0;
  }
  void came(std::uint64_t bytes) { bytes_ += bytes; }
  // So long we did not read.
  void paused(std::int64_t ms) { began_ms_ += ms; }

  // When it is to be looked at next, if nothing more comes until then.
  std::int64_t due_ms() const {
    const auto paid_ms = static_cast<std::int64_t>(bytes_ * 1000 / limits_.bytes_per_second);
    const std::int64_t slow_ms = paid_ms > limits_.grace_ms ? paid_ms : limits_.grace_ms;
    return began_ms_ + (slow_ms < limits_.ms_max ? slow_ms : limits_.ms_max);
  }
  bool is_late(std::int64_t now_ms) const { return now_ms - began_ms_ >= limits_.ms_max; }
  bool is_slow(std::int64_t now_ms) const { return now_ms >= due_ms() && !is_late(now_ms); }

 private:
  Limits limits_;
  std::int64_t began_ms_ = 0;
  std::uint64_t bytes_ = 0;
};

}  // namespace rockpool::net
