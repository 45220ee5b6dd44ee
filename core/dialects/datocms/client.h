// The client half: a page's session with a server of this contract, ours or another.
#pragma once

#include <memory>

#include "core/dialect/dialect.h"

namespace rockpool::dialects::datocms {

std::unique_ptr<dialect::ClientSession> make_client(const dialect::ClientOptions& options, base::Prng prng);

}  // namespace rockpool::dialects::datocms
