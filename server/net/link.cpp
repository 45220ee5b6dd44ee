#include "server/net/link.h"

#include <algorithm>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

namespace rockpool::net {
namespace {

namespace error = boost::asio::error;

// Of one record; more is not taken at once, so that what is held stays small.
constexpr std::size_t record_bytes_max = 16 << 10;
constexpr unsigned char handshake_record = 22;  // RFC 8446 section 5.1

constexpr std::size_t index(Link::Way way) { return way == Link::Way::read ? 0 : 1; }

}  // namespace

Link::Link(Socket socket, TlsSession tls) : socket_(std::move(socket)), tls_(std::move(tls)) {
  Error problem;
  socket_.non_blocking(true, problem);
}

bool Link::would_block(const Error& problem) {
  return problem == error::would_block || problem == error::try_again;
}

// What OpenSSL says about a call that did not do all.
Link::Error Link::tls_error(int result, bool& blocked_to_write) {
  switch (SSL_get_error(tls_.get(), result)) {
    case SSL_ERROR_WANT_READ: blocked_to_write = false; return error::would_block;
    case SSL_ERROR_WANT_WRITE: blocked_to_write = true; return error::would_block;
    case SSL_ERROR_ZERO_RETURN: return error::eof;
    default: ERR_clear_error(); return error::connection_reset;
  }
}

Link::Error Link::handshake() {
  ERR_clear_error();
  const int result = SSL_do_handshake(tls_.get());
  if (result == 1) return {};
  return tls_error(result, waits_to_write_[index(Way::read)]);
}

bool Link::begins_as_plain() {
  char first = 0;
  if (::recv(socket_.native_handle(), &first, 1, MSG_PEEK | MSG_DONTWAIT) != 1) return false;
  if (static_cast<unsigned char>(first) == handshake_record) return false;
  tls_ = nullptr;
  return true;
}

std::size_t Link::read(std::span<char> to, Error& problem) {
  if (!tls_) return socket_.read_some(boost::asio::buffer(to.data(), to.size()), problem);
  ERR_clear_error();
  std::size_t count = 0;
  const int result = SSL_read_ex(tls_.get(), to.data(), to.size(), &count);
  problem = result == 1 ? Error() : tls_error(result, waits_to_write_[index(Way::read)]);
  return count;
}

std::size_t Link::write(std::string_view bytes, Error& problem) {
  problem = {};
  if (!tls_) return socket_.write_some(boost::asio::buffer(bytes.data(), bytes.size()), problem);
  if (holds()) flush(problem);
  if (problem || bytes.empty()) return 0;
  bytes = bytes.substr(0, record_bytes_max);
  ERR_clear_error();
  std::size_t count = 0;
  const int result = SSL_write_ex(tls_.get(), bytes.data(), bytes.size(), &count);
  if (result == 1) return count;
  problem = tls_error(result, waits_to_write_[index(Way::write)]);
  if (!would_block(problem)) return 0;
  held_ = bytes;
  return bytes.size();
}

void Link::flush(Error& problem) {
  while (holds()) {
    ERR_clear_error();
    std::size_t count = 0;
    const int result = SSL_write_ex(tls_.get(), held_.data(), held_.size(), &count);
    if (result != 1) {
      problem = tls_error(result, waits_to_write_[index(Way::write)]);
      return;
    }
    held_.erase(0, count);
  }
  held_ = {};  // its memory too
}

Link::Error Link::look() {
  char byte = 0;
  if (!tls_) {
    const auto count = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    if (count == 0) return error::eof;
    return count > 0 ? Error() : Error(errno, boost::system::system_category());
  }
  ERR_clear_error();
  std::size_t count = 0;
  const int result = SSL_peek_ex(tls_.get(), &byte, 1, &count);
  return result == 1 ? Error() : tls_error(result, waits_to_write_[index(Way::read)]);
}

void Link::wait(Way way, std::function<void(Error)> done) {
  if (tls_ && way == Way::read && SSL_pending(tls_.get()) > 0) {
    return boost::asio::post(socket_.get_executor(), [done = std::move(done)] { done({}); });
  }
  const bool blocked_to_write = waits_to_write_[index(way)];
  const bool is_write = way == Way::write ? blocked_to_write || !holds() : blocked_to_write;
  socket_.async_wait(is_write ? Socket::wait_write : Socket::wait_read, std::move(done));
}

void Link::shut() {
  Error problem;
  if (tls_ && SSL_is_init_finished(tls_.get()) == 1) {
    ERR_clear_error();
    if (SSL_shutdown(tls_.get()) < 0) ERR_clear_error();
  }
  socket_.shutdown(Socket::shutdown_send, problem);
}

void Link::cancel() {
  Error problem;
  socket_.cancel(problem);
}

// TLS goes with the socket: the descriptor may be somebody else's soon.
void Link::close() {
  Error problem;
  tls_ = nullptr;
  socket_.close(problem);
}

}  // namespace rockpool::net
