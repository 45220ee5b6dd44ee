// What everything at one mount of JSONPad shares.
#pragma once

#include <memory>
#include <string>

#include "core/dialect/dialect.h"
#include "core/dialects/jsonpad/settings.h"

namespace rockpool::dialects::jsonpad {

using base::Instant;
using dialect::CarrierId;
using dialect::ServerSteps;
using dialect::Ticket;

struct Desk {
  dialect::MountOptions options;
  Settings settings;
  Ticket last_ticket = 0;
  bool draining = false;  // polls are answered at once
  dialect::LimitsMet met;

  Ticket ask(const model::Principal& principal, model::Command command, ServerSteps& out) {
    out.push_back(dialect::Asked{.ticket = ++last_ticket,
                                 .principal = principal,
                                 .space = options.space,
                                 .command = std::move(command)});
    return last_ticket;
  }
};

// Who asks.
struct Caller {
  std::string user;
  bool realtime = false;  // may watch, and nothing else; otherwise may do everything but that
  std::shared_ptr<const model::Principal> principal;
};

}  // namespace rockpool::dialects::jsonpad
