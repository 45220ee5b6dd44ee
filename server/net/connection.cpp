#include "server/net/connection.h"

#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>

#include "core/base/limits.h"
#include "server/net/event_stream.h"
#include "server/net/origins.h"
#include "server/net/request_checks.h"
#include "server/net/websocket_stream.h"

namespace rockpool::net {
namespace {

using boost::beast::error_code;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr seconds write_time = seconds(60);
constexpr seconds linger_time = seconds(2);

}  // namespace

Connection::Connection(Loop& loop, boost::asio::ip::tcp::socket socket, Visitor visitor)
    : loop_(loop), socket_(std::move(socket)), visitor_(std::move(visitor)) {}

void Connection::start() {
  deadline_ = steady_clock::now() + seconds(loop_.shared().settings.limits.header_seconds);
  read_head();
}

void Connection::read_head() {
  switch (parser_.read_head()) {
    case RequestParser::Progress::done: return on_head();
    case RequestParser::Progress::failed: return refuse(parser_.fault());
    case RequestParser::Progress::more: break;
  }
  const config::Limits& limits = loop_.shared().settings.limits;
  if (parser_.has_bytes()) {
    if (idle_ && !fresh_) deadline_ = steady_clock::now() + seconds(limits.header_seconds);
    idle_ = false;
  }
  socket_.expires_at(deadline_);
  read_more(&Connection::read_head);
}

void Connection::read_more(void (Connection::*next)()) {
  socket_.async_read_some(boost::asio::buffer(piece_),
                          [self = shared_from_this(), next](error_code problem, std::size_t count) {
                            if (problem) return self->end();
                            self->parser_.feed({self->piece_.data(), count});
                            (self.get()->*next)();
                          });
}

void Connection::on_head() {
  idle_ = fresh_ = false;
  body_read_ = !parser_.has_body();
  cors_.clear();
  socket_.expires_never();
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
  if (shared.inbox->claims(head)) return ask_hub();
  answer(shared.site.file(head));
}

void Connection::ask_hub() {
  Shared& shared = loop_.shared();
  const wire::RequestHead& head = parser_.head();
  const Origin origin = judge_origin(head, shared.settings.allowed_origins);
  if (origin == Origin::refused) {
    const std::string* said = wire::find_header(head.headers, "Origin");
    shared.log.warn("origin refused; add it to allowedOrigins if the page is yours", {{"origin", *said}});
    return answer(text_response(403, "pages of this origin are not allowed here; see allowedOrigins"));
  }
  if (origin == Origin::allowed && head.method == "OPTIONS") return answer(preflight_response(head));
  if (origin == Origin::allowed && !head.upgrade) add_cors(head, cors_);
  carrier_ = loop_.open_carrier(shared_from_this());
  shared.inbox->receive(carrier_, dialect::Arrived{head, visitor_.address});
  if (body_read_ && !head.upgrade) notice_end();
}

// An answer may be long in coming: whoever does not wait for it any more shall not be waited for either. What
// can be read then is the next request; it stays where it is.
void Connection::notice_end() {
  if (std::exchange(noticing_, true)) return;
  socket_.socket().async_wait(boost::asio::ip::tcp::socket::wait_read,
                              [self = shared_from_this()](error_code problem) {
                                self->noticing_ = false;
                                if (problem || self->carrier_ == 0) return;
                                if (self->socket_.socket().available(problem) == 0) self->end();
                              });
}

void Connection::accept(const dialect::AcceptStream& step) {
  const wire::RequestHead& head = parser_.head();
  if (head.upgrade ? parser_.has_bytes() : !body_read_) {
    leave_carrier(true);
    return refuse({400, "a stream cannot begin here"});
  }
  carrier_ = 0;
  error_code problem;
  socket_.socket().cancel(problem);  // noticing its end is the stream's from now on
  if (head.upgrade) {
    auto stream =
        make_websocket_stream(socket_.release_socket(), head,
                              {.message_bytes = base::limits::message_bytes_max}, loop_.shared().counters);
    loop_.adopt(step, std::move(stream), std::move(visitor_.slot));
  } else {
    dialect::AcceptStream with_cors = step;
    with_cors.headers.insert(with_cors.headers.end(), cors_.begin(), cors_.end());
    loop_.adopt(with_cors, make_event_stream(socket_.release_socket(), parser_.is_http_1_1()),
                std::move(visitor_.slot));
  }
  loop_.forget(*this);
}

void Connection::read_body(const dialect::ReadBody& step) {
  body_bytes_max_ = std::min<std::size_t>(step.bytes_max, loop_.shared().settings.limits.body_bytes);
  deadline_ = steady_clock::now() + seconds(loop_.shared().settings.limits.body_seconds);
  if (!parser_.waits_for_continue()) return continue_body();
  if (parser_.read_body(body_bytes_max_) != RequestParser::Progress::more) return continue_body();
  head_text_ = "HTTP/1.1 100 Continue\r\n\r\n";
  socket_.expires_at(deadline_);
  boost::asio::async_write(socket_, boost::asio::buffer(head_text_),
                           [self = shared_from_this()](error_code problem, std::size_t) {
                             problem ? self->end() : self->continue_body();
                           });
}

void Connection::continue_body() {
  switch (parser_.read_body(body_bytes_max_)) {
    case RequestParser::Progress::done:
      body_read_ = true;
      socket_.expires_never();
      notice_end();
      return loop_.shared().inbox->receive(carrier_, dialect::Body{0, parser_.take_body()});
    case RequestParser::Progress::failed: leave_carrier(true); return refuse(parser_.fault());
    case RequestParser::Progress::more:
      socket_.expires_at(deadline_);
      return read_more(&Connection::continue_body);
  }
}

void Connection::respond(const dialect::Respond& step) {
  leave_carrier(false);
  Response response{step.head, step.body};
  response.head.headers.insert(response.head.headers.end(), cors_.begin(), cors_.end());
  answer(std::move(response));
}

void Connection::answer(Response response) {
  // Where the rest of an unread body ends is nobody's business any more.
  const bool keep_alive = parser_.keep_alive() && body_read_ && !last_;
  write(std::move(response), keep_alive);
}

void Connection::refuse(const Fault& fault) {
  ++loop_.shared().counters.faults;
  Response response = text_response(fault.status, fault.text);
  if (fault.status == 426) response.head.headers.emplace_back("Sec-WebSocket-Version", "13");
  if (fault.status == 405) response.head.headers.emplace_back("Allow", "GET");
  last_ = true;
  write(std::move(response), false);
}

void Connection::write(Response response, bool keep_alive) {
  const bool head_only = parser_.head().method == "HEAD";
  head_text_ = write_head(response, {.keep_alive = keep_alive});
  body_ = head_only || response.body == nullptr ? std::make_shared<const std::string>()
                                                : std::move(response.body);
  const std::array<boost::asio::const_buffer, 2> buffers = {boost::asio::buffer(head_text_),
                                                            boost::asio::buffer(*body_)};
  socket_.expires_after(write_time);
  boost::asio::async_write(socket_, buffers,
                           [self = shared_from_this(), keep_alive](error_code problem, std::size_t) {
                             problem ? self->end() : self->on_written(keep_alive);
                           });
}

void Connection::on_written(bool keep_alive) {
  body_.reset();
  if (!keep_alive || last_) return linger();
  parser_.next();
  idle_ = true;
  deadline_ = steady_clock::now() + seconds(loop_.shared().settings.limits.idle_seconds);
  read_head();
}

// Closing with unread bytes would make the system reset the connection, and the answer could be lost.
void Connection::linger() {
  error_code problem;
  socket_.socket().shutdown(boost::asio::ip::tcp::socket::shutdown_send, problem);
  socket_.expires_after(linger_time);
  discard();
}

void Connection::discard() {
  socket_.async_read_some(boost::asio::buffer(piece_),
                          [self = shared_from_this()](error_code problem, std::size_t) {
                            problem ? self->end() : self->discard();
                          });
}

void Connection::finish() {
  last_ = true;
  if (idle_) abort();
}

void Connection::abort() {
  socket_.close();
  // While the hub thinks, no operation runs that would notice.
  if (carrier_ != 0) end();
}

void Connection::end() {
  leave_carrier(true);
  socket_.close();
  loop_.forget(*this);
}

void Connection::leave_carrier(bool broken_off) {
  const CarrierId carrier = std::exchange(carrier_, 0);
  if (carrier == 0) return;
  loop_.close_carrier(carrier);
  if (broken_off) loop_.shared().inbox->receive(carrier, dialect::Closed{});
}

}  // namespace rockpool::net
