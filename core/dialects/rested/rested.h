// Projects of endpoints over REST, WebSocket and a management API: docs/dialects/rested.md.
#pragma once

#include "core/dialect/dialect.h"

namespace rockpool::dialects::rested {

// A server of ours resumes for some minutes, and keeps no books on who wrote: what was not answered is read
// again.
inline constexpr dialect::Abilities abilities = {};

extern const dialect::Dialect dialect;

}  // namespace rockpool::dialects::rested
