// What a mount of JSONPad is told by `dialects.jsonpad` (docs/operating.md).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace rockpool::dialects::jsonpad {

struct Settings {
  // Tokens of an account, besides those that the server gives out itself.
  struct Account {
    std::vector<std::string> tokens;    // for the API
    std::vector<std::string> realtime;  // for the realtime paths alone
  };
  std::map<std::string, Account> accounts;  // by user
  std::int64_t poll_ms = 30'000;            // until a poll is answered with `timeout`
  std::int64_t log_ms = 600'000;            // events are kept for so long,
  std::size_t log_events = 10'000;          // and so many of an account
};

// `usage` for what is wrong, with its place in words; a key nobody knows is wrong.
base::Result<Settings> read_settings(std::string_view text);

}  // namespace rockpool::dialects::jsonpad
