// Any three sides resolve to something that can be read; without a clash, nothing either side did alone is
// lost.
//
// input := rule:byte base "\n" mine "\n" theirs
#include "core/model/mutation.h"
#include "core/model/value.h"
#include "core/sync/resolver.h"
#include "tests/fuzz/fuzz.h"

using namespace rockpool;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::string_view rest = fuzz::text(data + 1, size - 1);
  std::string sides[3];
  for (std::string& side : sides) {
    const base::Result<std::string> value = model::compact(fuzz::next_line(rest));
    if (value.ok()) side = *value;
  }
  const sync::Policy policy{.standard = static_cast<sync::Rule>(data[0] % 6),
                            .fields = {{"s", sync::Rule::set}}};
  const sync::Resolution result = sync::resolve({sides[0], sides[1], sides[2]}, policy);
  if (!result.merged.empty()) fuzz::claim(model::read(result.merged).ok());
  if (sides[1] == sides[0] && !sides[2].empty() && !sides[0].empty()) fuzz::claim(!result.clashed());
  if (sides[1].empty() || sides[2].empty()) return 0;
  model::Mutation patch;
  patch.op = model::Op::patch;
  patch.key = {"c", "i"};
  patch.data = sync::difference(sides[1], sides[2]);
  const base::Result<std::string> after = model::apply(patch, sides[1]);
  // Steps over names that may not be path steps are refused; everything else must arrive.
  if (!after.ok()) return 0;
  fuzz::claim(*model::read(*after) == *model::read(sides[2]) ||
              model::canonical(*model::read(*after)) == model::canonical(*model::read(sides[2])));
  return 0;
}
