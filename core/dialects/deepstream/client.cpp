// The page's end of a link: one WebSocket.
//
//         open            opened               accept                   ok
//   idle ──────► opening ────────► challenging ───────► authenticating ─────► open
//                   │ 25 s              │ 10 s                │ 10 s           │ 65 s silent, garbage, closed
//                   └───────────────────┴─────────────────────┴────────────────┴──► over
#include "core/dialects/deepstream/client.h"

#include <algorithm>

#include "core/base/limits.h"
#include "core/dialect/frames.h"
#include "core/dialect/pulse.h"
#include "core/dialects/deepstream/client_records.h"
#include "core/dialects/deepstream/client_signals.h"
#include "core/dialects/deepstream/codec.h"
#include "core/model/value.h"
#include "core/wire/url.h"

namespace rockpool::dialects::deepstream {
namespace {

using base::Code;
using base::Instant;
using dialect::CarrierId;
using dialect::ClientSteps;

constexpr CarrierId socket = 1;
// The original closes what is silent for two of its intervals of 30 s.
constexpr std::int64_t ping_ms = 25'000;
constexpr std::int64_t dead_ms = 65'000;

class Client final : public dialect::ClientSession {
 public:
  explicit Client(const dialect::ClientOptions& options) : options_(options) {}

  void open(Instant now, dialect::Carrier carrier, const dialect::Greeting& greeting,
            ClientSteps& out) override;
  void ask(Instant now, const dialect::ClientCommand& command, ClientSteps& out) override;
  void flush(Instant now, ClientSteps& out) override { speak(now, out); }
  void receive(Instant now, CarrierId from, dialect::Arrival arrival, ClientSteps& out) override;
  void close(Instant now, ClientSteps& out) override;
  void wake(Instant now, ClientSteps& out) override;
  std::optional<Instant> next_wake() const override;

 private:
  enum class Phase : std::uint8_t { idle, opening, challenging, authenticating, open, over };

  void enter(Phase phase, Instant now);
  void speak(Instant now, ClientSteps& out);
  void send(Instant now, std::string bytes, ClientSteps& out);
  void refuse(Code code, std::string problem, ClientSteps& out);
  void over(std::string reason, ClientSteps& out);
  void hear(Instant now, const Message& message, ClientSteps& out);
  void on_connection(Instant now, const Message& message, ClientSteps& out);
  void on_auth(const Message& message, ClientSteps& out);

