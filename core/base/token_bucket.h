// How often somebody may do something: so often at once, and then so often a second.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "core/base/instant.h"

namespace rockpool::base {

class TokenBucket {
 public:
  struct Rate {
    std::uint64_t per_second = 200;
    std::uint64_t burst = 1000;
  };

  // Full at first.
  TokenBucket(Rate rate, Instant now)
      : rate_(rate), thousandths_(static_cast<std::int64_t>(rate.burst) * 1000), filled_(now) {}

  // False: not now.
  bool take(Instant now) {
    fill(now);
    if (thousandths_ >= 1000) {
      thousandths_ -= 1000;
      return true;
    }
    if (!over_since_) over_since_ = now;
    return false;
  }

  // How long more was asked for than there is. It begins with a refusal and is over when what a second gives
  // has been left unused.
  Duration over(Instant now) {
    fill(now);
    return over_since_ ? now - *over_since_ : Duration{};
  }

 private:
  // A clock that goes back gives nothing and takes nothing.
  void fill(Instant now) {
    const std::int64_t most = static_cast<std::int64_t>(rate_.burst) * 1000;
    const std::int64_t second = static_cast<std::int64_t>(std::min(rate_.per_second, rate_.burst)) * 1000;
    const std::int64_t passed_ms = std::max<std::int64_t>(0, (now - filled_).ms);
    const std::int64_t to_full_ms = most / static_cast<std::int64_t>(rate_.per_second) + 1;
    thousandths_ += std::min(passed_ms, to_full_ms) * static_cast<std::int64_t>(rate_.per_second);
    thousandths_ = std::min(thousandths_, most);
    filled_ = now;
    if (thousandths_ >= second) over_since_.reset();
  }

  Rate rate_;
  std::int64_t thousandths_;
  Instant filled_;
  std::optional<Instant> over_since_;
};

}  // namespace rockpool::base
