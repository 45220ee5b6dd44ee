// Over HTTP: messages go up by POST, one request at a time, and come down by an event stream or by polls.
//
//            up                                      down
//   POST hello ──► 200, session ─────────────────► GET events, GET poll … one after another
//   POST n, n+1 …  again until it is answered      again from the last number that came
//
// Each way mends itself by numbers; what cannot be mended ends the session, and the next one goes on by its
// cursors.
#include <algorithm>

#include "core/base/limits.h"
#include "core/base/text.h"
#include "core/dialects/native/codec.h"
#include "core/dialects/native/pipe.h"
#include "core/wire/sse.h"

namespace rockpool::dialects::native {
namespace {

namespace limits = base::limits;
using base::Instant;
using dialect::CarrierId;
using dialect::ClientSteps;

// An answer to a POST waits for nothing but the way there and back.
constexpr std::int64_t post_ms_max = 10'000;
constexpr std::int64_t again_ms = 100;  // before a request that failed goes again; doubles
constexpr int down_failures_max = 5;
constexpr std::int64_t sound_ms = 10'000;  // a stream that lived as long was a good one
constexpr std::size_t unconfirmed_bytes_max = 256 << 10;
// Of a request, around its messages.
constexpr std::size_t envelope_bytes = 96;

constexpr int not_found = 404;
constexpr int conflict = 409;

// One request at a time; 0: none is under way, and the next may begin at `at`.
struct Lane {
  CarrierId carrier = 0;
  Instant at;
  int failures = 0;

  void fail(Instant now) {
    carrier = 0;
    at = now + base::milliseconds(again_ms << std::min(failures++, down_failures_max));
  }
};

class HttpPipe final : public Pipe {
 public:
  HttpPipe(std::string base, bool polls)
      : base_(std::move(base)), polls_(polls), reader_(limits::down_message_bytes_max) {}

  bool open(ClientSteps&) override { return true; }
  void send(Instant now, std::string message, ClientSteps& out) override;
  void flush(Instant now, ClientSteps& out) override;
  void receive(Instant now, CarrierId from, dialect::Arrival& arrival, Heard& heard,
               ClientSteps& out) override;
  void wake(Instant now, Heard& heard, ClientSteps& out) override;
  std::optional<Instant> next_wake() const override;
  void close(wire::CloseCode code, const std::string& reason, ClientSteps& out) override;

 private:
  void post(Instant now, ClientSteps& out);
  void listen(Instant now, ClientSteps& out);
  void answered(Instant now, const dialect::Body& body, Heard& heard, ClientSteps& out);
  void greeted(Instant now, const dialect::Body& body, Heard& heard, ClientSteps& out);
  void polled(Instant now, const dialect::Body& body, Heard& heard, ClientSteps& out);
  void streamed(std::string_view bytes, Heard& heard);
  void down_failed(Instant now, int status, Heard& heard);
  void refused(int status, Heard& heard);
  CarrierId exchange(std::string_view method, std::string_view path, std::string body, ClientSteps& out);
  wire::Headers headers(bool has_body) const;

