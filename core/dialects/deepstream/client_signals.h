// A page's events, calls and presence on a deepstream server: rockpool.v1's words for them (docs/protocol.md)
// into deepstream's, and back.
//
// Private to the dialect's client half.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/dialect/dialect.h"
#include "core/dialects/deepstream/messages.h"
#include "core/model/value.h"

namespace rockpool::dialects::deepstream {

class ClientSignals {
 public:
  // What is to be said goes to `say`, in order.
  explicit ClientSignals(std::vector<Message>& say) : say_(say) {}

  void ask(const dialect::Signal& signal, dialect::ClientSteps& out);
  void watch(const dialect::WatchPresence& watch, dialect::ClientSteps& out);
  void hear(const Message& message, dialect::ClientSteps& out);

 private:
  // A call that somebody else made and this page carries out.
  struct Asked {
    std::string procedure;
    std::string correlation;
  };

  void listen(const model::Value& message, bool on);
  void emit(const std::string& event, const std::string& data, dialect::ClientSteps& out);
  void answer(const model::Value& message);
  void on_event(const Message& message, dialect::ClientSteps& out);
  void on_rpc(const Message& message, dialect::ClientSteps& out);
  void on_presence(const Message& message, dialect::ClientSteps& out);
  std::string correlation();

  std::vector<Message>& say_;
  std::map<std::string, std::string> events_;  // by the page's name of the subscription
  std::map<std::uint64_t, Asked> asked_;
  std::uint64_t last_asked_ = 0;
  std::uint64_t last_correlation_ = 0;
};

}  // namespace rockpool::dialects::deepstream
