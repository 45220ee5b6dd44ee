// DatoCMS: queries in GraphQL, and channels that tell of their results. The wire is docs/dialects/datocms.md.
#pragma once

#include "core/dialect/dialect.h"

namespace rockpool::dialects::datocms {

// Its servers keep no books on who wrote: what was not answered is read again.
inline constexpr dialect::Abilities abilities = {.live_queries = true};

extern const dialect::Dialect dialect;

}  // namespace rockpool::dialects::datocms
