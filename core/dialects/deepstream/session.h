// One WebSocket, as npm's @deepstream/client speaks it.
//
//         challenge              request               let in
//   fresh ─────────► challenged ─────────► admitting ─────────► open
//     │ 180 s            │ 180 s      ▲          │ not let in      │ 65 s silent, token expired,
//     │                  │            └──────────┘ 3 times         │ frame that makes no sense
//     └──────────────────┴───────────────────────┴─────────────────┴──► over
//
// Messages take effect in their order. What reads a record waits for what the same socket has written to it.
// Whoever says more than it may is served later, not less, as long as what waits is bounded.
//
// Private to the dialect's server half.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <variant>

#include "core/dialect/traffic.h"
#include "core/dialects/deepstream/admission.h"
#include "core/dialects/deepstream/inquiry.h"
#include "core/dialects/deepstream/listening.h"
#include "core/dialects/deepstream/users.h"

namespace rockpool::dialects::deepstream {

// What the sockets of a mount share.
struct House {
  Desk& desk;
  Admission& admission;
  Users& users;
  dialect::Traffic& traffic;
  Listening records{Topic::record};
  Listening events{Topic::event};
  std::map<Ticket, CarrierId> asked = {};  // whose answers are whose
};

class Session {
 public:
  Session(Instant now, CarrierId carrier, Visitor visitor, House& house);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void receive(Instant now, const dialect::Frame& frame, ServerSteps& out);
  void answer(Instant now, Ticket ticket, const model::Reply& reply, ServerSteps& out);
  void admitted(Instant now, Admission::Verdict verdict, ServerSteps& out);
  // The record is gone, and with it the subscription.
  void ended(const std::string& name, ServerSteps& out);
  void wake(Instant now, ServerSteps& out);
  void review(const dialect::Standing& standing, ServerSteps& out);
  // The socket is no more.
  void gone(Instant now, ServerSteps& out);

  Instant deadline() const;
  bool is_over() const { return phase_ == Phase::over; }

 private:
  enum class Phase : std::uint8_t { fresh, challenged, admitting, open, over };

  // Several records of one SUBSCRIBEANDHEAD, answered together.
  struct Heads {
    std::size_t open = 0;
    Message answer;
  };
  // What an answer is to.
  struct Question {
    enum class About : std::uint8_t {
      nothing,
      read,
      head,
      subscribe,
      create,
      write,
      remove,
      whole,
      listen,
      provide,
      emit,
      call,
      rule
    };
    About about = About::nothing;
    Message message = {};  // one name, in `name`
    std::shared_ptr<Heads> heads = {};
    Answer may_create = Answer::no;  // of a subscription
  };

  // session.cpp
  static std::size_t bytes_of(const Message& message);
  void pump(Instant now, ServerSteps& out);
  void hear(Instant now, Ticket ticket, const model::Reply& reply, ServerSteps& out);
  void take(Instant now, Message message, ServerSteps& out);
  void connection(const Message& message, ServerSteps& out);
  void authenticate(Instant now, const Message& message, ServerSteps& out);
  void ask(Question question, model::Command command, ServerSteps& out);
  // It may be done; otherwise it was refused.
  bool permits(const Message& message, Act act, const std::string& name, ServerSteps& out) const;
  void refuse_for(const Message& message, Answer answer, ServerSteps& out) const;
  void send(const Message& message, ServerSteps& out) const;
  // The topic's own word that this may not be, or went wrong.
  void refuse(const Message& message, std::int32_t action, ServerSteps& out, std::string data = {}) const;
  void deny(const Message& message, ServerSteps& out) const;
  void fail(const Message& message, const base::Error& error, ServerSteps& out) const;
  // The message's data, compact.
  base::Result<std::string> payload(const Message& message) const;
  // As if the message were about that one name alone.
  static Message about(const Message& message, const std::string& name);
  // The names without those that are denied, which are told so.
  std::vector<std::string> permitted(const Message& message, Act act, ServerSteps& out) const;
  // False: it has as many subscriptions as it may, and was told so.
  bool may_subscribe(const Message& one, ServerSteps& out) const;
  void acknowledge(const Message& message, ServerSteps& out) const;
  void end(wire::CloseCode code, std::string reason, ServerSteps& out);

