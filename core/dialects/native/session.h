// One session as the server sees it. What carries it is nobody's business here: it sends frames on its
// carrier and closes it, which for a session over requests is a kept one (http_session.h).
//
//        hello            identified           greeted
//   new ───────► naming ────────────► greeting ─────────► open
//    │ 10 s        │ denied              │ failed           │ 25 s silent, token expired, 1,000 bad messages
//    └─────────────┴─────────────────────┴──────────────────┴──► over
//
// Private to the dialect's server half.
#pragma once

#include <array>
#include <map>
#include <set>

#include "core/dialect/dialect.h"
#include "core/dialect/traffic.h"
#include "core/dialects/native/codec.h"
#include "core/dialects/native/credentials.h"
#include "core/dialects/native/messages.h"
#include "core/dialects/native/pulls.h"

namespace rockpool::dialects::native {

// What the sessions of a mount share.
struct Desk {
  dialect::MountOptions options;
  base::Prng prng;
  Ticket last_ticket = 0;
  std::map<Ticket, CarrierId> asked;  // who waits for which answer
  // A client, named with its user and space, has one session: when one speaks after its welcome, those that
  // greeted before it are over. Sessions are numbered in the order in which they greet.
  using Client = std::array<std::string, 3>;
  std::map<Client, std::map<std::uint64_t, CarrierId>> clients;
  std::uint64_t last_number = 0;
  std::vector<CarrierId> replaced;  // whoever had the turn ends them
  bool draining = false;            // nobody new is served
  dialect::Traffic traffic{options.limits};

  Ticket open(CarrierId carrier) {
    asked.emplace(++last_ticket, carrier);
    return last_ticket;
  }
};

// Messages of signals, for those who joined a topic.
std::string event_text(const std::string& event, const model::Emitted& emitted);
std::string rpc_text(const model::Called& called);

class Session {
 public:
  Session(Instant now, CarrierId carrier, Visitor visitor, Desk& desk);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void receive(Instant now, const dialect::Frame& frame, ServerSteps& out);
  // The messages of one frame of so many bytes.
  void receive(Instant now, UpMessages messages, std::size_t bytes, ServerSteps& out);
  // A word that is no message.
  void heard(Instant now) { heard_ = now; }
  // So much of what was sent has not got there; the rest has.
  void unsent(std::size_t bytes) { pulls_.unsent(bytes); }
  void drained(Instant now, std::size_t unsent_bytes, ServerSteps& out);
  // What was sent does not get there as fast as it is said.
  void stalled(Instant now, ServerSteps& out);
  void answer(Instant now, Ticket ticket, model::Reply reply, ServerSteps& out);
  void identified(Instant now, Ticket ticket, dialect::Identity identity, ServerSteps& out);
  void wake(Instant now, ServerSteps& out);
  void drain(ServerSteps& out);
  void review(const dialect::Standing& standing, ServerSteps& out);
  // The client speaks through a newer one.
  void replaced(ServerSteps& out);
  Instant deadline() const;
  bool is_over() const { return phase_ == Phase::over; }
  bool is_open() const { return phase_ == Phase::open; }
  bool is_fresh() const { return phase_ == Phase::fresh; }
  // Known to the client alone, once it is open.
  const std::string& name() const { return name_; }
  // The last error said.
  std::optional<base::Code> complaint() const { return complaint_; }

 private:
  enum class Phase : std::uint8_t { fresh, naming, greeting, open, over };
  // What an answer is to.
  struct Question {
    enum class About : std::uint8_t {
      hello,
      auth,
      greet,
      regard,
      push,
      pull,
      room,
      presence,
      ping,
      listen,
      signal,
      call
    };
    About about = About::hello;
    std::string room;
    std::string sub, event;  // that is to be listened to
    std::uint64_t pull = 0;
    std::uint64_t call = 0;                // as the client numbers its own
    std::vector<std::uint64_t> numbers;    // of the mutations asked for
    std::vector<model::Declined> refused;  // those that never reached the hub
  };

  void take(Instant now, UpMessage message, ServerSteps& out);
  void turn_down(UpMessages messages, ServerSteps& out);
  void on(Instant now, Hello hello, ServerSteps& out);
  void on(Instant now, Subscribe subscribe, ServerSteps& out);
  void on(Instant now, Unsubscribe unsubscribe, ServerSteps& out);
  void on(Instant now, Push push, ServerSteps& out);
  void on(Instant now, Presence presence, ServerSteps& out);
  void on(Instant now, Auth auth, ServerSteps& out);
  void on(Instant now, Ping ping, ServerSteps& out);
  void on(Instant now, dialect::Signal signal, ServerSteps& out);

  void say_presence(const Presence& presence, ServerSteps& out);
  void watch_presence(const std::string& room, bool on, ServerSteps& out);
  // Signals (signals.cpp).
  void say_signal(model::Command command, ServerSteps& out);
  void listen(const std::string& sub, const std::string& event, ServerSteps& out);
  void listened(const Question& question, const model::Reply& reply, ServerSteps& out);
  void mute(const std::string& sub, ServerSteps& out);
  void provide(std::string procedure, bool on, ServerSteps& out);
  void call(std::uint64_t id, model::Call call, ServerSteps& out);
  void called(const Question& question, const model::Reply& reply, ServerSteps& out);
  model::Topic signal_topic(model::Topic::Kind kind, std::string name) const;

  Desk::Client client() const { return {principal_.user, hello_.space, hello_.client}; }
  void take_over();
  void greeted(Instant now, const model::Greeted& greeted, ServerSteps& out);
  void written(Question& question, model::Reply reply, ServerSteps& out);
  void watched(const Question& question, const model::Reply& reply, ServerSteps& out);
  void renewed(dialect::Identity identity, ServerSteps& out);
  void regarded(const model::Reply& reply, ServerSteps& out);
  void ask(Question question, model::Command command, ServerSteps& out);
  void identify(Question::About about, const std::string& token, ServerSteps& out);
  void pump(Instant now, ServerSteps& out);
  void pulled(Instant now, const Question& question, model::Reply reply, ServerSteps& out);

  void send(const DownMessage& message, ServerSteps& out) const;
  void complain(base::Error error, std::string sub, ServerSteps& out, std::int64_t retry_after_ms = 0);
  void bad_message(const base::Error& error, ServerSteps& out);
  void end(wire::CloseCode code, std::string reason, ServerSteps& out);

  CarrierId carrier_;
  Visitor visitor_;
  Desk& desk_;
  Phase phase_ = Phase::fresh;
  Instant began_;
  Instant heard_;
  std::uint64_t number_ = 0;  // among those who greeted, 0: not yet
  bool has_spoken_ = false;   // since welcome
  std::size_t bad_messages_ = 0;
  std::optional<base::Code> complaint_;
  Hello hello_;
  std::string name_;
  model::Principal principal_;
  std::string rights_;            // what it may do, as the hub puts it
  std::vector<UpMessage> early_;  // came between hello and welcome
  std::size_t early_bytes_ = 0;
  std::map<Ticket, Question> questions_;
  base::TokenBucket messages_;
  Pulls pulls_;
  std::map<std::string, std::string> events_;  // by sub
  bool provides_ = false;                      // has joined its call topic
  std::set<std::string> watched_;
  std::set<std::pair<std::string, std::string>> said_;  // (room, member)
};

}  // namespace rockpool::dialects::native
