#include "core/dialects/native/http_session.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/dialect/frames.h"
#include "core/dialect/object_text.h"
#include "core/wire/sse.h"

namespace rockpool::dialects::native {
namespace {

namespace limits = base::limits;
using base::Code;
using dialect::ObjectText;

constexpr std::size_t unconfirmed_bytes_max = 1 << 20;
// Clients confirm every 256 KiB: whoever has twice that before it does not keep up.
constexpr std::size_t stalled_bytes_min = 512 << 10;
constexpr std::size_t poll_bytes_max = 1 << 20;
constexpr std::int64_t poll_ms = 25'000;
constexpr std::string_view seconds_to_wait = "5";

int status_of(std::optional<Code> complaint) {
  switch (complaint.value_or(Code::overloaded)) {
    case Code::auth: return 401;
    case Code::forbidden: return 403;
    case Code::unsupported_version:
    case Code::invalid:
    case Code::bad_message: return 400;
    default: return 503;
  }
}

// {"n": …, "messages": […]}, of a poll, and with a session's name of a begin.
std::string messages_text(const std::string& session, std::uint64_t n, std::string_view messages) {
  std::string body;
  ObjectText text(body);
  if (!session.empty()) text.text("session", session);
  text.count("n", n).raw("messages", messages).end();
  return body;
}

}  // namespace

dialect::Respond json_response(CarrierId request, int status, std::string body) {
  dialect::Respond respond{.carrier = request, .head = {.status = status, .headers = {}}, .body = nullptr};
  respond.head.headers = {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}};
  if (status == 503 || status == 429) respond.head.headers.emplace_back("Retry-After", seconds_to_wait);
  respond.body = dialect::share(std::move(body));
  return respond;
}

dialect::Respond refusal(CarrierId request, int status, Code code, std::string_view message) {
  std::string body;
  ObjectText text(body);
  ObjectText(text.member("error")).text("code", base::name_of(code)).text("message", message).end();
  text.end();
  return json_response(request, status, std::move(body));
}

dialect::Respond no_session(CarrierId request) {
  return refusal(request, 404, Code::closed, "there is no such session: begin anew with hello");
}

dialect::Respond wrong_method(CarrierId request, std::string_view allowed) {
  auto respond = refusal(request, 405, Code::unsupported, "this address takes " + std::string(allowed));
  respond.head.headers.emplace_back("Allow", allowed);
  return respond;
}

HttpSession::HttpSession(Instant now, CarrierId carrier, CarrierId request, Visitor visitor, Desk& desk)
    : carrier_(carrier),
      address_(visitor.address),
      session_(now, carrier, std::move(visitor), desk),
      beginning_(request) {}

// ---- up ---------------------------------------------------------------------------------------------------

void HttpSession::begin(Instant now, Post post, std::size_t bytes, ServerSteps& out) {
  taken_ = post.messages.size();
  ServerSteps steps;
  session_.receive(now, std::move(post.messages), bytes, steps);
  // Nobody could say hello later: a session has no name before.
  if (session_.is_fresh()) steps.push_back(dialect::CloseStream{.carrier = carrier_, .reason = "no hello"});
  carry(now, std::move(steps), out);
}

void HttpSession::answer_begin(ServerSteps& out) {
  if (!closed_ && !session_.is_open()) return;
  std::uint64_t n = 0;
  const std::string messages = unconfirmed_.messages(n, poll_bytes_max);
  const CarrierId request = std::exchange(beginning_, 0);
  if (!closed_) {
    out.push_back(json_response(request, 200, messages_text(name(), n, messages)));
    return;
  }
  over_ = true;
  std::string body;
  ObjectText(body).raw("messages", messages).end();
  out.push_back(json_response(request, status_of(session_.complaint()), std::move(body)));
}

void HttpSession::take(Instant now, CarrierId request, Post post, std::size_t bytes, ServerSteps& out) {
  session_.heard(now);
  const std::uint64_t first = post.number.value_or(taken_ + 1);
  if (first > taken_ + 1) {
    std::string body;
    ObjectText text(body);
    ObjectText(text.member("error"))
        .text("code", base::name_of(Code::bad_message))
        .text("message", "messages are missing before this one: send again from the one after n")
        .end();
    text.count("n", taken_).end();
    out.push_back(json_response(request, 409, std::move(body)));
    return;
  }
  if (!confirm(now, request, post.received, out)) return;
  const auto known =
      static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(taken_ + 1 - first, post.messages.size()));
  post.messages.erase(post.messages.begin(), post.messages.begin() + known);
  taken_ += post.messages.size();
  std::string body;
  ObjectText(body).count("n", taken_).end();
  out.push_back(json_response(request, 200, std::move(body)));
  ServerSteps steps;
  session_.receive(now, std::move(post.messages), bytes, steps);
  carry(now, std::move(steps), out);
}

