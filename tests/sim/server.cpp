#include "tests/sim/server.h"

#include "core/dialects/native/native.h"

namespace rockpool::sim {

void Server::start() {
  setting_.note("server", "starts");
  ++process_;
  hub_ = std::make_unique<hub::Hub>(setting_.scenario.hub, setting_.prng.fork());
  if (base::Status loaded = hub_->load(log_, clock()); !loaded.ok()) {
    return setting_.judge.fail(invariant::contract, "the hub cannot start: " + loaded.error().message);
  }
  gateway_ = std::make_unique<gateway::Gateway>(*hub_, setting_.prng.fork());
  const base::Status mounted =
      gateway_->mount({.path = "", .hosts = {}, .dialect = &dialects::native::dialect});
  if (!mounted.ok()) setting_.judge.fail(invariant::contract, "no mount: " + mounted.error().message);
  log_.attach([this](hub::Event event) {
    gateway_->happened(clock(), std::move(event));
    pump();
  });
  pump();
}

void Server::crash() {
  setting_.note("server", "crashes");
  ++process_;
  gateway_.reset();
  hub_.reset();
  log_.detach();
  network_.server_gone();
}

void Server::drain() {
  gateway_->drain(clock());
  pump();
}

void Server::hears(CarrierId carrier, dialect::Arrival arrival) {
  if (!is_up()) return;
  const bool closed = std::holds_alternative<dialect::Closed>(arrival);
  if (closed && setting_.faults.closed_swallowed) return;
  const auto* arrived = std::get_if<dialect::Arrived>(&arrival);
  if (arrived != nullptr && !gateway_->claims(arrived->head)) return network_.refuse(carrier);
  if (arrived != nullptr) tap_.opened(carrier, log_.lineage());
  if (closed) setting_.note("server", "hears that a connection ended", std::to_string(carrier));
  gateway_->receive(clock(), carrier, std::move(arrival));
  pump();
}

void Server::wake() {
  gateway_->wake(clock());
  pump();
}

std::optional<std::int64_t> Server::next_wake() const {
  if (!is_up()) return std::nullopt;
  const std::optional<base::Instant> at = gateway_->next_wake();
  return at ? std::optional(at->ms - clock_ms_) : std::nullopt;
}

void Server::pump() {
  while (std::optional<gateway::Effect> effect = gateway_->poll()) perform(std::move(*effect));
}

void Server::perform(gateway::Effect effect) {
  if (auto* send = std::get_if<dialect::SendFrame>(&effect)) {
    setting_.note("server", "says", *send->bytes);
    tap_.sent_down(send->carrier, *send->bytes);
    network_.send_down(send->carrier, *send->bytes);
  } else if (auto* close = std::get_if<dialect::CloseStream>(&effect)) {
    setting_.note("server", "closes", close->reason);
    network_.close_by_server(close->carrier, static_cast<std::uint16_t>(close->code), close->reason);
  } else if (auto* accept = std::get_if<dialect::AcceptStream>(&effect)) {
    network_.accept(accept->carrier);
  } else if (auto* respond = std::get_if<dialect::Respond>(&effect)) {
    network_.refuse(respond->carrier);
  } else if (auto* question = std::get_if<dialect::Identify>(&effect)) {
    identify(*question);
  } else if (auto* request = std::get_if<hub::Request>(&effect)) {
    log_.submit(std::move(*request));
  }
}

std::optional<std::string> Server::user_of(const std::string& token) {
  if (token.empty()) return "";
  return token.starts_with("good-") ? std::optional<std::string>("ann") : std::nullopt;
}

void Server::identify(const dialect::Identify& question) {
  const std::optional<std::string> user = user_of(question.token);
  dialect::Identity identity = dialect::Denied{{base::Code::auth, "the token is not good", ""}};
  if (user) identity = dialect::Identified{{.user = *user, .admin = false, .roles = {}, .expires_ms = 0}};
  const std::int64_t delay = setting_.calm ? 0 : setting_.some_ms(30);
  setting_.schedule.in(delay,
                       [this, process = process_, ticket = question.ticket, identity = std::move(identity)] {
                         if (process != process_) return;
                         gateway_->identified(clock(), ticket, identity);
                         pump();
                       });
}

}  // namespace rockpool::sim
