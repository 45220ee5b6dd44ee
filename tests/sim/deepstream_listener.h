// A program that listens by deepstream's WebSocket as npm's client does, without an engine: it knows of each
// record what it was told, and judges that.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/dialects/deepstream/codec.h"
#include "tests/sim/lineage.h"
#include "tests/sim/network.h"

namespace rockpool::sim {

class DeepstreamListener {
 public:
  // `names` of the records it follows.
  DeepstreamListener(Setting& setting, Network& network, int index, std::vector<std::string> names);

  void start();
  void hears(const Link& link, const dialect::Arrival& arrival);
  void leave();

  // What it has heard of last is what the server has; empty: it is. Otherwise the first difference.
  std::string disagreement(const Lineage& lineage) const;
  bool is_connected() const { return connected_; }
  // It has heard of nobody for so long that its link may be dead.
  bool is_in_doubt() const;
  int index() const { return index_; }
  const std::string& name() const { return name_; }

 private:
  using Message = dialects::deepstream::Message;
  struct Held {
    bool subscribed = false;  // the first state has come
    std::int32_t version = -1;
    std::string data;
  };

  void open();
  void come_back();
  void look_after(std::uint64_t session);
  void say(Message message);
  void follow(std::vector<std::string> names);
  void on_message(const Message& message);
  void on_record(const Message& message);
  void on_change(const Message& message, Held& held);
  void note(std::string_view what, std::string_view detail = {}) { setting_.note(name_, what, detail); }
  void fail(const char* invariant, const std::string& what) {
    setting_.judge.fail(invariant, name_ + ": " + what);
  }

  Setting& setting_;
  Network& network_;
  int index_;
  std::string name_;
  std::vector<std::string> names_;
  std::map<std::string, Held> records_;
  std::uint64_t session_ = 0;
  bool connected_ = false;
  bool gone_ = false;
  std::int64_t heard_at_ = 0;
  std::uint64_t correlation_ = 0;
};

}  // namespace rockpool::sim
