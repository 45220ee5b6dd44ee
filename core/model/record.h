// The neutral nouns every dialect translates to and from.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/instant.h"

namespace rockpool::model {

// Assigned by whoever owns the truth, only compared by everyone else. 0: never existed. Below 2^53.
using Version = std::uint64_t;

struct Key {
  std::string collection;
  std::string id;
  auto operator<=>(const Key&) const = default;
};

// `data` and `meta` are compact JSON text; `data` is empty when the record does not exist (a tombstone has a
// version but no data). `meta` is the private state of dialects.
struct Record {
  Key key;
  Version version = 0;
  Version born = 0;       // the version just before this incarnation
  std::uint64_t num = 0;  // unique number in the space, for dialects with integer ids; 0: not given yet
  std::string data;
  std::string meta;
  base::Instant created;
  base::Instant updated;

  bool exists() const { return !data.empty(); }
  bool operator==(const Record&) const = default;
};

// A version of a record as the log stores it and subscribers hear it. Without `data` it is a delete.
struct Change {
  std::uint64_t seq = 0;
  Record record;
  Version previous = 0;      // the version it replaced
  std::string writer;        // public alias of the client that wrote it, empty for none
  std::uint64_t number = 0;  // of the mutation, with `writer`
  bool left = false;         // it is there still, but this reader does not see it any more
  bool operator==(const Change&) const = default;
};

// Where a reader of a space's log stands. Given to clients as opaque text.
//
// cursor := epoch:hex16 "." space:hex8 "." seq:decimal "." chain:hex8
struct Cursor {
  std::uint64_t epoch = 0;
  std::uint32_t space = 0;  // checksum of the space's name
  std::uint64_t seq = 0;
  std::uint32_t chain = 0;  // lowest 32 bits of the chain hash of entry `seq`
  bool operator==(const Cursor&) const = default;
};

std::string write_cursor(const Cursor& cursor);
std::optional<Cursor> read_cursor(std::string_view text);

}  // namespace rockpool::model
