#include "core/dialects/baserow/names.h"

#include "core/base/text.h"
#include "core/dialects/baserow/checks.h"

namespace rockpool::dialects::baserow {
namespace {

// Without the number that it ends in.
std::string_view stem_of(std::string_view name) {
  const std::size_t space = name.rfind(' ');
  if (space == std::string_view::npos || space == 0) return name;
  return base::read_decimal(name.substr(space + 1)) ? name.substr(0, space) : name;
}

// At most so many characters of it.
std::string_view first_letters(std::string_view text, std::size_t count) {
  while (letters(text) > count) {
    text.remove_suffix(1);
    text = text.substr(0, base::utf8_prefix(text).value_or(text.size()));
  }
  return text;
}

}  // namespace

std::string numbered_name(std::string_view name, const std::function<bool(std::string_view)>& is_taken) {
  for (std::uint64_t number = 2;; ++number) {
    const std::string end = ' ' + base::decimal(number);
    const std::string numbered =
        std::string(first_letters(stem_of(name), name_letters_max - end.size())) + end;
    if (!is_taken(numbered)) return numbered;
  }
}

}  // namespace rockpool::dialects::baserow
