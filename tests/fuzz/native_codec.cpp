// Any frame gives messages or errors, on both sides; what was taken survives encoding and decoding.
#include "core/dialects/native/codec.h"
#include "core/dialects/native/written_test.h"
#include "tests/fuzz/fuzz.h"

using namespace rockpool;
namespace native = dialects::native;

namespace {

void check_down(const std::vector<native::DownMessage>& messages) {
  for (const auto& message : messages) {
    const auto again = native::decode_down(native::encode_down(message));
    fuzz::claim(again.ok() && again->size() == 1 && (*again)[0] == message);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view frame = fuzz::text(data, size);
  if (const auto up = native::decode_up(frame); up.ok()) {
    for (const auto& message : *up) {
      if (!message.ok()) continue;
      const auto again = native::decode_up(native::encode_up(*message));
      fuzz::claim(again.ok() && again->size() == 1 && (*again)[0].ok() &&
                  *(*again)[0] == native::as_written(*message));
    }
  }
  if (const auto post = native::decode_post(frame); post.ok()) fuzz::claim(post->number != 0u);
  if (const auto down = native::decode_down(frame); down.ok()) check_down(*down);
  if (const auto answer = native::decode_answer(frame); answer.ok()) check_down(answer->messages);
  return 0;
}
