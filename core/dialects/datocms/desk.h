// What everything at one mount of DatoCMS shares.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "core/base/token_bucket.h"
#include "core/dialect/desk.h"
#include "core/dialects/datocms/seats.h"
#include "core/dialects/datocms/settings.h"

namespace rockpool::dialects::datocms {

using base::Instant;
using dialect::CarrierId;
using dialect::ServerSteps;
using dialect::Shared;
using dialect::Ticket;

// Those who listen to a query by our SDK's sockets have numbers from here on, for a socket has many. No edge
// sees them.
inline constexpr CarrierId sdk_listeners = dialect::kept_carriers;

struct Desk : dialect::MountDesk {
  Settings settings;
  bool draining = false;
  dialect::LimitsMet met;

  // May whoever has this token ask for one thing more?
  bool takes(Instant now, const std::string& name) {
    const auto bucket = buckets.try_emplace(name, options.limits.messages_of_a_user, now).first;
    if (bucket->second.take(now)) return true;
    ++met["messages_of_user"];
    return false;
  }
  // A place to listen from, kept by `seat`. False: whoever has this token has as many at that address as
  // there may be.
  bool sit(const std::string& name, const std::string& address, Seats::Seat& seat) {
    if (!options.limits.counts(address)) return true;
    seat = seats.take(name + ' ' + address, settings.channels_of_caller);
    if (seat == nullptr) ++met["channels_of_caller"];
    return seat != nullptr;
  }
  Seats seats = {};
  std::map<std::string, base::TokenBucket> buckets;  // of requests, by whose they are
};

// Who asks.
struct Caller {
  std::string name;  // of its token, which is no secret
  bool reads = false, drafts = false, writes = false;
  std::set<std::string> environments;  // empty: all of them
  std::shared_ptr<const model::Principal> principal;
};

}  // namespace rockpool::dialects::datocms
