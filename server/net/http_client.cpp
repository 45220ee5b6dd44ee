#include "server/net/http_client.h"

#include <chrono>
#include <list>
#include <map>
#include <set>
#include <thread>

#include <boost/asio/connect.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

namespace rockpool::net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace ssl = asio::ssl;
using asio::ip::tcp;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

constexpr std::size_t head_bytes_max = 16 << 10;
constexpr std::size_t kept_of_an_origin = 4;
// Below what servers keep an idle connection for.
constexpr auto kept_for = std::chrono::seconds(20);

// Plain text goes past the TLS layer, straight to the socket.
struct Connection {
  Connection(asio::io_context& context, ssl::context& tls) : stream(context, tls) {}
  tcp::socket& socket() { return stream.next_layer(); }

  ssl::stream<tcp::socket> stream;
  beast::flat_buffer buffer;
  bool was_used = false;
  Clock::time_point idle_since;
};

// Connections that wait for the next call to their origin.
class Kept {
 public:
  std::unique_ptr<Connection> take(const std::string& origin) {
    auto& list = idle_[origin];
    std::erase_if(list, [](const auto& one) { return Clock::now() - one->idle_since > kept_for; });
    if (list.empty()) return nullptr;
    auto connection = std::move(list.back());
    list.pop_back();
    return connection;
  }
  void put(const std::string& origin, std::unique_ptr<Connection> connection) {
    auto& list = idle_[origin];
    if (list.size() == kept_of_an_origin) list.pop_front();
    connection->idle_since = Clock::now();
    connection->was_used = true;
    list.push_back(std::move(connection));
  }

 private:
  std::map<std::string, std::list<std::unique_ptr<Connection>>> idle_;
};

struct Surroundings {
  asio::io_context context{1};
  ssl::context tls{ssl::context::tls_client};
  Kept kept;
};

// One call from its begin to its end. Lives as long as one of its operations is under way.
class Exchange : public std::enable_shared_from_this<Exchange> {
 public:
  Exchange(Surroundings& around, Call call, HttpClient::Done done)
      : around_(around),
        call_(std::move(call)),
        done_(std::move(done)),
        resolver_(around.context),
        timer_(around.context) {}

  void begin() {
    request_ = {http::verb::post, call_.url.target, 11};
    request_.set(http::field::host, call_.url.authority());
    request_.set(http::field::user_agent, "rockpool/" ROCKPOOL_VERSION);
    request_.set(http::field::content_type, "application/json");
    for (const auto& [name, value] : call_.headers) request_.set(name, value);
    request_.body() = std::move(call_.body);
    request_.prepare_payload();
    timer_.expires_after(std::chrono::milliseconds(call_.ms_max));
    timer_.async_wait([self = shared_from_this()](error_code cancelled) {
      if (!cancelled) self->end(base::Error{base::Code::timeout, "no answer in time", ""});
    });
    connection_ = around_.kept.take(call_.url.origin());
    connection_ ? write() : resolve();
  }

 private:
  // A handler that does nothing once the call has ended, and ends it at an error.
  template <typename Then>
  auto on(const char* step, Then then) {
    return [self = shared_from_this(), step, then = std::move(then)](error_code problem, auto&&... rest) {
      if (self->ended_) return;
      if (problem) return self->fail(step, problem);
      then(std::forward<decltype(rest)>(rest)...);
    };
  }

  void resolve() {
    connection_ = std::make_unique<Connection>(around_.context, around_.tls);
    resolver_.async_resolve(call_.url.host, call_.url.port,
                            on("the host name is not known",
                               [this](const tcp::resolver::results_type& found) { connect(found); }));
  }

  void connect(const tcp::resolver::results_type& found) {
    asio::async_connect(connection_->socket(), found, on("cannot connect", [this](const tcp::endpoint&) {
                          error_code problem;
                          connection_->socket().set_option(tcp::no_delay(true), problem);
                          call_.url.is_secure ? shake_hands() : write();
                        }));
  }

  void shake_hands() {
    SSL_set_tlsext_host_name(connection_->stream.native_handle(), call_.url.host.c_str());
    connection_->stream.set_verify_callback(ssl::host_name_verification(call_.url.host));
    connection_->stream.async_handshake(ssl::stream_base::client, on("TLS", [this] { write(); }));
  }

  void write() {
    parser_.emplace();
    parser_->body_limit(HttpClient::reply_bytes_max);
    parser_->header_limit(head_bytes_max);
    over_stream([this](auto& stream) {
      http::async_write(stream, request_, on("cannot send", [this](std::size_t) { read(); }));
    });
  }

  void read() {
    over_stream([this](auto& stream) {
      http::async_read(stream, connection_->buffer, *parser_,
                       on("no proper answer", [this](std::size_t) { answered(); }));
    });
  }

  template <typename Do>
  void over_stream(Do act) {
    call_.url.is_secure ? act(connection_->stream) : act(connection_->socket());
  }

  void answered() {
    Reply reply{static_cast<int>(parser_->get().result_int()), std::move(parser_->get().body())};
    if (parser_->get().keep_alive() && connection_->buffer.size() == 0) {
      around_.kept.put(call_.url.origin(), std::move(connection_));
    }
    end(std::move(reply));
  }

  void fail(const char* step, const error_code& problem) {
    // The other side let go of a connection that it had kept; nothing of an answer has come.
    if (connection_ && connection_->was_used && !(parser_ && parser_->got_some())) return resolve();
    end(base::Error{base::Code::offline, std::string(step) + ": " + problem.message(), ""});
  }

  void end(base::Result<Reply> result) {
    if (std::exchange(ended_, true)) return;
    timer_.cancel();
    resolver_.cancel();
    error_code ignored;
    if (connection_) connection_->socket().close(ignored);
    done_(std::move(result));
  }

  Surroundings& around_;
  Call call_;
  HttpClient::Done done_;
  tcp::resolver resolver_;
  asio::steady_timer timer_;
  std::unique_ptr<Connection> connection_;
  http::request<http::string_body> request_;
  std::optional<http::response_parser<http::string_body>> parser_;
  bool ended_ = false;
};

}  // namespace

class HttpClient::Impl {
 public:
  Impl() {
    around_.tls.set_default_verify_paths();
    around_.tls.set_verify_mode(ssl::verify_peer);
    SSL_CTX_set_min_proto_version(around_.tls.native_handle(), TLS1_2_VERSION);
    thread_ = std::thread([this] { around_.context.run(); });
  }
  ~Impl() {
    around_.context.stop();
    thread_.join();
  }

  void post(std::function<Call()> make, Done done) {
    asio::post(around_.context, [this, make = std::move(make), done = std::move(done)]() mutable {
      std::make_shared<Exchange>(around_, make(), std::move(done))->begin();
    });
  }

 private:
  Surroundings around_;
  asio::executor_work_guard<asio::io_context::executor_type> stays_{around_.context.get_executor()};
  std::thread thread_;
};

HttpClient::HttpClient() : impl_(std::make_unique<Impl>()) {}
HttpClient::~HttpClient() = default;
void HttpClient::post(std::function<Call()> make, Done done) {
  impl_->post(std::move(make), std::move(done));
}

}  // namespace rockpool::net
