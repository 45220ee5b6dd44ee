// All change webhooks: joins each one's courier to the log, the hub and the network. Lives on the hub's
// thread; bodies are made and sent on the client's.
//
// How far a hook has come is a record of the hidden collection `$hooks` in the space `default`, under the
// hook's name: it is as durable as the log, and a backup holds both of one moment.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/gateway/gateway.h"
#include "server/hooks/courier.h"
#include "server/log.h"
#include "server/net/http_client.h"
#include "server/net/metrics.h"

namespace rockpool::hooks {

// Tickets of our reads of the log and of our writes begin here.
inline constexpr model::Ticket hook_tickets = gateway::edge_tickets + (1ull << 32);

class Hooks {
 public:
  struct Parts {
    hub::Hub& hub;
    gateway::Gateway& gateway;
    hub::Backplane& backplane;
    net::HttpClient& client;
    const server::Log& log;
    // Runs something on the hub's thread, some time later; from any thread.
    std::function<void(std::function<void()>)> post;
  };

  // After the hub has loaded, and before it turns.
  Hooks(Parts parts, const std::vector<Hook>& hooks, base::Prng prng);

  // Is it one of ours? Then it is taken.
  bool take(base::Instant now, hub::Event& event);
  bool take(base::Instant now, const hub::Answer& answer);
  // After all that happened in a turn of the hub.
  void turn(base::Instant now);
  void drain(base::Instant now);
  std::optional<base::Instant> next_wake() const;

  using Figures = std::vector<std::pair<std::string, Courier::Figures>>;
  Figures figures() const;

 private:
  void pump(base::Instant now, std::size_t index);
  void perform(base::Instant now, std::size_t index, Courier::Want want);
  void send(std::size_t index, const Courier::Send& delivery);
  void save(base::Instant now, std::size_t index, hub::LogEnd point);
  void sent(base::Instant now, std::size_t index, const base::Result<net::Reply>& result);

  Parts parts_;
  std::vector<Courier> couriers_;
};

void write_metrics(const Hooks::Figures& figures, net::MetricsText& text);

}  // namespace rockpool::hooks
