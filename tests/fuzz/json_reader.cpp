// Any text gives a value or an error; what is read, written and read again is the same; slicing agrees with
// reading.
#include <array>

#include "core/model/envelope.h"
#include "core/model/value.h"
#include "tests/fuzz/fuzz.h"

using namespace rockpool;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text(data, size);
  const base::Result<model::Value> value = model::read(text);
  const base::Result<std::string> compacted = model::compact(text);
  constexpr std::array<std::string_view, 2> names = {"data", "value"};
  const base::Result<model::Value> sliced = model::read_sliced(text, names);
  fuzz::claim(value.ok() == compacted.ok());
  fuzz::claim(value.ok() == sliced.ok());
  if (!value.ok()) return 0;
  const base::Result<model::Value> again = model::read(*compacted);
  fuzz::claim(again.ok() && *again == *value);
  const std::string canonical = model::canonical(*value);
  const base::Result<model::Value> reread = model::read(canonical);
  fuzz::claim(reread.ok() && model::canonical(*reread) == canonical);
  return 0;
}
