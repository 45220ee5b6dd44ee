// One network thread: an io_context, the connections that live on it, and a clock that ticks once a second.
#pragma once

#include <map>
#include <set>
#include <thread>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "server/net/server.h"
#include "server/net/slots.h"
#include "server/net/stream_session.h"

namespace rockpool::net {

class Connection;

// What all loops share. Outlives them.
struct Shared {
  Settings settings;
  Site site;
  const server::Log& log;
  Counters counters;
  Inbox* inbox = nullptr;
};

// What a stream has to keep to: the server's settings, as far as its protocol has no figures of its own.
QueueLimits queue_limits(const config::Limits& limits, const dialect::StreamTerms& terms);

class Loop {
 public:
  static constexpr unsigned index_bits = 6;

  Loop(Shared& shared, unsigned index);
  ~Loop();

  boost::asio::io_context& context() { return context_; }
  Shared& shared() { return shared_; }
  void run();
  void join();

  // Any thread; done on the loop's.
  void perform(std::vector<CarrierStep> steps);
  void finish();  // says good-bye to everybody; the loop ends when all are gone, or after a few seconds

  // On the loop's thread.
  void begin(const std::shared_ptr<Connection>& connection);
  void forget(Connection& connection);
  CarrierId open_carrier(const std::shared_ptr<Connection>& connection);
  void close_carrier(CarrierId carrier);
  // The exchange goes on as a stream.
  void adopt(const dialect::AcceptStream& step, std::shared_ptr<Stream> stream, Slot slot);

 private:
  struct LiveStream {
    Slot slot;
    std::unique_ptr<StreamSession> session;
  };

  void take(CarrierStep& step);
  void tick();
  void end_if_empty();

  Shared& shared_;
  unsigned index_;
  boost::asio::io_context context_{1};
  boost::asio::steady_timer timer_{context_};
  std::thread thread_;
  std::uint64_t carriers_made_ = 0;
  std::set<std::shared_ptr<Connection>> connections_;
  std::map<CarrierId, std::shared_ptr<Connection>> exchanges_;
  std::map<CarrierId, LiveStream> streams_;
  std::vector<StreamSession*> to_flush_;  // at the end of this turn, which ends no session
  std::uint64_t queued_bytes_ = 0;        // as counted last
  bool finishing_ = false;
  int finishing_ticks_ = 0;
};

}  // namespace rockpool::net
