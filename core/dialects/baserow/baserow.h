// Baserow's REST and WebSocket API of version 1.14: docs/dialects/baserow.md.
#pragma once

#include "core/dialect/dialect.h"

namespace rockpool::dialects::baserow {

extern const dialect::Dialect dialect;

}  // namespace rockpool::dialects::baserow
