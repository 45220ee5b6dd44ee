// Who is it, and may they enter the space? Deny is the default.
#pragma once

#include <string_view>

#include "core/base/instant.h"
#include "core/dialect/dialect.h"
#include "server/config/config.h"

namespace rockpool::auth {

// A token that is sent is always checked, in an open space too. Without one only open spaces let in.
dialect::Identity identify(const config::Config& config, std::string_view token, std::string_view space,
                           base::Instant now);

}  // namespace rockpool::auth
