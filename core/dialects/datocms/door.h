// Who comes: a bearer token, of this mount's or of the server's own.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "core/dialects/datocms/desk.h"
#include "core/dialects/datocms/faults.h"

namespace rockpool::dialects::datocms {

class Door {
 public:
  explicit Door(Desk& desk) : desk_(desk) {}

  using Verdict = std::variant<Caller, Fault>;
  // Nothing: the edge was asked, and `identified` will say.
  std::optional<Verdict> knock(CarrierId who, const dialect::Arrived& arrived, ServerSteps& out);
  // For whom, and what. Nothing: not its question.
  std::optional<std::pair<CarrierId, Verdict>> identified(Ticket ticket, dialect::Identity identity);
  void gone(CarrierId who);

 private:
  Desk& desk_;
  std::map<Ticket, CarrierId> questions_;
};

}  // namespace rockpool::dialects::datocms
