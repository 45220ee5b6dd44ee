// rockpool.v1, the dialect with every ability that the engine and the hub have. docs/protocol.md is its
// contract.
#pragma once

namespace rockpool::dialect {
struct Dialect;
}

namespace rockpool::dialects::native {

extern const dialect::Dialect dialect;

}  // namespace rockpool::dialects::native
