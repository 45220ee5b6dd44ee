// Any pattern is refused or read, and then looks at any text within the work that it is given.
//
// input := options:byte pattern "\n" text
#include "core/base/regular_expression.h"

#include "tests/fuzz/fuzz.h"

using namespace rockpool;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::string_view text = fuzz::text(data + 1, size - 1);
  const std::string_view pattern = fuzz::next_line(text);
  const auto read = base::RegularExpression::read(pattern, {.ignores_case = (data[0] & 1) != 0});
  fuzz::claim(read.ok() || read.error().code == base::Code::invalid);
  if (!read.ok()) return 0;
  constexpr std::uint64_t enough = 1 << 22;
  std::uint64_t work = enough;
  const auto matches = read->matches(text, work);
  fuzz::claim(work <= enough);
  std::uint64_t same = enough - work;
  fuzz::claim(!matches || read->matches(text, same) == matches);
  fuzz::claim(same == 0 || !matches);
  return 0;
}
