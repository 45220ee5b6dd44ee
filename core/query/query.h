// The query language of the SDK (`Query` in its declaration): which records, in which order, how many.
//
//   query := {where?, orderBy?, limit?, after?}
//   where := {path: value | {operator: operand, ...}, $and?: [where, ...], $or?: [where, ...], $not?: where}
//   path  := member names joined by dots, at most 8; `id` is the record's id
//   order := path | {by: path, desc?, nocase?}, or a list of these
//
// All members of a where must hold. Operators:
//   $eq $ne $in           equality as in canonical JSON; null equals a missing member
//   $gt $gte $lt $lte     only against numbers, strings, booleans; values of another type never match
//   $has                  an array with an element equal to the operand
//   $text                 a string containing the operand, without regard to case (see base/fold.h); accents
//   count $exists               is the member there, be it null?
// A test without operators ({}) always holds: what JavaScript makes of {$gte: undefined}.
//
// Order over all types: missing and null < false < true < numbers < strings by code point < arrays < objects,
// the last two by canonical text. Equal rows follow each other by id, upwards also under `desc`. So every
// order is total, and the same everywhere.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/query/fields.h"
#include "core/query/scan.h"

namespace rockpool::query {

enum class Operator : std::uint8_t { eq, ne, gt, gte, lt, lte, in, has, text, exists };

// The types in their order.
enum class Type : std::uint8_t { null, boolean_false, boolean_true, number, text, array, object };

struct Operand {
  Type type = Type::null;
  Number number;
  std::string text;  // of a string (folded for $text); canonical text of an array or object
};

struct Condition {
  enum class Kind : std::uint8_t { all, any, none, test };
  Kind kind = Kind::all;
  std::vector<Condition> parts;  // of all, any and none
  std::size_t path = 0;          // of a test: index into Spec::paths
  Operator test = Operator::eq;
  std::vector<Operand> operands;  // one, but for $in
};

struct Order {
  std::size_t path = 0;
  bool desc = false;
  bool nocase = false;
};

struct Spec {
  std::vector<std::vector<std::string>> paths;  // those of all tests and orders, each once
  Condition where;
  std::vector<Order> order;
  std::optional<std::size_t> limit;
  std::string after;  // id of the record behind which the rows begin, empty: at the first
};

// `text` is JSON. Errors are `invalid`, their message names the place as people write it ("where.title:
// unknown operator $foo"), their path as a JSON Pointer; `too_large` past 1,000 tests, 100 paths or a JSON
// limit.
base::Result<Spec> parse(std::string_view text);
// Equal for queries that mean the same but for the way they are written. Errors: those of `parse`.
base::Result<std::string> canonical(std::string_view text);

// A text as part of a sort key: (byte | 00 ff)* 00 01, where 00 ff stands for a NUL. No key begins another
// one, so that the order also holds with all bytes turned over.
void append_text_key(std::string& out, std::string_view text);

// Judges records by a spec. Keeps buffers between calls, so that most records cost no allocation.
class Judge {
 public:
  explicit Judge(Spec spec);

  const Spec& spec() const { return spec_; }
  // Does the record fit `where`? `json` is its data as compact JSON text.
  bool fits(std::string_view id, std::string_view json);
  // Appends bytes that sort, compared as bytes, as the order does, the id at the end. Of the record last
  // given to fits().
  void append_key(std::string& out);

 private:
  struct Field {
    Type type = Type::null;
    bool missing = false;
    bool plain = false;  // the id, which is no JSON text
    std::string_view raw;
  };

  static Type type_of(std::string_view raw);
  Field field(std::size_t path) const;
  std::string_view text_of(const Field& field);
  bool holds(const Condition& condition);
  bool passes(const Field& field, const Condition& condition);
  bool equals(const Field& field, const Operand& operand);
  bool in_order(const Field& field, Operator test, const Operand& operand);
  bool contains(const Field& array, const Operand& operand);
  bool has_text(const Field& field, const Operand& operand);
  void append_field(std::string& out, const Field& field, bool nocase);

  Spec spec_;
  Fields fields_;
  std::size_t id_path_;  // index of the path `id`, or past all
  std::string_view id_;
  std::vector<std::string_view> found_;
  std::string scratch_;
  std::string folded_;
};

}  // namespace rockpool::query
