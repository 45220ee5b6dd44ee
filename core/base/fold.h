// Case folding for `$text` and `nocase`: one code point becomes one code point, the same on every platform.
#pragma once

#include <string>
#include <string_view>

namespace rockpool::base {

// Appends `text` (UTF-8) with capitals made small: ASCII, Latin-1, Latin Extended-A, Greek and Cyrillic.
// Accents stay, and what folds to more than one code point (German sharp s) stays as it is.
void append_folded(std::string& out, std::string_view text);

// The same for one code point. Those above `folded_max` stay.
char32_t folded(char32_t point);
inline constexpr char32_t folded_max = 0x52e;

}  // namespace rockpool::base
