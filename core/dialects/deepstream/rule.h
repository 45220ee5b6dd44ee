// The rules of permissions: expressions in a part of JavaScript, as the original's permission file has them.
//
// rule     := choice
// choice   := either ("?" choice ":" choice)?
// either   := operands of ?? || && == != === !== < <= > >= in + - * / %, as JavaScript binds them
// unary    := ("!" | "-" | "+" | "typeof") unary | chain
// chain    := primary ("." name | "?." name | "[" choice "]" | "." function "(" choices ")")*
// primary  := number | text | true | false | null | undefined | "[" choices "]" | "(" choice ")"
//           | user | data | oldData | now | action | name | $variable | "_" "(" choice ")"
// function := startsWith | endsWith | includes | indexOf | match | toUpperCase | toLowerCase | trim
//
// A rule becomes the program of a machine with a stack. It only ever jumps forward, so that it ends after as
// many steps as it has. What it reads is outside input, and makes it fail at worst.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/regular_expression.h"
#include "core/base/result.h"

namespace rockpool::dialects::deepstream {

class RuleRecords;
struct RuleInputs;

class Rule {
 public:
  // `variables` with their `$`, as they stand in the name's pattern. `invalid` says what is wrong and where.
  static base::Result<Rule> read(std::string_view text, std::span<const std::string> variables);

  const std::string& text() const { return text_; }
  bool uses_data() const { return uses_data_; }
  bool uses_old_data() const { return uses_old_data_; }
  bool refers() const { return refers_; }  // to other records, by _()

  // Is it true? `invalid` says why it cannot be told. Where `records` wants some after that, there is no
  // result yet, whatever was returned.
  base::Result<bool> run(const RuleInputs& inputs, RuleRecords& records) const;

 private:
  friend class RuleReader;
  friend class RuleMachine;

  enum class Do : std::uint8_t {
    text,
    number,
    truth,  // `at` is 0 or 1
    null,
    undefined,
    variable,
    capture,  // the `at`th variable of the name
    member,   // the name is texts_[at]
    index,
    negate,
    minus,
    plus,
    kind,  // typeof
    add,
    subtract,
    multiply,
    divide,
    remainder,
    less,
    less_or_equal,
    greater,
    greater_or_equal,
    equal,
    not_equal,
    same,
    not_same,
    in,
    list,  // of `at` elements
    starts_with,
    ends_with,
    includes,
    index_of,
    upper,
    lower,
    trim,
    match,         // patterns_[at]
    match_text,    // a pattern that is known only then
    refer,         // _()
    drop,          // forgets what is on top
    jump,          // to `at`
    when_false,    // takes what is on top, and jumps
    keep_false,    // jumps and keeps it, else forgets it
    keep_true,     //
    keep_defined,  //
    stop_chain,    // of ?.: jumps with undefined where nothing is on top
  };
  enum Variable : std::uint32_t { user, data, old_data, now, action, name };
  struct Step {
    Do what = Do::undefined;
    std::uint32_t at = 0;
  };

  std::string text_;
  std::vector<Step> steps_;
  std::vector<std::string> texts_;
  std::vector<double> numbers_;
  std::vector<base::RegularExpression> patterns_;
  bool uses_data_ = false;
  bool uses_old_data_ = false;
  bool refers_ = false;
};

}  // namespace rockpool::dialects::deepstream
