#include "core/dialect/dialects.h"

#include <algorithm>

#include "core/dialect/dialect.h"
#include "core/dialects/native/native.h"
#ifndef ROCKPOOL_CLIENT_ONLY
#include "core/dialects/deepstream/deepstream.h"
#endif

namespace rockpool::dialect {

std::span<const Dialect* const> dialects() {
  static const Dialect* const list[] = {
      &rockpool::dialects::native::dialect,
#ifndef ROCKPOOL_CLIENT_ONLY
      &rockpool::dialects::deepstream::dialect,
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
