// What everything at one mount of a dialect shares, whichever dialect it is.
#pragma once

#include <utility>

#include "core/dialect/dialect.h"

namespace rockpool::dialect {

struct MountDesk {
  MountOptions options;
  Ticket last_ticket = 0;

  // A question to the hub in the mount's space. Whose answer has this ticket.
  Ticket ask(const model::Principal& principal, model::Command command, ServerSteps& out) {
    out.push_back(Asked{.ticket = ++last_ticket,
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
  Ticket work(SecretWork work, ServerSteps& out) {
    work.ticket = ++last_ticket;
    out.push_back(std::move(work));
    return last_ticket;
  }
};

}  // namespace rockpool::dialect
