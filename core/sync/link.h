// The life of the connection: when to open it, over which carrier, when to wait, and which session speaks on
// it.
//
//           open          Ready
//   idle ─────────► opening ──────────► live      a failed attempt is followed at once by the next carrier's;
//    ▲                 │ all failed       │       after the last one there is a wait
//    │  retry_at       ▼                  ▼ ended
//    └──────────── waiting ◄──────────────┘
//                      │ fatal
//                      └────► stopped        asking: a token is wanted before the next attempt
//
// While a carrier is live that is not the best one, attempts with better ones are made beside it from time to
// time. One that is welcomed takes over.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/prng.h"
#include "core/dialect/dialects.h"
#include "core/sync/effects.h"

namespace rockpool::sync {

class Link {
 public:
  enum class Phase : std::uint8_t { idle, asking, opening, live, waiting, stopped };

  // `carriers`: which ones may be used, best first, at least one. `worked`: the one to begin with, if it is
  // one of them.
  Link(const dialect::Dialect& dialect, dialect::ClientOptions options,
       const std::vector<dialect::Carrier>& carriers, std::optional<dialect::Carrier> worked,
       base::Prng prng);

  Phase phase() const { return phase_; }
  bool is_live() const { return phase_ == Phase::live; }
  bool resumes() const {
    return dialect::always_resumes || (!dialect::always_reads_whole && dialect_.abilities.resume);
  }
  // What is there is known by reading whole collections: also of those that are only written.
  bool reads_whole() const {
    return dialect::always_reads_whole || (!resumes() && !dialect_.abilities.versions);
  }
  bool failed_before() const { return failures_ > 0; }
  // An attempt is under way, and slow.
  bool hangs(Instant now) const;
  dialect::Carrier carrier() const { return carriers_[main_.at].kind; }

  void open(Instant now, const dialect::Greeting& greeting, dialect::ClientSteps& out);
  void ask(Instant now, const dialect::ClientCommand& command, dialect::ClientSteps& out);
  void flush(Instant now, dialect::ClientSteps& out);
  // Arrivals of carriers of earlier sessions are ignored. A Ready that comes while live is that of a better
  // carrier, which has taken over.
  void receive(Instant now, dialect::CarrierId from, dialect::Arrival arrival, dialect::ClientSteps& out);
  void wake(Instant now, dialect::ClientSteps& out);
  std::optional<Instant> next_wake() const;
  // The next wake() will open a session beside the live one: say what it is to say.
  bool wants_probe(Instant now) const;
  void greet_with(const dialect::Greeting& greeting) { greeting_ = greeting; }
  // What a session beside the live one says, or has said; null: there is none.
  const dialect::Greeting* greeting_beside() const { return probe_.session ? &greeting_ : nullptr; }

  void ready(Instant now);
  void wait_for_token() { phase_ = Phase::asking; }
  // Back-off with full jitter, or the server's advice.
  void wait(Instant now, std::int64_t retry_after_ms);
  void stop() { phase_ = Phase::stopped; }
  // The next attempt may begin at once, with back-off forgotten.
  void reset();
  // Nothing is known of the ways to the server any more.
  void forget_network(Instant now);
  // Lets go of the present session. The edge is told to close its carrier.
  void drop(Instant now, dialect::ClientSteps& out);
  // How often that was done.
  std::uint32_t drops() const { return drops_; }
  // Time to try again?
  bool is_due(Instant now) const { return phase_ == Phase::waiting && now >= retry_at_; }

 private:
  struct Rung {
    dialect::Carrier kind;
    bool tried = false;  // in this round
    int cuts = 0;        // soon after it was live; quick ones count double
    Instant avoid_until;
  };
  struct Attempt {
    std::unique_ptr<dialect::ClientSession> session;
    std::size_t at = 0;  // on which rung
    dialect::CarrierId base = 0;
    Instant began;
    Instant until;  // when it is given up; far away once it is live

    bool owns(dialect::CarrierId carrier) const;
  };

  void begin(Instant now, Attempt& attempt, std::size_t at, dialect::ClientSteps& out);
  void drop(Instant now, Attempt& attempt, dialect::ClientSteps& out);
  // Passes on what a session said, and acts on its fate.
  void pass(Instant now, Attempt& attempt, dialect::ClientSteps steps, dialect::ClientSteps& out);
  void fail(Instant now, Attempt& attempt, dialect::Ended ended, dialect::ClientSteps& out);
  void climb(Instant now, dialect::ClientSteps& out);
  std::size_t next_rung(Instant now) const;
  void note_cut(Instant now);

  const dialect::Dialect& dialect_;
  dialect::ClientOptions options_;
  base::Prng prng_;
  std::vector<Rung> carriers_;
  dialect::Greeting greeting_;
  Attempt main_;
  Attempt probe_;
  std::size_t first_ = 0;  // to try: what worked last
  Phase phase_ = Phase::idle;
  int failures_ = 0;
  std::uint32_t drops_ = 0;
  Instant retry_at_;
  Instant live_since_;
  Instant probe_at_;
  std::size_t probe_from_ = 0;  // rung to try then
  std::int64_t probe_ms_;
  dialect::CarrierId last_base_ = 0;
};

}  // namespace rockpool::sync
