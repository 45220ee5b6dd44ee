// JSON Pointer (RFC 6901) as a way into a Value. Private to the module.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/model/value.h"

namespace rockpool::model {

// The steps, unescaped; none for the whole value. At most 64 of them. `__proto__`, `constructor` and
// `prototype` are refused: a page that followed such a path in JavaScript would change all objects.
base::Result<std::vector<std::string>> read_pointer(std::string_view pointer);

// An array index: digits without leading zeros, at most 10,000.
std::optional<std::size_t> index_of(std::string_view step);

// Null when there is nothing at that step of `parent`.
Value* step_into(Value& parent, std::string_view step);

// An error about a place in the record's data.
base::Error misfit(std::string_view pointer, std::string_view reason);

}  // namespace rockpool::model
