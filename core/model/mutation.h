// A write that somebody wants to happen, and the one place that says what each op does to a record's data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/model/record.h"

namespace rockpool::model {

// The text form (`name_of`) is the wire's.
enum class Op : std::uint8_t {
  put,         // "put": the whole value; creates or replaces
  patch,       // "patch" with an object: JSON Merge Patch (RFC 7396); with an array: JSON Patch (RFC 6902)
  remove,      // "delete"
  add,         // "add": {path, value} to a number; absent counts as 0
  set_insert,  // "setInsert": {path, values} into a set-like array; absent counts as []
  set_remove,  // "setRemove"
  // For dialects whose writes name a place, not on our own wire (core/model/place.h):
  place,  // what stands at the place becomes the data, and what is missing on the way is made
  erase,  // what stands at the place goes
};

// Of those that have one.
std::string_view name_of(Op op);
std::optional<Op> op_of(std::string_view name);

// Commutative ops carry no base: they apply to whatever is current and rely on exactly-once alone.
inline bool is_at_place(Op op) { return op == Op::place || op == Op::erase; }
// May a record begin with it?
inline bool is_creative(Op op) { return op == Op::put || is_at_place(op); }

inline bool is_commutative(Op op) { return op == Op::add || op == Op::set_insert || op == Op::set_remove; }

// `data` is compact JSON text: the value of a put, the patch document, the addend of an add, the array of
// values of setInsert/setRemove; empty for a remove and an erase. `path` is a JSON Pointer for the
// commutative ops, and an array of steps for place and erase.
struct Mutation {
  std::uint64_t number = 0;
  Key key;
  Op op = Op::put;
  bool by_age = false;  // `base` counts from the record's birth: version - born, 0 if it does not exist
  bool blank = false;   // of a put with base 0: the record is born with the version that this makes
  std::string path;
  std::string data;
  // Exactly one of them for put, patch and remove (`base` 0: must not exist); none for commutative ops, and
  // none for a dialect's own forced write.
  std::optional<Version> base;
  std::optional<std::uint64_t> after;
#ifndef ROCKPOOL_CLIENT_ONLY
  // For dialects that serve, never on our own wire:
  std::optional<std::string> meta = {};  // the record's meta becomes this; none: it stays, over a put too
  bool counted =
      false;  // of a put of a new record: its id is the number it gets, in decimal; `key.id` is empty
  // Of a remove without an id: every record of the collection, and no more of them than `clear_records_max`.
  bool all = false;
#endif

  bool operator==(const Mutation&) const = default;
};

// Mutations that take effect together or not at all; most hold one.
using Group = std::vector<Mutation>;

// What `op` makes of `before` (compact JSON text, empty: does not exist). The result is empty for a remove.
// Errors: `not_found` (patch or commutative op on nothing), `invalid` with the JSON Pointer that does not
// fit, `too_large` past 1 MiB. Never changes its inputs; total on any text that `read` accepts.
base::Result<std::string> apply(const Mutation& mutation, std::string_view before);

// Is this mutation well-formed by itself (names, op and data fit together)? `apply` relies on it.
base::Status check(const Mutation& mutation);
// The same but for the name of the collection, which is one of the server's own.
base::Status check_content(const Mutation& mutation);

}  // namespace rockpool::model
