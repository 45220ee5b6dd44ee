// Reading compact JSON text in place. Everything here relies on text that model::read accepts, without white
// space outside of strings; on other text the answers are meaningless, but nothing outside of it is ever
// touched.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/model/skip.h"

namespace rockpool::query {

using model::behind_string;

// The first position behind the value that begins at `at`.
std::size_t behind_value(std::string_view text, std::size_t at);

// What is between the quotes, unescaped. Points into `raw` when there is nothing to unescape, else into
// `scratch`.
std::string_view unescaped(std::string_view raw, std::string& scratch);

// A JSON number, exactly: integers of 64 bits of either sign as such, also when written as a double (1e3).
class Number {
 public:
  static Number of(std::string_view raw);

  std::strong_ordering operator<=>(const Number& other) const;
  bool operator==(const Number& other) const { return (*this <=> other) == std::strong_ordering::equal; }
  // Appends bytes whose order is the order of numbers; always as many.
  void append_key(std::string& out) const;

 private:
  static Number of_whole(bool negative, std::uint64_t magnitude);
  static Number of_real(double real);

  // The nearest double, which keeps order, and how far the number is above it. Only integers beyond 2^53 are.
  double real_ = 0;
  std::int16_t beyond_ = 0;
};

}  // namespace rockpool::query
