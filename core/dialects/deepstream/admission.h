// Who comes, by the mount's strategy. Whoever is let in may be given a token to come back with.
//
//   token ──► pass? ──────────────────────────────────► Caller
//     │ none of ours
//     ▼
//   identify (the server's accounts and tokens) ──► store the session, where one begins ──► Caller
//     │ webhook: not known, or not a token
//     ▼
//   fetch (what the owner's back end says) ──► Caller
//
// Passes are tokens that this mount gave or was given and that no account of the server stands behind: for
// who has no name, and for whom the webhook vouches. They are in memory, so a restart asks for a new log-in.
//
// Private to the dialect's server half.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <variant>

#include "core/dialect/session_sweep.h"
#include "core/dialects/deepstream/desk.h"

namespace rockpool::dialects::deepstream {

// Who speaks.
struct Caller {
  model::Principal principal;  // as the hub knows it
  std::string name;            // as deepstream does; empty: nobody in particular
  std::string client_data = "{}";
  std::shared_ptr<const model::Value> server_data = {};  // as rules know it; null: nothing
  std::string token = {};                                // to come back with, where it was asked for
};

inline Asker asker_of(const Caller& caller, base::Instant now) {
  return {caller.principal, caller.name, caller.server_data.get(), now};
}

// What a request or a socket brings along.
struct Visitor {
  std::string origin;
  std::string address;
  wire::Headers headers;  // as the webhook is told
  std::string url;
};

struct Credentials {
  std::string token;
  std::string auth_data;  // compact JSON of an object, wins over the token; empty: none
  bool begins = false;    // a token is wanted
};

class Admission {
 public:
  explicit Admission(Desk& desk) : desk_(desk), sweep_(desk.last_ticket) {}

  using Verdict = std::variant<Caller, dialect::Denied>;
  struct Answer {
    CarrierId who = 0;
    Verdict verdict;
  };

  // The answer comes from one of those below, or at once.
  std::optional<Answer> ask(Instant now, CarrierId who, Credentials credentials, Visitor visitor,
                            ServerSteps& out);
  bool owns(Ticket ticket) const { return questions_.contains(ticket) || sweep_.owns(ticket); }
  // Of tickets it owns. Nothing: there is more to be asked.
  std::optional<Answer> identified(Instant now, Ticket ticket, dialect::Identity identity, ServerSteps& out);
  std::optional<Answer> fetched(Instant now, Ticket ticket, const base::Result<dialect::Fetched>& fetched,
                                ServerSteps& out);
  std::optional<Answer> answer(Instant now, Ticket ticket, const model::Reply& reply, ServerSteps& out);

 private:
  struct Question {
    CarrierId who = 0;
    Credentials credentials;
    Visitor visitor;
    std::string claimed;           // the name that is taken as it is given, where everybody is let in
    std::optional<Caller> caller;  // let in already, and waiting for its token
  };
  struct Pass {
    Caller caller;
    Instant fresh_until;  // from then on the webhook is asked again, and the pass is good if it is silent
    Instant until;
  };

  std::optional<Answer> identify(Question question, dialect::Identify step, ServerSteps& out);
  std::optional<Answer> fetch(Question question, std::string auth_data, ServerSteps& out);
  std::optional<Answer> let_in(Instant now, Question question, dialect::Identified known, ServerSteps& out);
  std::optional<Answer> vouched(Instant now, Question question, const std::string& body, ServerSteps& out);
  const Pass* pass_of(Instant now, const std::string& token) const;
  std::string give_pass(Instant now, const Caller& caller, std::string token, base::Duration fresh);

  Desk& desk_;
  dialect::SessionSweep sweep_;
  std::map<Ticket, Question> questions_;
  std::map<std::string, Pass> passes_;
  std::deque<std::string> pass_order_;  // oldest first
};

}  // namespace rockpool::dialects::deepstream
