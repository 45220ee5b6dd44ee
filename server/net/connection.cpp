#include "server/net/connection.h"

#include <array>

#include <boost/asio/post.hpp>

#include "core/base/limits.h"
#include "core/base/text.h"
#include "core/gateway/gateway.h"
#include "core/wire/multipart.h"
#include "server/net/download.h"
#include "server/net/event_stream.h"
#include "server/net/origins.h"
#include "server/net/request_checks.h"
#include "server/net/secrets.h"
#include "server/net/websocket_stream.h"

namespace rockpool::net {
namespace {

using std::chrono::seconds;

constexpr seconds linger_time = seconds(2);
constexpr std::size_t piece_bytes = 16 << 10;
constexpr std::size_t short_body_bytes = 16 << 10;  // of a request
// A body of that size travels in one piece with its head.
constexpr std::size_t joined_bytes_max = 64 << 10;

}  // namespace

Connection::Connection(Loop& loop, Link link, Visitor visitor)
    : loop_(loop), link_(std::move(link)), visitor_(std::move(visitor)), timer_(link_.executor()) {}

void Connection::start() {
  set_deadline(Clock::now() + seconds(loop_.shared().settings.limits.header_seconds));
  link_.is_tls() ? wait(Link::Way::read, &Connection::hear_first) : read_head();
}

void Connection::hear_first() {
  if (!link_.begins_as_plain()) return shake_hands();
  refuse({400, "this port speaks TLS; use https://"});
}

void Connection::shake_hands() {
  const Link::Error problem = link_.handshake();
  if (Link::would_block(problem)) return wait(Link::Way::read, &Connection::shake_hands);
  if (!problem) return read_head();
  ++loop_.shared().counters.handshakes_failed;
  end();
}

// ---- reading ----------------------------------------------------------------------------------------------

void Connection::wait(Link::Way way, Next next) {
  link_.wait(way, [self = shared_from_this(), next, turn = ++turn_](Link::Error problem) {
    if (turn != self->turn_ || self->ended_) return;
    problem ? self->end() : (self.get()->*next)();
  });
}

void Connection::read_more(Next next) {
  next_ = next;
  wait(Link::Way::read, &Connection::read_some);
}

void Connection::read_some() {
  static thread_local std::array<char, piece_bytes> piece;
  Link::Error problem;
  const std::size_t count = link_.read(piece, problem);
  if (Link::would_block(problem)) return wait(Link::Way::read, &Connection::read_some);
  if (problem) return end();
  parser_.feed({piece.data(), count});
  pace_.came(count);
  (this->*next_)();
}

void Connection::read_head() {
  switch (parser_.read_head()) {
    case RequestParser::Progress::done: return on_head();
    case RequestParser::Progress::failed: return refuse(parser_.fault());
    case RequestParser::Progress::more: break;
  }
  if (parser_.has_bytes() && waiting_ == Waiting::idle) {
    waiting_ = Waiting::head;
    set_deadline(Clock::now() + seconds(loop_.shared().settings.limits.header_seconds));
  }
  read_more(&Connection::read_head);
}

void Connection::on_head() {
  waiting_ = Waiting::hub;
  set_deadline(never);
  body_read_ = !parser_.has_body();
  body_handed_ = false;
  Shared& shared = loop_.shared();
  ++shared.counters.requests;
  const wire::RequestHead& head = parser_.head();
  if (visitor_.turned_away != 0 && head.path != "/health") {
    Response response = text_response(visitor_.turned_away, "too many connections; try again later");
    response.head.headers.emplace_back("Retry-After", "5");
    last_ = true;
    return answer(std::move(response));
  }
  auto reserved = shared.site.reserved(head, *shared.inbox, shared.counters);
  if (reserved) return answer(std::move(*reserved));
  mount_ = shared.inbox->mount_of(head);
  if (mount_ != nullptr) return ask_hub();
  answer(shared.site.file(head));
}

void Connection::ask_hub() {
  Shared& shared = loop_.shared();
  const wire::RequestHead& head = parser_.head();
  const Origin origin =
      mount_->dialect->judges_origins ? Origin::absent : judge_origin(head, mount_->origins);
  if (origin == Origin::refused) {
    const std::string* said = wire::find_header(head.headers, "Origin");
    shared.log.warn("origin refused; add it to allowedOrigins if the page is yours", {{"origin", *said}});
    return answer(text_response(403, "pages of this origin are not allowed here; see allowedOrigins"));
  }
  const bool is_told = origin == Origin::allowed || mount_->dialect->cors != nullptr;
  if (is_told && head.method == "OPTIONS") return answer(preflight_response(head, *mount_));
  if (is_told && !head.upgrade) add_cors(head, *mount_, cors_);
  body_handed_ = is_short_body() && parser_.read_body(short_body_bytes) == RequestParser::Progress::done;
  body_read_ = body_read_ || body_handed_;
  carrier_ = loop_.open_carrier(shared_from_this());
  if (body_handed_) {
    shared.inbox->receive_whole(carrier_, dialect::Arrived{head, visitor_.address}, parser_.take_body());
  } else {
    shared.inbox->receive(carrier_, dialect::Arrived{head, visitor_.address});
  }
  if (body_read_ && !head.upgrade) notice_end();
}

// It may have come with the head, and whoever wants to read it takes as much.
bool Connection::is_short_body() const {
  const wire::RequestHead& head = parser_.head();
  const auto bytes = parser_.body_length();
  const std::string* type = wire::find_header(head.headers, "Content-Type");
  const bool may_hold_files = type != nullptr && wire::is_form_data(*type);
  const std::uint64_t most =
      std::min<std::uint64_t>(short_body_bytes, loop_.shared().settings.limits.body_bytes);
  return parser_.has_body() && !may_hold_files && !head.upgrade && !parser_.waits_for_continue() && bytes &&
         *bytes <= most;
}

// An answer may be long in coming: whoever does not wait for it any more shall not be waited for either. What
// can be read then is the next request; it stays where it is.
void Connection::notice_end() {
  if (std::exchange(noticing_, true)) return;
  link_.wait(Link::Way::read, [self = shared_from_this()](Link::Error problem) {
    self->noticing_ = false;
    if (problem || self->carrier_ == 0 || self->ended_) return;
    const Link::Error silence = self->link_.look();
    if (Link::would_block(silence)) return self->notice_end();
    if (silence) self->end();
  });
}

void Connection::accept(const dialect::AcceptStream& step) {
  const wire::RequestHead& head = parser_.head();
  if (head.upgrade ? parser_.has_bytes() : !body_read_) {
    leave_carrier(true);
    return refuse({400, "a stream cannot begin here"});
  }
  carrier_ = 0;
  ended_ = true;  // the stream goes on with what was ours
  timer_.cancel();
  link_.cancel();
  log_access(head.upgrade ? 101 : 200);
  Shared& shared = loop_.shared();
  if (head.upgrade) {
    const std::size_t message_bytes =
        step.terms.message_bytes_max == 0 ? base::limits::message_bytes_max : step.terms.message_bytes_max;
    auto stream =
        make_websocket_stream(std::move(link_), head, {.message_bytes = message_bytes}, shared.counters);
    loop_.adopt(step, std::move(stream), std::move(visitor_.slot));
  } else {
    dialect::AcceptStream with_cors = step;
    with_cors.headers.insert(with_cors.headers.end(), cors_.begin(), cors_.end());
    loop_.adopt(with_cors, make_event_stream(std::move(link_), parser_.is_http_1_1()),
                std::move(visitor_.slot));
  }
  loop_.forget(*this);
}

void Connection::read_body(const dialect::ReadBody& step) {
  if (body_handed_) {
    leave_carrier(true);
    return refuse({413, "the body is too large", Limit::body});
  }
  const config::Limits& limits = loop_.shared().settings.limits;
  expect_body(std::min<std::uint64_t>(step.bytes_max, limits.body_bytes),
              {.ms_max = static_cast<std::int64_t>(limits.body_seconds) * 1000,
               .bytes_per_second = limits.body_bytes_per_second},
              &Connection::continue_body);
}

void Connection::expect_body(std::uint64_t bytes_max, const Pace::Limits& pace, Next next) {
  body_bytes_max_ = bytes_max;
  pace_.begin(ms_of(Clock::now()), pace);
  const bool is_awaited =
      parser_.waits_for_continue() && parser_.read_body(body_bytes_max_) == RequestParser::Progress::more;
  if (!is_awaited) return (this->*next)();
  waiting_ = Waiting::body;
  set_deadline(time_of(pace_.due_ms()));
  send("HTTP/1.1 100 Continue\r\n\r\n", nullptr, next);
}

void Connection::continue_body() {
  switch (parser_.read_body(body_bytes_max_)) {
    case RequestParser::Progress::done:
      waiting_ = Waiting::hub;
      body_read_ = true;
      set_deadline(never);
      notice_end();
      return loop_.shared().inbox->receive(carrier_, dialect::Body{0, parser_.take_body()});
    case RequestParser::Progress::failed: leave_carrier(true); return refuse(parser_.fault());
    case RequestParser::Progress::more:
      waiting_ = Waiting::body;
      set_deadline(time_of(pace_.due_ms()));
      return read_more(&Connection::continue_body);
  }
}

// ---- answering --------------------------------------------------------------------------------------------

void Connection::respond(dialect::Respond step) {
  leave_carrier(false);
  Response response = dress(std::move(step.head));
  response.body = std::move(step.body);
  answer(std::move(response));
}

// What every answer of a dialect has.
Response Connection::dress(wire::ResponseHead head) const {
  Response response{.head = std::move(head), .body = nullptr};
  response.head.headers.insert(response.head.headers.end(), cors_.begin(), cors_.end());
  // What a dialect says may be one person's, or hold a token.
  if (wire::find_header(response.head.headers, "Cache-Control") == nullptr) {
    response.head.headers.emplace_back("Cache-Control", "no-store");
  }
  return response;
}

void Connection::answer(Response response) {
  // Where the rest of an unread body ends is nobody's business any more.
  const bool keep_alive = !last_ && body_read_ && parser_.keep_alive();
  write(std::move(response), keep_alive, &Connection::on_written);
}

// In the words of whose request it is, once that is known.
Response Connection::refusal(int status, std::string_view sentence) const {
  if (mount_ == nullptr || mount_->dialect->refuse == nullptr) {
    Response response = text_response(status, sentence);
    response.head.headers.insert(response.head.headers.end(), cors_.begin(), cors_.end());
    return response;
  }
  dialect::Respond said = mount_->dialect->refuse(parser_.head(), status, sentence);
  Response response = dress(std::move(said.head));
  response.body = std::move(said.body);
  return response;
}

void Connection::refuse(const Fault& fault) {
  ++loop_.shared().counters.faults;
  if (fault.limit) count(*fault.limit);
  Response response = refusal(fault.status, fault.text);
  if (fault.status == 426) response.head.headers.emplace_back("Sec-WebSocket-Version", "13");
  if (fault.status == 405) response.head.headers.emplace_back("Allow", "GET");
  last_ = true;
  write(std::move(response), false, &Connection::on_written);
}

void Connection::write(Response response, bool keep_alive, Next then) {
  const bool head_only = parser_.head().method == "HEAD";
  keep_alive_ = keep_alive;
  waiting_ = Waiting::write;
  log_access(response.head.status);
  set_deadline(Clock::now() + write_time);
  std::string head = write_head(response, {.keep_alive = keep_alive});
  send(std::move(head), head_only ? nullptr : std::move(response.body), then);
}

void Connection::send(std::string head, std::shared_ptr<const std::string> body, Next then) {
  head_text_ = std::move(head);
  body_ = std::move(body);
  if (body_ != nullptr && body_->size() <= joined_bytes_max) {
    head_text_ += *body_;
    body_ = nullptr;
  }
  sent_ = 0;
  then_ = then;
  send_on();
}

void Connection::send_on() {
  const std::size_t all = head_text_.size() + (body_ == nullptr ? 0 : body_->size());
  while (sent_ < all || link_.holds()) {
    std::string_view left;
    if (sent_ < head_text_.size()) {
      left = std::string_view(head_text_).substr(sent_);
    } else if (sent_ < all) {
      left = std::string_view(*body_).substr(sent_ - head_text_.size());
    }
    Link::Error problem;
    sent_ += link_.write(left, problem);
    if (Link::would_block(problem)) return wait(Link::Way::write, &Connection::send_on);
    if (problem) return end();
  }
  body_ = nullptr;
  (this->*then_)();
}

void Connection::on_written() {
  if (!keep_alive_ || last_) return linger();
  parser_.next();
  mount_ = nullptr;
  cors_.clear();
  waiting_ = Waiting::idle;
  set_deadline(Clock::now() + seconds(loop_.shared().settings.limits.idle_seconds));
  if (!parser_.has_bytes()) return read_head();
  // Requests that came at once take turns with other connections.
  boost::asio::post(link_.executor(), [self = shared_from_this()] {
    if (!self->ended_) self->read_head();
  });
}

// Closing with unread bytes would make the system reset the connection, and the answer could be lost.
void Connection::linger() {
  waiting_ = Waiting::good_bye;
  set_deadline(Clock::now() + linger_time);
  link_.shut();
  discard();
}

void Connection::discard() {
  static thread_local std::array<char, piece_bytes> piece;
  Link::Error problem;
  link_.read(piece, problem);
  if (problem && !Link::would_block(problem)) return end();
  wait(Link::Way::read, &Connection::discard);
}

// ---- time -------------------------------------------------------------------------------------------------

void Connection::set_deadline(Clock::time_point at) {
  deadline_ = at;
  // A timer that fires too early is set anew then; most deadlines only move on.
  if (at < watched_) watch();
}

void Connection::watch() {
  watched_ = deadline_;
  if (deadline_ == never) return;
  timer_.expires_at(deadline_);
  timer_.async_wait([self = shared_from_this()](const Link::Error& cancelled) {
    if (cancelled || self->ended_) return;
    if (Clock::now() < self->deadline_) return self->watch();
    self->watched_ = self->deadline_ = never;
    self->on_late();
  });
}

void Connection::on_late() {
  switch (waiting_) {
    case Waiting::head:
      count(Limit::head_time);
      ++turn_;
      if (!parser_.has_bytes()) return end();
      return refuse({408, "the head of the request did not come in time"});
    case Waiting::body: {
      const std::int64_t now_ms = ms_of(Clock::now());
      count(pace_.is_late(now_ms) ? Limit::body_time : Limit::body_rate);
      ++turn_;
      leave_carrier(true);
      return refuse({408, "the body of the request did not come in time"});
    }
    case Waiting::idle: count(Limit::idle_time); return end();
    case Waiting::write: count(Limit::write_time); return end();
    case Waiting::hub:
    case Waiting::good_bye: return end();
  }
}

// ---- ending -----------------------------------------------------------------------------------------------

void Connection::finish() {
  last_ = true;
  const bool is_resting = waiting_ == Waiting::idle || (waiting_ == Waiting::head && !parser_.has_bytes());
  if (is_resting) abort();
}

void Connection::abort() { end(); }

void Connection::end() {
  if (std::exchange(ended_, true)) return;
  const auto self = shared_from_this();
  timer_.cancel();
  leave_carrier(true);
  if (download_) std::exchange(download_, nullptr)->forget();
  link_.close();
  loop_.forget(*this);
}

void Connection::leave_carrier(bool broken_off) {
  const CarrierId carrier = std::exchange(carrier_, 0);
  if (upload_) std::exchange(upload_, nullptr)->abandon();
  if (carrier == 0) return;
  loop_.close_carrier(carrier);
  if (broken_off) loop_.shared().inbox->receive(carrier, dialect::Closed{});
}

void Connection::log_access(int status) const {
  const server::Log& log = loop_.shared().log;
  if (!log.shows(server::LogLevel::debug)) return;
  const wire::RequestHead& head = parser_.head();
  log.debug("request", {{"peer", visitor_.address},
                        {"method", head.method},
                        {"target", without_secrets(head.path, head.query)},
                        {"status", base::decimal(static_cast<std::uint64_t>(status))}});
}

}  // namespace rockpool::net
