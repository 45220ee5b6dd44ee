// A stream gives the same events however it is cut, and none that is longer than is allowed.
#include "core/wire/sse.h"

#include "tests/fuzz/fuzz.h"

using namespace rockpool;

namespace {

constexpr std::size_t bytes_max = 256;

// All events as one text, and whether the stream failed.
std::string events_of(std::string_view stream, std::size_t step) {
  wire::SseReader reader(bytes_max);
  std::string out;
  for (std::size_t from = 0; from < stream.size(); from += step) {
    std::string_view bytes = stream.substr(from, step);
    while (reader.read(bytes)) {
      fuzz::claim(reader.data().size() <= bytes_max);
      fuzz::claim(reader.id().find_first_of("\r\n") == std::string_view::npos);
      out.append(reader.id()).append("\r").append(reader.type()).append("\r").append(reader.data());
      out += "\r\r";
    }
    fuzz::claim(bytes.empty());
  }
  return out += reader.failed() ? "failed" : "";
}

}  // namespace

// input := step:byte stream
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view stream = fuzz::text(data + 1, size - 1);
  const std::string whole = events_of(stream, 1);
  fuzz::claim(events_of(stream, 1u + data[0]) == whole);
  fuzz::claim(events_of(stream, stream.size() + 1) == whole);
  return 0;
}