// False: it cannot be, and the request was told so.
bool HttpSession::confirm(Instant now, CarrierId request, std::uint64_t n, ServerSteps& out) {
  if (n <= unconfirmed_.confirmed()) return true;
  if (!unconfirmed_.confirm(n)) {
    out.push_back(refusal(request, 400, Code::bad_message, "the number of what was received was never sent"));
    return false;
  }
  read_ = std::max(read_, n);
  ServerSteps steps;
  session_.drained(now, unconfirmed_.bytes(), steps);
  carry(now, std::move(steps), out);
  return true;
}

// ---- down -------------------------------------------------------------------------------------------------

bool HttpSession::confirm_reader(Instant now, CarrierId request, std::optional<std::uint64_t> n,
                                 ServerSteps& out) {
  session_.heard(now);
  if (n && *n < unconfirmed_.confirmed()) {
    out.push_back(refusal(request, 400, Code::bad_message,
                          "what is behind this number was confirmed and is gone: begin anew with hello"));
    return false;
  }
  return confirm(now, request, n.value_or(0), out);
}

// A session has one reader, the last that came.
void HttpSession::let_reader_go(ServerSteps& out) {
  if (reader_ == 0) return;
  if (streaming_) return end_stream(wire::CloseCode::normal, "another request reads this session now", out);
  out.push_back(refusal(reader_, 409, Code::closed, "another request reads this session now"));
  reader_ = 0;
}

void HttpSession::end_stream(wire::CloseCode code, std::string reason, ServerSteps& out) {
  out.push_back(dialect::CloseStream{.carrier = reader_, .code = code, .reason = std::move(reason)});
  reader_ = 0;
  streaming_ = false;
}

void HttpSession::stream(Instant now, CarrierId request, std::optional<std::uint64_t> n, ServerSteps& out) {
  if (!confirm_reader(now, request, n, out)) return;
  let_reader_go(out);
  out.push_back(dialect::AcceptStream{.carrier = request,
                                      .subprotocol = "",
                                      .headers = {{"Content-Type", "text/event-stream"},
                                                  {"Cache-Control", "no-store, no-transform"},
                                                  {"X-Accel-Buffering", "no"}}});
  reader_ = request;
  streaming_ = true;
  quiet_since_ = now;
  // At once, so that a proxy that holds everything back is noticed.
  out.push_back(
      dialect::SendFrame{.carrier = request, .bytes = dialect::share(std::string(wire::sse_comment))});
  for (std::uint64_t next = unconfirmed_.confirmed(); next++ < unconfirmed_.last();) send(now, next, out);
  if (!closed_) return;
  end_stream(closed_->code, closed_->reason, out);
  over_ = true;
}

void HttpSession::send(Instant now, std::uint64_t n, ServerSteps& out) {
  quiet_since_ = now;
  out.push_back(dialect::SendFrame{.carrier = reader_,
                                   .bytes = unconfirmed_.frame(n),
                                   .before = wire::sse_head(base::decimal(n)),
                                   .after = std::string(wire::sse_tail)});
}

void HttpSession::poll(Instant now, CarrierId request, std::optional<std::uint64_t> n, ServerSteps& out) {
  if (!confirm_reader(now, request, n, out)) return;
  let_reader_go(out);
  reader_ = request;
  read_ = unconfirmed_.confirmed();
  asked_at_ = now;
  has_news_ = false;
  if (read_ < unconfirmed_.last() || closed_) answer_poll(now, out);
}

void HttpSession::answer_poll(Instant now, ServerSteps& out) {
  session_.heard(now);
  has_news_ = false;
  const std::string messages = unconfirmed_.messages(read_, poll_bytes_max);
  out.push_back(json_response(std::exchange(reader_, 0), 200, messages_text("", read_, messages)));
  over_ = over_ || (closed_ && read_ == unconfirmed_.last());
}

void HttpSession::broken_off(Instant now, CarrierId request, ServerSteps& out) {
  if (request == beginning_) {
    beginning_ = 0;
    return remove(out);
  }
  if (request != reader_) return;
  if (!streaming_) session_.heard(now);
  reader_ = 0;
  streaming_ = has_news_ = false;
}

void HttpSession::remove(ServerSteps& out) {
  if (reader_ != 0 && !streaming_) out.push_back(no_session(std::exchange(reader_, 0)));
  if (beginning_ != 0) out.push_back(no_session(std::exchange(beginning_, 0)));
  if (reader_ != 0) end_stream(wire::CloseCode::normal, "the session has ended", out);
  if (!closed_) out.push_back(dialect::CloseStream{.carrier = carrier_});
  over_ = true;
}