  dialect::ClientOptions options_;
  dialect::Greeting greeting_;
  Phase phase_ = Phase::idle;
  dialect::Pulse pulse_{base::milliseconds(ping_ms), base::milliseconds(dead_ms)};
  Instant by_;  // when the next phase has to be reached
  std::string url_;
  bool spoken_ = false;  // the server itself ends this
  std::vector<Message> say_;
  ClientRecords records_{say_};
  ClientSignals signals_{say_};
};

void Client::open(Instant now, dialect::Carrier carrier, const dialect::Greeting& greeting,
                  ClientSteps& out) {
  const auto base = wire::base_url(options_.url);
  greeting_ = greeting;
  if (!base || carrier != dialect::Carrier::websocket) {
    return refuse(
        Code::usage,
        base ? "deepstream is spoken over WebSockets alone"
             : "\"" + options_.url + "\" is no address of a server, give one like https://app.example",
        out);
  }
  url_ = wire::socket_url(*base) + "/deepstream";
  enter(Phase::opening, now);
  out.push_back(
      dialect::OpenStream{.carrier = socket, .kind = carrier, .url = url_, .subprotocol = "", .headers = {}});
}

void Client::enter(Phase phase, Instant now) {
  phase_ = phase;
  by_ =
      now + base::milliseconds(phase == Phase::opening ? base::limits::dead_ms : base::limits::hello_ms_max);
  pulse_.begin(now);
}

// ---- saying -----------------------------------------------------------------------------------------------

// Each in a frame of its own: the original reads the first message of a frame and passes the others over.
void Client::speak(Instant now, ClientSteps& out) {
  for (const Message& message : std::exchange(say_, {})) send(now, encode(message), out);
}

void Client::send(Instant now, std::string bytes, ClientSteps& out) {
  pulse_.said(now);
  out.push_back(
      dialect::SendFrame{.carrier = socket, .bytes = dialect::share(std::move(bytes)), .binary = true});
}

void Client::over(std::string reason, ClientSteps& out) {
  if (phase_ != Phase::idle)
    out.push_back(dialect::CloseStream{
        .carrier = socket, .code = wire::CloseCode::normal, .reason = reason.substr(0, 100)});
  phase_ = Phase::over;
  out.push_back(dialect::Ended{.retry_after_ms = 0, .reason = std::move(reason), .spoken = spoken_});
}

// For good: the same would be said again.
void Client::refuse(Code code, std::string problem, ClientSteps& out) {
  spoken_ = true;
  const bool is_fatal = code != Code::auth;
  out.push_back(dialect::Trouble{.error = {.code = code, .message = problem, .path = ""}, .fatal = is_fatal});
  over(std::move(problem), out);
}

void Client::ask(Instant now, const dialect::ClientCommand& command, ClientSteps& out) {
  if (phase_ != Phase::open) return;
  if (const auto* subscribe = std::get_if<dialect::Subscribe>(&command))
    records_.subscribe(*subscribe, out);
  else if (const auto* unsubscribe = std::get_if<dialect::Unsubscribe>(&command))
    records_.unsubscribe(unsubscribe->collection);
  else if (const auto* push = std::get_if<dialect::Push>(&command))
    records_.push(*push, out);
  else if (const auto* watch = std::get_if<dialect::WatchPresence>(&command))
    signals_.watch(*watch, out);
  else if (const auto* signal = std::get_if<dialect::Signal>(&command))
    signals_.ask(*signal, out);
  speak(now, out);
}

// ---- hearing ----------------------------------------------------------------------------------------------

void Client::receive(Instant now, CarrierId, dialect::Arrival arrival, ClientSteps& out) {
  if (phase_ == Phase::over || phase_ == Phase::idle) return;
  if (auto* closed = std::get_if<dialect::Closed>(&arrival)) {
    phase_ = Phase::over;
    out.push_back(dialect::Ended{.reason = std::move(closed->reason), .spoken = spoken_});
  } else if (std::holds_alternative<dialect::Opened>(arrival)) {
    enter(Phase::challenging, now);
    say_.push_back({.topic = Topic::connection,
                    .action = connection_action::challenge,
                    .url = url_,
                    .protocol_version = "0.1a",
                    .sdk_version = options_.sdk,
                    .sdk_type = std::string(sdk_of_ours)});
  } else if (const auto* frame = std::get_if<dialect::Frame>(&arrival)) {
    pulse_.heard(now);
    const auto messages = decode(frame->bytes, {.bytes_max = base::limits::down_message_bytes_max});
    if (!messages) return over("the server sent what is no message: " + messages.error().message, out);
    for (const Message& message : *messages) {
      hear(now, message, out);
      if (phase_ == Phase::over) return;
    }
  }
  speak(now, out);
}

void Client::hear(Instant now, const Message& message, ClientSteps& out) {
  if (message.topic == Topic::connection) return on_connection(now, message, out);
  if (message.topic == Topic::auth && phase_ == Phase::authenticating) return on_auth(message, out);
  if (phase_ != Phase::open) return;
  if (message.topic == Topic::record) return records_.hear(message, out);
  signals_.hear(message, out);
}

void Client::on_connection(Instant now, const Message& message, ClientSteps& out) {
  using namespace connection_action;
  if (message.action == ping) {
    say_.push_back({.topic = Topic::connection, .action = pong});
  } else if (message.action == accept && phase_ == Phase::challenging) {
    enter(Phase::authenticating, now);
    if (message.data == knows_collections) records_.know_collections();
    std::string data = "{}";
    if (greeting_.token.starts_with('{')) {
      data = greeting_.token;
    } else if (!greeting_.token.empty()) {
      data = "{\"token\":";
      model::append_quoted(data, greeting_.token);
      data += '}';
    }
    say_.push_back({.topic = Topic::auth, .action = auth_action::request, .data = std::move(data)});
  } else if (message.action == reject || message.action == redirect) {
    refuse(Code::unsupported, "the server turned the connection away", out);
  } else if (message.action == authentication_timeout) {
    over("the log-in took too long", out);
  }
}

// The answer does not say whose log-in it was: it is the one the page was opened for.
void Client::on_auth(const Message& message, ClientSteps& out) {
  if (message.action != auth_action::successful)
    return refuse(Code::auth, "the server does not know these credentials", out);
  phase_ = Phase::open;
  out.push_back(dialect::Ready{.epoch = 1, .user = options_.user});
}

// ---- time -------------------------------------------------------------------------------------------------

void Client::close(Instant now, ClientSteps& out) {
  if (phase_ == Phase::over || phase_ == Phase::idle) return;
  speak(now, out);
  phase_ = Phase::over;
  out.push_back(dialect::CloseStream{.carrier = socket, .code = wire::CloseCode::normal, .reason = ""});
}

void Client::wake(Instant now, ClientSteps& out) {
  if (phase_ == Phase::over || phase_ == Phase::idle) return;
  if (now >= pulse_.dead_at() || (phase_ != Phase::open && now >= by_))
    return over("the server was not heard for long", out);
  if (phase_ == Phase::open && now >= pulse_.speak_at())
    say_.push_back({.topic = Topic::connection, .action = connection_action::ping});
  if (phase_ == Phase::open) records_.wake(out);
  speak(now, out);
}

std::optional<Instant> Client::next_wake() const {
  if (phase_ == Phase::over || phase_ == Phase::idle) return std::nullopt;
  if (phase_ != Phase::open) return std::min(by_, pulse_.dead_at());
  return std::min(pulse_.speak_at(), pulse_.dead_at());
}

}  // namespace

std::unique_ptr<dialect::ClientSession> make_client(const dialect::ClientOptions& options, base::Prng) {
  return std::make_unique<Client>(options);
}

}  // namespace rockpool::dialects::deepstream
