// Baserow's REST and WebSocket API of version 1.14: docs/dialects/baserow.md.
#pragma once

#include "core/dialect/dialect.h"

namespace rockpool::dialects::baserow {

// What a page missed is told for some minutes by a server of ours, and by no other.
inline constexpr dialect::Abilities abilities = {};

extern const dialect::Dialect dialect;

}  // namespace rockpool::dialects::baserow
