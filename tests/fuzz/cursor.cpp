// Any text is a cursor or none; a cursor has one spelling.
#include "core/model/record.h"
#include "tests/fuzz/fuzz.h"

using namespace rockpool;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text(data, size);
  if (const auto cursor = model::read_cursor(text)) fuzz::claim(model::write_cursor(*cursor) == text);
  return 0;
}
