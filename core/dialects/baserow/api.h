// REST: which handler a request is for, and may its sender ask?
//
//   address ──► token ──► user ──► body ──► the user is still one ──► handler
#pragma once

#include <map>
#include <string>
#include <variant>
#include <vector>

#include "core/base/token_bucket.h"
#include "core/dialects/baserow/office.h"
#include "core/dialects/baserow/tokens.h"

namespace rockpool::dialects::baserow {

class Api {
 public:
  Api(Office& office, Authors& authors) : office_(office), authors_(authors) {}

  void add(Routes routes);

  void ask(Instant now, CarrierId carrier, Request request, ServerSteps& out);
  // Each of these: false, it is not one of its carriers or tickets.
  bool receive(Instant now, CarrierId carrier, const dialect::Arrival& arrival, ServerSteps& out);
  bool worked(Instant now, Ticket ticket, const dialect::SecretResult& result, ServerSteps& out);
  const dialect::LimitsMet& met() const { return met_; }

 private:
  // One request that has no handler yet.
  struct Knock {
    CarrierId carrier = 0;
    Request asked;
    std::vector<Id> ids;
    const Route* route = nullptr;
    Pointer<User> user;
  };

  std::variant<Knock, Fault> find(Request request) const;
  MaybeFault judged(Instant now, Knock& knock, const dialect::SecretResult& result);
  bool is_within_rate(Instant now, Id user);
  void read_body(Knock knock, ServerSteps& out);
  void begin(Instant now, Knock knock, const std::string& body, ServerSteps& out);

  Office& office_;
  Authors& authors_;
  std::map<std::size_t, std::vector<Route>> routes_;  // by the number of pieces of their path
  std::map<Ticket, Knock> judging_;
  std::map<CarrierId, Knock> reading_;       // their body is still to come
  std::map<Id, base::TokenBucket> buckets_;  // by user
  dialect::LimitsMet met_;
};

}  // namespace rockpool::dialects::baserow
