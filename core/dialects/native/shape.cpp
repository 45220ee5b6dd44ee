#include "core/dialects/native/shape.h"

#include <array>

#include "core/base/text.h"
#include "core/dialect/object_text.h"
#include "core/model/envelope.h"

namespace rockpool::dialects::native {
namespace {

namespace limits = base::limits;
using model::Value;

constexpr std::array<std::string_view, 6> payloads = {"data",   "currentData", "value",
                                                      "values", "state",       "error"};

// A payload may be nested as deep as this before the whole frame is refused for it.
constexpr std::size_t frame_depth_max = 512;
constexpr std::size_t sub_bytes_max = 256;
constexpr std::size_t quoted_bytes_max = 64;

}  // namespace

base::Result<Value> read_frame(std::string_view frame, std::size_t bytes_max) {
  const model::ReadLimits frame_limits{.bytes_max = bytes_max,
                                       .depth_max = frame_depth_max,
                                       .values_max = bytes_max,
                                       .string_bytes_max = bytes_max};
  auto value = model::read_sliced(frame, payloads, frame_limits);
  if (!value) {
    return base::Error{.code = base::Code::bad_message, .message = value.error().message, .path = ""};
  }
  if (!value->is_object() && !value->is_array()) {
    return base::Error{.code = base::Code::bad_message,
                       .message = "a frame is a message, that is a JSON object, or an array of messages",
                       .path = ""};
  }
  return value;
}

std::optional<base::Error> refuse_payload(std::string_view json) {
  std::size_t depth = 0;
  std::size_t deepest = 0;
  std::size_t values = 1;
  for (std::size_t i = 0; i < json.size(); ++i) {
    switch (json[i]) {
      case '"':
        for (++i; i < json.size() && json[i] != '"'; ++i) i += json[i] == '\\' ? 1 : 0;
        break;
      case '{':
      case '[':
        deepest = ++depth > deepest ? depth : deepest;
        ++values;
        break;
      case '}':
      case ']': --depth; break;
      case ',': ++values; break;
      default: break;
    }
  }
  const bool too_deep = deepest > limits::json_depth_max;
  if (!too_deep && values <= limits::json_values_max) return std::nullopt;
  return base::Error{.code = base::Code::too_large,
                     .message = too_deep ? "the data is nested deeper than 64 levels"
                                         : "the data holds more than 100000 values",
                     .path = ""};
}

std::string read_sub(const Value& object, dialect::Members& members) {
  std::string out;
  const Value* sub = model::member(object, "sub");
  const auto* text = sub == nullptr ? nullptr : sub->get_ptr<const Value::string_t*>();
  if (text != nullptr && !text->empty() && text->size() <= sub_bytes_max) {
    model::append_quoted(out, *text);
  } else if (sub != nullptr && sub->is_number()) {
    out = model::canonical(*sub);
  }
  const bool is_whole = text != nullptr || out.find_first_not_of("-0123456789") == std::string::npos;
  if (out.empty() || !is_whole)
    members.wrong("sub", "is neither a text of 1 to 256 bytes nor a whole number");
  return out;
}

std::string signal_text(dialect::Members& members) {
  std::string out;
  dialect::ObjectText text(out);
  for (const char* name : {"type", "event", "rpc", "user"}) {
    if (members.has(name)) text.text(name, members.text(name));
  }
  for (const char* name : {"id", "timeout"}) {
    if (members.has(name)) text.count(name, members.count(name));
  }
  if (members.has("sub")) text.raw("sub", read_sub(members.value(), members));
  if (members.has("on")) text.flag("on", members.flag_or("on", true));
  for (const char* name : {"data", "error"}) {
    if (members.has(name)) text.raw(name, members.text(name));
  }
  text.end();
  return out;
}

std::string quote(std::string_view text) {
  std::string out;
  // Cutting may halve a character; what is left of it is written as a replacement character.
  model::append_quoted(out, text.substr(0, quoted_bytes_max));
  return out;
}

}  // namespace rockpool::dialects::native
