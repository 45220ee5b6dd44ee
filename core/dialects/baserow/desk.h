// What everything at one mount of Baserow shares.
#pragma once

#include <string>
#include <utility>

#include "core/dialect/desk.h"
#include "core/dialects/baserow/settings.h"

namespace rockpool::dialects::baserow {

using base::Instant;
using dialect::CarrierId;
using dialect::ServerSteps;
using dialect::Shared;
using dialect::Ticket;

struct Desk : dialect::MountDesk {
  Settings settings;
  base::Prng prng;  // for names, never for secrets
};

}  // namespace rockpool::dialects::baserow
