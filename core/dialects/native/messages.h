// The messages of rockpool.v1, one plain struct each. docs/protocol.md says what they mean.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/dialect/dialect.h"

namespace rockpool::dialects::native {

inline constexpr std::uint64_t protocol_version = 1;
inline constexpr std::string_view subprotocol = "rockpool.v1";
inline constexpr std::string_view connect_path = "/v1/connect";
inline constexpr std::string_view messages_path = "/v1/messages";
inline constexpr std::string_view events_path = "/v1/events";
inline constexpr std::string_view poll_path = "/v1/poll";
inline constexpr std::string_view session_header = "Rockpool-Session";

// ---- up: client to server ---------------------------------------------------------------------------------

struct Hello {
  std::uint64_t protocol = protocol_version;
  std::string client;
  std::string space = "default";
  std::string token;
  std::string sdk;
  std::uint64_t version = 0;
  std::uint64_t settled = 0;
  std::vector<std::uint64_t> except;
  std::string cursor;
  bool operator==(const Hello&) const = default;
};

// `sub` is compact JSON text, a string or an integer, given back as it came.
struct Subscribe {
  std::string sub;
  std::string collection;
  std::string cursor;
  bool fresh = false;           // snapshot: true
  std::string snapshot_cursor;  // snapshot: {cursor, after}
  std::string snapshot_after;
  bool filtered = false;  // filter, orderBy or limit is there
  bool operator==(const Subscribe&) const = default;
};

struct Unsubscribe {
  std::string sub;
  bool operator==(const Unsubscribe&) const = default;
};

// `refused`: mutations that are wrong by themselves, and those of the batches they are in. They are in no
// group.
struct Push {
  std::uint64_t settled = 0;
  std::vector<std::uint64_t> except;
  std::vector<model::Group> groups;
  std::vector<model::Declined> refused;
  bool operator==(const Push&) const = default;
};

// `state`: nothing is said of it; empty: leave; else compact JSON text.
struct Presence {
  std::string room;
  std::optional<std::string> state;
  std::string member;
  std::optional<bool> watch;
  bool operator==(const Presence&) const = default;
};

struct Auth {
  std::string token;
  bool operator==(const Auth&) const = default;
};

struct Ping {
  bool operator==(const Ping&) const = default;
};

// `emit`, `provide`, `call`, `result` and a `subscribe` to an event are signals.
using UpMessage = std::variant<Hello, Subscribe, Unsubscribe, Push, Presence, Auth, Ping, dialect::Signal>;

// ---- down: server to client -------------------------------------------------------------------------------

struct Welcome {
  std::uint64_t protocol = protocol_version;
  std::string session;
  std::string peer;  // stands before this connection's members in presence
  std::uint64_t epoch = 0;
  std::string user;  // empty: anonymous, null on the wire
  std::string writer;
  std::uint64_t highest = 0;
  bool forgotten = false;
  std::string server;
  std::uint64_t message_bytes = 0;
  std::uint64_t push_mutations = 0;
  std::int64_t expires_in_ms = 0;  // until the token ends; 0: never
  bool operator==(const Welcome&) const = default;
};

struct Subscribed {
  std::string sub;
  std::string topic;
  std::string collection;
  bool operator==(const Subscribed&) const = default;
};

// Records without their collection, which only the topic tells.
struct Snapshot {
  std::string topic;
  std::vector<model::Record> records;
  std::string cursor;
  bool begin = false;
  bool done = false;
  bool operator==(const Snapshot&) const = default;
};

struct Changes {
  std::string topic;
  std::vector<model::Change> changes;
  std::string cursor;
  bool more = false;
  bool operator==(const Changes&) const = default;
};

struct Reset {
  std::string topic;
  std::string reason;
  bool operator==(const Reset&) const = default;
};

struct PresenceList {
  std::string room;
  std::vector<model::Present::Member> members;
  bool whole = false;
  bool operator==(const PresenceList&) const = default;
};

struct Pong {
  std::string cursor;  // empty: not said
  bool operator==(const Pong&) const = default;
};

struct Problem {
  base::Error error;
  bool retryable = false;
  std::int64_t retry_after_ms = 0;
  std::string sub;  // compact JSON text, empty: the session's
  bool operator==(const Problem&) const = default;
};

struct Bye {
  std::string reason;
  std::int64_t reconnect_after_ms = 0;
  bool operator==(const Bye&) const = default;
};

// `ack`, `conflict`, `held` and `refuse` are the model's outcomes as they are; `event`, `rpc` and `result`
// the dialects' signals.
using DownMessage =
    std::variant<Welcome, Subscribed, Snapshot, Changes, Reset, model::Acked, model::Conflicted, model::Held,
                 model::Declined, PresenceList, Pong, Problem, Bye, dialect::Signal>;

}  // namespace rockpool::dialects::native
