// The server half of RESTED.
#pragma once

#include <memory>

#include "core/dialect/dialect.h"

namespace rockpool::dialects::rested {

base::Result<std::unique_ptr<dialect::ServerDialect>> make_server(const dialect::MountOptions& options,
                                                                  base::Prng prng);

}  // namespace rockpool::dialects::rested
