// A session over requests: what outlives them. Down frames have numbers and are kept until they are
// confirmed; up messages have numbers and are taken once. docs/protocol.md says what the requests are.
//
//              POST                 welcome                close
//   (request) ──────► beginning ────────────────► open ───────────► ending ──► over
//                         └─ refused, broken off ──────────────────────────────►┘
//
// Ending: what was said last waits for a reader to fetch it.
//
// Private to the dialect's server half.
#pragma once

#include "core/dialects/native/session.h"
#include "core/dialects/native/unconfirmed.h"

namespace rockpool::dialects::native {

class HttpSession {
 public:
  // `carrier` is the kept one, `request` the POST that begins.
  HttpSession(Instant now, CarrierId carrier, CarrierId request, Visitor visitor, Desk& desk);

  void begin(Instant now, Post post, std::size_t bytes, ServerSteps& out);
  void take(Instant now, CarrierId request, Post post, std::size_t bytes, ServerSteps& out);
  // New readers. `n` is the last frame that came; none: what is confirmed.
  void stream(Instant now, CarrierId request, std::optional<std::uint64_t> n, ServerSteps& out);
  void poll(Instant now, CarrierId request, std::optional<std::uint64_t> n, ServerSteps& out);
  // A request of ours broke off.
  void broken_off(Instant now, CarrierId request, ServerSteps& out);
  void remove(ServerSteps& out);

  void tell(Instant now, const dialect::Shared& frame, ServerSteps& out);
  void answer(Instant now, Ticket ticket, model::Reply reply, ServerSteps& out);
  void identified(Instant now, Ticket ticket, dialect::Identity identity, ServerSteps& out);
  void wake(Instant now, ServerSteps& out);
  void drain(Instant now, ServerSteps& out);
  void review(Instant now, const dialect::Standing& standing, ServerSteps& out);
  void replaced(Instant now, ServerSteps& out);
  Instant deadline() const;

  const std::string& name() const { return session_.name(); }
  const std::string& address() const { return address_; }
  bool is_over() const { return over_; }
  // Over or ending: nothing is taken any more.
  bool is_closed() const { return over_ || closed_; }
  bool is_open() const { return !is_closed() && session_.is_open(); }
  bool is_streaming() const { return streaming_; }

 private:
  // Sends on what the session wanted on its carrier, and looks at what follows.
  void carry(Instant now, ServerSteps steps, ServerSteps& out);
  void add(Instant now, dialect::Shared frame, ServerSteps& out);
  void close(Instant now, const dialect::CloseStream& step, ServerSteps& out);
  void answer_begin(ServerSteps& out);
  void answer_poll(Instant now, ServerSteps& out);
  void send(Instant now, std::uint64_t n, ServerSteps& out);
  bool confirm(Instant now, CarrierId request, std::uint64_t n, ServerSteps& out);
  bool confirm_reader(Instant now, CarrierId request, std::optional<std::uint64_t> n, ServerSteps& out);
  void let_reader_go(ServerSteps& out);
  void end_stream(wire::CloseCode code, std::string reason, ServerSteps& out);

  CarrierId carrier_;
  std::string address_;
  Session session_;
  Unconfirmed unconfirmed_;
  std::uint64_t taken_ = 0;  // of the up messages
  CarrierId beginning_;      // the request that waits for welcome
  CarrierId reader_ = 0;
  bool streaming_ = false;  // the reader is a stream, not a poll
  std::uint64_t read_ = 0;  // poll: what the reader has
  Instant quiet_since_;     // stream: when something was sent last
  Instant asked_at_;        // poll: when it came
  bool has_news_ = false;   // poll: to be answered with the next wake
  std::optional<dialect::CloseStream> closed_;
  Instant closed_at_;
  bool over_ = false;
};

// Answers that have the form of rockpool.v1.
dialect::Respond json_response(CarrierId request, int status, std::string body);
dialect::Respond refusal(CarrierId request, int status, base::Code code, std::string_view message);
dialect::Respond no_session(CarrierId request);
dialect::Respond wrong_method(CarrierId request, std::string_view allowed);

}  // namespace rockpool::dialects::native
