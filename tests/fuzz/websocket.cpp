// A stream of frames comes to the same however it is cut, and to nothing larger than is allowed.
#include "core/wire/websocket.h"

#include "core/base/text.h"
#include "tests/fuzz/fuzz.h"

using namespace rockpool;

namespace {

using Event = wire::FrameReader::Event;

constexpr wire::FrameReader::Limits limits{.message_bytes = 300, .frames = 4};

// All events as one text.
std::string told(std::string_view stream, bool masked, std::size_t step) {
  wire::FrameReader reader(masked, limits);
  std::string out;
  for (std::size_t from = 0; from < stream.size(); from += step) {
    std::string_view bytes = stream.substr(from, step);
    for (Event event = reader.read(bytes); event != Event::more; event = reader.read(bytes)) {
      out += static_cast<char>('0' + static_cast<int>(event));
      if (event == Event::failed) {
        fuzz::claim(!reader.problem().empty() && reader.code() >= 1002 && reader.code() <= 1009);
        return out += base::decimal(std::uint64_t{reader.code()});
      }
      fuzz::claim(reader.control().size() <= wire::control_bytes_max);
      if (event == Event::message) {
        const std::string message = reader.take_message();
        fuzz::claim(message.size() <= limits.message_bytes);
        fuzz::claim(reader.is_binary() || base::is_utf8(message));
        out += message;
      } else {
        out.append(reader.control());
      }
      if (event == Event::close) return out += base::decimal(std::uint64_t{reader.code()});
    }
    fuzz::claim(bytes.empty());
    fuzz::claim(reader.held_bytes() <= 2 * limits.message_bytes);
  }
  return out;
}

}  // namespace

// input := how:byte stream
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view stream = fuzz::text(data + 1, size - 1);
  const bool masked = (data[0] & 1) != 0;
  const std::string whole = told(stream, masked, 1);
  fuzz::claim(told(stream, masked, 2u + data[0] / 2) == whole);
  fuzz::claim(told(stream, masked, stream.size() + 1) == whole);
  return 0;
}
