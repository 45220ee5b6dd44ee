// Remembers what changed in the course of one call and turns it into journal steps: one entry for one call,
// so that what belongs together is durable together. One step is under way at a time; the next gathers
// meanwhile.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/journal/journal.h"
#include "core/sync/archive.h"
#include "core/sync/effects.h"

namespace rockpool::sync {

class Ledger {
 public:
  // Without a journal nothing is stored, and every step counts as done.
  explicit Ledger(std::optional<journal::Journal> journal) : journal_(std::move(journal)) {}

  void note_identity() { identity_ = true; }
  void note_collection(const std::string& name) { collections_.insert(name); }
  void note_row(const Key& key) { rows_.insert(key); }
  void note_pending(std::uint64_t number) { pendings_.insert(number); }

  // The step that will hold what is noted now.
  std::uint64_t step() const { return next_step_; }
  bool is_done(std::uint64_t step) const { return !journal_ || step <= done_; }
  bool stores() const { return journal_.has_value(); }

  // Ends a call: what was noted becomes one entry.
  void commit(const Identity& identity, const Replica& replica, const Outbox& outbox);
  // The next step, when there is something to store and none is under way.
  std::optional<Persist> next(const Identity& identity, const Replica& replica, const Outbox& outbox);
  // False when no such step is under way.
  bool persisted(std::uint64_t step);
  // Numbers given up to here are on disk.
  std::uint64_t durable_number() const { return durable_number_; }
  bool idle() const { return queue_.empty() && under_way_ == 0; }

  // ---- followers
  // Everything, for one that begins, and from now on what changes: with that it stays what this engine is.
  std::string begin_news(const Identity& identity, const Replica& replica, const Outbox& outbox);
  void tell_progress(const Pending& pending);
  std::string news() { return std::exchange(news_, {}); }

 private:
  std::vector<journal::Entry> everything(const Identity& identity, const Replica& replica,
                                         const Outbox& outbox) const;

  std::optional<journal::Journal> journal_;
  std::vector<journal::Entry> queue_;
  std::set<Key> rows_;
  std::set<std::uint64_t> pendings_;
  std::set<std::string> collections_;
  bool identity_ = false;
  bool tells_ = false;
  std::string news_;
  std::uint64_t next_step_ = 1;
  std::uint64_t under_way_ = 0;
  std::uint64_t done_ = 0;
  std::uint64_t queued_number_ = 0, under_way_number_ = 0, durable_number_ = 0;
};

}  // namespace rockpool::sync
