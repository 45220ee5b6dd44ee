#include "core/model/patch.h"

#include <algorithm>
#include <array>
#include <map>

#include "core/base/text.h"
#include "core/model/pointer.h"

namespace rockpool::model {
namespace {

using Object = Value::object_t;
using Array = Value::array_t;
using Steps = std::vector<std::string>;

// Operations move elements and members, so that a long list on a large array is work without end.
constexpr std::size_t operations_max = 1000;
// Values that all `copy` operations of a patch may make together: repeated, each can double the document.
constexpr std::size_t copied_values_max = base::limits::json_values_max;
constexpr std::size_t copied_bytes_max = 4 * base::limits::record_bytes_max;
// Up to here a search from the front is quicker than a map.
constexpr std::size_t few_members = 16;

// ---- merge patch

void merge_member(Object& target, Value* held, const Value::Item& change) {
  if (held == nullptr) {
    Value made;
    merge_patch(made, change.value);
    target.emplace_back(change.name, std::move(made));
  } else {
    merge_patch(*held, change.value);
  }
}

// Members in their order without those that `removes`.
template <typename Removes>
void remove_members(Object& object, const Removes& removes) {
  Object kept;
  kept.reserve(object.size());
  for (auto& item : object) {
    if (!removes(item.name)) kept.emplace_back(item.name, std::move(item.value));
  }
  object = std::move(kept);
}

void merge_few(Object& target, const Object& patch) {
  for (const auto& change : patch) {
    const auto found =
        std::find_if(target.begin(), target.end(), [&](const auto& m) { return m.name == change.name; });
    if (!change.value.is_null()) {
      merge_member(target, found == target.end() ? nullptr : &found->value, change);
    } else if (found != target.end()) {
      target.erase(found);
    }
  }
}

// One pass over each side: a large patch on a large object would otherwise compare all keys with all keys.
void merge_many(Object& target, const Object& patch) {
  std::map<std::string_view, std::size_t> changes;
  for (const auto& change : patch) changes.emplace(change.name, changes.size());
  for (auto& item : target) {
    const auto found = changes.find(item.name);
    if (found == changes.end()) continue;
    const Value& change = patch[found->second].value;
    if (change.is_null()) continue;
    merge_patch(item.value, change);
    changes.erase(found);
  }
  const auto removed = [&](const std::string& name) { return changes.contains(name); };
  remove_members(target, removed);
  target.reserve(target.size() + changes.size());
  for (const auto& change : patch) {
    if (!change.value.is_null() && changes.contains(change.name)) merge_member(target, nullptr, change);
  }
}

// ---- JSON patch

enum class Verb : std::uint8_t { add, remove, replace, move, copy, test };
constexpr std::array<std::string_view, 6> verbs = {"add", "remove", "replace", "move", "copy", "test"};

std::optional<Verb> verb_of(const Value& operation) {
  const std::string* name = text_member(operation, "op");
  if (name == nullptr) return std::nullopt;
  const auto found = std::find(verbs.begin(), verbs.end(), *name);
  if (found == verbs.end()) return std::nullopt;
  return static_cast<Verb>(found - verbs.begin());
}

bool needs_value(Verb verb) { return verb == Verb::add || verb == Verb::replace || verb == Verb::test; }
bool needs_from(Verb verb) { return verb == Verb::move || verb == Verb::copy; }

base::Status check_operation(const Value& operation, const std::string& where) {
  if (!operation.is_object()) return misfit(where, "an operation is an object with op and path");
  const auto verb = verb_of(operation);
  if (!verb) return misfit(where + "/op", "op is one of add, remove, replace, move, copy, test");
  for (const std::string_view name : {"path", "from"}) {
    if (name == "from" && !needs_from(*verb)) continue;
    const std::string place = where + '/' + std::string(name);
    const std::string* pointer = text_member(operation, name);
    if (pointer == nullptr) return misfit(place, "must be there and be text, a JSON Pointer");
    if (auto steps = read_pointer(*pointer); !steps) return misfit(place, steps.error().message);
  }
  if (needs_value(*verb) && member(operation, "value") == nullptr)
    return misfit(where + "/value", "must be there");
  return base::done();
}

class JsonPatch {
 public:
  explicit JsonPatch(Value& root) : root_(root) {}
  base::Status apply(const Value& operation);

