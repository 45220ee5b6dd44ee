// The contract a dialect fulfils: one protocol, both ends, neither with any I/O.
//
// Two carriers exist. A *stream* is long-lived (WebSocket both ways, SSE downwards). An *exchange* is one
// request and one response; a long poll is an exchange that answers late. Edges own sockets; sessions only
// say what to do with them, as Steps, and are told what happened, as Arrivals.
//
// A session that outlives its exchanges and streams has a *kept* carrier: an id that the dialect makes itself
// and no edge knows. It joins topics and is present in rooms like any other; what it is told comes back
// through `deliver`, and the dialect sends it on whatever carrier the session has just then, or keeps it.
//
// Ownership and threads: a session is used from one thread. Nothing blocks, nothing calls back; every call
// appends what is to be done to `out`, in order.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/instant.h"
#include "core/base/prng.h"
#include "core/dialect/terms.h"
#include "core/model/command.h"
#include "core/wire/close.h"
#include "core/wire/http.h"

namespace rockpool::dialect {

using base::Instant;
using model::Ticket;

// Given by the edge to each connection or request, never reused while the process lives.
using CarrierId = std::uint64_t;

// Ids from here on are of kept carriers.
inline constexpr CarrierId kept_carriers = 1ull << 63;
inline constexpr bool is_kept(CarrierId carrier) { return carrier >= kept_carriers; }

// Bytes shared by every recipient of a fan-out.
using Shared = std::shared_ptr<const std::string>;

// ---- What happened on a carrier ---------------------------------------------------------------------------

struct Arrived {  // server: a request came in, its body not yet read
  wire::RequestHead head;
  std::string peer;         // address, for limits and logs
  std::string prefix = {};  // what stood before the path: the mount, or nothing at a host of its own
};
struct Opened {};  // client: the stream is up
struct Frame {
  std::string bytes;
  bool binary = false;
};
struct Body {      // the whole body of the request (after ReadBody) or of the response
  int status = 0;  // client only
  std::string bytes;
  std::string cursor = {};  // client only: what the header Rockpool-Cursor said
};
// Once for every stream, whoever closed it, and for an exchange that broke off before it was answered; the
// last arrival of its carrier. An exchange ends with its Respond.
struct Closed {
  std::uint16_t code = 0;  // WebSocket close code, status of an SSE response other than 200, or 0
  std::string reason;
};
struct Drained {};  // a frame that asked for it has left; more may be sent without piling up
// More waits to be sent than should: say no more than must be, until Drained.
struct Stalled {};
#ifdef ROCKPOOL_CLIENT_ONLY
using Arrival = std::variant<Arrived, Opened, Frame, Body, Closed, Drained, Stalled>;
#else
// A file that the edge has stored. Whoever is told of it either has a record name it
// (core/dialect/file_meta.h) or says DropFiles; the start of a server removes files that no record names.
struct StoredFile {
  std::string id;         // 32 hex digits, made by the edge and known to nobody outside
  std::string name;       // as whoever sent it calls it, UTF-8
  std::string mime_type;  // as whoever sent it says; empty: it does not
  std::uint64_t bytes = 0;
};
struct Uploaded {  // the whole body of the request, after ReadFiles
  std::vector<StoredFile> files;
  std::vector<std::pair<std::string, std::string>> fields;  // name and text of the other parts, in order
};
// The body that ReadFiles asked for will not come: it is broken, too large, or there is no room for it.
// Nothing of it is left. To be answered; the rest of the body is not read.
struct NotUploaded {
  int status = 400;
  std::string reason;               // a sentence for whoever sent it
  std::int64_t retry_after_ms = 0;  // after which it may be tried again; 0: no advice
};
using Arrival = std::variant<Arrived, Opened, Frame, Body, Closed, Drained, Stalled, Uploaded, NotUploaded>;
#endif

// ---- What to do -------------------------------------------------------------------------------------------

struct SendFrame {
  CarrierId carrier = 0;
  Shared bytes;
  bool binary = false;
  bool tells = false;  // say Drained once it has left; the edge may say it more often
  // Stand around `bytes` in the same frame: what differs from one recipient to the next.
  std::string before, after;
};
struct CloseStream {
  CarrierId carrier = 0;
  wire::CloseCode code = wire::CloseCode::normal;
  std::string reason;
};

// ---- Server side ------------------------------------------------------------------------------------------

struct AcceptStream {  // answer the upgrade, or begin a response whose frames are sent as they come
  CarrierId carrier = 0;
  std::string subprotocol;
  wire::Headers headers;
  StreamTerms terms = {};
};
struct ReadBody {
  CarrierId carrier = 0;
  std::size_t bytes_max = 0;  // past it the edge answers 413 and closes
};
struct Respond {
  CarrierId carrier = 0;
  wire::ResponseHead head;
  Shared body;
};
// Take the body, which is multipart/form-data, with its files to disk. Answered by Uploaded or NotUploaded.
struct ReadFiles {
  CarrierId carrier = 0;
  std::string files_name;  // of the parts that are files; all others are fields
  std::size_t files_max = 10;
  std::uint64_t file_bytes_max = 100ull << 20;  // the server may be set to less
};
// As Respond, with `bytes` of a stored file from `offset` on as the body. A HEAD gets the head alone. A file
// that is not there any more is answered by 404.
struct RespondFile {
  CarrierId carrier = 0;
  wire::ResponseHead head;
  std::string file;
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
};
// No record names them any more, or ever will. Who reads them just now reads them to the end.
struct DropFiles {
  std::vector<std::string> files;
};
// Ask the hub, as `principal`. Answered through `answer` with the same ticket, once, or in parts
// (stays_open).
struct Asked {
  Ticket ticket = 0;
  model::Principal principal;
  std::string space;
  model::Command command;
};
// Who is it? The edge verifies (cryptography lives there) and calls `identified`, which may take a while.
struct Identify {
  Ticket ticket = 0;
  std::string token;  // wins over a password; with neither nobody says anything
  std::string origin;
  std::string space;  // to be entered; empty: only who it is
  bool by_password = false;
  std::string user;
  std::string password;
  std::string address;  // where it comes from
  bool issue = false;   // a session is to begin
};
// Work with secrets for accounts that a dialect keeps itself: cryptography lives at the edge. Answered
// through `worked` with the same ticket, which may take a while.
struct SecretWork {
  enum class What : std::uint8_t {
    random,          // -> 32 hex digits that nobody can guess
    hash_password,   // `text` -> a hash to keep
    check_password,  // is `text` what `key` was made of? An empty `key`: there is no such account
    sign,            // `text`, a JSON object -> a token (JWT with HS256 by `key`)
    open,            // `text`, a token signed by `key` -> its JSON object; when it runs out is not looked at
  };
  Ticket ticket = 0;
  What what = What::random;
  std::string text = {};
  std::string key = {};      // of 32 bytes at least for tokens
  std::string account = {};  // check_password: what failures are counted for,
  std::string address = {};  // besides where they come from
};
// POST this elsewhere, with the JSON body. Answered through `fetched` with the same ticket.
struct Fetch {
  Ticket ticket = 0;
  std::string url;  // http(s)
  wire::Headers headers;
  std::string body;
  std::int64_t ms_max = 10'000;
};
struct Fetched {
  int status = 0;
  std::string body;
};
// From the next notice on, `carrier` gets what the dialect's `encode` makes of each notice on the topic.
struct Join {
  CarrierId carrier = 0;
  model::Topic topic;
};
struct Leave {
  CarrierId carrier = 0;
  model::Topic topic;
};
using ServerStep = std::variant<SendFrame, CloseStream, AcceptStream, ReadBody, Respond, Asked, Identify,
                                Fetch, Join, Leave, ReadFiles, RespondFile, DropFiles, SecretWork>;
using ServerSteps = std::vector<ServerStep>;

// A session that begins: its public id, the secret token for whoever logged in, and what the dialect is to
// store as the record `id` of `$sessions`.
struct Issued {
  std::string id;
  std::string token;
  std::string record;  // compact JSON
  std::int64_t expires_ms = 0;
};
struct Identified {
  model::Principal principal;
  // Random text that nobody can guess: the name of a session whose requests are known by it alone. Empty: the
  // edge has none, and what the dialect makes up instead is no secret.
  std::string secret = {};
  std::string session = {};  // the id of the session whose token it was, empty: it was another token
  std::optional<Issued> issued = {};
};
struct Denied {
  base::Error error;
  std::int64_t retry_after_ms = 0;  // after which it may be tried again; 0: no advice
};
using Identity = std::variant<Identified, Denied>;
// What the work came to; Denied: `auth`, a password or token that is wrong, or `overloaded`.
using SecretResult = std::variant<std::string, Denied>;

// Who was let in may have lost that since: the account is gone, the key withdrawn, the session ended.
class Standing {
 public:
  virtual ~Standing() = default;
  // The principal as it is now, for its roles may be others, or why it is none any more (`auth`).
  virtual base::Result<model::Principal> renew(const model::Principal& principal) const = 0;
};

// Sessions that are there, by what carries them downwards, and what was asked for without any.
struct Census {
  std::uint64_t websocket = 0, sse = 0, poll = 0;
  std::uint64_t commands = 0;     // ever, in exchanges
  std::uint64_t evaluations = 0;  // ever, of queries that somebody listens to
};

// How often each limit was met, by its name in /metrics.
using LimitsMet = std::map<std::string_view, std::uint64_t>;

// One per mount, on its hub's thread. It owns what its carriers share.
class ServerDialect {
 public:
  virtual ~ServerDialect() = default;
  // Is this path, below the mount, one of ours? Called from any thread.
  virtual bool claims(const wire::RequestHead& head) const = 0;
  virtual void receive(Instant now, CarrierId from, Arrival arrival, ServerSteps& out) = 0;
  virtual void answer(Instant now, Ticket ticket, model::Reply reply, ServerSteps& out) = 0;
  virtual void identified(Instant now, Ticket ticket, Identity identity, ServerSteps& out) = 0;
  // `offline` when nobody answers, `timeout`. Only for dialects that ask for it.
  virtual void fetched(Instant, Ticket, base::Result<Fetched>, ServerSteps&) {}
  // Only for dialects that keep accounts of their own.
  virtual void worked(Instant, Ticket, SecretResult, ServerSteps&) {}
  // Accounts or rights are not what they were: whoever lost theirs is told so and closed.
  virtual void review(Instant now, const Standing& standing, ServerSteps& out) = 0;
  // The server is going: tell clients when to come back. Carriers are closed by the edge afterwards.
  virtual void drain(Instant now, ServerSteps& out) = 0;
  virtual void wake(Instant now, ServerSteps& out) = 0;
  virtual std::optional<Instant> next_wake() const = 0;
  // What a kept carrier is told on the topics it joined. CloseStream ends a kept carrier: it has left its
  // topics and rooms.
  virtual void deliver(Instant now, CarrierId kept, const Shared& bytes, ServerSteps& out) = 0;
  // Is `watch` to be called?
  virtual bool watches() const { return false; }
  // All that is told of a log entry of the mount's space, as the hub tells it, topic by topic: for a dialect
  // that filters for itself who hears what. Nobody needs to have joined anything.
  using Notices = std::vector<std::pair<model::Topic, model::Notice>>;
  virtual void watch(Instant, const Notices&, ServerSteps&) {}
  // What `ends` said of: these carriers have left the topic.
  virtual void ended(Instant, const model::Topic&, const std::vector<CarrierId>&, ServerSteps&) {}
  virtual Census census() const = 0;
  virtual void count_limits(LimitsMet& met) const = 0;
};

struct MountOptions {
  std::string mount;  // path prefix, "" at the root
  std::string space = "default";
  std::string server;    // name and version, for welcome messages
  std::string settings;  // the dialect's part of the configuration, as JSON text
  // `https://host`, by which everybody reaches the server. Empty: what requests say, over TLS or not.
  std::string public_url = {};
  bool is_secure = false;
  CarrierId kept = kept_carriers;  // the first of the mount's; it counts them from here
  SessionLimits limits = {};
  Sharing sharing = {};
};

// ---- Client side ------------------------------------------------------------------------------------------

enum class Carrier : std::uint8_t { websocket, sse, poll };

struct OpenStream {
  CarrierId carrier = 0;
  Carrier kind = Carrier::websocket;
  std::string url;
  std::string subprotocol;
  wire::Headers headers;
};
struct Exchange {
  CarrierId carrier = 0;
  std::string url;
  wire::RequestHead head;
  std::string body;
  bool is_last = false;  // said as the page goes away: nobody waits for the answer
};

// -- up: what the other side said, in neutral words
struct Ready {  // greeted; commands may be asked
  std::uint64_t epoch = 0;
  std::string user;
  std::string writer;         // our name in changes; empty: the protocol has none, `highest` says nothing
  std::uint64_t highest = 0;  // of our numbers it has ever applied
  bool forgotten = false;
  std::int64_t expires_in_ms = 0;  // until the token ends; 0: not said
};
// A chunk of a collection's state, in id order. The first one of a pull has `begin`.
struct Part {
  std::string collection;
  std::vector<model::Record> records;
  std::string cursor;
  bool begin = false;
  bool done = false;
};
// Changes of one or more whole log entries. All collections of one entry come in one ChangedAt. `collections`
// are those the message speaks for: their cursor moves to `cursor`, and so does that of every collection that
// is live.
struct ChangedAt {
  std::vector<std::string> collections;
  std::vector<model::Change> changes;
  std::string cursor;
};
// The collection's cursor is no longer good; parts of a fresh snapshot follow.
struct Forgot {
  std::string collection;
  std::string reason;
};
struct Progress {  // nothing new up to here, for everything live
  std::string cursor;
};
// The collection is up to date from `cursor` on and stays so while the link lives.
struct Live {
  std::string collection;
  std::string cursor;
};
struct Settled {
  model::Outcome outcome;
};
// An event or a step of a call, up or down, at most once: the message as rockpool.v1 writes it ("Events and
// calls" in docs/protocol.md), which passes through everything between its two users as it is. A dialect with
// other words translates. Empty: a session begins, which knows of no wishes, procedures and calls yet.
struct Signal {
  std::string text;
  bool operator==(const Signal&) const = default;
};
struct PresenceSeen {
  std::string room;
  std::vector<model::Present::Member> members;
  bool whole = false;  // the room's whole list, not only what moved
};
// The server refuses or the wire is wrong. The error's path is the collection whose subscription is refused,
// or empty. `fatal`: do not try again with the same credentials and version.
struct Trouble {
  base::Error error;
  bool fatal = false;
  std::int64_t retry_after_ms = 0;
};
// The link is over. `retry_after_ms` is the server's advice, 0 for none. `spoken`: the server itself ended
// it, so that over another carrier it would say the same.
struct Ended {
  std::int64_t retry_after_ms = 0;
  std::string reason;
  bool spoken = false;
};
using ClientStep = std::variant<OpenStream, SendFrame, CloseStream, Exchange, Ready, Part, ChangedAt, Forgot,
                                Progress, Live, Settled, PresenceSeen, Signal, Trouble, Ended>;
using ClientSteps = std::vector<ClientStep>;

// What the engine asks of a session once it is Ready.
struct Subscribe {
  std::string collection;
  std::string cursor;  // empty: needs a snapshot
  std::string after;   // with a cursor: an interrupted snapshot at that cursor goes on after this id
  // For a dialect that cannot resume: records that are here, as they were told, or looked for (version 0, no
  // data). Version 0 with data: an attempt to create it is not answered. Of a collection that it follows
  // already they are more of these: each is answered by a ChangedAt, be it that there is no such record.
  std::vector<model::Record> held = {};
};
struct Unsubscribe {
  std::string collection;
};
struct Push {
  std::uint64_t settled = 0;
  std::vector<std::uint64_t> except;
  std::vector<model::Group> groups;
};
struct SayPresence {
  std::string room;
  std::string member;
  std::string state;  // compact JSON; empty: leave
};
struct WatchPresence {
  std::string room;
  bool on = true;
};
struct RenewToken {
  std::string token;
};
using ClientCommand =
    std::variant<Subscribe, Unsubscribe, Push, SayPresence, WatchPresence, RenewToken, Signal>;

struct ClientOptions {
  std::string url;  // http(s) base of the server
  std::string space = "default";
  std::string client;
  std::string sdk;
  std::uint32_t version = 0;  // of the app's data
  std::string user = {};      // whose page it is, for a protocol that does not say who was let in
};

// What is known when a link begins.
struct Greeting {
  std::string client;  // may change during an engine's life (copied store, forgotten client)
  std::string token;
  std::uint64_t settled = 0;
  std::vector<std::uint64_t> except;
  std::string cursor;
};

// One per link: made when the engine wants to connect, dropped after Ended. Ended is the last step of a link
// and comes once; none comes after close(). A Trouble that is fatal or of code `auth` may end the link
// without it: the engine closes.
class ClientSession {
 public:
  virtual ~ClientSession() = default;
  virtual void open(Instant now, Carrier carrier, const Greeting& greeting, ClientSteps& out) = 0;
  virtual void ask(Instant now, const ClientCommand& command, ClientSteps& out) = 0;
  // All that is to be asked now has been asked: what waits for company goes.
  virtual void flush(Instant, ClientSteps&) {}
  virtual void receive(Instant now, CarrierId from, Arrival arrival, ClientSteps& out) = 0;
  virtual void close(Instant now, ClientSteps& out) = 0;
  virtual void wake(Instant now, ClientSteps& out) = 0;
  virtual std::optional<Instant> next_wake() const = 0;
};

// ---- The dialect itself -----------------------------------------------------------------------------------

// What it can express; a missing ability is refused at the call, never faked.
struct Abilities {
  bool versions = false;  // conflicts are recognised by version, not by content
  bool resume = false;    // a cursor survives reconnects
  bool batches = false;
  bool events = false;
  bool rpc = false;
  bool presence = false;
  bool live_queries = false;
};

// What browsers are told of a dialect that any page may use (CORS, in the Fetch standard). Said with every
// answer: that all may read it, or the one origin where the mount lists some, and then with credentials.
struct Cors {
  std::string_view methods;
  std::string_view headers;
};

struct Dialect {
  std::string_view name;
  Abilities abilities;
  const Cors* cors = nullptr;   // none: pages of allowed origins alone are told anything
  bool judges_origins = false;  // itself: the edge neither refuses a page nor says anything of CORS
  std::unique_ptr<ClientSession> (*client)(const ClientOptions& options, base::Prng prng) = nullptr;
  base::Result<std::unique_ptr<ServerDialect>> (*server)(const MountOptions& options,
                                                         base::Prng prng) = nullptr;
  // Wire form of a notice for everybody who joined the topic. Pure; one message, which the gateway may put
  // into an array with others of the same log entry (`join`). Empty: nobody is told.
  std::string (*encode)(const model::Topic& topic, const model::Notice& notice) = nullptr;
  bool encodes_binary = false;  // for binary frames, not texts
  // After such a notice on the topic nobody listens to it any more. Null: that never happens.
  bool (*ends)(const model::Topic& topic, const model::Notice& notice) = nullptr;
  // What the edge says in the server's place of a request that the server was given: the rest of its body is
  // too large, too late or broken, or the file of a RespondFile is not there any more. The path of `head`
  // begins with the mount. Null: a line of text.
  Respond (*refuse)(const wire::RequestHead& head, int status, std::string_view sentence) = nullptr;
  // Several encoded messages of one log entry as one frame.
  std::string (*join)(const std::vector<Shared>& messages) = nullptr;
};

}  // namespace rockpool::dialect
