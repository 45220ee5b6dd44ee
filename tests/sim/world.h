// A seed's whole world and its life: rounds of trouble, rest after each, and what must hold then.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/sim/audit.h"
#include "tests/sim/channel_listener.h"
#include "tests/sim/deepstream_listener.h"
#include "tests/sim/deepstream_writer.h"
#include "tests/sim/server.h"
#include "tests/sim/workload.h"

namespace rockpool::sim {

class World final : private Network::Ends {
 public:
  World(const Scenario& scenario, Trace::Text text, const Faults& faults = {});

  void run();

  const Setting& setting() const { return setting_; }
  const Log& log() const { return log_; }
  Setting& setting() { return setting_; }

 private:
  // Somebody with a clock of his own: a client, or the server (-1).
  struct Sleeper {
    std::int64_t not_before = 0;
    std::int64_t window_begins = 0;
    std::uint64_t wakes = 0;
  };

  // ---- world.cpp
  bool server_is_up() const override { return server_.is_up(); }
  void client_hears(const Link& link, dialect::Arrival arrival) override;
  void server_hears(const Link& link, dialect::Arrival arrival) override;
  Client& add_client(const ClientPlan& plan);
  void add_programs();
  void add_listener();
  void run_for(std::int64_t ms);
  void step(std::int64_t until);
  void wake(int who);
  void round();
  void rest();
  void come_to_rest(std::int64_t ms_max);
  void attend(Client& client);
  bool is_at_rest();
  bool agrees(const Client& client) const;
  void check_rest();
  std::vector<std::string> users_online() const;
  void be_calm();
  void be_quiet();
  void look_with_fresh_eyes();
  void restart_server_at_rest();
  void leave();
  bool goes_on() const { return !setting_.judge.failed(); }

  // ---- troubles.cpp
  void begin_troubles();
  void plague(std::int64_t mean_ms, std::function<void()> act);
  void users_act(std::size_t index);
  void trouble_client(std::size_t index);
  void trouble_programs();
  void crash_client(std::size_t index);
  void crash_server();
  void new_epoch(bool epoch);
  void copy_store();
  void start_copy_later(std::size_t index, const std::string& id, std::uint64_t last, int tries);
  void forget_client();
  void break_log();
  std::optional<hub::Batch> strangers_batch();

  Setting setting_;
  Network network_;
  Wiretap tap_;
  Log log_;
  Server server_;
  History history_;
  Clients clients_;
  Audit audit_;
  Workload workload_;
  std::optional<DeepstreamListener> listener_;
  std::optional<DeepstreamWriter> writer_;
  std::vector<std::unique_ptr<ChannelListener>> channels_;
  std::map<int, Sleeper> sleepers_;
  std::uint64_t round_ = 0;
  std::int64_t server_clock_ms_ = 0;
  std::map<std::size_t, std::int64_t> client_clock_ms_;
};

// What came of one seed.
struct Outcome {
  std::optional<Failure> failure;
  std::uint64_t events = 0;
  std::uint64_t hash = 0;
  std::int64_t simulated_ms = 0;
  std::vector<std::string> last_lines;
};

// `only`: all pages speak that.
Outcome run_seed(std::uint64_t seed, Trace::Text text, const Faults& faults = {},
                 std::optional<Dialect> only = std::nullopt);

}  // namespace rockpool::sim
