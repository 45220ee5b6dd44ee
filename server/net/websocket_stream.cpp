#include "server/net/websocket_stream.h"

#include <chrono>
#include <cstring>
#include <utility>

#include "core/base/token_bucket.h"
#include "server/auth/crypto.h"
#include "server/net/response.h"
#include "server/net/socket_stream.h"

namespace rockpool::net {
namespace {

using wire::CloseCode;
using wire::Opcode;
using Event = wire::FrameReader::Event;

// RFC 6455 section 1.3.
constexpr std::string_view key_suffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
// Answers to pings that a client does not read; the latest would do (section 5.5.3).
constexpr std::size_t unsaid_bytes_max = 4 << 10;

// Control frames that a client may send.
constexpr base::TokenBucket::Rate control_rate = {.per_second = 20, .burst = 100};

base::Instant steady_now() {
  const auto since = std::chrono::steady_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::milliseconds>(since).count()};
}

class WebSocketStream final : public SocketStream {
 public:
  WebSocketStream(Link link, const wire::RequestHead& head, const wire::FrameReader::Limits& limits,
                  Counters& counters)
      : SocketStream(std::move(link)), reader_(true, limits), counters_(counters) {
    const std::string* key = wire::find_header(head.headers, "Sec-WebSocket-Key");
    if (key != nullptr) accept_key_ = auth::base64(auth::sha1(*key + std::string(key_suffix)));
  }

  void accept(const std::string& subprotocol, const wire::Headers& headers) override {
    wire::ResponseHead head{.status = 101, .headers = {{"Upgrade", "websocket"}, {"Connection", "Upgrade"}}};
    head.headers.emplace_back("Sec-WebSocket-Accept", std::exchange(accept_key_, {}));
    if (!subprotocol.empty()) head.headers.emplace_back("Sec-WebSocket-Protocol", subprotocol);
    head.headers.insert(head.headers.end(), headers.begin(), headers.end());
    say(write_upgrade_head(head));
    receive();
    events()->on_opened();
  }

  void read() override {
    wanted_ = true;
    if (reading_) return;
    const std::string rest = std::exchange(rest_, {});
    if (take(rest)) receive();
  }

  void ping() override {
    if (!closing_ && unsaid() < unsaid_bytes_max) say(wire::frame_head(Opcode::ping, 0));
  }

  void close(std::uint16_t code, const std::string& reason) override {
    say_close(code, reason);
    wanted_ = true;  // what still comes is passed over, until the other side says good-bye too
    rest_.clear();
    receive();
  }

 private:
  std::size_t write_head(const StreamFrame& frame, char* head) const override {
    const std::string text = wire::frame_head(frame.binary ? Opcode::binary : Opcode::text, frame.size());
    std::memcpy(head, text.data(), text.size());
    return text.size();
  }

  bool take(std::string_view bytes) override {
    reading_ = true;
    while (wanted_ && !over_) {
      const Event event = reader_.read(bytes);
      if (event == Event::more) break;
      on_event(event);
    }
    reading_ = false;
    if (!wanted_) rest_ = bytes;
    return wanted_ || over_;
  }

  void on_event(Event event) {
    switch (event) {
      case Event::more: return;
      case Event::message:
        if (closing_ || events() == nullptr) return;
        wanted_ = false;
        return events()->on_message(reader_.take_message(), reader_.is_binary());
      case Event::ping:
        if (!closing_ && unsaid() < unsaid_bytes_max) {
          say(wire::frame_head(Opcode::pong, reader_.control().size()).append(reader_.control()));
        }
        return heard();
      case Event::pong: return heard();
      case Event::close:
        // Nothing but what was said can be said back (section 5.5.1); that nothing was said cannot.
        return finish(reader_.code(), std::string(reader_.control()),
                      reader_.code() == static_cast<std::uint16_t>(CloseCode::absent)
                          ? std::string()
                          : wire::close_payload(reader_.code(), ""));
      case Event::failed:
        if (reader_.code() == static_cast<std::uint16_t>(CloseCode::too_big))
          counters_.limits.add(Limit::message);
        if (reader_.code() == static_cast<std::uint16_t>(CloseCode::policy))
          counters_.limits.add(Limit::fragments);
        return refuse(reader_.code(), reader_.problem());
    }
  }

  void heard() {
    if (events() != nullptr) events()->on_heard();
    if (control_frames_.take(steady_now())) return;
    counters_.limits.add(Limit::control_frames);
    refuse(static_cast<std::uint16_t>(CloseCode::policy), "too many control frames");
  }

  void refuse(std::uint16_t code, std::string_view problem) {
    ++counters_.frames_refused;
    finish(code, std::string(problem), wire::close_payload(code, problem));
  }

  void finish(std::uint16_t code, std::string reason, const std::string& payload) {
    over_ = true;
    say_close_frame(payload);
    shut();
    end(code, std::move(reason));
  }

  void say_close(std::uint16_t code, const std::string& reason) {
    say_close_frame(wire::close_payload(code, reason));
  }

  void say_close_frame(const std::string& payload) {
    if (std::exchange(closing_, true)) return;
    say(wire::frame_head(Opcode::close, payload.size()) + payload);
  }

  wire::FrameReader reader_;
  Counters& counters_;
  std::string accept_key_;
  std::string rest_;  // came with the last message and waits until the next is asked for
  base::TokenBucket control_frames_{control_rate, steady_now()};
  bool wanted_ = false;
  bool reading_ = false;
  bool closing_ = false;  // our close frame is said
  bool over_ = false;     // theirs came, or none will
};

}  // namespace

std::shared_ptr<Stream> make_websocket_stream(Link link, const wire::RequestHead& head,
                                              const wire::FrameReader::Limits& limits, Counters& counters) {
  return std::make_shared<WebSocketStream>(std::move(link), head, limits, counters);
}

}  // namespace rockpool::net
