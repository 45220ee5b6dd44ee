// A program that listens to a query by a channel, as npm's datocms-listen does: it asks for one, opens it as
// an EventSource, comes back to it when the stream ends, and asks for another one when it is gone.
#pragma once

#include <string>

#include "core/wire/sse.h"
#include "tests/sim/network.h"

namespace rockpool::sim {

class ChannelListener {
 public:
  ChannelListener(Setting& setting, Network& network, int index, std::size_t query);

  void start() { ask(); }
  void hears(const Link& link, const dialect::Arrival& arrival);
  void leave();

  // What it was told last is what the query comes to; empty: it is. Otherwise how it is not.
  std::string disagreement() const;
  int index() const { return index_; }
  const std::string& name() const { return name_; }

 private:
  enum class Phase : std::uint8_t { asking, open, gone };

  void ask();
  void open();
  void come_back(bool to_same);
  void look_after(std::uint64_t attempt);
  void told(std::string_view type, std::string_view data);
  dialect::CarrierId carrier() const;
  void note(std::string_view what, std::string_view detail = {}) { setting_.note(name_, what, detail); }
  void fail(const char* invariant, const std::string& what) {
    setting_.judge.fail(invariant, name_ + ": " + what);
  }

  Setting& setting_;
  Network& network_;
  int index_;
  std::string name_;
  std::size_t query_;
  Phase phase_ = Phase::asking;
  std::uint64_t attempt_ = 0;
  std::string url_, last_event_;
  wire::SseReader reader_;
  std::int64_t heard_at_ = 0;
  std::string response_;
  std::size_t place_ = 0;  // in the query's past
};

}  // namespace rockpool::sim
