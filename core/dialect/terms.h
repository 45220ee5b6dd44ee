// What mounts and streams have to keep to.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/limits.h"
#include "core/base/token_bucket.h"

namespace rockpool::dialect {

// What a stream's edge is to keep to, where the protocol has figures of its own.
struct StreamTerms {
  std::size_t message_bytes_max = 0;  // of one that is received; 0: the usual
  std::size_t queue_bytes_max = 0;    // waiting to be sent, past which the stream is closed; 0: the usual
  std::int64_t stalled_ms_max = 0;    // without progress, past which the stream is closed; 0: the usual
  std::int64_t ping_ms = 0;           // a WebSocket ping so often, dead after two without a word; 0: none
};

// What the sessions of a mount may do. `sessions` and `of_an_address` are of sessions that outlive their
// requests; an address of this machine is not counted for itself, unless that is asked for.
struct SessionLimits {
  std::uint64_t sessions = 20'000;
  std::uint64_t of_an_address = 200;
  bool count_loopback = false;
  std::uint64_t of_a_user = 100;  // who is known by name
  std::uint64_t subscriptions = base::limits::subscriptions_max;
  base::TokenBucket::Rate messages = {.per_second = 200, .burst = 1000};  // of a session
  base::TokenBucket::Rate messages_of_a_user = {.per_second = 500, .burst = 2000};

  bool counts(std::string_view address) const {
    return count_loopback || !(address.starts_with("127.") || address == "::1");
  }
};

// Which collections are those of all dialects of a space. What is not shared has a name that says whose it
// is.
struct Sharing {
  bool is_open = true;                     // the space lets everybody in
  std::vector<std::string> names = {"*"};  // patterns
};

}  // namespace rockpool::dialect
