#include "core/dialect/dialects.h"

#include <algorithm>

#include "core/dialect/dialect.h"
#include "core/dialects/baserow/baserow.h"
#include "core/dialects/datocms/datocms.h"
#include "core/dialects/deepstream/deepstream.h"
#include "core/dialects/jsonpad/jsonpad.h"
#include "core/dialects/native/native.h"
#include "core/dialects/rested/rested.h"

namespace rockpool::dialect {

#ifdef ROCKPOOL_DIALECT
const bool always_resumes = rockpool::dialects::ROCKPOOL_DIALECT::abilities.resume;
const bool always_reads_whole = !always_resumes && !rockpool::dialects::ROCKPOOL_DIALECT::abilities.versions;
const bool has_presence = rockpool::dialects::ROCKPOOL_DIALECT::abilities.presence;
const bool has_batches = rockpool::dialects::ROCKPOOL_DIALECT::abilities.batches;
const bool has_live_queries = rockpool::dialects::ROCKPOOL_DIALECT::abilities.live_queries;
const bool has_signals = rockpool::dialects::ROCKPOOL_DIALECT::abilities.events || has_live_queries;
#endif

std::span<const Dialect* const> dialects() {
  static const Dialect* const list[] = {
#ifdef ROCKPOOL_DIALECT  // a page's core: docs/decisions/0018-dialects-in-the-sdk.md
      &rockpool::dialects::ROCKPOOL_DIALECT::dialect,
#else
      &rockpool::dialects::native::dialect,  &rockpool::dialects::deepstream::dialect,
      &rockpool::dialects::jsonpad::dialect, &rockpool::dialects::rested::dialect,
      &rockpool::dialects::baserow::dialect, &rockpool::dialects::datocms::dialect,
#endif
  };
  return list;
}

const Dialect* find_dialect(std::string_view name) {
  const auto all = dialects();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Dialect* one) { return one->name == name; });
  return found == all.end() ? nullptr : *found;
}

}  // namespace rockpool::dialect