  // session_rules.cpp
  Answer judge(const Message& message, Act act, std::string_view name) const;
  // Does it take records to judge that?
  bool is_inquired(const Message& message) const;
  // Begins to find out what may be done with the first message of the inbox.
  void inquire(ServerSteps& out);
  void read_for_rules(ServerSteps& out);
  void rule_found(Instant now, const std::string& name, const model::Reply& reply, ServerSteps& out);
  // The record is not what the rules have looked at any more: once more from the beginning.
  void again(Instant now, const Message& message, ServerSteps& out);

  // records.cpp
  void record(Instant now, Message message, ServerSteps& out);
  void subscribe_all(const Message& message, ServerSteps& out);
  void unsubscribe_all(const Message& message, ServerSteps& out);
  void read(Question::About about, Message message, ServerSteps& out, std::shared_ptr<Heads> heads = {});
  void write(Message message, ServerSteps& out);
  // `seen`: the version that alone may be written to; none: what the message says.
  void put(const Message& message, std::optional<model::Version> seen, ServerSteps& out);
  void look(const Message& message, ServerSteps& out);
  void put_seen(const Message& message, const std::optional<model::Record>& seen, ServerSteps& out);
  void tell_conflict(const Message& message, std::int32_t version, std::string data, ServerSteps& out) const;
  void remove(const Message& message, ServerSteps& out);
  void found(Instant now, Question question, const model::Found& found, ServerSteps& out);
  void subscribe_found(Instant now, Question question, const model::Found& found, ServerSteps& out);
  void head_found(Question question, std::int64_t version, ServerSteps& out);
  void join(Instant now, const std::string& name, const std::vector<std::string>& scopes, ServerSteps& out);
  void leave(const std::string& name, ServerSteps& out);
  void written(Instant now, const Question& question, const model::Written& written, ServerSteps& out);
  // Waits behind what the socket itself writes to that record, or not.
  bool has_to_wait(Message& message);
  void settle(Instant now, const std::string& name, ServerSteps& out);

  // whole.cpp
  bool is_whole(std::string_view name) const;
  bool is_within_whole(std::string_view name) const;
  void list_whole(const Message& message, ServerSteps& out);
  void whole_heard(const Message& message, const model::Reply& reply, ServerSteps& out);
  void tell_names(const std::string& whole, std::vector<std::string> names, bool are_all,
                  ServerSteps& out) const;
  model::Topic topic_of_record(const std::string& name, const std::string& scope) const;

  // signals.cpp
  void event(Instant now, const Message& message, ServerSteps& out);
  void subscribe_events(Instant now, const Message& message, ServerSteps& out);
  void rpc(const Message& message, ServerSteps& out);
  void provide(const Message& message, bool on, ServerSteps& out);
  void provider_says(const Message& message, ServerSteps& out);
  void presence(const Message& message, ServerSteps& out);
  void called(const Question& question, const model::Reply& reply, ServerSteps& out);
  model::Topic topic_of(model::Topic::Kind kind, std::string name) const;
  std::string provider() const;

  CarrierId carrier_;
  Visitor visitor_;
  House& house_;
  Phase phase_ = Phase::fresh;
  bool is_ours_ = false;  // the other end is our SDK
  Instant began_;
  Instant heard_;
  int refusals_ = 0;  // of log-ins
  Caller caller_;
  base::TokenBucket messages_;
  std::deque<Message> inbox_;
  std::size_t inbox_bytes_ = 0;     // with what waits behind writes
  std::optional<Instant> goes_on_;  // when what waits in the inbox may be said
  std::map<Ticket, Question> questions_;
  struct Subscription {
    std::vector<std::string> scopes;
    bool is_within = false;  // a record of a collection that is followed as a whole
  };
  std::map<std::string, Subscription> subscriptions_;  // to records, by name
  std::set<std::string> wholes_;                       // collections followed as a whole, by their names
  std::size_t within_ = 0;                             // subscriptions to records of these
  // Records with writes under way: how many, and what came behind them.
  struct Writing {
    std::size_t open = 0;
    std::deque<Message> behind;
  };
  std::map<std::string, Writing> writing_;
  std::set<std::string> provided_;
  // What rules that take records say of the first message of the inbox, which waits until they have them.
  std::optional<Inquiry> inquiry_;
  std::size_t rule_reads_ = 0;
  bool waits_for_writes_ = false;  // before they begin
};

}  // namespace rockpool::dialects::deepstream
