// What both directions of the codec share. Private to the codec.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/dialect/members.h"

namespace rockpool::dialects::native {

// One frame with its payloads sliced. Anything but an object or an array is a `bad_message`, and so is what
// the reader refuses. Bounds on payloads are the records', so the frame's own are wider: refuse_payload
// judges each by itself.
base::Result<model::Value> read_frame(std::string_view frame, std::size_t bytes_max);

// Nested deeper, or of more values, than a record may be?
std::optional<base::Error> refuse_payload(std::string_view json);

// Member `sub` as compact JSON text.
std::string read_sub(const model::Value& object, dialect::Members& members);

// An event or a step of a call, written anew without what is none of its members.
std::string signal_text(dialect::Members& members);

// For error messages: the first bytes of a text, quoted.
std::string quote(std::string_view text);

}  // namespace rockpool::dialects::native
