// Sorting for code that a page downloads.
#pragma once

#include <algorithm>

namespace rockpool::base {

// Not stable. A heap sort: at most twice the time of std::sort, for a fifth of the code that it makes at each
// place.
template <typename Range, typename Less>
void sort(Range& range, Less less) {
  std::partial_sort(range.begin(), range.end(), range.end(), less);
}

}  // namespace rockpool::base
