// The server's end of Baserow.
#pragma once

#include <memory>

#include "core/dialect/dialect.h"

namespace rockpool::dialects::baserow {

base::Result<std::unique_ptr<dialect::ServerDialect>> make_server(const dialect::MountOptions& options,
                                                                  base::Prng prng);

// What browsers are told, for Dialect::cors.
inline constexpr dialect::Cors cors{.methods = "GET, POST, PATCH, DELETE, OPTIONS",
                                    .headers = "Authorization, Content-Type, WebSocketId, ClientSessionId"};

}  // namespace rockpool::dialects::baserow
