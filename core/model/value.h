// JSON from outside, read with its limits enforced while parsing, and written in the two forms we use.
//
// The one door through which nlohmann/json enters. Nothing here throws or aborts on any input.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "core/base/limits.h"
#include "core/base/result.h"

namespace rockpool::model {

// Keeps the order in which members were written.
using Value = nlohmann::ordered_json;

struct ReadLimits {
  std::size_t bytes_max = base::limits::down_message_bytes_max;
  std::size_t depth_max = base::limits::json_depth_max;
  std::size_t values_max = base::limits::json_values_max;
  std::size_t keys_max = base::limits::json_object_keys_max;
  std::size_t key_bytes_max = base::limits::json_key_bytes_max;
  std::size_t string_bytes_max = base::limits::json_string_bytes_max;
};

// Parses one JSON text. `invalid` names the byte (counted from 0) and what is wrong: not UTF-8, a byte order
// mark, a NUL byte, a syntax error, half a surrogate pair in escapes, a number that is no finite double;
// `too_large` names the limit passed. For repeated keys the last value wins, at the place of the first.
base::Result<Value> read(std::string_view text, const ReadLimits& limits = {});

// The same text without insignificant white space, after the same checks; numbers stay as they were written.
base::Result<std::string> compact(std::string_view text, const ReadLimits& limits = {});

// The limits, on a value already made: what `read` would say of its text, bytes aside.
base::Status fits(const Value& value, const ReadLimits& limits = {});

// Compact, members in their order. In a string that is not UTF-8 each byte above 7f comes out as U+FFFD.
std::string write(const Value& value);

// `text` as a JSON string, quotes and escapes included: for messages written around payloads.
void append_quoted(std::string& out, std::string_view text);

// Compact, keys sorted by code unit, integers as digits, doubles in their shortest form and as digits where
// they are whole and below 2^53. Equal values have equal canonical text.
std::string canonical(const Value& value);

// Have both the same canonical text? Found out without writing it, and false at the first difference.
bool same(const Value& left, const Value& right);

// Typed access that cannot fail: null or nullopt when `object` is no object, the member is missing, or it is
// of another type.
const Value* member(const Value& object, std::string_view name);
const std::string* text_member(const Value& object, std::string_view name);
std::optional<bool> bool_member(const Value& object, std::string_view name);
// An integer from 0 to 2^63-1; a double with a whole value counts, since JavaScript has no other numbers.
std::optional<std::uint64_t> count_member(const Value& object, std::string_view name);
std::optional<std::uint64_t> as_count(const Value& value);

}  // namespace rockpool::model
