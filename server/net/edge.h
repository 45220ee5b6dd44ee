// Where the network and the hub meet. Both directions may be called from any thread, neither waits.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "core/dialect/dialect.h"
#include "server/net/limit.h"

namespace rockpool::gateway {
struct Mount;
}

namespace rockpool::net {

using dialect::CarrierId;

// `bytes` of what a carrier handed over have been worked off; it may read on.
struct Handled {
  CarrierId carrier = 0;
  std::size_t bytes = 0;
};

using CarrierStep =
    std::variant<dialect::SendFrame, dialect::CloseStream, dialect::AcceptStream, dialect::ReadBody,
                 dialect::Respond, dialect::ReadFiles, dialect::RespondFile, Handled>;

// The network, seen from the hub.
class Carriers {
 public:
  virtual ~Carriers() = default;
  // In order for each carrier. Steps for a carrier that is gone are dropped.
  virtual void perform(std::vector<CarrierStep> steps) = 0;
};

// The hub, seen from the network.
class Inbox {
 public:
  virtual ~Inbox() = default;
  // Which mount it is for; null: none. The mounts stay as they are while the network runs.
  virtual const gateway::Mount* mount_of(const wire::RequestHead& head) const = 0;
  // The first arrival of a carrier is Arrived; the last one of a stream is Closed, said once. An exchange
  // that was answered says nothing more, one that broke off before says Closed.
  virtual void receive(CarrierId carrier, dialect::Arrival arrival) = 0;
  // The first arrival of a request whose whole body came with its head: that it be read need not be asked
  // for, and when it is, the body is too large for who asks. The caller's thread may do what is to be done
  // for it, and have Carriers::perform called before this returns.
  virtual void receive_whole(CarrierId carrier, dialect::Arrived arrived, std::string body) = 0;
  // Body of /health's answer, and the hub's part of /metrics. Never wait for the hub.
  virtual std::string health() const = 0;
  virtual std::string metrics() const = 0;
  // Limits of the dialects, by their name in /metrics, and how often each was met.
  virtual std::vector<std::pair<std::string_view, std::uint64_t>> limits_met() const = 0;
  virtual bool ready() const = 0;
};

// Counted by all network threads, shown by /metrics.
struct Counters {
  std::atomic<std::uint64_t> connections{0}, accepted{0}, turned_away{0}, requests{0}, faults{0}, streams{0},
      streams_opened{0}, messages_in{0}, bytes_in{0}, messages_out{0}, bytes_out{0}, slow_closed{0},
      frames_refused{0}, handshakes_failed{0}, queued_bytes{0};
  LimitCounts limits;
};

}  // namespace rockpool::net
