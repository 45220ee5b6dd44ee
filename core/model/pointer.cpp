#include "core/model/pointer.h"

#include <algorithm>

#include "core/base/text.h"

namespace rockpool::model {
namespace {

constexpr std::string_view closed_steps[] = {"__proto__", "constructor", "prototype"};
constexpr std::size_t shown_bytes_max = 100;
// A longer pointer is not sent back.
constexpr std::size_t path_bytes_max = 1024;

// nullopt: a ~ that escapes neither itself nor the slash.
std::optional<std::string> unescape(std::string_view step) {
  std::string plain;
  for (std::size_t i = 0; i < step.size(); ++i) {
    if (step[i] != '~') {
      plain += step[i];
      continue;
    }
    const char code = i + 1 < step.size() ? step[i + 1] : '\0';
    if (code != '0' && code != '1') return std::nullopt;
    plain += code == '0' ? '~' : '/';
    ++i;
  }
  return plain;
}

// Whole code points only: messages travel as JSON.
std::string_view shortened(std::string_view pointer) {
  if (pointer.size() <= shown_bytes_max) return pointer;
  std::size_t end = shown_bytes_max;
  while (end > 0 && (static_cast<unsigned char>(pointer[end]) & 0xc0) == 0x80) --end;
  return pointer.substr(0, end);
}

}  // namespace

base::Error misfit(std::string_view pointer, std::string_view reason) {
  std::string message(pointer.empty() ? "the whole value" : shortened(pointer));
  message += ": ";
  message += reason;
  const std::string_view path = pointer.size() <= path_bytes_max ? pointer : "";
  return {.code = base::Code::invalid, .message = std::move(message), .path = std::string(path)};
}

base::Result<std::vector<std::string>> read_pointer(std::string_view pointer) {
  std::vector<std::string> steps;
  if (pointer.empty()) return steps;
  if (pointer[0] != '/') return misfit(pointer, "a JSON Pointer begins with / or is empty");
  for (const std::string_view part : base::split(pointer.substr(1), '/')) {
    if (steps.size() == base::limits::path_steps_max) return misfit(pointer, "more than 64 steps");
    auto step = unescape(part);
    if (!step) return misfit(pointer, "~ must be followed by 0 or 1");
    if (std::find(std::begin(closed_steps), std::end(closed_steps), *step) != std::end(closed_steps)) {
      return misfit(pointer, "__proto__, constructor and prototype are no path steps");
    }
    steps.push_back(*std::move(step));
  }
  return steps;
}

std::optional<std::size_t> index_of(std::string_view step) {
  const auto index = base::read_decimal(step);
  if (!index || *index > base::limits::array_index_max) return std::nullopt;
  return static_cast<std::size_t>(*index);
}

Value* step_into(Value& parent, std::string_view step) {
  if (parent.is_object()) return member(parent, step);
  auto* array = parent.get_ptr<Value::array_t*>();
  const auto index = array == nullptr ? std::nullopt : index_of(step);
  return index && *index < array->size() ? &(*array)[*index] : nullptr;
}

}  // namespace rockpool::model
