// One connection as the server sees it.
//
//        hello            identified           greeted
//   new ───────► naming ────────────► greeting ─────────► open
//    │ 10 s        │ denied              │ failed           │ 25 s silent, token expired, 1,000 bad messages
//    └─────────────┴─────────────────────┴──────────────────┴──► over
//
// Private to the dialect's server half.
#pragma once

#include <map>
#include <set>

#include "core/dialect/dialect.h"
#include "core/dialects/native/messages.h"
#include "core/dialects/native/pulls.h"

namespace rockpool::dialects::native {

// What the sessions of a mount share.
struct Desk {
  dialect::MountOptions options;
  base::Prng prng;
  Ticket last_ticket = 0;
  std::map<Ticket, CarrierId> asked;  // who waits for which answer
  // Through which connection a client, named with its space, may push: the last one that greeted.
  std::map<std::pair<std::string, std::string>, CarrierId> pushers;

  Ticket open(CarrierId carrier) {
    asked.emplace(++last_ticket, carrier);
    return last_ticket;
  }
};

class Session {
 public:
  Session(Instant now, CarrierId carrier, std::string origin, Desk& desk);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void receive(Instant now, const dialect::Frame& frame, ServerSteps& out);
  void drained(Instant now, ServerSteps& out);
  void answer(Instant now, Ticket ticket, model::Reply reply, ServerSteps& out);
  void identified(Instant now, Ticket ticket, dialect::Identity identity, ServerSteps& out);
  void wake(Instant now, ServerSteps& out);
  void drain(ServerSteps& out);
  Instant deadline() const;
  bool is_over() const { return phase_ == Phase::over; }

 private:
  enum class Phase : std::uint8_t { fresh, naming, greeting, open, over };
  // What an answer is to.
  struct Question {
    enum class About : std::uint8_t { hello, auth, greet, push, pull, room, presence, ping };
    About about = About::hello;
    std::string room;
    std::uint64_t pull = 0;
    std::vector<std::uint64_t> numbers;    // of the mutations asked for
    std::vector<model::Declined> refused;  // those that never reached the hub
  };

  void take(Instant now, UpMessage message, ServerSteps& out);
  void on(Instant now, Hello hello, ServerSteps& out);
  void on(Instant now, Subscribe subscribe, ServerSteps& out);
  void on(Instant now, Unsubscribe unsubscribe, ServerSteps& out);
  void on(Instant now, Push push, ServerSteps& out);
  void on(Instant now, Presence presence, ServerSteps& out);
  void on(Instant now, Auth auth, ServerSteps& out);
  void on(Instant now, Ping ping, ServerSteps& out);
  void on(Instant now, Unserved message, ServerSteps& out);

  void say_presence(const Presence& presence, ServerSteps& out);
  void watch_presence(const std::string& room, bool on, ServerSteps& out);
  bool may_push() const;
  void greeted(Instant now, const model::Greeted& greeted, ServerSteps& out);
  void written(Question& question, model::Reply reply, ServerSteps& out);
  void watched(const Question& question, const model::Reply& reply, ServerSteps& out);
  void renewed(dialect::Identity identity, ServerSteps& out);
  void ask(Question question, model::Command command, ServerSteps& out);
  void identify(Question::About about, const std::string& token, ServerSteps& out);
  void pump(Instant now, ServerSteps& out);
  void pulled(Instant now, const Question& question, model::Reply reply, ServerSteps& out);

  void send(const DownMessage& message, ServerSteps& out) const;
  void complain(base::Error error, std::string sub, ServerSteps& out) const;
  void bad_message(const base::Error& error, ServerSteps& out);
  void end(wire::CloseCode code, std::string reason, ServerSteps& out);

  CarrierId carrier_;
  std::string origin_;
  Desk& desk_;
  Phase phase_ = Phase::fresh;
  Instant began_;
  Instant heard_;
  std::size_t bad_messages_ = 0;
  Hello hello_;
  model::Principal principal_;
  std::vector<UpMessage> early_;  // came between hello and welcome
  std::size_t early_bytes_ = 0;
  std::map<Ticket, Question> questions_;
  Pulls pulls_;
  std::set<std::string> watched_;
  std::set<std::pair<std::string, std::string>> said_;  // (room, member)
};

}  // namespace rockpool::dialects::native
