// Spans of time as people write them: 30s, 15m, 1h, 7d.
#pragma once

#include <optional>
#include <string_view>

#include "core/base/instant.h"

namespace rockpool::verbs {

// Of what is made to be given away.
inline constexpr std::int64_t ttl_ms_max = 10ll * 365 * 24 * 3600 * 1000;

std::optional<base::Duration> read_duration(std::string_view text);

}  // namespace rockpool::verbs
