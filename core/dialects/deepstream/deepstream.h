// deepstream: its HTTP API and its WebSocket. The README beside it says what is served and what was decided.
#pragma once

namespace rockpool::dialect {
struct Dialect;
}

namespace rockpool::dialects::deepstream {

extern const dialect::Dialect dialect;

}  // namespace rockpool::dialects::deepstream
