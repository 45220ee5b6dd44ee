// A body has the same parts, and the same mistake, however it is cut into pieces; what a reader holds is
// bounded.
//
// input := piece:byte body, with the boundary `b`
#include "core/wire/multipart.h"

#include "core/base/text.h"
#include "tests/fuzz/fuzz.h"

using namespace rockpool;
using Event = wire::MultipartReader::Event;

namespace {

// All that was understood, as text.
std::string understood(std::string_view body, std::size_t piece) {
  wire::MultipartReader reader("b");
  std::string all;
  for (std::size_t at = 0; at < body.size(); at += piece) {
    reader.feed(body.substr(at, piece));
    for (Event event = reader.next(); event != Event::more; event = reader.next()) {
      if (event == Event::failed) {
        fuzz::claim(!reader.error().empty() && reader.next() == Event::failed);
        return all + "failed: " + reader.error();
      }
      if (event == Event::part) {
        const wire::Part& part = reader.part();
        fuzz::claim(!part.name.empty() && base::is_utf8(part.name));
        fuzz::claim(!part.file_name || base::is_utf8(*part.file_name));
        all += "[" + part.name + "|" + part.file_name.value_or("") + "|" + part.content_type + "]";
      } else if (event == Event::data) {
        fuzz::claim(!reader.data().empty() && reader.data().size() <= piece + 8);
        all += reader.data();
      } else {
        all += event == Event::end ? "\nend" : "\n";
      }
    }
  }
  return all + (reader.is_whole() ? "" : "...");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view body = fuzz::text(data + 1, size - 1);
  const std::string whole = understood(body, body.size());
  fuzz::claim(whole == understood(body, 1));
  fuzz::claim(whole == understood(body, data[0] + 1u));
  return 0;
}
