// What is sent to an owner's back end. The form is in docs/protocol.md, "Change webhooks".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/model/record.h"

namespace rockpool::hooks {

// Whole entries of the log, as far as a hook wants them. With a `reset` there are none: changes up to `seq`
// cannot be told any more.
struct Delivery {
  std::string hook;
  std::string space;
  std::uint64_t epoch = 0;
  std::uint64_t seq = 0;  // of the last entry
  std::vector<model::Change> changes;
  std::string reset;  // why; empty: none
};

std::string body_of(const Delivery& delivery);

// Of the header Rockpool-Signature: `t=<unix seconds>,v1=<hex>`, the HMAC-SHA256 of `<unix seconds>.<body>`.
std::string signature_of(std::string_view secret, std::int64_t unix_seconds, std::string_view body);

}  // namespace rockpool::hooks
