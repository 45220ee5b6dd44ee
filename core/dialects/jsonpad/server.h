// The server half of JSONPad.
#pragma once

#include <memory>

#include "core/dialect/dialect.h"

namespace rockpool::dialects::jsonpad {

// What browsers are told, for Dialect::cors.
inline constexpr dialect::Cors cors{
    .methods = "GET, POST, PUT, PATCH, DELETE, OPTIONS",
    .headers = "Authorization, Content-Type, If-None-Match, If-Modified-Since"};

base::Result<std::unique_ptr<dialect::ServerDialect>> make_server(const dialect::MountOptions& options,
                                                                  base::Prng prng);

}  // namespace rockpool::dialects::jsonpad
