// A program that writes by deepstream's HTTP API: batches of commands, of which some answers are lost, and
// which it or a proxy then sends again. It judges what it is answered by the log.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/model/value.h"
#include "tests/sim/lineage.h"
#include "tests/sim/network.h"

namespace rockpool::sim {

class Log;

class DeepstreamWriter {
 public:
  DeepstreamWriter(Setting& setting, Network& network, const Log& log, int index);

  // Sends a batch, if it waits for no answer.
  void act();
  void hears(const Link& link, const dialect::Arrival& arrival);
  // One of its requests has come to the server, perhaps once more.
  void came_in(const std::string& body);
  bool is_waiting() const { return !body_.empty(); }

  // A write with a version took effect at most once, a forced one at most as often as it came in.
  void check_rest();
  int index() const { return index_; }
  const std::string& name() const { return name_; }

 private:
  enum class Kind : std::uint8_t { write, remove, read, head };
  struct Command {
    Kind kind = Kind::read;
    std::string record;  // its name on the wire
    std::string token;   // of a write
    std::int64_t version = -1;
    bool own = false;  // nobody else writes the record
  };
  // What an answer says of a record: that it is not there, or its version and perhaps its content.
  struct State {
    std::int64_t version = -1;
    std::optional<std::string> data;
  };

  Command some_command();
  std::string json_of(const Command& command);
  void send();
  void answered(int status, const std::string& body);
  void judge(const Command& command, const model::Value& entry, std::uint64_t& place);
  void judge_write(const Command& command, const model::Value& entry, std::uint64_t& place);
  // The first place in the log from `place` on at which it was so; moves there, or fails.
  void expect_state(const Command& command, const State& state, std::uint64_t& place);
  void fail(const char* invariant, const std::string& what) {
    setting_.judge.fail(invariant, name_ + ": " + what);
  }

  Setting& setting_;
  Network& network_;
  const Log& log_;
  int index_;
  std::string name_;
  std::uint64_t requests_ = 0;
  std::uint64_t tokens_ = 0;
  std::string body_;                  // of the request that is not answered yet
  std::vector<Command> commands_;     // in it
  std::shared_ptr<Lineage> lineage_;  // when it was sent first
  // How far the server is known to have got: what others stored, or an append in doubt, it may learn late.
  std::uint64_t from_ = 0;
  std::map<std::string, std::int64_t> versions_;  // as it last heard of them
  struct Written {
    Command command;
    std::uint64_t times = 0;  // it came in
  };
  std::map<std::string, Written> written_;  // by token
};

}  // namespace rockpool::sim
