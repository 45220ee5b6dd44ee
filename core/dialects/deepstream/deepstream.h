// deepstream: its HTTP API and its WebSocket. The README beside it says what is served and what was decided.
#pragma once

#include "core/dialect/dialect.h"

namespace rockpool::dialects::deepstream {

inline constexpr dialect::Abilities abilities = {
    .versions = true, .events = true, .rpc = true, .presence = true};

extern const dialect::Dialect dialect;

}  // namespace rockpool::dialects::deepstream
