// The server half of rockpool.v1.
#pragma once

#include <memory>
#include <string>

#include "core/dialect/dialect.h"

namespace rockpool::dialects::native {

base::Result<std::unique_ptr<dialect::ServerDialect>> make_server(const dialect::MountOptions& options,
                                                                  base::Prng prng);
std::string encode_notice(const model::Topic& topic, const model::Notice& notice);

}  // namespace rockpool::dialects::native
