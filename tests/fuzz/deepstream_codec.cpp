// Any frame gives messages or an error; what was taken survives encoding and decoding, and so do names.
#include "core/base/text.h"
#include "core/dialects/deepstream/codec.h"
#include "core/dialects/deepstream/names.h"
#include "core/dialects/deepstream/paths.h"
#include "core/model/place.h"
#include "tests/fuzz/fuzz.h"

using namespace rockpool;
namespace deepstream = dialects::deepstream;

namespace {

void check_messages(std::string_view frame) {
  const auto messages = deepstream::decode(frame);
  if (!messages) return;
  for (const deepstream::Message& message : *messages) {
    if (message.topic == deepstream::Topic::unknown) continue;
    const auto again = deepstream::decode(deepstream::encode(message));
    fuzz::claim(again.ok() && again->size() == 1 && again->front() == message);
  }
}

// A path that is taken names a place that the model takes.
void check_path(std::string_view path) {
  const auto steps = deepstream::steps_of(path);
  if (!steps) return;
  const model::Mutation mutation{
      .number = 1, .key = {"a", "b"}, .op = model::Op::place, .path = *steps, .data = "1"};
  fuzz::claim(model::check_place(mutation).ok());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text(data, size);
  check_messages(text);
  if (!text.empty()) fuzz::claim(deepstream::name_of(deepstream::key_of(text)) == text);
  if (base::is_utf8(text)) check_path(text);
  return 0;
}
