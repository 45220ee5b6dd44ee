// The client half: a page's session with the service's API, at the original or at ours.
#pragma once

#include <memory>

#include "core/dialect/dialect.h"

namespace rockpool::dialects::rested {

std::unique_ptr<dialect::ClientSession> make_client(const dialect::ClientOptions& options, base::Prng prng);

}  // namespace rockpool::dialects::rested
