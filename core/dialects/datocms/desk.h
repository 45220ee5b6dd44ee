// What everything at one mount of DatoCMS shares.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "core/dialect/dialect.h"
#include "core/dialects/datocms/settings.h"

namespace rockpool::dialects::datocms {

using base::Instant;
using dialect::CarrierId;
using dialect::ServerSteps;
using dialect::Shared;
using dialect::Ticket;

struct Desk {
  dialect::MountOptions options;
  Settings settings;
  Ticket last_ticket = 0;
  bool draining = false;
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
  std::string name;  // of its token, which is no secret
  bool reads = false, drafts = false, writes = false;
  std::set<std::string> environments;  // empty: all of them
  std::shared_ptr<const model::Principal> principal;
};

}  // namespace rockpool::dialects::datocms
