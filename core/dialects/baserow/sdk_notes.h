// What pages of our SDK ask for and are told beside the contract: whoever says `rockpool=1` in the query.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "core/dialects/baserow/checks.h"
#include "core/model/record.h"

namespace rockpool::dialects::baserow {

// What a request says of its rows, one by one; empty where it says nothing.
struct RowNotes {
  bool are_wanted = false;               // of the rows in the answer
  std::vector<std::string> names;        // of new rows: of one with that name no other is made. Empty: none
  std::vector<model::Version> versions;  // of rows that are there: others are not written
};
// `rockpool_name` and `rockpool_version` of the query, or `_names` and `_versions` of a body with `items`.
std::variant<RowNotes, Fault> read_notes(const std::string& query, const model::Value& body);

// {"version":3,"created":1672531200000,"updated":1672531200000,"name":"…"}; `name` is there when it is not
// the row's number.
std::string note_of(const model::Record& row);

}  // namespace rockpool::dialects::baserow
