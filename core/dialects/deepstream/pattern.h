// The regular expressions by which a client says whose subscriptions it wants to hear of.
//
// pattern := branch ("|" branch)*
// branch  := piece*
// piece   := atom ("*" | "+" | "?" | "{" n ("," m?)? "}") "?"?  |  atom  |  "^"  |  "$"
// atom    := char | "." | "\" char | "[" "^"? range* "]" | "(" "?:"? pattern ")"
//
// A pattern is found anywhere in a name unless it is anchored, as in JavaScript. Time is linear in the name's
// bytes for any pattern: all ways to match are followed at once, none is tried again. Look-around and
// references back are refused.
#pragma once

#include <bitset>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace rockpool::dialects::deepstream {

class Pattern {
 public:
  // `invalid` says what is wrong: not well-formed, of a kind that is not understood, or too large.
  static base::Result<Pattern> read(std::string_view text);

  bool matches(std::string_view name) const;

 private:
  friend class PatternReader;

  using Bytes = std::bitset<256>;
  // A program of a machine that is in many places at once.
  struct Step {
    enum class Kind : std::uint8_t { bytes, split, begin, end, found };
    Kind kind = Kind::found;
    Bytes bytes = {};
    std::uint32_t next = 0;
    std::uint32_t other = 0;  // of a split
  };
  using Places = std::vector<std::uint32_t>;

  // Follows what takes no byte.
  void enter(std::uint32_t at, bool is_begin, bool is_end, Places& places, std::vector<bool>& seen) const;

  std::vector<Step> steps_;
  std::uint32_t start_ = 0;
};

}  // namespace rockpool::dialects::deepstream
