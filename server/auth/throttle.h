// How often somebody may be wrong: failed log-ins counted by address and by account. Time is an argument.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "core/base/instant.h"

namespace rockpool::auth {

// As many failures as that within `window_ms`, then nothing for a minute, and after each further failure for
// twice as long, up to `pause_ms_max`. An attempt that is still being checked counts as failed. Keeps at most
// `names_max` names; the one whose last failure is longest ago is forgotten first.
class Throttle {
 public:
  static constexpr std::int64_t window_ms = 5 * 60'000;
  static constexpr std::int64_t pause_ms_min = 60'000;
  static constexpr std::int64_t pause_ms_max = 15 * 60'000;
  static constexpr std::size_t names_max = 50'000;

  explicit Throttle(std::size_t failures_max) : failures_max_(failures_max) {}

  // How long the name has to wait; 0: it may try now.
  std::int64_t wait_ms(const std::string& name, base::Instant now) const;
  // To be called as an attempt begins, whatever will become of it.
  void failed(const std::string& name, base::Instant now);
  // One attempt was none: it was right, or could not be checked.
  void take_back(const std::string& name);
  // Its owner is there: nothing is held against the name any more.
  void forget(const std::string& name);
  std::size_t size() const { return names_.size(); }

 private:
  struct Name {
    std::size_t failures = 0;
    base::Instant begun;  // of the window
    base::Instant last;
    std::int64_t pause_ms = 0;
  };
  bool is_over(const Name& name, base::Instant now) const;

  std::size_t failures_max_;
  std::map<std::string, Name> names_;
  std::set<std::pair<base::Instant, std::string>> by_time_;  // of the last failure
};

}  // namespace rockpool::auth
