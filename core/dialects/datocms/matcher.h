// Patterns in texts: what `matches` looks for, anywhere in a text, within a bound of work for many texts
// together.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>

#include "core/base/regular_expression.h"

namespace rockpool::dialects::datocms {

// What all patterns of a question may take together, some 7 ns each, and how many tests all filters may make.
struct Work {
  std::uint64_t left = 0;
  std::uint64_t tests = ~std::uint64_t{0};
  bool ran_out = false;

  // For so many tests more; false: they are too many.
  bool takes_tests(std::uint64_t count) {
    ran_out = ran_out || count > tests;
    tests -= count > tests ? tests : count;
    return !ran_out;
  }
};

class Matcher {
 public:
  struct Wish {
    std::string_view pattern;
    bool case_sensitive = false;
    bool is_expression = true;
  };
  // `invalid` says what is wrong with the expression.
  static base::Result<Matcher> read(const Wish& wish);

  bool matches(std::string_view text, Work& work) const;

 private:
  explicit Matcher(base::RegularExpression expression) : expression_(std::move(expression)) {}

  base::RegularExpression expression_;
};

}  // namespace rockpool::dialects::datocms
