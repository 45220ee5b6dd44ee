#include "core/rights/rules.h"

namespace rockpool::rights {

std::string_view name_of(Kind kind) {
  constexpr std::array<std::string_view, 4> names = {"collection", "event", "procedure", "room"};
  return names[static_cast<std::size_t>(kind)];
}

}  // namespace rockpool::rights
