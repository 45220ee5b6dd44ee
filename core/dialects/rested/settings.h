// What a mount of RESTED is told by `dialects.rested` (docs/operating.md).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace rockpool::dialects::rested {

struct Settings {
  std::string admin_token;            // of the management API, besides the server's own administrators
  std::int64_t log_ms = 600'000;      // messages are kept for so long for `since`,
  std::size_t log_events = 10'000;    // so many of an endpoint,
  std::size_t log_bytes = 256 << 20;  // and so much of all endpoints together
};

// `usage` for what is wrong, with its place in words; a key nobody knows is wrong.
base::Result<Settings> read_settings(std::string_view text);

}  // namespace rockpool::dialects::rested
