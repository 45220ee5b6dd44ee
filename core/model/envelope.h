// A message parsed once, with its payloads left as text: what only passes through is never made into Values.
#pragma once

#include <span>
#include <string_view>

#include "core/base/result.h"
#include "core/model/value.h"

namespace rockpool::model {

// Like `read`, same checks and limits, but the value of every member called by one of `names`, at any depth
// outside of such a value, becomes a string holding that value's compact JSON text. With `data` sliced,
// {"data": {"a": 1}} gives {"data": "{\"a\":1}"} and {"data": "x"} gives {"data": "\"x\""}: a sliced member
// is always a string, and never empty.
base::Result<Value> read_sliced(std::string_view text, std::span<const std::string_view> names,
                                const ReadLimits& limits = {});

}  // namespace rockpool::model
