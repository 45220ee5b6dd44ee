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
  // Of the server's own tokens: a query may read every record there is, which rules of single users know
  // nothing of.
  static bool lets_in(const model::Principal& principal) { return principal.admin && !principal.realtime; }

 private:
  Desk& desk_;
  std::map<Ticket, CarrierId> questions_;
};

}  // namespace rockpool::dialects::datocms
