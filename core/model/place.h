// Writes that name a place in a record's data, as a way of steps that need not exist yet.
//
// steps := "[" step ("," step)* "]"     step := string, a member's name | natural, an element's index
//
// A name of digits alone is an index where an array stands; an index is a name where an object stands below
// the record's root. What is missing on the way becomes an array before an index and an object before a name,
// and so does a scalar or null that is in the way. New elements of an array are null up to the index.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/limits.h"
#include "core/model/mutation.h"

namespace rockpool::model {

using Step = std::variant<std::string, std::uint64_t>;

// As `Mutation::path` has them.
std::string write_steps(std::span<const Step> steps);

// What stands there; empty: nothing does. As compact JSON text.
std::string at_place(std::string_view data, std::string_view steps);

// As `check` and `apply` (core/model/mutation.h) for place and erase, which begin a record that does not
// exist as an empty object. `invalid` for a place that cannot be: a name on an array, an index on the root
// unless that is an array, one more than `array_gap_max` behind an array's end, more than 64 steps, or none,
// `__proto__`, `constructor` and `prototype`.
base::Status check_place(const Mutation& mutation);
base::Result<std::string> apply_place(const Mutation& mutation, std::string_view before,
                                      std::size_t array_gap_max = base::limits::array_gap_max);

}  // namespace rockpool::model
