// Bytes of a connection are the same requests, and the same refusal, however they are cut into pieces.
//
// input := piece:byte bytes
#include <vector>

#include "server/net/request_parser.h"
#include "tests/fuzz/fuzz.h"

using namespace rockpool;
using net::RequestParser;

namespace {

constexpr std::size_t body_bytes_max = 4096;

// What was understood, as text: one line for each request, and why it ended.
std::string understood(std::string_view bytes, std::size_t piece) {
  RequestParser parser;
  std::string all;
  bool in_body = false;
  for (std::size_t at = 0; at < bytes.size();) {
    parser.feed(bytes.substr(at, piece));
    at += piece;
    for (auto progress = RequestParser::Progress::done; progress == RequestParser::Progress::done;) {
      progress = in_body ? parser.read_body(body_bytes_max) : parser.read_head();
      if (progress == RequestParser::Progress::failed) {
        return all + "fault " + std::to_string(parser.fault().status);
      }
      if (progress == RequestParser::Progress::more) break;
      if (!in_body) {
        const wire::RequestHead& head = parser.head();
        fuzz::claim(!head.path.empty() && head.path.find('?') == std::string::npos);
        all += head.method + " " + head.path + "?" + head.query + (head.upgrade ? " upgrade" : "") + "\n";
        in_body = parser.has_body();
        if (in_body) continue;
      } else {
        all += parser.take_body() + "\n";
        in_body = false;
      }
      parser.next();
      if (!parser.has_bytes()) break;
    }
  }
  return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view bytes = fuzz::text(data + 1, size - 1);
  const std::string whole = understood(bytes, bytes.size());
  fuzz::claim(whole == understood(bytes, 1));
  fuzz::claim(whole == understood(bytes, data[0] + 1u));
  return 0;
}
