#include "server/net/event_stream.h"

#include <array>
#include <utility>

#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>

#include "core/base/text.h"
#include "server/net/response.h"

namespace rockpool::net {
namespace {

using boost::beast::error_code;

constexpr auto head_time = std::chrono::seconds(10);

// RFC 9112 section 7.1.
std::string chunk_head(std::size_t bytes) {
  const std::string digits = base::hex(bytes, 16);
  return digits.substr(std::min(digits.find_first_not_of('0'), digits.size() - 1)) + "\r\n";
}

// Outlives its owner while an operation runs, hence the two classes: handlers hold this one.
class Channel : public std::enable_shared_from_this<Channel> {
 public:
  Channel(boost::beast::tcp_stream socket, bool chunked) : socket_(std::move(socket)), chunked_(chunked) {}

  void listen(StreamEvents* events) { events_ = events; }

  void accept(const wire::Headers& headers) {
    head_ = write_stream_head({.status = 200, .headers = headers}, chunked_);
    socket_.expires_after(head_time);
    boost::asio::async_write(socket_, boost::asio::buffer(head_),
                             [self = shared_from_this()](error_code problem, std::size_t) {
                               if (problem) return self->end();
                               self->socket_.expires_never();
                               self->notice_end();
                               if (self->events_ != nullptr) self->events_->on_opened();
                             });
  }

  void write(StreamFrame frame) {
    frame_ = std::move(frame);
    if (chunked_) {
      frame_.before.insert(0, chunk_head(frame_.size()));
      frame_.after += "\r\n";
    }
    const std::array<boost::asio::const_buffer, 3> buffers = {boost::asio::buffer(frame_.before),
                                                              boost::asio::buffer(*frame_.bytes),
                                                              boost::asio::buffer(frame_.after)};
    boost::asio::async_write(socket_, buffers, [self = shared_from_this()](error_code problem, std::size_t) {
      self->frame_ = {};
      if (problem) return self->end();
      if (self->events_ != nullptr) self->events_->on_written();
    });
  }

  // The response comes to its end, and with it the connection, once the client has seen that.
  void close(std::uint16_t code, const std::string& reason) {
    code_ = code;
    reason_ = reason;
    head_ = chunked_ ? "0\r\n\r\n" : "";
    boost::asio::async_write(
        socket_, boost::asio::buffer(head_), [self = shared_from_this()](error_code problem, std::size_t) {
          if (problem) return self->end();
          self->socket_.socket().shutdown(boost::asio::ip::tcp::socket::shutdown_send, problem);
        });
  }

  void abort() {
    socket_.close();
    boost::asio::post(socket_.get_executor(), [self = shared_from_this()] { self->end(); });
  }

 private:
  // Nothing is to come; what comes all the same is passed over. Ends with the connection.
  void notice_end() {
    socket_.async_read_some(boost::asio::buffer(piece_),
                            [self = shared_from_this()](error_code problem, std::size_t) {
                              problem ? self->end() : self->notice_end();
                            });
  }

  void end() {
    StreamEvents* const events = std::exchange(events_, nullptr);
    if (events == nullptr) return;
    socket_.close();
    events->on_ended(code_, reason_);
  }

  boost::beast::tcp_stream socket_;
  bool chunked_;
  std::string head_;
  StreamFrame frame_;  // being written
  std::array<char, 512> piece_;
  StreamEvents* events_ = nullptr;
  std::uint16_t code_ = static_cast<std::uint16_t>(wire::CloseCode::abnormal);
  std::string reason_;
};

class EventStream final : public Stream {
 public:
  explicit EventStream(std::shared_ptr<Channel> channel) : channel_(std::move(channel)) {}
  ~EventStream() override {
    channel_->listen(nullptr);
    channel_->abort();
  }

  void listen(StreamEvents& events) override { channel_->listen(&events); }
  void accept(const std::string&, const wire::Headers& headers) override { channel_->accept(headers); }
  void read() override {}  // there is never a message
  void write(StreamFrame frame) override { channel_->write(std::move(frame)); }
  void close(std::uint16_t code, const std::string& reason) override { channel_->close(code, reason); }
  void abort() override { channel_->abort(); }

 private:
  std::shared_ptr<Channel> channel_;
};

}  // namespace

std::unique_ptr<Stream> make_event_stream(boost::beast::tcp_stream socket, bool chunked) {
  return std::make_unique<EventStream>(std::make_shared<Channel>(std::move(socket), chunked));
}

}  // namespace rockpool::net
