// The life of the connection: when to open it, when to wait, and which session speaks on it.
//
//           open                up                 Ready
//   idle ─────────► opening ─────────► (greeting) ──────────► live
//    ▲                 │ ended             │ ended              │ ended
//    │  retry_at       ▼                   ▼                    ▼
//    └──────────── waiting ◄────────────────────────────────────┘
//                      │ fatal
//                      └────► stopped        asking: a token is wanted before the next attempt
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "core/base/prng.h"
#include "core/sync/effects.h"

namespace rockpool::sync {

class Link {
 public:
  enum class Phase : std::uint8_t { idle, asking, opening, live, waiting, stopped };

  Link(const dialect::Dialect& dialect, dialect::ClientOptions options, base::Prng prng)
      : dialect_(dialect), options_(std::move(options)), prng_(prng) {}

  Phase phase() const { return phase_; }
  bool is_live() const { return phase_ == Phase::live; }
  bool failed_before() const { return failures_ > 0; }

  void open(Instant now, const dialect::Greeting& greeting, dialect::ClientSteps& out);
  void ask(Instant now, const dialect::ClientCommand& command, dialect::ClientSteps& out);
  // Arrivals of carriers of earlier sessions are ignored.
  void receive(Instant now, dialect::CarrierId from, dialect::Arrival arrival, dialect::ClientSteps& out);
  void wake(Instant now, dialect::ClientSteps& out);
  std::optional<Instant> next_wake() const;

  void ready(Instant now);
  void wait_for_token() { phase_ = Phase::asking; }
  // Back-off with full jitter, or the server's advice.
  void wait(Instant now, std::int64_t retry_after_ms);
  void stop() { phase_ = Phase::stopped; }
  // The next attempt may begin at once, with back-off forgotten.
  void reset();
  // Lets go of the present session. The edge is told to close its carrier.
  void drop(Instant now, dialect::ClientSteps& out);
  // Time to try again?
  bool is_due(Instant now) const { return phase_ == Phase::waiting && now >= retry_at_; }

 private:
  // A session numbers its carriers as it likes; outside, numbers are never used twice.
  void globalise(dialect::ClientSteps& steps, std::size_t from) const;

  const dialect::Dialect& dialect_;
  dialect::ClientOptions options_;
  base::Prng prng_;
  std::unique_ptr<dialect::ClientSession> session_;
  Phase phase_ = Phase::idle;
  int failures_ = 0;
  Instant retry_at_;
  Instant live_since_;
  dialect::CarrierId carrier_base_ = 0;  // of the present session
};

}  // namespace rockpool::sync
