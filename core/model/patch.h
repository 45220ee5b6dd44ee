// JSON Merge Patch (RFC 7396) and JSON Patch (RFC 6902) on Values. Private to the module.
#pragma once

#include "core/base/result.h"
#include "core/model/value.h"

namespace rockpool::model {

// Total: every patch fits every target. A target that is no object becomes one when the patch is one.
void merge_patch(Value& target, const Value& patch);

// Is this a list of at most 1,000 well-formed operations? `path` of the error points into the patch.
base::Status check_json_patch(const Value& patch);

// All operations or none: on an error `target` is to be thrown away. Relies on check_json_patch.
// `invalid` with the pointer that does not fit; `too_large` when `copy` makes too much of little.
base::Status json_patch(Value& target, const Value& patch);

}  // namespace rockpool::model
