// What everything at one mount of DatoCMS shares.
#pragma once

#include <algorithm>
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
    const base::TokenBucket::Rate rate = options.limits.messages_of_a_user;
    if (askers.size() >= sweep_at) {
      // After which a bucket is as full as a new one.
      const base::Duration fills = base::seconds(static_cast<std::int64_t>(rate.burst / rate.per_second) + 1);
      std::erase_if(askers, [&](const auto& one) { return one.second.asked + fills < now; });
      sweep_at = std::max(askers_min, 2 * askers.size());
    }
    Asker& asker = askers.try_emplace(name, Asker{{rate, now}, now}).first->second;
    asker.asked = now;
    if (asker.bucket.take(now)) return true;
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
  struct Asker {
    base::TokenBucket bucket;  // of requests
    Instant asked;
  };
  // By whose token it is; those who have asked nothing for a while are forgotten.
  static constexpr std::size_t askers_min = 1000;
  std::map<std::string, Asker> askers = {};
  std::size_t sweep_at = askers_min;
};

// Who asks.
struct Caller {
  std::string name;  // of its token, which is no secret
  bool reads = false, drafts = false, writes = false;
  std::set<std::string> environments;  // empty: all of them
  std::shared_ptr<const model::Principal> principal;
};

}  // namespace rockpool::dialects::datocms
