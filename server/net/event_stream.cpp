#include "server/net/event_stream.h"

#include <algorithm>
#include <utility>

#include "core/base/text.h"
#include "server/net/response.h"
#include "server/net/socket_stream.h"

namespace rockpool::net {
namespace {

// RFC 9112 section 7.1.
constexpr std::string_view line_end = "\r\n";
constexpr std::string_view last_chunk = "0\r\n\r\n";

class EventStream final : public SocketStream {
 public:
  EventStream(Link link, bool chunked) : SocketStream(std::move(link)), chunked_(chunked) {}

  void accept(const std::string&, const wire::Headers& headers) override {
    say(write_stream_head({.status = 200, .headers = headers}, chunked_));
    receive();
    events()->on_opened();
  }

  void read() override {}  // there is never a message

  // The response comes to its end, and with it the connection.
  void close(std::uint16_t code, const std::string& reason) override {
    if (chunked_) say(last_chunk);
    shut();
    end(code, reason);
  }

 private:
  std::size_t write_head(const StreamFrame& frame, char* head) const override {
    if (!chunked_) return 0;
    const std::string digits = base::hex(frame.size(), 16);
    const std::size_t zeros = std::min(digits.find_first_not_of('0'), digits.size() - 1);
    char* const end = std::copy(digits.begin() + static_cast<std::ptrdiff_t>(zeros), digits.end(), head);
    return static_cast<std::size_t>(std::copy(line_end.begin(), line_end.end(), end) - head);
  }
  std::string_view tail() const override { return chunked_ ? line_end : std::string_view(); }

  // Nothing is to come; what comes all the same is passed over.
  bool take(std::string_view) override { return true; }

  bool chunked_;
};

}  // namespace

std::shared_ptr<Stream> make_event_stream(Link link, bool chunked) {
  return std::make_shared<EventStream>(std::move(link), chunked);
}

}  // namespace rockpool::net
