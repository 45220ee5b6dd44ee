// Who comes: HTTP basic, a user and a token of one of two kinds.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <variant>

#include "core/dialects/jsonpad/desk.h"
#include "core/dialects/jsonpad/faults.h"

namespace rockpool::dialects::jsonpad {

struct Credentials {
  std::string user, token;
};
// Of `Authorization: Basic`; nothing when it is absent or broken.
std::optional<Credentials> read_credentials(const wire::RequestHead& head);

class Door {
 public:
  explicit Door(Desk& desk) : desk_(desk) {}

  using Verdict = std::variant<Caller, Fault>;
  // Nothing: the edge was asked, and `identified` will say.
  std::optional<Verdict> knock(CarrierId who, const dialect::Arrived& arrived, ServerSteps& out);
  // For whom, and what. Nothing: not its question.
  std::optional<std::pair<CarrierId, Verdict>> identified(Ticket ticket, dialect::Identity identity);

 private:
  struct Question {
    CarrierId who = 0;
    std::string user;
  };

  Desk& desk_;
  std::map<Ticket, Question> questions_;
};

}  // namespace rockpool::dialects::jsonpad
