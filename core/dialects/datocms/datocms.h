// DatoCMS: queries in GraphQL, and channels that tell of their results. The wire is docs/dialects/datocms.md.
#pragma once

#include "core/dialect/dialect.h"

namespace rockpool::dialects::datocms {

extern const dialect::Dialect dialect;

}  // namespace rockpool::dialects::datocms
