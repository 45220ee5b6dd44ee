// What an engine is made with, what it is asked for, and what it shows.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/limits.h"
#include "core/base/text.h"
#include "core/dialect/dialect.h"
#include "core/sync/policy.h"

namespace rockpool::sync {

using base::Instant;
using model::Key;

struct Options {
  std::string url;  // empty: local only, never connects
  std::string space = "default";
  std::string user;    // compared with the server's word before anything is pushed
  std::string client;  // id to use when the store has none yet; 32 random hex digits
  std::string sdk;
  std::uint32_t version = 0;  // of the app's data
  bool disk = true;           // false: memory only; `durable` then means acknowledged
  bool asks_token = false;    // the app gave a token function
  bool follower = false;  // fed by another engine (Engine::mirror): no disk, no link, writes are provisional
  // Which may be used, best first; at least one.
  std::vector<dialect::Carrier> carriers = {dialect::Carrier::websocket, dialect::Carrier::sse,
                                            dialect::Carrier::poll};
  std::optional<dialect::Carrier> worked;  // the last time, in this network
  std::size_t pending_max = base::limits::pending_writes_max;
  std::map<std::string, Policy> policies;  // by collection, `*` for those not named
};

// ---- Local writes
// -------------------------------------------------------------------------------------------------

// What the app asks for. `insert` refuses a present id, `update` and the commutative ops an absent one.
struct LocalWrite {
  enum class Kind : std::uint8_t { insert, update, put, patch, increment, include, exclude, remove };
  Kind kind = Kind::put;
  Key key;
  std::string path;  // JSON Pointer, for increment, include and exclude
  std::string data;  // JSON text: value; merge patch; JSON Patch; addend; array of values
};

// Who wrote it, and as which of its writes, when several tabs write to one store. Numbers rise per tab; a
// write of more than one takes as many.
struct Op {
  std::string tab;  // empty: the store has one writer, and writes are known by their number alone
  std::uint64_t number = 0;

  std::string key() const { return tab + '#' + base::decimal(number); }
};

enum class WriteState : std::uint8_t { accepted, durable, sent, acknowledged, conflict, refused, cancelled };
std::string_view name_of(WriteState state);

struct WriteView {
  std::string key;           // unique over tabs and sessions: "<tab>#<op>", without a tab "<client>#<number>"
  std::uint64_t number = 0;  // of the present engine
  std::string batch;         // key of the batch's first write, empty for a single one
  Key record;
  std::string op;     // as the app said it
  std::string value;  // JSON text, empty for a remove
  WriteState state = WriteState::accepted;
  bool durable = false;
  Instant at;
  std::uint32_t tries = 0;
  std::optional<base::Error> error;
};

// ---- What can be read
// ----------------------------------------------------------------------------------------------

// The view of a record: acknowledged state with pending writes folded over it.
struct RowView {
  std::string_view
      data;  // compact JSON text; empty: not here. Valid until the next call that changes anything
  model::Version version = 0;  // of the acknowledged state
  Instant created;
  Instant updated;
  std::string_view remote = {};  // its id on the server, if that is another
  std::uint32_t pending = 0;
  bool conflict = false;
};

enum class Known : std::uint8_t { unknown, cached, complete };
std::string_view name_of(Known known);

struct ConflictView {
  Key record;
  std::vector<std::string> paths;          // dotted
  std::string base, mine, theirs, merged;  // JSON text, empty: absent or deleted
  Instant at;
  std::vector<std::string> writes;
};

enum class State : std::uint8_t {
  connecting,
  online,
  offline,
  auth,
  user_mismatch,
  outdated,
  stopped,
  closed
};
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

  bool operator==(const StatusView&) const = default;
};

}  // namespace rockpool::sync
