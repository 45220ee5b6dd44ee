// What is asked, answered and told, in neutral words. Nothing above floor 2 knows any dialect's words.
//
// A dialect's server session turns wire messages into commands for the hub and replies and notices back into
// wire messages; its client session does the same the other way round for the sync engine.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/base/limits.h"
#include "core/model/mutation.h"

namespace rockpool::model {

// Pairs an answer with its question. Given by whoever asks, unique per asker while it is open.
using Ticket = std::uint64_t;

// Who acts. `user` is empty for anonymous. Dialects fill it from whatever their protocol carries.
struct Principal {
  std::string user;
  bool admin = false;      // no rule holds it back
  bool read_only = false;  // looks and listens, changes nothing
  bool realtime = false;   // listens to what happens, and nothing else
  bool system = false;     // a dialect in its own name: as an admin, and `$...` collections are open to it
  std::vector<std::string> roles;
  std::int64_t expires_ms = 0;  // 0: never
  std::string credential;       // what let it in, such as "key:<prefix>"; never a secret
  std::int64_t issued_ms = 0;   // 0: not known
  bool operator==(const Principal&) const = default;
};

// What a subscriber looks at. Two equal topics are one: a notice is encoded once for all who joined it.
struct Topic {
  enum class Kind : std::uint8_t { collection, record, event, presence, call };
  std::string space;
  Kind kind = Kind::collection;
  std::string name;  // collection, name of a record_topic, event name, room, provider
  // Which of a collection's records are told here, for readers that do not see them all (core/rights). Empty:
  // all of them, or all that have no rules of their own.
  std::string scope = {};
  auto operator<=>(const Topic&) const = default;
};

// Of one record. Names of collections have no line breaks.
inline Topic record_topic(std::string space, const Key& key, std::string scope) {
  return {.space = std::move(space),
          .kind = Topic::Kind::record,
          .name = key.collection + '\n' + key.id,
          .scope = std::move(scope)};
}

// ---- Commands: client to hub ---------------------------------------------------------------------

// A client introduces itself. Settled outcomes may be forgotten.
struct Greet {
  std::string client;
  std::uint64_t settled = 0;
  std::vector<std::uint64_t> except;  // numbers <= settled that are still open
};

// The part of a collection after id `after`, in id order. Answered by Page.
struct Scan {
  std::string collection;
  std::string after;
  std::size_t records_max = 0;
  std::size_t bytes_max = 0;
};

// Everything in a collection since `cursor`; none: only where the log stands now. Answered by Since or Gone.
struct CatchUp {
  std::string collection;
  std::optional<Cursor> cursor;
  std::size_t bytes_max = 0;
  bool brought = false;  // the cursor is of an earlier session, under what rights is to be found out
  std::vector<std::string> beside = {};  // more collections, whose changes are told along, in order
};

struct Read {
  Key key;
  bool listens = false;   // its topics are to be joined, too
  std::uint64_t num = 0;  // not 0: the record of that number, in `key.collection` or, without one, in any
};

// Part of a collection in some order, with what the whole of it comes to. Answered by Listed.
struct List {
  enum class Order : std::uint8_t { num, created, updated };  // equal ones by num
  std::string collection;
  Order order = Order::num;
  bool descending = false;
  std::uint64_t after = 0;   // by num: begins behind this one. 0: at the first
  std::uint64_t offset = 0;  // so many are passed over
  std::size_t records_max = 0;
  std::size_t bytes_max = 0;  // of data; at least one record comes whatever it takes
};

// Those of a collection's records that fulfil a condition, in some order: a page of them, and in the totals
// how many there are (of `bytes` and `updated` nothing is said). Answered by Listed, or Failed: `invalid`.
struct Query {
  std::string collection;
  // In the language of core/query, over documents (core/index/document.h): `data.<member>`, `text.<member>`,
  // `position`, `num`, `created`, `updated`, `meta.<member>`. Its limit does not count.
  std::string query;
  std::uint64_t offset = 0;  // so many are passed over
  std::size_t records_max = 0;
  std::size_t bytes_max = 0;  // of data; at least one record comes whatever it takes
};

// What whole collections come to. Answered by Surveyed.
struct Survey {
  std::vector<std::string> collections;  // none: all of the clients' own
};

struct Write {
  std::string client;  // empty: a dialect without client numbers, whose writes are once only per request
  std::uint64_t settled = 0;
  std::vector<std::uint64_t> except;
  std::vector<Group> groups;
  std::uint64_t author = 0;  // carrier that is not told of them as a record's listener, 0: all are
  std::size_t array_gap_max = base::limits::array_gap_max;  // of writes at a place
  bool owns = false;   // a dialect's own collections, `$...`, may be written along, whoever the principal is
  bool tells = false;  // Written tells what was made
};

// The last state said by (tab, room) wins; no state: left. Rooms are presence topics.
struct SetPresence {
  std::string room;
  std::string member;  // unique per connection and tab
  std::string state;   // compact JSON; empty: leave
};

struct ListPresence {
  std::string room;
};

// May the event's topic be joined? Answered by Done or Failed.
struct Listen {
  std::string event;
};

// What may the one who asks do, rights having changed? Answered by Regarded.
struct Regard {};

// To everybody who joined the event's topic now, the author's carrier excepted. Nothing is kept. Answered by
// Done.
struct Emit {
  std::string event;
  std::string data;          // compact JSON; empty: none
  std::uint64_t author = 0;  // carrier that is not told, 0: all are
};

// `provider` carries out calls of the procedure from now on, or no longer. It is unique per connection,
// begins with the name by which that is said to be gone, and has joined the call topic of its own name, where
// it is asked. Answered by Done.
struct Provide {
  std::string procedure;
  std::string provider;
  bool on = true;
  bool accepts = false;  // says Accept to each call before it carries it out, or rejects it
};

// One of those who provide the procedure is asked, in turn, and when it rejects, or goes away before it has
// accepted, another one that was not asked yet. At most once: what became of a call that failed on its way is
// not known. Answered by Returned, Unaccepted, or Failed: `not_found` when nobody provides it or all
// rejected, `timeout`, `closed` when the provider goes away.
struct Call {
  std::string procedure;
  std::string data;
  std::string caller;           // unique per connection, as a provider's name
  std::int64_t timeout_ms = 0;  // 0: the usual; for who accepts, from then on
  std::int64_t accept_ms = 0;   // within which who accepts must, 0: the usual
  bool wants_accepted = false;  // Accepted comes before the answer
};

// Answered by Done.
struct Accept {
  std::string provider;
  std::uint64_t call = 0;
};

// A provider's answer to Called. `error`: it could not, and says why as compact JSON. Answered by Done.
struct Return {
  std::string provider;
  std::uint64_t call = 0;
  std::string data;
  std::string error;
  bool rejected = false;  // it did not even try
};

using Command = std::variant<Greet, Regard, Scan, CatchUp, Read, List, Query, Survey, Write, SetPresence,
                             ListPresence, Listen, Emit, Provide, Call, Accept, Return>;

// ---- Replies: hub to the one who asked -----------------------------------------------------------

struct Greeted {
  std::uint64_t epoch = 0;
  std::string writer;         // public alias of this client, the `by` of its changes
  std::uint64_t highest = 0;  // highest number of this client that was applied
  bool forgotten = false;     // the client claims settled writes, and nothing is known of it
  std::string rights = {};    // who has the same may do the same
};

struct Regarded {
  std::string rights;
};

struct Page {
  std::string collection;
  std::vector<Record> records;
  std::string cursor;  // where the log stood when this page was read
  bool done = false;
};

struct Since {
  std::string collection;
  std::vector<Change> changes;
  std::string cursor;
  bool more = false;
  std::vector<std::string> scopes = {""};  // of the topics that go on where this ends
  bool whole = true;                       // the reader is shown every record of what it asked for
};

// Why a cursor is no longer good: the log was compacted past it, which is nobody's loss, or it is of a
// history that this log does not have (another epoch, a folder rolled back, a forged cursor), or it was given
// when its reader was shown other records than now.
inline constexpr std::string_view gone_compacted = "compacted";
inline constexpr std::string_view gone_other_history = "other history";
inline constexpr std::string_view gone_other_rights = "other rights";

struct Gone {
  std::string collection;
  std::string reason;  // one of the three above
};

struct Found {
  std::optional<Record> record;  // a tombstone is a record without data
  std::string cursor;
  std::vector<std::string> scopes = {""};  // of the record's topics that go on from here
};

// Of the records that the asker sees.
struct Totals {
  std::uint64_t records = 0;
  std::uint64_t bytes = 0;  // of their data
  base::Instant updated;    // last change, deletes too; 0: none is known
  bool operator==(const Totals&) const = default;
};

struct Listed {
  std::vector<Record> records;
  Totals totals;
  bool done = true;  // all that was asked for is here; otherwise `bytes_max` cut it short
  std::string cursor;
};

struct Surveyed {
  std::vector<std::string> collections;
  std::vector<Totals> totals;  // one for each collection
  std::string cursor;
};

// What became of one mutation. Of one that clears a collection, `version` is how many records it removed.
struct Acked {
  std::uint64_t number = 0;
  Version version = 0;
  std::uint64_t seq = 0;
  bool operator==(const Acked&) const = default;
};
struct Conflicted {
  std::uint64_t number = 0;
  Version version = 0;
  std::string data;  // empty: does not exist
  base::Instant created;
  base::Instant updated;
  Version born = 0;  // 0 for one that came over our own wire, which does not tell it
  bool operator==(const Conflicted&) const = default;
};
struct Held {
  std::uint64_t number = 0;
  std::uint64_t behind = 0;
  bool operator==(const Held&) const = default;
};
struct Declined {
  std::uint64_t number = 0;
  base::Error error;
  bool operator==(const Declined&) const = default;
};
using Outcome = std::variant<Acked, Conflicted, Held, Declined>;

// In the order of the mutations; a settled one has no outcome. A write that needed several log entries is
// answered entry by entry, so that each ack precedes the change it names: with `more` the ticket stays open.
struct Written {
  std::vector<Outcome> outcomes;
  bool more = false;
  std::vector<Record> made = {};  // one for each outcome if it was asked for; empty where nothing was made
};

struct Present {
  std::string room;
  struct Member {
    std::string member;
    std::string user;
    std::string state;
    bool operator==(const Member&) const = default;
  };
  std::vector<Member> members;
};

struct Failed {
  base::Error error;
  std::int64_t retry_after_ms = 0;  // 0: no advice
};

struct Done {};

struct Returned {
  std::string data;   // empty: none
  std::string error;  // empty: it went well
};

// Who was asked will do it; the answer is still to come.
struct Accepted {};

// Who was asked has not said in time that it will.
struct Unaccepted {};

using Reply = std::variant<Greeted, Regarded, Page, Since, Gone, Found, Listed, Surveyed, Written, Present,
                           Failed, Done, Returned, Accepted, Unaccepted>;

// ---- Notices: hub to everybody who joined the topic ----------------------------------------------

// What is known of a change when it is made, and not kept in the log.
struct Hint {
  enum class Clears : std::uint8_t { no, partly, wholly };  // whether nothing is left of the collection
  std::uint64_t author = 0;                                 // carrier it came by, which need not be told
  std::string path;            // steps to the place outside of which all is as it was; empty: anywhere
  Clears clears = Clears::no;  // it is one of the deletes that clear the collection
  // The record before, which who is told of the change need not have seen. Null: there was none.
  std::shared_ptr<const Record> before = nullptr;
  bool operator==(const Hint&) const = default;
};

// All changes of one log entry that concern the topic; `cursor` is that entry's.
struct Changed {
  std::vector<Change> changes;
  std::string cursor;
  std::vector<Hint> hints = {};  // none, or one for each change
};

struct PresenceMoved {
  Present::Member member;  // empty state: left
};

struct Emitted {
  std::string data;
  std::string user;
  std::uint64_t author = 0;
};

// To the provider alone, on its call topic. To be answered by Return with the number.
struct Called {
  std::uint64_t call = 0;
  std::string procedure;
  std::string data;
  std::string user;
};

using Notice = std::variant<Changed, PresenceMoved, Emitted, Called>;

}  // namespace rockpool::model
