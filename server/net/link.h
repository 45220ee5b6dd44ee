// A connected socket, plain or under TLS. Nothing on it waits: what cannot be done now says `would_block`,
// and `wait` tells when to try again.
#pragma once

#include <array>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include <boost/asio/ip/tcp.hpp>

#include "server/net/tls.h"

namespace rockpool::net {

class Link {
 public:
  using Error = boost::system::error_code;
  using Socket = boost::asio::ip::tcp::socket;
  enum class Way : bool { read, write };

  explicit Link(Socket socket, TlsSession tls = nullptr);

  static bool would_block(const Error& problem);

  bool is_tls() const { return tls_ != nullptr; }
  Error handshake();
  // What came instead of a handshake is to be read as it is.
  bool begins_as_plain();

  // How much came; `eof` when the other side says no more.
  std::size_t read(std::span<char> to, Error& problem);
  // How much was taken. A part of that may still be held: then nothing more is taken, and the next call
  // after wait(write), with whatever bytes, sends it first.
  std::size_t write(std::string_view bytes, Error& problem);
  bool holds() const { return !held_.empty(); }

  // Has the other side ended? Nothing is taken. `would_block`: it is silent; no error: it has said something.
  Error look();
  // Once something may be read, or written. Also when the socket is closed, with an error.
  void wait(Way way, std::function<void(Error)> done);

  // The other side learns that nothing more comes.
  void shut();
  void cancel();
  void close();
  bool is_open() const { return socket_.is_open(); }
  Socket::executor_type executor() { return socket_.get_executor(); }

 private:
  Error tls_error(int result, bool& blocked_to_write);
  void flush(Error& problem);

  Socket socket_;
  TlsSession tls_;
  std::string held_;                      // given to TLS, which wants the same again
  std::array<bool, 2> waits_to_write_{};  // whether reading, or writing, waits to write, under TLS
};

}  // namespace rockpool::net
