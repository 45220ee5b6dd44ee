#include "core/dialects/datocms/matcher.h"

#include <string>

namespace rockpool::dialects::datocms {
namespace {

constexpr std::size_t steps_max = 1024;
constexpr std::size_t letters_of_work = 4;

// What stands for itself in an expression.
std::string literal(std::string_view text) {
  constexpr std::string_view special = "\\^$.|?*+()[]{}";
  std::string expression;
  for (const char c : text) {
    if (special.find(c) != std::string_view::npos) expression += '\\';
    expression += c;
  }
  return expression;
}

}  // namespace

base::Result<Matcher> Matcher::read(const Wish& wish) {
  const std::string pattern = wish.is_expression ? std::string(wish.pattern) : literal(wish.pattern);
  auto expression =
      base::RegularExpression::read(pattern, {.ignores_case = !wish.case_sensitive, .steps_max = steps_max});
  if (!expression) return expression.error();
  return Matcher(std::move(*expression));
}

bool Matcher::matches(std::string_view text, Work& work) const {
  // To read the text counts as well, whatever the expression does with it.
  const std::uint64_t reading = 1 + text.size() / letters_of_work;
  work.ran_out = work.ran_out || work.left < reading;
  if (work.ran_out) return false;
  work.left -= reading;
  const auto found = expression_.matches(text, work.left);
  work.ran_out = !found;
  return found.value_or(false);
}

}  // namespace rockpool::dialects::datocms
