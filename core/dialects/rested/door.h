// Who comes, and may they? The same for requests and WebSockets, in the contract's order:
//
//   address ──► endpoint ──► key ──► origin ──► access token ──► user ──► Caller
//                              └─ masterKey ─────────────────────────────►
//
// Whose record it is comes afterwards.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "core/dialects/rested/answers.h"
#include "core/dialects/rested/registry.h"

namespace rockpool::dialects::rested {

// What an access token says.
struct Claims {
  std::string user;      // uniqueId
  std::string project;   // id
  std::string endpoint;  // id of the one whose user it is
  std::string jti;
  std::int64_t expires_ms = 0;
};
std::string claims_text(const Claims& claims);
std::optional<Claims> read_claims(std::string_view text);

struct Caller {
  std::shared_ptr<const Project> project;
  std::shared_ptr<const Endpoint> endpoint;
  bool is_master = false;
  std::optional<Claims> claims;  // who is logged in
  bool is_deleted = false;       // that user, meanwhile

  std::string user() const { return claims ? claims->user : std::string(); }
};

class Door {
 public:
  Door(Desk& desk, const Registry& registry) : desk_(desk), registry_(registry) {}

  using Verdict = std::variant<Caller, Refusal>;
  struct Judged {
    CarrierId who = 0;
    Verdict verdict;
  };
  // Nothing: one of those below will say.
  std::optional<Verdict> knock(CarrierId who, const Request& request, ServerSteps& out);
  // Nothing: not its question, or there is more to be asked.
  std::optional<Judged> worked(Instant now, Ticket ticket, const dialect::SecretResult& result,
                               ServerSteps& out);
  std::optional<Judged> answer(Ticket ticket, const model::Reply& reply);

  // Would it be let in now? Options, keys and log-outs may have come since it was. The caller has the
  // endpoint and the project as they are now, if it would.
  std::optional<Refusal> look_again(Instant now, const Request& request, Caller& caller) const;
  // Are the claims good no longer, by what happened just now?
  bool ends(const Registry::Happened& happened, const Claims& claims) const;
  // For callers who are still to be looked at again.
  static void mark_deleted(const Registry::Happened& happened, Caller& caller);

  // As the hub knows whoever asks.
  model::Principal principal_of(const Caller& caller) const;

 private:
  struct Question {
    CarrierId who = 0;
    Caller caller;
  };

  // All that is decided before the token.
  Verdict admit(const Request& request) const;
  std::optional<Refusal> check_origin(const Project& project, const Request& request) const;
  // Where the user of the claims is; nothing: nowhere any more.
  Registry::EndpointPointer users_of(const Claims& claims) const;
  std::optional<Refusal> check_claims(Instant now, const Claims& claims, const Project& project) const;

  Desk& desk_;
  const Registry& registry_;
  std::map<Ticket, Question> questions_;
};

}  // namespace rockpool::dialects::rested
