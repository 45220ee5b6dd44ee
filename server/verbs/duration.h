// Spans of time as people write them: 30s, 15m, 1h, 7d.
#pragma once

#include <optional>
#include <string_view>

#include "core/base/instant.h"

namespace rockpool::verbs {

std::optional<base::Duration> read_duration(std::string_view text);

}  // namespace rockpool::verbs
