// Says what patterns match, for regular.test.mjs: a program from lines to lines.
//
// line   := [pattern, ignores case: truth, text...]
// answer := [truth...]  |  text that says why the pattern is refused
#include <cstdio>
#include <string>

#include "core/base/regular_expression.h"
#include "core/model/value.h"

using namespace rockpool;

namespace {

model::Value answer(std::string_view line) {
  const auto asked = model::read(line);
  if (!asked) return asked.error().message;
  const auto parts = asked->elements();
  const bool ignores_case = *parts[1].get_ptr<const bool*>();
  const auto read =
      base::RegularExpression::read(*parts[0].get_ptr<const std::string*>(), {.ignores_case = ignores_case});
  if (!read) return read.error().message;
  model::Value matches = model::Value::array();
  for (const model::Value& text : parts.subspan(2))
    matches.push_back(read->matches(*text.get_ptr<const std::string*>()));
  return matches;
}

}  // namespace

int main() {
  std::string line;
  for (int c = std::getchar(); c != EOF; c = std::getchar()) {
    if (c != '\n') {
      line += static_cast<char>(c);
      continue;
    }
    std::puts(model::write(answer(line)).c_str());
    line.clear();
  }
  return 0;
}
