// What the page's end says and reads, as text.
//
// Private to the dialect's client half.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/dialect/remote_records.h"
#include "core/model/value.h"
#include "core/wire/http.h"

namespace rockpool::dialects::datocms {

using State = dialect::RemoteRecords::State;

// Where a server is asked, and for which records: `.../preview` and `.../environments/NAME` at the end of the
// address say so, as in the old form of the original's.
struct Address {
  std::string query, listen;  // the original has a host for each
  std::string socket, items;  // of our server
  std::string environment;    // empty: the first one
  bool drafts = false;
};
// nullopt: it is no address of a server.
std::optional<Address> read_address(std::string_view url);
// With which every request goes.
wire::Headers headers_of(const Address& address, const std::string& token);

// For long answers.
base::Result<model::Value> read_answer(std::string_view body);

// What the page wants to listen to: the text of an event's name in a Signal, {"key", "query", "variables"?}.
struct Wish {
  std::int64_t sub = 0;
  bool listens = true;    // false: not any longer
  std::string key;        // the collection that has the result
  std::string query;      // as JSON, quotes and all
  std::string variables;  // JSON; empty: none
};
// nullopt: the signal is about something else.
std::optional<Wish> read_wish(std::string_view signal);
// {"query", "variables"?}
std::string body_of(const Wish& wish);

// What a query came to, or why it does not.
struct Told {
  std::string response;  // {"data", "errors"?} as JSON; empty: it came to nothing
  std::string code;      // of the contract; empty: there is a result
  std::string message;
  bool is_fatal = false;
  std::string errors = {};  // of the query, as JSON; empty: none are said
};
// An event of a channel; nullopt: it is another one.
std::optional<Told> read_event(std::string_view type, std::string_view data);
// A message of our server's socket: {"response"} or {"code", "message", "fatal", "response"?}.
Told read_told(const model::Value& message);
// An answer of plain GraphQL: {"data", "errors"?} or {"errors"}.
std::optional<Told> read_result(std::string_view body);
// Why a request was refused. Its code is that of the contract's table, or empty.
Told read_refusal(int status, std::string_view body);
base::Code code_of(const Told& told, int status);

// {"url"}: of a channel. Empty: there is none.
std::string read_channel(std::string_view body);

// Where our server's log stands, and which history it is: <place>-<epoch in hex>.
struct Stand {
  std::uint64_t place = 0;
  std::uint64_t epoch = 0;
};
std::optional<Stand> read_stand(std::string_view text);
std::string written(const Stand& stand);

// A record as our server shows it; nullopt: it is none.
std::optional<State> read_record(const model::Value& record);

// ---- writes: what the management API takes

// Do both say the same of a record? What is not there is null.
bool says_the_same(const std::string& wanted, const std::string& there, bool creates);
struct ItemWrite {
  std::string body;       // {"data": {...}} with the fields that differ; empty: there are none
  std::string_view move;  // `publish`, `unpublish`, or "": the state of publication stays
};
// What makes the record `wanted` of what is there, which is nothing when it is made.
ItemWrite item_write(const std::string& model, const std::string& wanted, const std::string& there);

}  // namespace rockpool::dialects::datocms
