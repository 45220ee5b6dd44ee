// Names that are not taken yet.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace rockpool::dialects::baserow {

// The name with a number behind it, which is the first one from 2 on that nothing else has: "Grid 2", and of
// that "Grid 3".
std::string numbered_name(std::string_view name, const std::function<bool(std::string_view)>& is_taken);

}  // namespace rockpool::dialects::baserow
