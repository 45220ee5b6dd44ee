#include "server/auth/throttle.h"

#include <algorithm>

namespace rockpool::auth {

// The window has passed without a pause, or nothing was tried for a window after the pause.
bool Throttle::is_over(const Name& name, base::Instant now) const {
  const std::int64_t quiet_ms =
      name.pause_ms == 0 ? (now - name.begun).ms : (now - name.last).ms - name.pause_ms;
  return quiet_ms >= window_ms;
}

std::int64_t Throttle::wait_ms(const std::string& name, base::Instant now) const {
  const auto found = names_.find(name);
  if (found == names_.end() || found->second.pause_ms == 0) return 0;
  return std::max<std::int64_t>(0, (found->second.last - now).ms + found->second.pause_ms);
}

void Throttle::failed(const std::string& name, base::Instant now) {
  auto [found, is_new] = names_.try_emplace(name);
  Name& held = found->second;
  if (!is_new) by_time_.erase({held.last, name});
  if (is_new || is_over(held, now)) held = {.failures = 0, .begun = now, .last = now, .pause_ms = 0};
  held.last = now;
  if (++held.failures >= failures_max_) {
    held.pause_ms = held.pause_ms == 0 ? pause_ms_min : std::min(2 * held.pause_ms, pause_ms_max);
  }
  by_time_.emplace(now, name);
  if (names_.size() > names_max) forget(std::string(by_time_.begin()->second));
}

void Throttle::take_back(const std::string& name) {
  const auto found = names_.find(name);
  if (found == names_.end()) return;
  Name& held = found->second;
  if (held.failures <= 1) return forget(name);
  if (--held.failures < failures_max_)
    held.pause_ms = 0;
  else
    held.pause_ms = std::max(held.pause_ms / 2, pause_ms_min);
}

void Throttle::forget(const std::string& name) {
  const auto found = names_.find(name);
  if (found == names_.end()) return;
  by_time_.erase({found->second.last, name});
  names_.erase(found);
}

}  // namespace rockpool::auth
