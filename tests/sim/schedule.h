// Simulated time and what is to happen in it. Things due at the same instant happen in the order they were
// asked for.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <queue>
#include <utility>
#include <vector>

namespace rockpool::sim {

class Schedule {
 public:
  using Act = std::function<void()>;

  std::int64_t now() const { return now_; }
  void in(std::int64_t delay_ms, Act act) {
    queue_.push({now_ + (delay_ms < 0 ? 0 : delay_ms), next_++, std::move(act)});
  }
  std::optional<std::int64_t> next() const {
    return queue_.empty() ? std::nullopt : std::optional(queue_.top().at);
  }
  void advance(std::int64_t to) { now_ = to > now_ ? to : now_; }
  void run_next() {
    Item item = std::move(const_cast<Item&>(queue_.top()));
    queue_.pop();
    advance(item.at);
    item.act();
  }

 private:
  struct Item {
    std::int64_t at = 0;
    std::uint64_t order = 0;
    Act act;
    bool operator<(const Item& other) const { return at != other.at ? at > other.at : order > other.order; }
  };

  std::int64_t now_ = 0;
  std::uint64_t next_ = 0;
  std::priority_queue<Item> queue_;
};

}  // namespace rockpool::sim
