// What everything at one mount of RESTED shares.
#pragma once

#include <string>
#include <utility>

#include "core/dialect/desk.h"
#include "core/dialects/rested/settings.h"

namespace rockpool::dialects::rested {

using base::Instant;
using dialect::CarrierId;
using dialect::ServerSteps;
using dialect::Shared;
using dialect::Ticket;

struct Desk : dialect::MountDesk {
  Settings settings;
  base::Prng prng;  // for names, never for secrets
};

}  // namespace rockpool::dialects::rested
