// The client's heart: an IO-free machine that shows local writes at once, makes them durable, sends them exactly once,
// follows the server's log, and reconciles. Feed what happened, drain what to do, ask when to wake.
//
//   page ── write() ──► replica + outbox ── Persist ──► disk ── persisted() ──► link ──► server
//                          ▲                                                     │
//                          └───────── resolver ◄──── parts, changes, outcomes ◄──┘
//
// Threads: none; one caller. Time: the caller says it. Every method is total: bad input is an Error, nothing changes.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/dialect/dialect.h"
#include "core/journal/journal.h"

namespace rockpool::sync {

using base::Instant;
using model::Key;

enum class Rule : std::uint8_t { merge, server, client, manual, function, set };

// What happens to a field changed on both sides. `fields` are dotted paths and win over `standard`; `set` unites arrays.
struct Policy {
  Rule standard = Rule::merge;
  std::map<std::string, Rule> fields;
};

struct Options {
  std::string url;             // empty: local only, never connects
  std::string space = "default";
  std::string user;            // compared with the server's word before anything is pushed
  std::string client;          // id to use when the store has none yet; 32 random hex digits
  std::string sdk;
  std::uint32_t version = 0;   // of the app's data
  bool disk = true;            // false: memory only; `durable` then means acknowledged
  bool asks_token = false;     // the app gave a token function
  std::size_t pending_max = base::limits::pending_writes_max;
  std::map<std::string, Policy> policies;  // by collection
};

// ---- Local writes -------------------------------------------------------------------------------------------------

// What the app asks for. `insert` refuses a present id, `update` and the commutative ops an absent one.
struct LocalWrite {
  enum class Kind : std::uint8_t { insert, update, put, patch, increment, include, exclude, remove };
  Kind kind = Kind::put;
  Key key;
  std::string path;  // JSON Pointer, for increment, include and exclude
  std::string data;  // JSON text: value; merge patch; JSON Patch; addend; array of values
};

enum class WriteState : std::uint8_t { accepted, durable, sent, acknowledged, conflict, refused, cancelled };
std::string_view name_of(WriteState state);

struct WriteView {
  std::string key;    // unique over tabs and sessions: "<client>#<number>"
  std::string batch;  // key of the batch's first write, empty for a single one
  Key record;
  std::string op;     // as the app said it
  std::string value;  // JSON text, empty for a remove
  WriteState state = WriteState::accepted;
  bool durable = false;
  Instant at;
  std::uint32_t tries = 0;
  std::optional<base::Error> error;
};

// ---- What can be read ----------------------------------------------------------------------------------------------

// The view of a record: acknowledged state with pending writes folded over it.
struct RowView {
  std::string_view data;  // compact JSON text; empty: not here. Valid until the next call that changes anything
  model::Version version = 0;  // of the acknowledged state
  Instant created;
  Instant updated;
  std::uint32_t pending = 0;
  bool conflict = false;
};

enum class Known : std::uint8_t { unknown, cached, complete };
std::string_view name_of(Known known);

struct ConflictView {
  Key record;
  std::vector<std::string> paths;  // dotted
  std::string base, mine, theirs, merged;  // JSON text, empty: absent or deleted
  Instant at;
  std::vector<std::string> writes;
};

enum class State : std::uint8_t { connecting, online, offline, auth, user_mismatch, outdated, stopped, closed };
std::string_view name_of(State state);

struct StatusView {
  State state = State::offline;
  std::optional<base::Error> error;
  std::optional<dialect::Carrier> transport;
  std::string user;
  std::optional<Instant> synced_at;
  std::uint64_t pending = 0;
  std::uint64_t conflicts = 0;
  std::uint64_t refused = 0;
  bool storage_failing = false;
  bool paused = false;
};

// ---- Effects -----------------------------------------------------------------------------------------------------

// Perform the file operations in order, sync once, then persisted(number). At most one is under way.
struct Persist {
  std::uint64_t number = 0;
  journal::FileOps ops;
};
struct WantToken {
  enum class Reason : std::uint8_t { start, expiring, refused };
  Reason reason = Reason::start;
};
// These rows' views may have changed. One effect for everything that happened in one entry or batch.
struct Shown {
  std::vector<Key> rows;
};
struct KnownMoved {
  std::string collection;
};
// These writes reached `state`; numbers are those behind the '#' of their keys. One effect for many writes, because ten
// thousand puts become durable with one sync. Details of those still open: find_write().
struct WritesMoved {
  WriteState state = WriteState::durable;
  std::vector<std::uint64_t> numbers;
};
struct Refused {
  WriteView write;
};
struct StatusMoved {};
struct ConflictsMoved {};
// A policy settled a clash without asking.
struct Merged {
  ConflictView clash;
};
// A new clash waits for the user.
struct Clashed {
  ConflictView clash;
};
// A function policy is to be asked; answer with decide(). Asked again if the server moves on.
struct AskPolicy {
  std::uint64_t ticket = 0;
  ConflictView clash;
};
struct WasReset {
  std::string reason;
  std::vector<Key> lost;
};
struct PresenceMoved {
  std::string room;
};
struct Logged {
  base::Error error;
};

using Effect = std::variant<dialect::OpenStream, dialect::SendFrame, dialect::CloseStream, dialect::Exchange, Persist,
                            WantToken, Shown, KnownMoved, WritesMoved, Refused, StatusMoved, ConflictsMoved, Merged,
                            Clashed, AskPolicy, WasReset, PresenceMoved, Logged>;

class Engine {
 public:
  Engine(const dialect::Dialect& dialect, Options options, base::Prng prng);
  ~Engine();

