// Regular expressions over texts in UTF-8, found anywhere in a text unless they are anchored, as in
// JavaScript.
//
// expression := branch ("|" branch)*
// branch     := piece*
// piece      := atom (("*" | "+" | "?" | "{" n ("," m?)? "}") "?"?)?  |  "^"  |  "$"  |  "\b"  |  "\B"
// atom       := char | "." | escape | "[" "^"? (member ("-" member)?)* "]" | "(" "?:"? expression ")"
// escape     := "\" ("d" | "D" | "w" | "W" | "s" | "S" | "t" | "n" | "r" | "f" | "v" | "0" | sign)
//               | "\x" hex{2} | "\u" hex{4} | "\u{" hex+ "}"       sign := a char that is no letter and no
//               digit
// member     := escape | "\b" | a char but "]" and "\"
//
// One char is one code point. A byte of a text that is no part of UTF-8 counts as U+FFFD. Look-around, named
// groups, references back and properties of characters are refused.
//
// Time is linear in the text for any expression: all ways to match are followed at once, none is tried again.
#pragma once

#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/character_set.h"
#include "core/base/result.h"

namespace rockpool::base {

class RegularExpression {
 public:
  struct Options {
    bool ignores_case = false;  // as far as fold.h knows letters
    std::size_t bytes_max = 1024;
    std::size_t steps_max = 4096;  // once its repetitions are written out; for each of them 12 bytes are kept
  };
  // `invalid` says what is wrong: not well-formed, of a kind that is not understood, or too large.
  static Result<RegularExpression> read(std::string_view text, const Options& options);

  bool matches(std::string_view text) const;
  // The same with a bound: takes from `work` what it follows, at most its steps for each character of the
  // text. Nothing when that is not enough.
  std::optional<bool> matches(std::string_view text, std::uint64_t& work) const;

 private:
  friend class RegularReader;
  friend class RegularSearch;

  // A program of a machine that is in many places at once.
  struct Step {
    enum class Kind : std::uint8_t { character, set, split, begin, end, boundary, inside, found };
    Kind kind = Kind::found;
    std::uint32_t next = 0;
    std::uint32_t what = 0;  // the character, the index of the set, or the other way of a split
  };

  std::vector<Step> steps_;
  std::vector<CharacterSet> sets_;
  std::uint32_t start_ = 0;
  bool ignores_case_ = false;
  bool is_anchored_ = false;  // it begins where the text begins, or nowhere
  bool is_literal_ = false;   // it is nothing but `prefix_`
  std::string prefix_;        // what every match begins with
  std::bitset<256> first_;    // the bytes that a match may begin with
};

}  // namespace rockpool::base
