// What everything at one mount of JSONPad shares.
#pragma once

#include <memory>
#include <string>

#include "core/dialect/desk.h"
#include "core/dialects/jsonpad/settings.h"

namespace rockpool::dialects::jsonpad {

using base::Instant;
using dialect::CarrierId;
using dialect::ServerSteps;
using dialect::Ticket;

struct Desk : dialect::MountDesk {
  Settings settings;
  bool draining = false;  // polls are answered at once
  dialect::LimitsMet met;
};

// Who asks.
struct Caller {
  std::string user;
  bool realtime = false;  // may watch, and nothing else; otherwise may do everything but that
  std::shared_ptr<const model::Principal> principal;
};

}  // namespace rockpool::dialects::jsonpad
