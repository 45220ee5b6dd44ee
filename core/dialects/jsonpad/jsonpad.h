// The service JSONPad as it was in 2015: docs/dialects/jsonpad.md.
#pragma once

#include "core/dialect/dialect.h"

namespace rockpool::dialects::jsonpad {

// Its cursors do, and the server keeps no books on who wrote: what was not answered is read again.
inline constexpr dialect::Abilities abilities = {};

extern const dialect::Dialect dialect;

}  // namespace rockpool::dialects::jsonpad
