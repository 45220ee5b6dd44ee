// What the page's end says and reads, as text. The original's answers differ in details from page to page of
// its documentation, so whatever can be understood is.
//
// Private to the dialect's client half.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/dialect/remote_records.h"

namespace rockpool::dialects::rested {

using State = dialect::RemoteRecords::State;

// A project's API key alone, or {"key", "accessToken"}.
struct Login {
  std::string key;
  std::string access_token;
};
std::optional<Login> read_login(std::string_view token);

// Ids that a new record may have. Those that begin with our server's own mark are numbers that it gives.
bool may_be_made(std::string_view id);
// What a record of that id is called when it is made: always the same, so that it is made once.
std::string unique_id_for(std::string_view id);

// A record, an array of them, or a message's `record` or `records`.
std::optional<std::vector<State>> read_records(std::string_view body);

struct Message {
  std::string type;
  std::vector<State> records;
  std::uint64_t seq = 0;  // of our server, for who resumes
};
// Where our server's log stands, and which history it is.
struct Stand {
  std::uint64_t place = 0;
  std::uint64_t epoch = 0;
};
// By the header Rockpool-Cursor: <place>-<epoch in hex>.
std::optional<Stand> read_stand(std::string_view cursor);

std::optional<Message> read_message(std::string_view frame);

// Why the server turned away or ended a socket: by the code first, since texts vary.
enum class Ending : std::uint8_t { not_valid, origin, token, other };
Ending read_ending(std::uint16_t code, std::string_view reason);

// What an error's body says; empty: nothing.
std::string read_error(std::string_view body);

}  // namespace rockpool::dialects::rested
