#include "server/net/client_socket.h"

#include <deque>

#include <boost/asio/connect.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>

#include "core/base/limits.h"
#include "core/base/text.h"

namespace rockpool::net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace ssl = asio::ssl;
namespace websocket = beast::websocket;
using asio::ip::tcp;
using beast::error_code;

constexpr auto connect_time = std::chrono::seconds(10);

struct Place {
  std::string host, port, target;
  bool is_tls = false;
};

base::Error no_url(const std::string& url) {
  return {base::Code::usage,
          "'" + url + "' is no URL of a server; write https://HOST:PORT or http://HOST:PORT", ""};
}

base::Result<Place> read_url(const std::string& url) {
  const std::size_t mark = url.find("://");
  const std::string scheme = url.substr(0, mark == std::string::npos ? 0 : mark);
  const bool is_tls = scheme == "https" || scheme == "wss";
  if (!is_tls && scheme != "http" && scheme != "ws") return no_url(url);
  std::string rest = url.substr(mark + 3);
  const std::size_t slash = rest.find('/');
  Place place{rest.substr(0, slash), is_tls ? "443" : "80",
              slash == std::string::npos ? "/" : rest.substr(slash), is_tls};
  const std::size_t colon = place.host.rfind(':');
  const bool has_port = colon != std::string::npos && place.host.find(']', colon) == std::string::npos;
  if (has_port) {
    place.port = place.host.substr(colon + 1);
    place.host.resize(colon);
  }
  if (place.host.starts_with('[') && place.host.ends_with(']')) {
    place.host = place.host.substr(1, place.host.size() - 2);
  }
  if (place.host.empty() || !base::read_decimal(place.port)) return no_url(url);
  return place;
}

base::Error offline(const std::string& why) { return {base::Code::offline, why, ""}; }

// Servers say why they refuse in the answer, not in the error.
std::string refusal(const error_code& problem, const websocket::response_type& response) {
  if (problem != websocket::error::upgrade_declined) return problem.message();
  std::string text = "the server answered " + base::decimal(std::uint64_t{response.result_int()});
  if (!response.body().empty()) text += ": " + response.body().substr(0, 200);
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

// Certificates are checked against those the system trusts, or SSL_CERT_FILE names.
ssl::context trusting_context() {
  ssl::context context(ssl::context::tls_client);
  error_code problem;
  context.set_default_verify_paths(problem);
  context.set_verify_mode(ssl::verify_peer, problem);
  SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
  return context;
}

// Whoever is asked for has to be who answers: RFC 6125 for names, and addresses as they are.
error_code name_server(beast::ssl_stream<beast::tcp_stream>& stream, const std::string& host) {
  error_code problem;
  stream.set_verify_callback(ssl::host_name_verification(host), problem);
  error_code none;
  const bool is_address = (asio::ip::make_address(host, none), !none);
  if (!is_address && SSL_set_tlsext_host_name(stream.native_handle(), host.c_str()) != 1) {
    return asio::error::invalid_argument;
  }
  return problem;
}

}  // namespace

class ClientSocket::Impl {
 public:
  virtual ~Impl() = default;
  virtual base::Status connect(const Place& place, const std::string& subprotocol,
                               const wire::Headers& headers) = 0;
  virtual void close() = 0;

  void send(std::shared_ptr<const std::string> bytes) {
    queued_bytes_ += bytes->size();
    queue_.push_back(std::move(bytes));
    if (queue_.size() == 1) write();
    context_.poll();
  }

  base::Result<std::optional<std::string>> receive(std::int64_t ms_max) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(ms_max);
    context_.restart();
    while (messages_.empty() && ended_.empty() && std::chrono::steady_clock::now() < until) {
      context_.run_one_until(until);
    }
    if (!messages_.empty()) {
      std::string message = std::move(messages_.front());
      messages_.pop_front();
      return std::optional(std::move(message));
    }
    if (!ended_.empty()) return offline(ended_);
    return std::optional<std::string>();
  }

  std::size_t queued_bytes() const { return queued_bytes_; }

 protected:
  virtual void write() = 0;

  // Runs one operation to its end.
  template <typename Begin>
  error_code finish(Begin begin) {
    error_code result = asio::error::would_block;
    begin([&result](error_code problem, auto&&...) { result = problem; });
    context_.restart();
    while (result == asio::error::would_block && context_.run_one() > 0) {
    }
    return result;
  }

  asio::io_context context_{1};
  std::deque<std::shared_ptr<const std::string>> queue_;
  std::deque<std::string> messages_;
  std::size_t queued_bytes_ = 0;
  std::string ended_;
};