 private:
  base::Status add(const std::string& pointer, Value value);
  base::Status add_to_array(Array& array, const std::string& pointer, const std::string& step, Value value);
  base::Result<Value> take(const std::string& pointer);
  base::Status replace(const std::string& pointer, const Value& value);
  base::Status move(const std::string& from, const std::string& to);
  base::Status copy(const std::string& from, const std::string& to);
  base::Status test(const std::string& pointer, const Value& value);
  base::Result<Value*> find(const std::string& pointer);
  Value* find_steps(const Steps& steps, std::size_t count);
  bool may_copy(const Value& value, std::size_t depth = 0);

  Value& root_;
  std::size_t copied_values_ = 0;
  std::size_t copied_bytes_ = 0;
};

Steps steps_of(const std::string& pointer) {
  auto steps = read_pointer(pointer);
  return steps ? *std::move(steps) : Steps{};
}

base::Status JsonPatch::apply(const Value& operation) {
  const std::string& path = *text_member(operation, "path");
  const Value* value = member(operation, "value");
  switch (*verb_of(operation)) {
    case Verb::add: return add(path, *value);
    case Verb::replace: return replace(path, *value);
    case Verb::move: return move(*text_member(operation, "from"), path);
    case Verb::copy: return copy(*text_member(operation, "from"), path);
    case Verb::test: return test(path, *value);
    case Verb::remove: break;
  }
  if (auto taken = take(path); !taken) return taken.error();
  return base::done();
}

Value* JsonPatch::find_steps(const Steps& steps, std::size_t count) {
  Value* at = &root_;
  for (std::size_t i = 0; i < count && at != nullptr; ++i) at = step_into(*at, steps[i]);
  return at;
}

base::Result<Value*> JsonPatch::find(const std::string& pointer) {
  const Steps steps = steps_of(pointer);
  Value* found = find_steps(steps, steps.size());
  if (found == nullptr) return misfit(pointer, "there is nothing at this path");
  return found;
}

base::Status JsonPatch::add(const std::string& pointer, Value value) {
  const Steps steps = steps_of(pointer);
  if (steps.empty()) {
    root_ = std::move(value);
    return base::done();
  }
  Value* parent = find_steps(steps, steps.size() - 1);
  if (parent == nullptr) return misfit(pointer, "there is no parent to add to");
  if (auto* array = parent->get_ptr<Array*>())
    return add_to_array(*array, pointer, steps.back(), std::move(value));
  auto* object = parent->get_ptr<Object*>();
  if (object == nullptr) return misfit(pointer, "the parent is neither object nor array");
  if (Value* held = step_into(*parent, steps.back())) {
    *held = std::move(value);
  } else {
    object->emplace_back(steps.back(), std::move(value));
  }
  return base::done();
}

base::Status JsonPatch::add_to_array(Array& array, const std::string& pointer, const std::string& step,
                                     Value value) {
  const auto index = step == "-" ? std::optional(array.size()) : index_of(step);
  if (!index || *index > array.size())
    return misfit(pointer, "not -, and no index of this array from 0 to its length, at most 10000");
  array.insert(array.begin() + static_cast<std::ptrdiff_t>(*index), std::move(value));
  return base::done();
}

// The whole value cannot be removed by a patch: that would be a delete, which is an op of its own.
base::Result<Value> JsonPatch::take(const std::string& pointer) {
  const Steps steps = steps_of(pointer);
  if (steps.empty()) return misfit(pointer, "cannot be removed by a patch, delete the record instead");
  Value* parent = find_steps(steps, steps.size() - 1);
  Value* held = parent == nullptr ? nullptr : step_into(*parent, steps.back());
  if (held == nullptr) return misfit(pointer, "there is nothing at this path");
  Value taken = std::move(*held);
  if (auto* array = parent->get_ptr<Array*>()) {
    array->erase(array->begin() + (held - array->data()));
  } else {
    auto* object = parent->get_ptr<Object*>();
    object->erase(
        std::find_if(object->begin(), object->end(), [&](const auto& m) { return &m.value == held; }));
  }
  return taken;
}

base::Status JsonPatch::replace(const std::string& pointer, const Value& value) {
  auto held = find(pointer);
  if (!held) return held.error();
  **held = value;
  return base::done();
}

base::Status JsonPatch::move(const std::string& from, const std::string& to) {
  if (from == to) {
    if (auto held = find(from); !held) return held.error();
    return base::done();
  }
  if (to.starts_with(from) && to[from.size()] == '/')
    return misfit(to, "a value cannot be moved into itself");
  auto taken = take(from);
  if (!taken) return taken.error();
  return add(to, *std::move(taken));
}

base::Status JsonPatch::copy(const std::string& from, const std::string& to) {
  auto held = find(from);
  if (!held) return held.error();
  if (may_copy(**held)) return add(to, **held);
  base::Error error = misfit(to, "the copies this patch makes are too large or too deep");
  error.code = base::Code::too_large;
  return error;
}

base::Status JsonPatch::test(const std::string& pointer, const Value& value) {
  auto held = find(pointer);
  if (!held) return held.error();
  if (!same(**held, value)) return misfit(pointer, "test failed, another value is here");
  return base::done();
}

// Also refuses what nests too deep by now: copying recurses.
bool JsonPatch::may_copy(const Value& value, std::size_t depth) {
  if (depth > base::limits::json_depth_max) return false;
  ++copied_values_;
  if (const auto* text = value.get_ptr<const std::string*>()) copied_bytes_ += text->size();
  if (copied_values_ > copied_values_max || copied_bytes_ > copied_bytes_max) return false;
  if (const auto* array = value.get_ptr<const Array*>()) {
    return std::all_of(array->begin(), array->end(),
                       [&](const Value& inner) { return may_copy(inner, depth + 1); });
  }
  const auto* object = value.get_ptr<const Object*>();
  return object == nullptr || std::all_of(object->begin(), object->end(), [&](const auto& item) {
           copied_bytes_ += item.name.size();
           return may_copy(item.value, depth + 1);
         });
}

}  // namespace

void merge_patch(Value& target, const Value& patch) {
  const auto* changes = patch.get_ptr<const Object*>();
  if (changes == nullptr) {
    target = patch;
    return;
  }
  if (!target.is_object()) target = Value::object();
  auto& object = *target.get_ptr<Object*>();
  if (changes->size() <= few_members) {
    merge_few(object, *changes);
  } else {
    merge_many(object, *changes);
  }
}

base::Status check_json_patch(const Value& patch) {
  const auto* operations = patch.get_ptr<const Array*>();
  if (operations == nullptr) return misfit("", "a JSON Patch is an array of operations");
  if (operations->size() > operations_max) {
    return base::Error{
        .code = base::Code::too_large, .message = "a JSON Patch of more than 1000 operations", .path = ""};
  }
  for (std::size_t i = 0; i < operations->size(); ++i) {
    if (auto fine = check_operation((*operations)[i], '/' + base::decimal(std::uint64_t{i})); !fine)
      return fine;
  }
  return base::done();
}

base::Status json_patch(Value& target, const Value& patch) {
  JsonPatch run(target);
  for (const Value& operation : *patch.get_ptr<const Array*>()) {
    if (auto done = run.apply(operation); !done) return done;
  }
  return base::done();
}

}  // namespace rockpool::model
