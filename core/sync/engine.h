// The client's heart: an IO-free machine that shows local writes at once, makes them durable, sends them
// exactly once, follows the server's log, and reconciles. Feed what happened, drain what to do, ask when to
// wake.
//
//   page ── write() ──► replica + outbox ── Persist ──► disk ── persisted() ──► link ──► server
//                          ▲                                                     │
//                          └───────── resolver ◄──── parts, changes, outcomes ◄──┘
//
// Threads: none; one caller. Time: the caller says it. Every method is total: bad input is an Error, nothing
// changes.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/sync/effects.h"

namespace rockpool::sync {

class Engine {
 public:
  Engine(const dialect::Dialect& dialect, Options options, base::Prng prng);
  ~Engine();

  // Once, first: what the store held (no files for a new or memory store). Then the engine starts to connect.
  // Errors: `newer_store`, `storage`, `user_mismatch`; the engine then stays unusable and the store
  // untouched.
  base::Result<journal::Recovered> restore(Instant now, const journal::Files& files);

  // ---- app
  // All or nothing; more than one is a batch. Returns the first write's view. Errors: `invalid` (with path),
  // `not_found`, `exists`, `too_large`, `quota`.
  // `op` is that of the first, the others take the numbers behind it; `sent` when it was taken before.
  base::Result<WriteView> write(Instant now, const std::vector<LocalWrite>& writes, const Op& op = {});
  // Drops a write (and its batch, and later writes on an uncreated record). False when it may have been sent.
  bool cancel(Instant now, const std::string& key);
  // A refused write, again, with another value unless `value` is empty. Error `not_found`.
  base::Result<WriteView> retry(Instant now, const std::string& key, const std::string& value,
                                const Op& op = {});
  void dismiss(Instant now, const std::string& key);
  // `to`: "mine", "theirs", or value text; empty deletes. Error `not_found` when there is no such conflict.
  base::Result<WriteView> resolve(Instant now, const Key& record, const std::string& to, bool is_value);
  // Answer to AskPolicy: value text, empty to delete, nullopt for "manual". Old tickets are ignored.
  void decide(Instant now, std::uint64_t ticket, std::optional<std::string> value);
  // Follow a whole collection from now on (kept over restarts). A dialect that cannot resume may not know of
  // all records: with `id` it is asked for that one, and the record is shown once it has answered.
  void keep(Instant now, const std::string& collection, const std::string& id = "");
  void pause(Instant now);
  void resume(Instant now);

  std::optional<RowView> row(const Key& key) const;
  // Ids in order; every record that is shown.
  void each(const std::string& collection,
            const std::function<void(std::string_view id, const RowView& row)>& fn) const;
  Known known(const std::string& collection) const;
  std::size_t count(const std::string& collection) const;
  std::vector<WriteView> pending()
      const;  // everything not settled, refused and conflicting ones too, oldest first
  std::optional<WriteView> find_write(const std::string& key) const;
  std::vector<ConflictView> conflicts() const;
  StatusView status() const;
  const std::string& client() const;
  // {"records": {...}, "pending": [...], "conflicts": [...]} in any state.
  std::string export_all() const;

  void presence(Instant now, const std::string& room, const std::string& member, const std::string& state);
  void watch_presence(Instant now, const std::string& room, bool on);
  // At most once: dropped while there is no link.
  void signal(Instant now, const dialect::Signal& signal);
  std::vector<model::Present::Member> peers(const std::string& room) const;

  // ---- platform
  void arrived(Instant now, dialect::CarrierId carrier, dialect::Arrival arrival);
  void persisted(Instant now, std::uint64_t number);
  // The sync failed: shown in status; the edge repeats the sync and reports persisted() in the end.
  void persist_failed(Instant now, const std::string& why);
  void persist_recovered(Instant now);
  // nullopt: later (the app could not say now). Empty text: signed out.
  void token(Instant now, std::optional<std::string> token);
  void online(Instant now, bool online);
  void visible(Instant now, bool visible);
  void wake(Instant now);
  void stop(Instant now);  // close(): the link ends, nothing more is sent; reads go on

  // ---- several tabs: one engine leads, the others follow it (Options::follower)
  // What makes a new follower what this engine is, by its mirror(); from then on news() keeps it so.
  std::string begin_news();
  // What followers need to hear since the last call. After poll() has said that there is no more.
  std::string news();
  // Takes what the leader told, in its order. The follower's own writes stay on top of it until they come
  // back with their op. False when it was not understood.
  bool mirror(Instant now, std::string_view told);
  // The leader did not take this write of ours, nor its batch.
  void refuse(Instant now, std::uint64_t op, const base::Error& error);

  std::optional<Effect> poll();  // until empty after each call that takes `now`
  std::optional<Instant> next_wake() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rockpool::sync
