// When which of many carriers has to be looked at again.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "core/dialect/dialect.h"

namespace rockpool::dialect {

// One deadline for each carrier. A later one than the one held is not taken: the carrier is looked at too
// early, finds nothing due, and says its deadline again. So traffic that puts a deadline off costs one
// look-up.
class Deadlines {
 public:
  void set(CarrierId carrier, Instant at);
  void forget(CarrierId carrier);
  std::optional<Instant> next() const;
  // Those that are due, in order of time; their deadlines are gone.
  std::vector<CarrierId> take(Instant now);
  bool empty() const { return by_time_.empty(); }

 private:
  std::map<CarrierId, Instant> held_;
  std::set<std::pair<Instant, CarrierId>> by_time_;
};

}  // namespace rockpool::dialect
