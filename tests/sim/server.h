// The server's process: gateway and hub made anew from the log at each start.
#pragma once

#include <memory>
#include <string>

#include "core/gateway/gateway.h"
#include "tests/sim/log.h"
#include "tests/sim/network.h"
#include "tests/sim/wiretap.h"

namespace rockpool::sim {

// The last member of an answer or of a request's body is `messages`: puts another list in its place.
std::string in_messages(const std::string& body,
                        const std::function<std::string(const std::string&)>& change);

class Server {
 public:
  Server(Setting& setting, Network& network, Log& log, Wiretap& tap)
      : setting_(setting), network_(network), log_(log), tap_(tap) {}

  void start();
  void crash();
  bool is_up() const { return gateway_ != nullptr; }
  // Tells the clients to come back later.
  void drain();
  void hears(CarrierId carrier, dialect::Arrival arrival);
  void wake();
  // In the world's time.
  std::optional<std::int64_t> next_wake() const;
  void jump_clock(std::int64_t by_ms) { clock_ms_ += by_ms; }

  hub::Figures hub_figures() const { return hub_->figures(); }
  gateway::Gateway::Figures gateway_figures() const { return gateway_->figures(); }

  // User that a token stands for; nullopt: the token is refused.
  static std::optional<std::string> user_of(const std::string& token);

 private:
  base::Instant clock() const { return {setting_.now() + clock_ms_}; }
  void pump();
  void mount(const std::string& path, const dialect::Dialect& dialect, const std::string& settings);
  // The wiretap understands our own protocol alone.
  static bool is_tapped(const Link& link);
  void perform(gateway::Effect effect);
  void identify(const dialect::Identify& question);
  void soon(std::function<void()> act);
  void answer(const dialect::Respond& respond);
  void say(const Link& link, std::string bytes);
  void listen(CarrierId carrier, const std::string& frame);
  std::string spoil(std::string frame);

  Setting& setting_;
  Network& network_;
  Log& log_;
  Wiretap& tap_;
  std::unique_ptr<hub::Hub> hub_;
  std::unique_ptr<gateway::Gateway> gateway_;
  std::uint64_t process_ = 0;
  std::uint64_t secret_works_ = 0;
  std::int64_t clock_ms_ = 1'750'000'000'000;
};

}  // namespace rockpool::sim
