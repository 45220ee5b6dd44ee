// Names with a wild card.
#pragma once

#include <string_view>

namespace rockpool::base {

// Does `name` fit, from its first byte to its last? `*` stands for any bytes, none too.
bool matches(std::string_view pattern, std::string_view name);

}  // namespace rockpool::base
