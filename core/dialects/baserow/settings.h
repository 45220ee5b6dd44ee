// What a mount of Baserow is told by `dialects.baserow` (docs/operating.md).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace rockpool::dialects::baserow {

// `seed`: messages under the names that the seed document lists, upstream's spellings beside them.
// `upstream`: what Baserow 1.14 sends, and nothing else.
enum class Profile : std::uint8_t { seed, upstream };
// Is it a group or, as since 1.16, a workspace?
enum class Keys : std::uint8_t { group, both, workspace };
enum class OrderIds : std::uint8_t { hashed, plain };

struct Settings {
  std::string jwt_secret;    // that access and refresh tokens are signed with
  bool registration = true;  // anybody may make an account
  Profile profile = Profile::seed;
  Keys keys = Keys::group;
  OrderIds order_ids = OrderIds::hashed;
  std::int64_t access_ms = 600'000;
  std::int64_t refresh_ms = 7ll * 86'400'000;
  std::int64_t deletion_grace_ms = 30ll * 86'400'000;
  std::int64_t trash_grace_ms = 3ll * 86'400'000;
  std::int64_t log_ms = 600'000;    // messages are kept for so long for sockets that resume,
  std::size_t log_events = 10'000;  // and so many
};

// `usage` for what is wrong, with its place in words; a key nobody knows is wrong.
base::Result<Settings> read_settings(std::string_view text);

}  // namespace rockpool::dialects::baserow
