#include "server/net/beast_stream.h"

#include <array>
#include <utility>

#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>

namespace rockpool::net {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using beast::error_code;

constexpr auto handshake_time = std::chrono::seconds(10);

http::request<http::empty_body> request_of(const wire::RequestHead& head) {
  const std::string target = head.path + (head.query.empty() ? "" : "?" + head.query);
  http::request<http::empty_body> request{http::verb::get, target, 11};
  for (const auto& [name, value] : head.headers) request.insert(name, value);
  return request;
}

// Outlives its owner while an operation runs, hence the two classes: handlers hold this one.
class Channel : public std::enable_shared_from_this<Channel> {
 public:
  Channel(beast::tcp_stream socket, const wire::RequestHead& head, std::size_t message_bytes_max)
      : socket_(std::move(socket)), request_(request_of(head)) {
    beast::get_lowest_layer(socket_).expires_never();
    socket_.set_option(
        websocket::stream_base::timeout{handshake_time, websocket::stream_base::none(), false});
    socket_.read_message_max(message_bytes_max);
    socket_.auto_fragment(false);
  }

  void listen(StreamEvents* events) { events_ = events; }

  void accept(const std::string& subprotocol, const wire::Headers& headers) {
    socket_.set_option(
        websocket::stream_base::decorator([subprotocol, headers](websocket::response_type& response) {
          if (!subprotocol.empty()) response.set(http::field::sec_websocket_protocol, subprotocol);
          for (const auto& [name, value] : headers) response.set(name, value);
        }));
    socket_.async_accept(request_, [self = shared_from_this()](error_code problem) {
      if (problem) return self->end();
      if (self->events_ != nullptr) self->events_->on_opened();
    });
  }

  void read() {
    socket_.async_read(buffer_, [self = shared_from_this()](error_code problem, std::size_t) {
      if (problem) return self->end();
      std::string bytes = beast::buffers_to_string(self->buffer_.cdata());
      self->buffer_.consume(self->buffer_.size());
      if (self->buffer_.capacity() > buffer_bytes_kept) self->buffer_.shrink_to_fit();
      if (self->events_ != nullptr) self->events_->on_message(std::move(bytes), self->socket_.got_binary());
    });
  }

  void write(StreamFrame frame) {
    frame_ = std::move(frame);
    socket_.binary(frame_.binary);
    const std::array<boost::asio::const_buffer, 3> buffers = {boost::asio::buffer(frame_.before),
                                                              boost::asio::buffer(*frame_.bytes),
                                                              boost::asio::buffer(frame_.after)};
    socket_.async_write(buffers, [self = shared_from_this()](error_code problem, std::size_t) {
      self->frame_ = {};
      if (problem) return self->end();
      if (self->events_ != nullptr) self->events_->on_written();
    });
  }

  void close(std::uint16_t code, const std::string& reason) {
    websocket::close_reason said(static_cast<websocket::close_code>(code));
    // A close frame holds at most 125 bytes, two of which are the code.
    said.reason = reason.substr(0, 123);
    socket_.async_close(said, [self = shared_from_this()](error_code) { self->end(); });
  }

  void abort() {
    beast::get_lowest_layer(socket_).close();
    boost::asio::post(socket_.get_executor(), [self = shared_from_this()] { self->end(); });
  }

 private:
  static constexpr std::size_t buffer_bytes_kept = 16 << 10;

  void end() {
    StreamEvents* const events = std::exchange(events_, nullptr);
    if (events == nullptr) return;
    beast::get_lowest_layer(socket_).close();
    const websocket::close_reason& said = socket_.reason();
    const auto code = said ? static_cast<std::uint16_t>(said.code) : std::uint16_t{1006};
    events->on_ended(code, std::string(said.reason.data(), said.reason.size()));
  }

  websocket::stream<beast::tcp_stream> socket_;
  http::request<http::empty_body> request_;
  beast::flat_buffer buffer_;
  StreamFrame frame_;  // being written
  StreamEvents* events_ = nullptr;
};

class BeastStream final : public Stream {
 public:
  explicit BeastStream(std::shared_ptr<Channel> channel) : channel_(std::move(channel)) {}
  ~BeastStream() override {
    channel_->listen(nullptr);
    channel_->abort();
  }

  void listen(StreamEvents& events) override { channel_->listen(&events); }
  void accept(const std::string& subprotocol, const wire::Headers& headers) override {
    channel_->accept(subprotocol, headers);
  }
  void read() override { channel_->read(); }
  void write(StreamFrame frame) override { channel_->write(std::move(frame)); }
  void close(std::uint16_t code, const std::string& reason) override { channel_->close(code, reason); }
  void abort() override { channel_->abort(); }

 private:
  std::shared_ptr<Channel> channel_;
};

}  // namespace

std::unique_ptr<Stream> make_beast_stream(beast::tcp_stream socket, const wire::RequestHead& head,
                                          std::size_t message_bytes_max) {
  return std::make_unique<BeastStream>(std::make_shared<Channel>(std::move(socket), head, message_bytes_max));
}

}  // namespace rockpool::net
