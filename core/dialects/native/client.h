// The client half of rockpool.v1.
#pragma once

#include <memory>

#include "core/dialect/dialect.h"

namespace rockpool::dialects::native {

std::unique_ptr<dialect::ClientSession> make_client(const dialect::ClientOptions& options, base::Prng prng);

}  // namespace rockpool::dialects::native
