// Channels: made by a POST, opened by whoever knows their id, told of every new result of their query.
//
//   made ──15 s──► gone          open ──stream ends──► resting ──60 s──► gone
//     └──────────► open ◄──────────────────────────────┘  by whoever says what came last, or within the 15 s
//
// Whoever opens one that is open takes it over: the other stream ends.
//
// What is fatal ends a channel for good.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/prng.h"
#include "core/base/token_bucket.h"
#include "core/dialect/deadlines.h"
#include "core/dialects/datocms/lives.h"

namespace rockpool::dialects::datocms {

class Channels {
 public:
  Channels(Desk& desk, Lives& lives, base::Prng prng) : desk_(desk), lives_(lives), prng_(prng) {}

  // What a channel is made of.
  struct Wish {
    Caller caller;
    Environment* environment = nullptr;
    Sight sight;
    Query query;
    Shape shape = Shape::both;
    std::string base;     // of its address
    std::string address;  // of whoever asked for it
    Seats::Seat seat = nullptr;
  };
  void make(CarrierId carrier, Wish wish, ServerSteps& out);
  // False: not its work.
  bool worked(Instant now, Ticket ticket, const dialect::SecretResult& result, ServerSteps& out);
  void open(Instant now, CarrierId carrier, std::string_view id, const std::string& last_event,
            ServerSteps& out);
  // False: none of its carriers.
  bool receive(Instant now, CarrierId carrier, const dialect::Arrival& arrival, ServerSteps& out);
  // Results that are not what they were are told.
  void refresh(Instant now, const Lives::Refreshed& refreshed, ServerSteps& out);
  void review(Instant now, const dialect::Standing& standing, ServerSteps& out);
  void drain(ServerSteps& out);
  void wake(Instant now, ServerSteps& out);
  std::optional<Instant> next_wake() const;
  std::uint64_t open_count() const { return by_carrier_.size(); }

 private:
  struct Channel {
    std::string id;
    Wish wish;
    Instant young_until;             // it is opened without a word of what came last
    CarrierId carrier = 0;           // of its stream, 0: none
    LiveQuery* live = nullptr;       // while it has a stream
    std::string last_event;          // that was sent; empty: it was never open
    std::optional<Instant> gone_at;  // unless it is opened before
    Instant said;
    base::TokenBucket opens;
    bool is_stalled = false;
    bool is_behind = false;  // there is a newer result than it was sent
  };
  struct Making {
    CarrierId carrier = 0;
    Wish wish;
  };

  // For one channel more, whose seat is taken then. False: the bound that was met is counted.
  bool has_room(Wish& wish);
  Channel* find(std::string_view id);
  void begin(Instant now, Channel& channel, const std::string& last_event, ServerSteps& out);
  void tell(Instant now, Channel& channel, ServerSteps& out);
  void end_with(Channel& channel, std::string_view error, ServerSteps& out);
  void let_go(Channel& channel);
  // Nothing: it stays.
  void leave_at(Channel& channel, std::optional<Instant> at);
  void remove(const Channel& channel);

  Desk& desk_;
  Lives& lives_;
  base::Prng prng_;
  std::map<Ticket, Making> making_;
  std::size_t bytes_ = 0;                                            // of all queries of channels
  std::multimap<std::uint64_t, std::unique_ptr<Channel>> channels_;  // by a hash of their ids
  std::map<CarrierId, Channel*> by_carrier_;
  std::set<std::pair<Instant, std::string>> leaving_;  // ids of those that nobody has open
  dialect::Deadlines silence_;                         // streams that will have been silent for too long
};

}  // namespace rockpool::dialects::datocms
