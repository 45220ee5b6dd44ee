// Who subscribes to which names, and which sockets would like to provide them.
//
// A socket that listens to a pattern is told of each name that somebody subscribes to and nobody provides
// yet: one socket at a time, until one accepts. It is told again when nobody subscribes any more.
//
//            first subscriber, or a new listener               accept
//   no one ──────────────────────────────────────► asking ─────────────► provided
//     ▲                                          │  ▲ reject, 500 ms,      │ last subscriber gone,
//     │            nobody is left to be asked    │  │ gone: the next one   │ provider gone or unlistens
//     └──────────────────────────────────────────┘  └──┘                   ▼ (then the others are asked)
//
// One of these for records, one for events.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "core/base/regular_expression.h"
#include "core/dialects/deepstream/desk.h"
#include "core/dialects/deepstream/messages.h"

namespace rockpool::dialects::deepstream {

class Listening {
 public:
  // Topic::record or Topic::event.
  explicit Listening(Topic topic) : topic_(topic) {}

  // False: it had subscribed before.
  bool subscribe(Instant now, CarrierId socket, const std::string& name, ServerSteps& out);
  // False: it had not.
  bool unsubscribe(CarrierId socket, const std::string& name, ServerSteps& out);
  bool is_subscribed(CarrierId socket, const std::string& name) const;
  std::size_t subscriptions(CarrierId socket) const;

  // LISTEN, UNLISTEN, LISTEN_ACCEPT and LISTEN_REJECT. `message` is of the topic.
  void receive(Instant now, CarrierId socket, const Message& message, ServerSteps& out);
  void gone(Instant now, CarrierId socket, ServerSteps& out);

  void wake(Instant now, ServerSteps& out);
  std::optional<Instant> next_wake() const;

 private:
  struct Candidate {
    CarrierId socket = 0;
    std::string pattern;
    bool operator==(const Candidate&) const = default;
  };
  struct Name {
    std::set<CarrierId> subscribers;
    std::optional<Candidate> provider;
    std::optional<Candidate> asked;
    std::deque<Candidate> next;  // to be asked
    Instant deadline;            // of who is asked
  };
  struct Listeners {
    base::RegularExpression pattern;
    std::set<CarrierId> sockets;
  };
  using Names = std::map<std::string, Name>;

  void listen(Instant now, CarrierId socket, const Message& message, ServerSteps& out);
  void unlisten(Instant now, CarrierId socket, const std::string& pattern, ServerSteps& out);
  void respond(Instant now, CarrierId socket, const Message& message, ServerSteps& out);

  // Asks all whose pattern fits.
  void search(Instant now, const std::string& name, Name& held, ServerSteps& out);
  void ask_next(Instant now, const std::string& name, Name& held, ServerSteps& out);
  // Nobody is asked any more.
  void stop_asking(const std::string& name, Name& held);
  void provided(const std::string& name, Name& held, bool is_provided, ServerSteps& out) const;
  // The candidate is none any more.
  void withdraw(Instant now, const Candidate& candidate, ServerSteps& out);
  void send(CarrierId socket, Message message, ServerSteps& out) const;
  void tell(const Candidate& candidate, const std::string& name, bool is_found, ServerSteps& out) const;

  Topic topic_;
  Names names_;                                          // none without subscribers
  std::set<std::pair<Instant, std::string>> deadlines_;  // of names that somebody is asked about
  std::map<CarrierId, std::set<std::string>> subscribed_;
  std::map<std::string, Listeners> patterns_;  // none without sockets
  std::map<CarrierId, std::set<std::string>> listened_;
};

}  // namespace rockpool::dialects::deepstream
