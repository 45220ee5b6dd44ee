#include "core/gateway/audience.h"

#include <algorithm>

namespace rockpool::gateway {

using dialect::CarrierId;
using model::Topic;

void Audience::join(std::size_t mount, CarrierId carrier, const Topic& topic) {
  if (!by_carrier_[carrier].insert(topic).second) return;
  Listeners& listeners = by_topic_[topic][mount];
  listeners.insert(std::lower_bound(listeners.begin(), listeners.end(), carrier), carrier);
  size_ += 1;
  records_ += topic.kind == Topic::Kind::record ? 1 : 0;
}

void Audience::leave(std::size_t mount, CarrierId carrier, const Topic& topic) {
  const auto held = by_carrier_.find(carrier);
  if (held == by_carrier_.end() || held->second.erase(topic) == 0) return;
  if (held->second.empty()) by_carrier_.erase(held);
  drop(mount, carrier, topic);
}

void Audience::leave_all(std::size_t mount, CarrierId carrier) {
  const auto held = by_carrier_.extract(carrier);
  if (held.empty()) return;
  for (const Topic& topic : held.mapped()) drop(mount, carrier, topic);
}

void Audience::drop(std::size_t mount, CarrierId carrier, const Topic& topic) {
  const auto on_topic = by_topic_.find(topic);
  const auto of_mount = on_topic->second.find(mount);
  Listeners& listeners = of_mount->second;
  listeners.erase(std::lower_bound(listeners.begin(), listeners.end(), carrier));
  size_ -= 1;
  records_ -= topic.kind == Topic::Kind::record ? 1 : 0;
  if (!listeners.empty()) return;
  on_topic->second.erase(of_mount);
  if (on_topic->second.empty()) by_topic_.erase(on_topic);
}

const Audience::ByMount* Audience::listeners(const Topic& topic) const {
  const auto held = by_topic_.find(topic);
  return held == by_topic_.end() ? nullptr : &held->second;
}

}  // namespace rockpool::gateway
