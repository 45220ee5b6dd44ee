#include "core/model/place.h"

#include <algorithm>

#include "core/base/limits.h"
#include "core/base/text.h"
#include "core/model/names.h"
#include "core/model/value.h"

namespace rockpool::model {
namespace {

using Steps = std::vector<Step>;

constexpr std::string_view closed_names[] = {"__proto__", "constructor", "prototype"};
constexpr ReadLimits record_limits{.bytes_max = base::limits::record_bytes_max};

base::Error misplaced(std::string message) {
  return {.code = base::Code::invalid, .message = std::move(message), .path = {}};
}
base::Error too_large() {
  return {.code = base::Code::too_large, .message = "the record would be larger than 1 MiB", .path = {}};
}

base::Result<Steps> read_steps(std::string_view text) {
  const auto list = read(text);
  if (!list || !list->is_array() || list->empty()) return misplaced("names no place");
  if (list->size() > base::limits::path_steps_max) return misplaced("has more than 64 steps");
  Steps steps;
  for (const Value& one : *list) {
    if (const auto* name = one.get_ptr<const std::string*>()) {
      if (std::find(std::begin(closed_names), std::end(closed_names), *name) != std::end(closed_names)) {
        return misplaced("__proto__, constructor and prototype are no names of places");
      }
      steps.emplace_back(*name);
    } else if (const auto index = as_count(one)) {
      steps.emplace_back(*index);
    } else {
      return misplaced("a step is a name or an index");
    }
  }
  return steps;
}

std::string name_of(const Step& step) {
  const auto* name = std::get_if<std::string>(&step);
  return name != nullptr ? *name : base::decimal(std::get<std::uint64_t>(step));
}

std::optional<std::uint64_t> index_of(const Step& step) {
  const auto* name = std::get_if<std::string>(&step);
  return name != nullptr ? base::read_decimal(*name) : std::get<std::uint64_t>(step);
}

// The element or member at `step` of a container, null and new when it was missing.
base::Result<Value*> enter(Value& container, const Step& step, std::size_t array_gap_max) {
  auto* array = container.get_ptr<Value::array_t*>();
  if (array == nullptr) return &container[name_of(step)];
  const auto index = index_of(step);
  if (!index) return misplaced("an array has no member \"" + name_of(step) + "\"");
  if (*index > array->size() + array_gap_max) {
    return misplaced("index " + base::decimal(*index) + " is too far behind the end of the array");
  }
  if (*index >= array->size()) array->resize(static_cast<std::size_t>(*index) + 1);
  return &(*array)[static_cast<std::size_t>(*index)];
}

void remove_at(Value& container, const Step& step) {
  if (auto* object = container.get_ptr<Value::object_t*>()) {
    const std::string name = name_of(step);
    std::erase_if(*object, [&](const Value::Item& item) { return item.name == name; });
  }
}

base::Status change(Value& root, const Steps& steps, const Mutation& mutation, std::size_t array_gap_max) {
  if (root.is_object() && std::holds_alternative<std::uint64_t>(steps.front())) {
    return misplaced("the record is no array");
  }
  Value* at = &root;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (!at->is_structured()) {
      *at = std::holds_alternative<std::uint64_t>(steps[i]) ? Value::array() : Value::object();
    }
    const bool is_last = i + 1 == steps.size();
    if (is_last && mutation.op == Op::erase && at->is_object()) {
      remove_at(*at, steps[i]);
      return base::done();
    }
    const auto next = enter(*at, steps[i], array_gap_max);
    if (!next) return next.error();
    at = *next;
  }
  // An array keeps its length.
  if (mutation.op == Op::erase) {
    *at = Value();
    return base::done();
  }
  auto data = read(mutation.data, record_limits);
  if (!data) return data.error();
  *at = std::move(*data);
  return base::done();
}

}  // namespace

std::string write_steps(std::span<const Step> steps) {
  std::string text = "[";
  for (const Step& step : steps) {
    if (text.size() > 1) text += ',';
    if (const auto* name = std::get_if<std::string>(&step)) {
      append_quoted(text, *name);
    } else {
      text += base::decimal(std::get<std::uint64_t>(step));
    }
  }
  return text += ']';
}

std::string at_place(std::string_view data, std::string_view steps_text) {
  auto root = read(data, record_limits);
  const auto steps = read_steps(steps_text);
  if (!root || !steps) return {};
  const Value* at = &*root;
  for (const Step& step : *steps) {
    if (const auto* array = at->get_ptr<const Value::array_t*>()) {
      const auto index = index_of(step);
      at = index && *index < array->size() ? &(*array)[static_cast<std::size_t>(*index)] : nullptr;
    } else {
      at = member(*at, name_of(step));
    }
    if (at == nullptr) return {};
  }
  return write(*at);
}

base::Status check_place(const Mutation& mutation) {
  if (auto fine = check_id(mutation.key.id); !fine) return fine;
  if (auto steps = read_steps(mutation.path); !steps) return steps.error();
  if (mutation.op == Op::erase) return mutation.data.empty() ? base::done() : misplaced("has data to erase");
  if (mutation.data.empty()) return misplaced("there is no data");
  return mutation.data.size() > base::limits::record_bytes_max ? too_large() : base::done();
}

base::Result<std::string> apply_place(const Mutation& mutation, std::string_view before,
                                      std::size_t array_gap_max) {
  const auto steps = read_steps(mutation.path);
  if (!steps) return steps.error();
  auto root = read(before.empty() ? "{}" : before, record_limits);
  if (!root) return root.error();
  if (auto done = change(*root, *steps, mutation, array_gap_max); !done) return done.error();
  if (auto fine = fits(*root, record_limits); !fine) return fine.error();
  std::string after = write(*root);
  if (after.size() > base::limits::record_bytes_max) return too_large();
  return after;
}

}  // namespace rockpool::model
