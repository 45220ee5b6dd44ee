// rockpool.v1, the dialect with every ability that the engine and the hub have. docs/protocol.md is its
// contract.
#pragma once

#include "core/dialect/dialect.h"

namespace rockpool::dialects::native {

inline constexpr dialect::Abilities abilities = {
    .versions = true, .resume = true, .batches = true, .events = true, .rpc = true, .presence = true};

extern const dialect::Dialect dialect;

}  // namespace rockpool::dialects::native
