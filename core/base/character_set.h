// Characters by their code points.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace rockpool::base {

class CharacterSet {
 public:
  struct Range {
    char32_t first;
    char32_t last;  // in it too
  };
  using Ranges = std::vector<Range>;

  // The ranges may overlap and be in any order.
  explicit CharacterSet(Ranges ranges);

  CharacterSet others() const;  // all characters that are not in it
  CharacterSet folded() const;  // itself, and what its characters become by fold.h

  bool has(char32_t character) const {
    return character < 128 ? (ascii_[character / 64] >> (character % 64) & 1) != 0 : has_wide(character);
  }
  const Ranges& ranges() const { return ranges_; }  // in order, with gaps between them

 private:
  bool has_wide(char32_t character) const;

  Ranges ranges_;
  std::array<std::uint64_t, 2> ascii_ = {};
};

}  // namespace rockpool::base
