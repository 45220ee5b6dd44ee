// The `datocms` part of the configuration:
//
//   {"tokens": [{"token": "...", "permissions": ["read", "drafts", "write"], "environments": ["main"]}],
//    "environments": ["main"],     the first one is meant when a request names none
//    "models": {...},              core/dialects/datocms/models.h
//    "channelsMax": 10000,         that are open or may still be opened
//    "channelsPerCaller": 500,     the same, of one token at one address
//    "liveBytes": 268435456}       of the results of all that is listened to
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/dialects/datocms/models.h"

namespace rockpool::dialects::datocms {

struct Token {
  std::string text;
  bool reads = false, drafts = false, writes = false;
  std::set<std::string> environments;  // empty: all of them
  std::string user;                    // whom the hub's rights know it as
};

struct Settings {
  std::vector<Token> tokens;
  std::vector<std::string> environments = {"main"};
  Models models;
  std::uint64_t channels_max = 10'000;
  std::uint64_t channels_of_caller = 500;
  std::uint64_t live_bytes = 256 << 20;
};

// The error is `usage` and names the place, never a token.
base::Result<Settings> read_settings(std::string_view text);

}  // namespace rockpool::dialects::datocms
