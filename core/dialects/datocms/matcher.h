// Patterns in texts: what `matches` looks for, anywhere in a text, within a bound of work for many texts
// together.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>

#include "core/base/regular_expression.h"

namespace rockpool::dialects::datocms {

class Matcher {
 public:
  struct Wish {
    std::string_view pattern;
    bool case_sensitive = false;
    bool is_expression = true;
  };
  // `invalid` says what is wrong with the expression.
  static base::Result<Matcher> read(const Wish& wish);

  // Once the work is done that it may take, no text matches any more.
  bool matches(std::string_view text) const;
  void allow(std::uint64_t work) const {
    work_ = work;
    ran_out_ = false;
  }
  bool ran_out() const { return ran_out_; }

 private:
  explicit Matcher(base::RegularExpression expression) : expression_(std::move(expression)) {}

  base::RegularExpression expression_;
  mutable std::uint64_t work_ = 0;
  mutable bool ran_out_ = false;
};

}  // namespace rockpool::dialects::datocms
