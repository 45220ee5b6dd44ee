// Projects of endpoints over REST, WebSocket and a management API: docs/dialects/rested.md.
#pragma once

#include "core/dialect/dialect.h"

namespace rockpool::dialects::rested {

extern const dialect::Dialect dialect;

}  // namespace rockpool::dialects::rested
