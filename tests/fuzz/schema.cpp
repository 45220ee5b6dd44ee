// Any schema compiles or names what is wrong, and any value fits or names where it does not: the places are
// there, and saying less does not change the first word.
//
// input := schema "\n" value
#include "core/schema/schema.h"

#include "core/model/value.h"
#include "tests/fuzz/fuzz.h"

using namespace rockpool;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest = fuzz::text(data, size);
  const auto source = model::read(fuzz::next_line(rest));
  const auto value = model::read(rest);
  if (!source.ok()) return 0;
  const auto schema = schema::Schema::compile(*source);
  if (!schema.ok()) {
    fuzz::claim(schema.error().code == base::Code::usage && !schema.error().message.empty());
    return 0;
  }
  if (!value.ok()) return 0;
  const auto all = schema->check(*value);
  const auto first = schema->check(*value, 1);
  fuzz::claim(all.size() <= schema::mistakes_max && first.size() == (all.empty() ? 0 : 1));
  for (const schema::Mistake& mistake : all) {
    fuzz::claim(mistake.path.empty() || mistake.path.front() == '/');
    fuzz::claim(mistake.message.starts_with(mistake.keyword));
  }
  fuzz::claim(schema->admit(*value).ok() == all.empty());
  return 0;
}
