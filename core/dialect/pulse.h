// Is the other side still there, and does it know that we are?
#pragma once

#include "core/base/instant.h"

namespace rockpool::dialect {

// A link on which one side speaks at least every `quiet` and both give up after `dead` without a word from
// the other.
class Pulse {
 public:
  Pulse(base::Duration quiet, base::Duration dead) : quiet_(quiet), dead_(dead) {}

  void begin(base::Instant now) { heard_ = said_ = now; }
  void heard(base::Instant now) { heard_ = now; }
  void said(base::Instant now) { said_ = now; }
  base::Instant dead_at() const { return heard_ + dead_; }
  base::Instant speak_at() const { return said_ + quiet_; }

 private:
  base::Duration quiet_;
  base::Duration dead_;
  base::Instant heard_;
  base::Instant said_;
};

}  // namespace rockpool::dialect
