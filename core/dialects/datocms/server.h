// The server's end of DatoCMS.
#pragma once

#include <memory>

#include "core/dialect/dialect.h"

namespace rockpool::dialects::datocms {

base::Result<std::unique_ptr<dialect::ServerDialect>> make_server(const dialect::MountOptions& options,
                                                                  base::Prng prng);

inline constexpr dialect::Cors cors = {
    .methods = "GET, POST, PUT, DELETE, OPTIONS",
    .headers =
        "authorization, content-type, accept, x-include-drafts, x-exclude-invalid, x-environment, "
        "x-cache-tags, x-visual-editing, x-base-editing-url, last-event-id"};

}  // namespace rockpool::dialects::datocms
