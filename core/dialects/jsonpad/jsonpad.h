// The service JSONPad as it was in 2015: docs/dialects/jsonpad.md.
#pragma once

#include "core/dialect/dialect.h"

namespace rockpool::dialects::jsonpad {

extern const dialect::Dialect dialect;

}  // namespace rockpool::dialects::jsonpad
