// Any write on any value gives a value that can be read, or an error.
//
// input := op:byte path "\n" before "\n" data
#include "core/model/mutation.h"

#include "core/model/value.h"
#include "tests/fuzz/fuzz.h"

using namespace rockpool;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::string_view rest = fuzz::text(data + 1, size - 1);
  model::Mutation mutation;
  mutation.key = {"c", "i"};
  mutation.op = static_cast<model::Op>(data[0] % 6);
  mutation.path = fuzz::next_line(rest);
  const base::Result<std::string> before = model::compact(fuzz::next_line(rest));
  if (mutation.op != model::Op::remove) {
    const base::Result<std::string> given = model::compact(rest);
    if (!given.ok()) return 0;
    mutation.data = *given;
  }
  if (!model::check(mutation).ok()) return 0;
  const base::Result<std::string> after = model::apply(mutation, before.ok() ? *before : "");
  if (after.ok() && !after->empty()) fuzz::claim(model::read(*after).ok());
  return 0;
}
