// The backplane of the simulated server: an ordered log that answers late, not at all, or wrongly on purpose,
// but never forgets what it said ok to.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "core/hub/backplane.h"
#include "tests/sim/lineage.h"
#include "tests/sim/setting.h"

namespace rockpool::sim {

class Log final : public hub::Backplane {
 public:
  explicit Log(Setting& setting);

  // A server process begins to use it. Events of requests of an earlier one are lost.
  void attach(std::function<void(hub::Event)> deliver);
  // The process died. An append under way is stored or not.
  void detach();

  void submit(hub::Request request) override;
  base::Result<hub::Start> load(
      const std::function<void(const std::string&, model::Record)>& record,
      const std::function<void(const std::string&, hub::ClientMark)>& mark,
      const std::function<void(const std::string&, const hub::ClientMark&, std::uint64_t, model::Version,
                               std::uint64_t)>& outcome) override;

  // Everything that comes to be stored, before it is: checkers look at it.
  std::function<void(const hub::Entry&)> on_store;
  // Somebody else's batch for the log, or none: makes an append stale.
  std::function<std::optional<hub::Batch>()> other_writer;

  const std::shared_ptr<Lineage>& lineage() const { return lineage_; }
  // Nothing is kept before it.
  std::uint64_t first_seq() const { return first_seq_; }
  // Tombstones last touched up to there may have been forgotten.
  std::uint64_t forgotten_up_to() const { return forgotten_up_to_; }

  std::uint64_t last_num() const { return last_num_; }

  // Before anybody uses it: what every history begins with.
  void begin(hub::Batch batch);
  void be_in_trouble(hub::Appended::What what, std::int64_t for_ms);
  void be_well() { trouble_until_ = 0; }
  // While no server uses it.
  void roll_back(std::uint64_t seq, bool new_epoch);
  void forget(const std::string& client);
  // Clients that know that the server knows them: those can tell when they are forgotten.
  std::vector<std::string> clients() const;

 private:
  struct Books {
    hub::ClientMark mark;
    std::map<std::uint64_t, std::pair<model::Version, std::uint64_t>> outcomes;
  };
  struct UnderWay {
    hub::Append append;
    bool stored = false;
  };
  using Space = std::string;

  void append(hub::Append append);
  void answer(std::int64_t delay_ms, hub::Event event);
  // nullopt: the log does not end where the append says.
  std::optional<hub::Appended> store(const hub::Append& append);
  void put(hub::Batch batch);
  void learn(const hub::Entry& entry);
  void read(const hub::ReadLog& request);
  void compact(std::uint64_t up_to);
  void store_later(hub::Append append, std::int64_t delay_ms);

  Setting& setting_;
  std::shared_ptr<Lineage> lineage_ = std::make_shared<Lineage>();
  std::function<void(hub::Event)> deliver_;
  std::uint64_t process_ = 0;
  std::optional<UnderWay> under_way_;
  std::uint64_t first_seq_ = 1;
  std::uint64_t begun_ = 0;  // what began it goes up to there
  std::uint64_t forgotten_up_to_ = 0;
  std::uint64_t last_num_ = 0;
  base::Instant last_time_;
  Space space_ = "default";
  std::map<std::pair<std::string, std::string>, Books> books_;  // by (user, client)
  std::map<model::Key, model::Record> records_;                 // what is kept
  hub::Appended::What trouble_ = hub::Appended::What::ok;
  std::int64_t trouble_until_ = 0;
};

}  // namespace rockpool::sim
