// Objects merged as the text they are, so that numbers keep the digits they came with.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rockpool::dialect {

enum class Merging : std::uint8_t { of_members, of_all_levels };

// `before` with the members of `patch` in the place of its own, and new ones behind them; at all levels where
// both have an object. Both are compact JSON that was checked; nothing when one of them is no object.
std::optional<std::string> merge_text(std::string_view before, std::string_view patch, Merging merging);

}  // namespace rockpool::dialect
