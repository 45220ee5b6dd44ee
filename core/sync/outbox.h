// Mutations that are not settled, oldest first, and what may be claimed as settled towards the server.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/dialect/dialects.h"
#include "core/sync/views.h"

namespace rockpool::sync {

// The place of follower's writes, which have no number of the store yet: behind all that have one, and exact
// in a double.
constexpr std::uint64_t provisional_base = std::uint64_t{1} << 52;

struct Pending {
  model::Mutation mutation;
  Op op;
  LocalWrite::Kind kind = LocalWrite::Kind::put;
  std::uint64_t group = 0;  // number of the group's first member; alone: its own
  Instant at;
  std::uint32_t tries = 0;
  std::vector<std::uint64_t> carries;     // earlier numbers whose content was merged into this one
  std::vector<std::string> carried_keys;  // of those made by a tab
  std::optional<base::Error> refused;
  // Applied by the server; kept until the replica has that version, because until then only it shows the
  // write.
  bool acked = false;
  model::Version acked_version = 0;
  std::uint64_t acked_seq = 0;  // of the log entry

  // Of no meaning after a restart:
  std::uint64_t step = 0;     // persist step that stores its present form; sendable once that is done
  bool said_durable = false;  // the app was told
  bool in_flight = false;     // on the present link, not answered
  bool outstanding = false;   // sent at some time, and no definite answer since: must go again unchanged
  bool doubtful = false;      // an attempt on an earlier link was never answered and may still be on its way
  Instant not_before;         // after an answer that asks for patience

  // A sum names a version only to be recognised where nobody keeps books on us; it fits any other as well.
  bool fenced() const { return mutation.op != model::Op::add && (mutation.base || mutation.after); }
  bool open() const { return !acked && !refused; }
  // No attempt is on its way any more.
  void forget_attempts() { in_flight = outstanding = doubtful = false; }
};

// What is remembered of a tab that wrote to the store, so that none of its writes is taken twice.
struct TabMark {
  std::uint64_t highest = 0;
  Instant at;  // of its last write
};

class Outbox {
 public:
  using Map = std::map<std::uint64_t, Pending>;

  // The next number. Given once, and never again within this store.
  std::uint64_t take_number() { return ++last_; }
  std::uint64_t last() const { return last_; }
  // That number was given once.
  void raise_last(std::uint64_t number) { last_ = std::max(last_, number); }

  Pending& add(Pending pending);
  using Tabs = std::map<std::string, TabMark>;
  Tabs& tabs() { return tabs_; }
  const Tabs& tabs() const { return tabs_; }
  Pending* find(std::uint64_t number);
  const Pending* find(std::uint64_t number) const;
  // The one that carries `number` now: itself, or the one it was merged into.
  std::uint64_t carrier_of(std::uint64_t number) const;
  void erase(std::uint64_t number);
  Map& all() { return all_; }
  const Map& all() const { return all_; }
  // Numbers of its group, itself included, lowest first.
  std::vector<std::uint64_t> group_of(std::uint64_t number) const;
  bool is_batched(const Pending& pending) const {
    return dialect::has_batches && groups_.find(pending.group)->second.size() > 1;
  }

  // `carries` of this one has grown.
  void note_carried(std::uint64_t number);
  void mark_acked(std::uint64_t number, model::Version version, std::uint64_t seq);
  void mark_refused(std::uint64_t number, const base::Error& error);
  void mark_open(std::uint64_t number);  // another server knows nothing of its ack
  std::uint64_t highest_acked() const;   // 0: none
  std::uint64_t open_count() const { return open_; }
  std::uint64_t refused_count() const { return refused_; }
  // Those the app was not yet told are durable.
  std::set<std::uint64_t>& unsaid() { return unsaid_; }

  // ---- claims: a number is settled for the server's books once our own books say so durably
  // Called when the settling of `number` goes into persist step `step`.
  void settling(std::uint64_t number, std::uint64_t step);
  // Steps up to `step` are on disk, and with them the fact that numbers up to `last` were given.
  void persisted(std::uint64_t step, std::uint64_t last);
  struct Claim {
    std::uint64_t settled = 0;
    std::vector<std::uint64_t> except;
  };
  Claim claim() const;

  // Numbers that may have to be sent, lowest first.
  std::set<std::uint64_t>& ready() { return ready_; }

 private:
  void leave_group(const Pending& pending);
  void count(const Pending& pending, int by);

  Map all_;
  Tabs tabs_;
  std::map<std::uint64_t, std::set<std::uint64_t>> groups_;  // group -> members
  std::set<std::uint64_t> ready_;
  std::set<std::uint64_t> unsaid_;
  std::uint64_t open_ = 0;
  std::uint64_t refused_ = 0;
  std::map<std::uint64_t, std::uint64_t> settling_;  // number -> step
  std::map<std::uint64_t, std::uint64_t> merged_;    // number -> carrier
  std::uint64_t last_ = 0;
  std::uint64_t durable_last_ = 0;
};

}  // namespace rockpool::sync
