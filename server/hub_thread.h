// Where gateway and hub live: takes what carriers and backplane have to say, hands back what is to be done.
// Nothing of that waits for a disk or a socket. It goes in turns, one at a time: on a thread of its own, or,
// where a short request finds everything at rest, on the thread that brings it, which costs no switch of
// threads to and fro.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

#include "core/gateway/gateway.h"
#include "server/auth/gatekeeper.h"
#include "server/files/shelf.h"
#include "server/hooks/hooks.h"
#include "server/log.h"
#include "server/net/edge.h"
#include "server/reload.h"

namespace rockpool::server {

class HubThread final : public net::Inbox, public Reloadable {
 public:
  struct Parts {
    hub::Hub& hub;
    gateway::Gateway& gateway;
    hub::Backplane& backplane;
    const config::Config& config;
    const Log& log;
    hooks::Hooks& hooks;
    net::HttpClient& client;  // for authorization webhooks
    files::Shelf& shelf;
  };

  explicit HubThread(const Parts& parts);
  ~HubThread() override;

  // `carriers` outlives the thread.
  void start(net::Carriers& carriers);
  // For the backplane: what became of a request. Any thread, before start() too.
  void happened(hub::Event event);
  // Runs something on this thread, if it still turns by then. Any thread.
  void later(std::function<void()> errand);
  // Tells clients to come back later, waits until what was accepted is stored, at most some seconds, and ends
  // the thread. Everything it wanted to be sent has been handed over then.
  void drain();
  // Users, keys and tokens; sessions that do not stand any more end at once.
  base::Result<std::function<void()>> prepare(std::shared_ptr<const config::Config> config) override;

  const gateway::Mount* mount_of(const wire::RequestHead& head) const override {
    return parts_.gateway.mount_of(head);
  }
  void receive(net::CarrierId carrier, dialect::Arrival arrival) override;
  void receive_whole(net::CarrierId carrier, dialect::Arrived arrived, std::string body) override;
  std::string health() const override;
  std::string metrics() const override;
  std::vector<std::pair<std::string_view, std::uint64_t>> limits_met() const override;
  bool ready() const override;

 private:
  // What came in since the last turn. Between the kinds the order does not matter.
  struct Mail {
    std::vector<hub::Event> events;
    struct Came {
      net::CarrierId carrier = 0;
      dialect::Arrival arrival;
      std::optional<std::string> body = {};  // with an Arrived
    };
    std::vector<Came> arrivals;
    std::vector<auth::Gatekeeper::Checked> checked;
    std::vector<std::function<void()>> errands;
    std::shared_ptr<const config::Config> config;
    std::size_t size() const {
      return events.size() + arrivals.size() + checked.size() + errands.size() + (config == nullptr ? 0 : 1);
    }
  };

  void run();
  Mail wait();
  void lend(std::unique_lock<std::mutex>& lock);
  void work(Mail mail);
  base::Instant sleeps_until() const;
  std::optional<base::Instant> next_wake() const;
  void configure(std::shared_ptr<const config::Config> config);
  template <typename Put>
  void post(const Put& put);
  void review(base::Instant at);
  void take(hub::Event event);
  void take(Mail::Came came);
  void pump();
  void perform(gateway::Effect effect);
  void read_body(const dialect::ReadBody& step);
  void authorize(const gateway::Authorize& question);
  void fetch(dialect::Fetch wanted);
  void report(const hub::Event& event);
  void flush();
  void publish();
  void turn(base::Instant at);
  bool is_asked_to_drain(base::Instant at);
  bool may_end(base::Instant at) const;

  Parts parts_;
  net::Carriers* carriers_ = nullptr;
  std::thread thread_;

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable news_;
  Mail mailbox_;
  bool turning_ = false;  // some thread has the turn: it alone touches gateway and hub
  base::Instant asleep_until_;
  bool draining_ = false;
  hub::Figures hub_figures_;
  gateway::Gateway::Figures gateway_figures_;
  auth::Gatekeeper::Figures log_ins_;
  hooks::Hooks::Figures hook_figures_;
  std::uint64_t epoch_ = 0;
  base::Instant seen_;  // when the thread last turned
  bool running_ = false;

  // Only who has the turn from here on.
  std::vector<net::CarrierStep> steps_;
  std::map<net::CarrierId, std::string> bodies_;  // that came with their heads, until they are asked for
  std::uint64_t appends_open_ = 0;
  bool drain_said_ = false;
  base::Instant drain_until_;
  base::Instant published_;
  auth::Gatekeeper gatekeeper_;
  bool review_due_ = false;
  base::Instant review_at_;                     // not before
  std::map<std::string, hooks::Guard> guards_;  // by space
  base::Instant trouble_said_;
  bool in_trouble_ = false;
};

}  // namespace rockpool::server
