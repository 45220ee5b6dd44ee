// What everything at one mount of Baserow shares.
#pragma once

#include <string>
#include <utility>

#include "core/dialect/dialect.h"
#include "core/dialects/baserow/settings.h"

namespace rockpool::dialects::baserow {

using base::Instant;
using dialect::CarrierId;
using dialect::ServerSteps;
using dialect::Shared;
using dialect::Ticket;

struct Desk {
  dialect::MountOptions options;
  Settings settings;
  base::Prng prng;  // for names, never for secrets
  Ticket last_ticket = 0;

  Ticket ask(const model::Principal& principal, model::Command command, ServerSteps& out) {
    out.push_back(dialect::Asked{.ticket = ++last_ticket,
                                 .principal = principal,
                                 .space = options.space,
                                 .command = std::move(command)});
    return last_ticket;
  }
  // In the dialect's own name.
  Ticket ask(model::Command command, ServerSteps& out) {
    static const model::Principal own{.user = {}, .system = true, .roles = {}, .credential = {}};
    return ask(own, std::move(command), out);
  }
  Ticket work(dialect::SecretWork work, ServerSteps& out) {
    work.ticket = ++last_ticket;
    out.push_back(std::move(work));
    return last_ticket;
  }
};

}  // namespace rockpool::dialects::baserow