namespace {

// Over TCP, or over TLS on it.
template <typename Lower>
class Talk final : public ClientSocket::Impl {
 public:
  template <typename... Arguments>
  explicit Talk(Arguments&&... arguments) : socket_(context_, std::forward<Arguments>(arguments)...) {}

  base::Status connect(const Place& place, const std::string& subprotocol,
                       const wire::Headers& headers) override {
    error_code problem;
    const auto found = tcp::resolver(context_).resolve(place.host, place.port, problem);
    if (problem) return offline("the host name is not known");
    auto& lowest = beast::get_lowest_layer(socket_);
    lowest.expires_after(connect_time);
    problem = finish([&](auto handler) { lowest.async_connect(found, handler); });
    if (problem) return offline(problem.message());
    lowest.socket().set_option(tcp::no_delay(true), problem);
    if constexpr (!std::is_same_v<Lower, beast::tcp_stream>) {
      auto& tls = socket_.next_layer();
      problem = name_server(tls, place.host);
      if (!problem) {
        problem = finish([&](auto handler) { tls.async_handshake(ssl::stream_base::client, handler); });
      }
      if (problem) return offline("no TLS with the server: " + problem.message());
    }
    lowest.expires_never();
    return open(place, subprotocol, headers);
  }

  void close() override {
    if (!ended_.empty()) return;
    socket_.async_close(websocket::close_code::normal, [](error_code) {});
    context_.restart();
    context_.run_for(std::chrono::seconds(1));
  }

 private:
  base::Status open(const Place& place, const std::string& subprotocol, const wire::Headers& headers) {
    socket_.set_option(websocket::stream_base::timeout::suggested(beast::role_type::client));
    socket_.set_option(websocket::stream_base::decorator([&](websocket::request_type& request) {
      if (!subprotocol.empty()) request.set(beast::http::field::sec_websocket_protocol, subprotocol);
      for (const auto& [name, value] : headers) request.set(name, value);
    }));
    socket_.read_message_max(base::limits::down_message_bytes_max);
    const std::string host = place.host + ":" + place.port;
    websocket::response_type response;
    const error_code problem =
        finish([&](auto handler) { socket_.async_handshake(response, host, place.target, handler); });
    if (problem) return offline(refusal(problem, response));
    read();
    return base::done();
  }

  void read() {
    socket_.async_read(buffer_, [this](error_code problem, std::size_t) {
      if (problem) {
        ended_ = socket_.reason().reason.empty()
                     ? "the connection is over: " + problem.message()
                     : "the server closed: " + std::string(socket_.reason().reason.c_str());
        return;
      }
      messages_.push_back(beast::buffers_to_string(buffer_.cdata()));
      buffer_.consume(buffer_.size());
      read();
    });
  }

  void write() override {
    socket_.async_write(asio::buffer(*queue_.front()), [this](error_code problem, std::size_t) {
      if (problem) return;  // the read that is under way tells
      queued_bytes_ -= queue_.front()->size();
      queue_.pop_front();
      if (!queue_.empty()) write();
    });
  }

  websocket::stream<Lower> socket_;
  beast::flat_buffer buffer_;
};

}  // namespace

ClientSocket::ClientSocket(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ClientSocket::~ClientSocket() = default;

base::Result<std::unique_ptr<ClientSocket>> ClientSocket::connect(const std::string& url,
                                                                  const std::string& subprotocol,
                                                                  const wire::Headers& headers) {
  const auto place = read_url(url);
  if (!place.ok()) return place.error();
  ssl::context trust = trusting_context();
  std::unique_ptr<Impl> impl;
  if (place->is_tls) {
    impl = std::make_unique<Talk<beast::ssl_stream<beast::tcp_stream>>>(trust);
  } else {
    impl = std::make_unique<Talk<beast::tcp_stream>>();
  }
  const auto connected = impl->connect(*place, subprotocol, headers);
  if (!connected.ok()) return base::Error{base::Code::offline, url + ": " + connected.error().message, ""};
  return std::unique_ptr<ClientSocket>(new ClientSocket(std::move(impl)));
}

void ClientSocket::send(std::shared_ptr<const std::string> bytes) { impl_->send(std::move(bytes)); }
base::Result<std::optional<std::string>> ClientSocket::receive(std::int64_t ms_max) {
  return impl_->receive(ms_max);
}
std::size_t ClientSocket::queued_bytes() const { return impl_->queued_bytes(); }
void ClientSocket::close() { impl_->close(); }

}  // namespace rockpool::net
