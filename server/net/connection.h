// One TCP connection while it speaks HTTP. Lives on the thread of its loop.
#pragma once

#include <array>
#include <memory>
#include <string>

#include <boost/beast/core/tcp_stream.hpp>

#include "server/net/loop.h"
#include "server/net/request_parser.h"
#include "server/net/response.h"
#include "server/net/slots.h"

namespace rockpool::net {

// Who is at the other end.
struct Visitor {
  Slot slot;
  std::string address;
  int turned_away = 0;  // 0, or the status by which all but /health is answered because a limit is reached
};

class Connection final : public std::enable_shared_from_this<Connection> {
 public:
  Connection(Loop& loop, boost::asio::ip::tcp::socket socket, Visitor visitor);

  void start();
  // No request is under way, or the one that is gets its answer and is the last.
  void finish();
  void abort();

  // Steps of the hub for the request it was given.
  void accept(const dialect::AcceptStream& step);
  void read_body(const dialect::ReadBody& step);
  void respond(const dialect::Respond& step);

 private:
  using Deadline = std::chrono::steady_clock::time_point;

  void read_head();
  void read_more(void (Connection::*next)());
  void on_head();
  void ask_hub();
  void continue_body();
  void notice_end();
  void answer(Response response);
  void refuse(const Fault& fault);
  void write(Response response, bool keep_alive);
  void on_written(bool keep_alive);
  void linger();
  void discard();
  void end();
  void leave_carrier(bool broken_off);

  Loop& loop_;
  boost::beast::tcp_stream socket_;
  Visitor visitor_;
  RequestParser parser_;
  std::array<char, 16 << 10> piece_;
  CarrierId carrier_ = 0;  // of the request the hub was given, 0 for none
  std::size_t body_bytes_max_ = 0;
  wire::Headers cors_;
  std::string head_text_;  // being written, with `body_`
  std::shared_ptr<const std::string> body_;
  bool body_read_ = false;
  bool noticing_ = false;
  bool last_ = false;
  bool idle_ = true;
  bool fresh_ = true;  // nothing was asked yet
  Deadline deadline_;
};

}  // namespace rockpool::net
