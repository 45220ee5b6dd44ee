// The client half: a session of the page with a deepstream server, the original's or ours.
#pragma once

#include <memory>

#include "core/dialect/dialect.h"

namespace rockpool::dialects::deepstream {

std::unique_ptr<dialect::ClientSession> make_client(const dialect::ClientOptions& options, base::Prng prng);

}  // namespace rockpool::dialects::deepstream
