// Who hears what: carriers by topic, and topics by carrier.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "core/dialect/dialect.h"

namespace rockpool::gateway {

// A notice is encoded once for each mount that has listeners on its topic.
class Audience {
 public:
  using Listeners = std::vector<dialect::CarrierId>;  // rising, so that a fan-out is the same in every run
  using ByMount = std::map<std::size_t, Listeners>;

  void join(std::size_t mount, dialect::CarrierId carrier, const model::Topic& topic);
  void leave(std::size_t mount, dialect::CarrierId carrier, const model::Topic& topic);
  void leave_all(std::size_t mount, dialect::CarrierId carrier);

  const ByMount* listeners(const model::Topic& topic) const;
  std::size_t size() const { return size_; }
  // Of them those that listen to single records.
  std::size_t records() const { return records_; }

 private:
  void drop(std::size_t mount, dialect::CarrierId carrier, const model::Topic& topic);

  std::map<model::Topic, ByMount> by_topic_;
  std::map<dialect::CarrierId, std::set<model::Topic>> by_carrier_;
  std::size_t size_ = 0;
  std::size_t records_ = 0;
};

}  // namespace rockpool::gateway