  const std::string base_;
  const bool polls_;
  std::string session_;  // a secret; empty: hello is not answered
  CarrierId last_carrier_ = 0;
  Lane up_;
  Lane down_;
  Instant up_since_;  // of the first try of what is under way
  Instant down_since_;
  std::uint64_t taken_ = 0;        // by the server, of the messages up
  std::vector<std::string> said_;  // those after
  std::size_t under_way_ = 0;      // of them, how many are in the request
  bool confirms_ = false;          // a request is due if only to say what came
  std::uint64_t n_ = 0;            // of the last frame that came
  std::size_t unconfirmed_bytes_ = 0;
  wire::SseReader reader_;
  std::vector<DownMessage> welcome_;  // waits for the stream: a proxy may hold that back
};

// What the server means, and not what is in the way to it.
bool is_final(int status) { return status >= 400 && status < 500 && status != 408 && status != 429; }

// ---- up ---------------------------------------------------------------------------------------------------

void HttpPipe::send(Instant now, std::string message, ClientSteps& out) {
  said_.push_back(std::move(message));
  if (session_.empty()) post(now, out);
}

void HttpPipe::flush(Instant now, ClientSteps& out) {
  if (session_.empty() || up_.carrier != 0 || now < up_.at) return;
  if (!said_.empty() || confirms_) post(now, out);
}

wire::Headers HttpPipe::headers(bool has_body) const {
  wire::Headers headers;
  if (has_body) headers.emplace_back("Content-Type", "application/json");
  if (!session_.empty()) headers.emplace_back(session_header, session_);
  return headers;
}

CarrierId HttpPipe::exchange(std::string_view method, std::string_view path, std::string body,
                             ClientSteps& out) {
  dialect::Exchange exchange{.carrier = ++last_carrier_, .url = base_ + std::string(path)};
  exchange.head.method = method;
  exchange.head.headers = headers(!body.empty());
  exchange.body = std::move(body);
  out.push_back(std::move(exchange));
  return last_carrier_;
}

// A request that was lost goes again with the same numbers; that more may be behind them does no harm.
void HttpPipe::post(Instant now, ClientSteps& out) {
  std::string list;
  under_way_ = 0;
  for (const std::string& message : said_) {
    if (under_way_ != 0) {
      if (list.size() + message.size() + envelope_bytes > limits::message_bytes_max) break;
      list += ',';
    }
    list += message;
    ++under_way_;
  }
  if (!session_.empty()) {
    list = "{\"n\":" + base::decimal(taken_ + 1) + ",\"received\":" + base::decimal(n_) + ",\"messages\":[" +
           list + "]}";
    confirms_ = false;
    unconfirmed_bytes_ = 0;
  }
  if (up_.failures == 0) up_since_ = now;
  up_.at = std::min(now + base::milliseconds(post_ms_max), up_since_ + base::milliseconds(limits::dead_ms));
  up_.carrier = exchange("POST", messages_path, std::move(list), out);
}

void HttpPipe::answered(Instant now, const dialect::Body& body, Heard& heard, ClientSteps& out) {
  if (session_.empty()) return greeted(now, body, heard, out);
  const auto answer = decode_answer(body.bytes);
  const bool is_ours = answer && (body.status == 200 || body.status == conflict);
  if (!is_ours || answer->n < taken_ || answer->n > taken_ + under_way_) {
    up_.fail(now);
    heard.over = is_final(body.status) || is_ours;
    return refused(body.status, heard);
  }
  said_.erase(said_.begin(), said_.begin() + static_cast<std::ptrdiff_t>(answer->n - taken_));
  taken_ = answer->n;
  up_ = {.at = now};
  flush(now, out);
}

// Hello has no session yet in which it could be repeated: it is answered, or all begins anew.
void HttpPipe::greeted(Instant now, const dialect::Body& body, Heard& heard, ClientSteps& out) {
  auto answer = decode_answer(body.bytes);
  const bool is_welcome = answer && body.status == 200 && !answer->session.empty();
  if (answer && !answer->messages.empty()) {
    heard.alive = true;
    heard.messages = std::move(answer->messages);
  }
  if (!is_welcome) {
    heard.over = true;
    refused(body.status, heard);
    heard.spoken = heard.alive;
    return;
  }
  session_ = std::move(answer->session);
  n_ = answer->n;
  said_.clear();
  taken_ = 1;
  up_ = {.at = now};
  if (!polls_) welcome_ = std::exchange(heard.messages, {});
  listen(now, out);
}

// ---- down -------------------------------------------------------------------------------------------------

void HttpPipe::listen(Instant now, ClientSteps& out) {
  down_since_ = now;
  if (polls_) {
    unconfirmed_bytes_ = 0;
    down_.carrier = exchange("GET", std::string(poll_path) + "?n=" + base::decimal(n_), "", out);
    return;
  }
  down_.carrier = ++last_carrier_;
  reader_ = wire::SseReader(limits::down_message_bytes_max);
  dialect::OpenStream stream{.carrier = down_.carrier,
                             .kind = dialect::Carrier::sse,
                             .url = base_ + std::string(events_path),
                             .subprotocol = "",
                             .headers = headers(false)};
  stream.headers.emplace_back("Accept", "text/event-stream");
  stream.headers.emplace_back("Last-Event-ID", base::decimal(n_));
  out.push_back(std::move(stream));
}

void HttpPipe::down_failed(Instant now, int status, Heard& heard) {
  if ((now - down_since_).ms >= sound_ms) down_.failures = 0;
  down_.fail(now);
  heard.over = status == not_found || down_.failures >= down_failures_max;
  refused(status, heard);
}

void HttpPipe::polled(Instant now, const dialect::Body& body, Heard& heard, ClientSteps& out) {
  auto answer = decode_answer(body.bytes);
  if (!answer || body.status != 200 || answer->n < n_) return down_failed(now, body.status, heard);
  heard.alive = true;
  heard.messages = std::move(answer->messages);
  n_ = answer->n;
  down_ = {.at = now};
  listen(now, out);
}

void HttpPipe::streamed(std::string_view bytes, Heard& heard) {
  heard.alive = true;
  heard.messages = std::exchange(welcome_, {});
  while (!heard.wrong && reader_.read(bytes)) {
    const auto number = base::read_decimal(reader_.id().substr(0, reader_.id().find('.')));
    if (!number || *number <= n_) continue;  // of another kind, or once more
    auto messages = decode_down(reader_.data());
    if (!messages || *number != n_ + 1) {
      heard.wrong =
          messages ? base::Error{base::Code::bad_message, "a frame is missing", ""} : messages.error();
      return;
    }
    n_ = *number;
    down_.failures = 0;
    unconfirmed_bytes_ += reader_.data().size();
    for (DownMessage& message : *messages) heard.messages.push_back(std::move(message));
  }
  if (reader_.failed()) {
    heard.wrong = base::Error{base::Code::too_large, "a frame of more than 32 MiB", ""};
  }
  confirms_ = confirms_ || unconfirmed_bytes_ >= unconfirmed_bytes_max;
}

// ---- both -------------------------------------------------------------------------------------------------

void HttpPipe::refused(int status, Heard& heard) {
  heard.spoken = is_final(status);
  heard.reason =
      status == 0 ? "the connection broke" : "the server answered " + base::decimal(std::int64_t{status});
  if (status == not_found) session_.clear();
}

void HttpPipe::receive(Instant now, CarrierId from, dialect::Arrival& arrival, Heard& heard,
                       ClientSteps& out) {
  const auto* body = std::get_if<dialect::Body>(&arrival);
  const auto* closed = std::get_if<dialect::Closed>(&arrival);
  if (from == up_.carrier && body != nullptr) {
    answered(now, *body, heard, out);
  } else if (from == up_.carrier && closed != nullptr) {
    up_.fail(now);
    heard.over = session_.empty();
    heard.reason = closed->reason;
  } else if (from == down_.carrier && body != nullptr) {
    polled(now, *body, heard, out);
  } else if (from == down_.carrier) {
    if (const auto* frame = std::get_if<dialect::Frame>(&arrival)) streamed(frame->bytes, heard);
    if (closed != nullptr) down_failed(now, closed->code, heard);
    flush(now, out);
  }
  if (heard.over) close(wire::CloseCode::normal, "", out);
}

void HttpPipe::wake(Instant now, Heard& heard, ClientSteps& out) {
  if (session_.empty()) return;
  if (up_.failures != 0 && (now - up_since_).ms >= limits::dead_ms) {
    heard.over = true;
    heard.reason = "what was sent was not answered for 25 s";
    return close(wire::CloseCode::normal, "", out);
  }
  if (up_.carrier != 0 && now >= up_.at) {
    out.push_back(dialect::CloseStream{.carrier = up_.carrier, .code = {}, .reason = ""});
    up_.fail(now);
  }
  flush(now, out);
  if (down_.carrier == 0 && now >= down_.at) listen(now, out);
}

std::optional<Instant> HttpPipe::next_wake() const {
  std::optional<Instant> at;
  if (session_.empty()) return at;
  if (up_.carrier != 0 || !said_.empty() || confirms_) at = up_.at;
  if (down_.carrier == 0 && (!at || down_.at < *at)) at = down_.at;
  return at;
}

void HttpPipe::close(wire::CloseCode code, const std::string& reason, ClientSteps& out) {
  for (const CarrierId carrier : {up_.carrier, down_.carrier}) {
    if (carrier != 0) out.push_back(dialect::CloseStream{.carrier = carrier, .code = code, .reason = reason});
  }
  if (session_.empty()) return;
  exchange("DELETE", messages_path, "", out);
  std::get<dialect::Exchange>(out.back()).is_last = true;
}

}  // namespace

std::unique_ptr<Pipe> make_http_pipe(std::string base, bool polls) {
  return std::make_unique<HttpPipe>(std::move(base), polls);
}

}  // namespace rockpool::dialects::native
