#include "core/base/character_set.h"

#include <algorithm>
#include <utility>

#include "core/base/fold.h"
#include "core/base/sort.h"

namespace rockpool::base {

constexpr char32_t character_max = 0x10ffff;

CharacterSet::CharacterSet(Ranges ranges) {
  sort(ranges, [](const Range& a, const Range& b) { return a.first < b.first; });
  for (const Range& range : ranges) {
    if (ranges_.empty() || range.first > ranges_.back().last + 1)
      ranges_.push_back(range);
    else
      ranges_.back().last = std::max(ranges_.back().last, range.last);
  }
  for (const Range& range : ranges_) {
    for (char32_t c = range.first; c <= range.last && c < 128; ++c)
      ascii_[c / 64] |= std::uint64_t{1} << (c % 64);
  }
}

CharacterSet CharacterSet::others() const {
  Ranges gaps;
  char32_t next = 0;
  for (const Range& range : ranges_) {
    if (range.first > next) gaps.push_back({next, range.first - 1});
    next = range.last + 1;
  }
  if (next <= character_max) gaps.push_back({next, character_max});
  return CharacterSet(std::move(gaps));
}

CharacterSet CharacterSet::folded() const {
  Ranges ranges = ranges_;
  for (const Range& range : ranges_) {
    for (char32_t c = range.first; c <= std::min(range.last, folded_max); ++c) {
      const char32_t small = base::folded(c);
      if (small != c) ranges.push_back({small, small});
    }
  }
  return CharacterSet(std::move(ranges));
}

bool CharacterSet::has_wide(char32_t character) const {
  const auto range = std::lower_bound(ranges_.begin(), ranges_.end(), character,
                                      [](const Range& r, char32_t c) { return r.last < c; });
  return range != ranges_.end() && range->first <= character;
}

}  // namespace rockpool::base
