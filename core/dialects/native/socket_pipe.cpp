// Over a WebSocket: one carrier, a frame for each message.
#include "core/dialect/frames.h"
#include "core/dialects/native/codec.h"
#include "core/dialects/native/pipe.h"
#include "core/wire/url.h"

namespace rockpool::dialects::native {
namespace {

using base::Instant;
using dialect::CarrierId;
using dialect::ClientSteps;

constexpr CarrierId socket = 1;

class SocketPipe final : public Pipe {
 public:
  explicit SocketPipe(const std::string& base) : url_(wire::socket_url(base) + std::string(connect_path)) {}

  bool open(ClientSteps& out) override {
    out.push_back(dialect::OpenStream{.carrier = socket,
                                      .kind = dialect::Carrier::websocket,
                                      .url = url_,
                                      .subprotocol = std::string(subprotocol),
                                      .headers = {}});
    return false;
  }

  void send(Instant, std::string message, ClientSteps& out) override {
    out.push_back(dialect::SendFrame{.carrier = socket, .bytes = dialect::share(std::move(message))});
  }

  void flush(Instant, ClientSteps&) override {}

  void receive(Instant, CarrierId, dialect::Arrival& arrival, Heard& heard, ClientSteps&) override {
    if (auto* closed = std::get_if<dialect::Closed>(&arrival)) {
      heard.over = true;
      heard.spoken = closed->code != 0 && closed->code != static_cast<int>(wire::CloseCode::abnormal);
      heard.reason = std::move(closed->reason);
    } else if (std::holds_alternative<dialect::Opened>(arrival)) {
      heard.opened = true;
    } else if (const auto* frame = std::get_if<dialect::Frame>(&arrival)) {
      heard.alive = true;
      auto messages = frame->binary ? base::Error{base::Code::bad_message, "a binary frame", ""}
                                    : decode_down(frame->bytes);
      if (messages)
        heard.messages = std::move(*messages);
      else
        heard.wrong = messages.error();
    }
  }

  void wake(Instant, Heard&, ClientSteps&) override {}
  std::optional<Instant> next_wake() const override { return std::nullopt; }

  void close(wire::CloseCode code, const std::string& reason, ClientSteps& out) override {
    out.push_back(dialect::CloseStream{.carrier = socket, .code = code, .reason = reason});
  }

 private:
  std::string url_;
};

}  // namespace

std::unique_ptr<Pipe> make_socket_pipe(const std::string& base) { return std::make_unique<SocketPipe>(base); }

}  // namespace rockpool::dialects::native