// ---- the session and its carrier --------------------------------------------------------------------------

void HttpSession::carry(Instant now, ServerSteps steps, ServerSteps& out) {
  for (dialect::ServerStep& step : steps) {
    if (auto* frame = std::get_if<dialect::SendFrame>(&step)) {
      add(now, std::move(frame->bytes), out);
    } else if (auto* close_it = std::get_if<dialect::CloseStream>(&step)) {
      close(now, *close_it, out);
    } else if (!over_) {
      out.push_back(std::move(step));
    }
  }
  session_.unsent(unconfirmed_.bytes());
  if (beginning_ != 0) answer_begin(out);
}

void HttpSession::tell(Instant now, const dialect::Shared& frame, ServerSteps& out) {
  add(now, frame, out);
  session_.unsent(unconfirmed_.bytes());
  if (unconfirmed_.bytes() <= stalled_bytes_min || is_closed() || over_) return;
  ServerSteps steps;
  session_.stalled(now, steps);
  carry(now, std::move(steps), out);
}

void HttpSession::add(Instant now, dialect::Shared frame, ServerSteps& out) {
  if (is_closed()) return;
  // A single frame may be as large as it likes; what counts is what already waits. The client comes back with
  // its cursors and takes up what it missed from the log.
  if (unconfirmed_.bytes() > unconfirmed_bytes_max) return remove(out);
  unconfirmed_.add(std::move(frame));
  if (reader_ == 0) return;
  if (streaming_) return send(now, unconfirmed_.last(), out);
  // With the next wake, so that all that comes in this turn goes in one answer.
  has_news_ = true;
}

void HttpSession::close(Instant now, const dialect::CloseStream& step, ServerSteps& out) {
  if (is_closed()) return;
  closed_ = step;
  closed_at_ = now;
  out.push_back(step);
  // Of a client that fell silent nobody is there to hear why.
  over_ = step.code == wire::CloseCode::going_away;
  if (reader_ == 0) return;
  if (!streaming_) return answer_poll(now, out);
  end_stream(step.code, step.reason, out);
  over_ = true;
}

void HttpSession::answer(Instant now, Ticket ticket, model::Reply reply, ServerSteps& out) {
  ServerSteps steps;
  session_.answer(now, ticket, std::move(reply), steps);
  carry(now, std::move(steps), out);
}

void HttpSession::identified(Instant now, Ticket ticket, dialect::Identity identity, ServerSteps& out) {
  ServerSteps steps;
  session_.identified(now, ticket, std::move(identity), steps);
  carry(now, std::move(steps), out);
}

// ---- time -------------------------------------------------------------------------------------------------

Instant HttpSession::deadline() const {
  if (closed_) return closed_at_ + base::milliseconds(limits::dead_ms);
  Instant at = session_.deadline();
  if (reader_ == 0) return at;
  if (streaming_) return std::min(at, quiet_since_ + base::milliseconds(limits::ping_ms));
  return has_news_ ? asked_at_ : std::min(at, asked_at_ + base::milliseconds(poll_ms));
}

void HttpSession::wake(Instant now, ServerSteps& out) {
  if (closed_) {
    over_ = over_ || now >= deadline();
    return;
  }
  const bool is_polled = reader_ != 0 && !streaming_;
  if (is_polled && (has_news_ || now >= asked_at_ + base::milliseconds(poll_ms))) answer_poll(now, out);
  if (streaming_ && now >= quiet_since_ + base::milliseconds(limits::ping_ms)) {
    quiet_since_ = now;
    out.push_back(
        dialect::SendFrame{.carrier = reader_, .bytes = dialect::share(std::string(wire::sse_comment))});
  }
  ServerSteps steps;
  session_.wake(now, steps);
  carry(now, std::move(steps), out);
}

void HttpSession::replaced(Instant now, ServerSteps& out) {
  ServerSteps steps;
  session_.replaced(steps);
  carry(now, std::move(steps), out);
}

void HttpSession::review(Instant now, const dialect::Standing& standing, ServerSteps& out) {
  if (is_closed()) return;
  ServerSteps steps;
  session_.review(standing, steps);
  carry(now, std::move(steps), out);
}

void HttpSession::drain(Instant now, ServerSteps& out) {
  if (is_closed() || beginning_ != 0) return;
  ServerSteps steps;
  session_.drain(steps);
  carry(now, std::move(steps), out);
  if (has_news_) answer_poll(now, out);
}

}  // namespace rockpool::dialects::native
