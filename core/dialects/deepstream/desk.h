// What everything at one mount of deepstream shares.
//
// Private to the dialect's server half.
#pragma once

#include <map>
#include <string>

#include "core/base/prng.h"
#include "core/dialect/desk.h"
#include "core/dialects/deepstream/settings.h"

namespace rockpool::dialects::deepstream {

using base::Instant;
using dialect::CarrierId;
using dialect::ServerSteps;
using dialect::Ticket;

// Users online are the named members of this presence room of the mount's space.
inline constexpr std::string_view presence_room = "deepstream";

struct Desk : dialect::MountDesk {
  Settings settings;
  base::Prng prng;
  Instant now;                      // of what is worked on
  bool draining = false;            // nobody new is served
  std::uint64_t http_commands = 0;  // messages that came in HTTP batches, each command one
  // What our own sockets' members of the presence room are called, which their principals need not know.
  std::map<std::string, std::string> names_of_members;

  // Empty: nobody in particular.
  std::string name_of(const model::Present::Member& member) const {
    const auto held = names_of_members.find(member.member);
    return held == names_of_members.end() ? member.user : held->second;
  }
};

}  // namespace rockpool::dialects::deepstream
