#include "server/net/server.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>

#include "core/base/text.h"
#include "server/net/connection.h"

namespace rockpool::net {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr unsigned loops_max = 4;
static_assert(loops_max <= 1u << Loop::index_bits);
constexpr auto pause_after_failure = std::chrono::milliseconds(100);

// One thread is left to the hub.
unsigned loop_count() { return std::clamp(std::thread::hardware_concurrency(), 2u, loops_max + 1) - 1; }

base::Error no_address(const config::Address& listen, const std::string& why) {
  const std::string at = config::host_in_url(listen) + ":" + base::decimal(std::uint64_t{listen.port});
  return {base::Code::refused, "cannot listen on " + at + ": " + why, ""};
}

std::string advice(const error_code& problem) {
  if (problem == asio::error::address_in_use) return "the port is in use; choose another one by --listen";
  if (problem == asio::error::access_denied) return "not allowed; ports below 1024 are the system's";
  return problem.message();
}

}  // namespace

class Server::Impl {
 public:
  Impl(Settings settings, Site site, const server::Log& log)
      : shared_{std::move(settings), std::move(site), log, {}, nullptr},
        slots_(shared_.settings.limits, shared_.counters, descriptors_for_connections()) {
    if (shared_.settings.tls) identity_.emplace();
    for (unsigned i = 0; i < loop_count(); ++i) loops_.push_back(std::make_unique<Loop>(shared_, i));
    acceptor_.emplace(loops_[0]->context());
    pause_.emplace(loops_[0]->context());
  }

  base::Result<std::uint16_t> bind() {
    if (identity_) {
      auto read = TlsIdentity::read(*shared_.settings.tls);
      if (!read.ok()) return read.error();
      identity_->take(std::move(*read));
    }
    const config::Address& listen = shared_.settings.listen;
    error_code problem;
    tcp::resolver resolver(loops_[0]->context());
    const auto found = resolver.resolve(listen.host, base::decimal(std::uint64_t{listen.port}),
                                        tcp::resolver::passive | tcp::resolver::numeric_service, problem);
    if (problem || found.empty()) return no_address(listen, "the host name is not known");
    const tcp::endpoint endpoint = found.begin()->endpoint();
    acceptor_->open(endpoint.protocol(), problem);
    if (!problem) acceptor_->set_option(tcp::acceptor::reuse_address(true), problem);
    if (!problem) acceptor_->bind(endpoint, problem);
    if (!problem) acceptor_->listen(asio::socket_base::max_listen_connections, problem);
    if (problem) return no_address(listen, advice(problem));
    return acceptor_->local_endpoint(problem).port();
  }

  // Whether there is TLS at all is not changed while the server runs.
  base::Result<std::function<void()>> prepare(const config::Config& config) {
    if (!identity_ || !config.tls.is_on()) return std::function<void()>([] {});
    auto read = TlsIdentity::read({config.tls.certificate, config.tls.key});
    if (!read.ok()) return read.error();
    return std::function<void()>([this, context = std::move(*read)] { identity_->take(context); });
  }

  void start(Inbox& inbox) {
    shared_.inbox = &inbox;
    accept();
    for (auto& loop : loops_) loop->run();
  }

  void perform(std::vector<CarrierStep> steps) {
    if (loops_.size() == 1) return loops_[0]->perform(std::move(steps));
    std::vector<std::vector<CarrierStep>> parts(loops_.size());
    for (CarrierStep& step : steps) {
      const CarrierId carrier = std::visit([](const auto& one) { return one.carrier; }, step);
      parts[carrier & ((1u << Loop::index_bits) - 1)].push_back(std::move(step));
    }
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (!parts[i].empty()) loops_[i]->perform(std::move(parts[i]));
    }
  }

  void stop_accepting() {
    asio::post(loops_[0]->context(), [this] {
      error_code problem;
      acceptor_->close(problem);
      pause_->cancel();
    });
  }

  void finish() {
    for (auto& loop : loops_) loop->finish();
    for (auto& loop : loops_) loop->join();
  }

 private:
  void accept() {
    Loop& loop = *loops_[next_loop_++ % loops_.size()];
    acceptor_->async_accept(loop.context(), [this, &loop](error_code problem, tcp::socket socket) {
      if (!acceptor_->is_open()) return;
      if (problem) return accept_later(problem);
      take(loop, std::move(socket));
      accept();
    });
  }

  // Out of file descriptors, most probably: connections that end give some back.
  void accept_later(const error_code& problem) {
    shared_.counters.limits.add(Limit::descriptors);
    shared_.log.warn("a connection could not be taken", {{"problem", problem.message()}});
    pause_->expires_after(pause_after_failure);
    pause_->async_wait([this](error_code cancelled) {
      if (!cancelled) accept();
    });
  }

  void take(Loop& loop, tcp::socket socket) {
    error_code problem;
    const tcp::endpoint peer = socket.remote_endpoint(problem);
    if (problem) return;
    socket.set_option(tcp::no_delay(true), problem);
    const int descriptor = socket.native_handle();
    auto taken = slots_.take(peer.address().to_string(), peer.address().is_loopback(),
                             static_cast<std::uint64_t>(descriptor));
    if (taken.dropped) return;
    TlsSession tls = identity_ ? identity_->session(descriptor) : nullptr;
    if (identity_ && !tls) return;
    auto connection = std::make_shared<Connection>(
        loop, Link(std::move(socket), std::move(tls)),
        Visitor{std::move(taken.slot), peer.address().to_string(), taken.turned_away});
    asio::post(loop.context(), [&loop, connection] { loop.begin(connection); });
  }

  Shared shared_;
  Slots slots_;
  std::optional<TlsIdentity> identity_;
  std::vector<std::unique_ptr<Loop>> loops_;
  std::optional<tcp::acceptor> acceptor_;
  std::optional<asio::steady_timer> pause_;
  std::size_t next_loop_ = 0;
};

Server::Server(Settings settings, Site site, const server::Log& log)
    : impl_(std::make_unique<Impl>(std::move(settings), std::move(site), log)) {}
Server::~Server() = default;

base::Result<std::function<void()>> Server::prepare(std::shared_ptr<const config::Config> config) {
  return impl_->prepare(*config);
}
base::Result<std::uint16_t> Server::bind() { return impl_->bind(); }
void Server::start(Inbox& inbox) { impl_->start(inbox); }
void Server::perform(std::vector<CarrierStep> steps) { impl_->perform(std::move(steps)); }
void Server::stop_accepting() { impl_->stop_accepting(); }
void Server::finish() { impl_->finish(); }

}  // namespace rockpool::net
