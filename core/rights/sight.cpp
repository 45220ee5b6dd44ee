#include "core/rights/sight.h"

#include <algorithm>

#include "core/base/text.h"

namespace rockpool::rights {

std::string scope_of(std::size_t part, std::string_view owner) {
  std::string scope = part == 0 ? std::string() : base::decimal(std::uint64_t{part});
  if (!owner.empty()) scope.append("=").append(owner);
  return scope;
}

bool Sight::is_nothing() const {
  return std::all_of(parts.begin(), parts.end(), [](Extent extent) { return extent == Extent::none; });
}

bool Sight::is_everything() const {
  return std::all_of(parts.begin(), parts.end(), [](Extent extent) { return extent == Extent::all; });
}

std::vector<std::string> Sight::scopes() const {
  std::vector<std::string> scopes;
  for (std::size_t part = 0; part < parts.size(); ++part) {
    if (parts[part] == Extent::all) scopes.push_back(scope_of(part));
    if (parts[part] == Extent::own) scopes.push_back(scope_of(part, user));
  }
  return scopes;
}

}  // namespace rockpool::rights
