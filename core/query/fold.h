// Case folding for `$text` and `nocase`: one code point becomes one code point, the same on every platform.
#pragma once

#include <string>
#include <string_view>

namespace rockpool::query {

// Appends `text` (UTF-8) with capitals made small: ASCII, Latin-1, Latin Extended-A, Greek and Cyrillic.
// Accents stay, and what folds to more than one code point (German sharp s) stays as it is.
void append_folded(std::string& out, std::string_view text);

}  // namespace rockpool::query