  // Once, first: what the store held (no files for a new or memory store). Then the engine starts to connect.
  // Errors: `newer_store`, `storage`, `user_mismatch`; the engine then stays unusable and the store untouched.
  base::Result<journal::Recovered> restore(Instant now, const journal::Files& files);

  // ---- app
  // All or nothing; more than one is a batch. Returns the first write's view. Errors: `invalid` (with path),
  // `not_found`, `exists`, `too_large`, `quota`.
  base::Result<WriteView> write(Instant now, const std::vector<LocalWrite>& writes);
  // Drops a write (and its batch, and later writes on an uncreated record). False when it may have been sent.
  bool cancel(Instant now, const std::string& key);
  // A refused write, again, with another value unless `value` is empty. Error `not_found`.
  base::Result<WriteView> retry(Instant now, const std::string& key, const std::string& value);
  void dismiss(Instant now, const std::string& key);
  // `to`: "mine", "theirs", or value text; empty deletes. Error `not_found` when there is no such conflict.
  base::Result<WriteView> resolve(Instant now, const Key& record, const std::string& to, bool is_value);
  // Answer to AskPolicy: value text, empty to delete, nullopt for "manual". Old tickets are ignored.
  void decide(Instant now, std::uint64_t ticket, std::optional<std::string> value);
  // Follow a whole collection from now on (kept over restarts).
  void keep(Instant now, const std::string& collection);
  void pause(Instant now);
  void resume(Instant now);

  std::optional<RowView> row(const Key& key) const;
  // Ids in order; every record that is shown.
  void each(const std::string& collection, const std::function<void(std::string_view id, const RowView& row)>& fn) const;
  Known known(const std::string& collection) const;
  std::size_t count(const std::string& collection) const;
  std::vector<WriteView> pending() const;  // everything not settled, refused and conflicting ones too, oldest first
  std::optional<WriteView> find_write(const std::string& key) const;
  std::vector<ConflictView> conflicts() const;
  StatusView status() const;
  const std::string& client() const;
  // {"records": {...}, "pending": [...], "conflicts": [...]} in any state.
  std::string export_all() const;

  void presence(Instant now, const std::string& room, const std::string& member, const std::string& state);
  void watch_presence(Instant now, const std::string& room, bool on);
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

  std::optional<Effect> poll();  // until empty after each call that takes `now`
  std::optional<Instant> next_wake() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rockpool::sync
