#include "core/schema/schemas.h"

#include <algorithm>

#include "core/base/pattern.h"

namespace rockpool::schema {

void Schemas::add(const std::string& space, const std::string& pattern, Schema schema) {
  ByPattern& all = by_space_[space];
  all.emplace_back(pattern, std::move(schema));
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
    const auto rank = [](const std::string& name) {
      return std::pair(name.find('*') == std::string::npos, name.size());
    };
    return rank(a.first) > rank(b.first);
  });
}

const Schema* Schemas::find(std::string_view space, std::string_view collection) const {
  const auto in = by_space_.find(space);
  if (in == by_space_.end()) return nullptr;
  for (const auto& [pattern, schema] : in->second) {
    if (base::matches(pattern, collection)) return &schema;
  }
  return nullptr;
}

}  // namespace rockpool::schema
