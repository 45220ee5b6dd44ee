// What may be forgotten: log entries past their number and age, and clients not heard of for long.
#pragma once

#include "core/hub/state.h"

namespace rockpool::hub {

class Retention {
 public:
  explicit Retention(State& state) : state_(state) {}

  void look(base::Instant now);
  void read(base::Instant now, const LogRead& result);

 private:
  void look_at_log(base::Instant now);
  void forget_clients(base::Instant now);
  void forget_visitors(base::Instant now);

  State& state_;
  bool reading_ = false;
  std::uint64_t candidate_ = 0;  // would be the last entry to go
  base::Instant next_log_;
  base::Instant next_clients_;
  base::Instant next_visitors_;
};

}  // namespace rockpool::hub
