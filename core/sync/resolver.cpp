#include "core/sync/resolver.h"

#include <optional>

#include "core/model/value.h"

namespace rockpool::sync {
namespace {

using model::Value;

// Absent is different from null.
using Side = const Value*;

bool same(Side a, Side b) { return a == b || (a != nullptr && b != nullptr && *a == *b); }

Side child(Side object, const std::string& name) {
  return object == nullptr ? nullptr : model::member(*object, name);
}

const Value::object_t& members_of(const Value& object) { return *object.get_ptr<const Value::object_t*>(); }

// A member that `object` does not have yet.
void add(Value& object, std::string name, Value value) {
  object.get_ptr<Value::object_t*>()->emplace_back(std::move(name), std::move(value));
}

// The rule of the longest listed path at or above `path`.
Rule rule_for(const Policy& policy, std::string path) {
  while (!path.empty()) {
    const auto found = policy.fields.find(path);
    if (found != policy.fields.end()) return found->second;
    const std::size_t dot = path.rfind('.');
    path.resize(dot == std::string::npos ? 0 : dot);
  }
  return policy.standard;
}

// Theirs without what I took out of base, and what I added behind it.
Value unite(Side base, const Value& mine, const Value& theirs) {
  const auto has = [](const Value& array, const Value& element) {
    for (const Value& candidate : array) {
      if (candidate == element) return true;
    }
    return false;
  };
  Value united = Value::array();
  const bool had = base != nullptr && base->is_array();
  for (const Value& element : theirs) {
    const bool taken_out = had && has(*base, element) && !has(mine, element);
    if (!taken_out) united.push_back(element);
  }
  for (const Value& element : mine) {
    const bool old = had && has(*base, element);
    if (!old && !has(united, element)) united.push_back(element);
  }
  return united;
}

class Merge {
 public:
  Merge(const Policy& policy, Resolution& result) : policy_(policy), result_(result) {}

  std::optional<Value> sides(Side base, Side mine, Side theirs, const std::string& path) {
    if (same(mine, theirs) || same(mine, base)) return copy(theirs);
    if (same(theirs, base)) return copy(mine);
    const bool objects = mine != nullptr && theirs != nullptr && mine->is_object() && theirs->is_object();
    if (objects) return members(base, *mine, *theirs, path);
    return clash(base, mine, theirs, path);
  }

 private:
  static std::optional<Value> copy(Side side) {
    return side == nullptr ? std::nullopt : std::optional<Value>(*side);
  }

  std::optional<Value> members(Side base, const Value& mine, const Value& theirs, const std::string& path) {
    const Side before = base != nullptr && base->is_object() ? base : nullptr;
    Value merged = Value::object();
    const auto take = [&](const std::string& name) {
      std::optional<Value> value = sides(child(before, name), child(&mine, name), child(&theirs, name),
                                         path.empty() ? name : path + '.' + name);
      if (value) add(merged, name, std::move(*value));
    };
    for (const auto& [name, value] : members_of(theirs)) take(name);
    for (const auto& [name, value] : members_of(mine)) {
      if (model::member(theirs, name) == nullptr) take(name);
    }
    return merged;
  }

  std::optional<Value> clash(Side base, Side mine, Side theirs, const std::string& path) {
    const Rule rule = rule_for(policy_, path);
    const bool arrays = mine != nullptr && theirs != nullptr && mine->is_array() && theirs->is_array();
    if (rule == Rule::set && arrays) return unite(base, *mine, *theirs);
    result_.paths.push_back(path);
    if (rule == Rule::manual) result_.what = Resolution::What::ask_user;
    if (rule == Rule::function && result_.what != Resolution::What::ask_user) {
      result_.what = Resolution::What::ask_app;
    }
    return copy(rule == Rule::server ? theirs : mine);
  }

  const Policy& policy_;
  Resolution& result_;
};

// One side deleted the record, the other did not.
Resolution resolve_deletion(const Sides& sides, const Policy& policy) {
  using What = Resolution::What;
  const bool mine_deleted = sides.mine.empty();
  if (sides.mine == sides.base)
    return {.what = What::keep_theirs, .merged = std::string(sides.theirs), .paths = {}};
  if (sides.theirs == sides.base) return {.what = What::push, .merged = std::string(sides.mine), .paths = {}};
  Resolution result{.what = What::push, .merged = std::string(sides.mine), .paths = {""}};
  switch (policy.standard) {
    case Rule::manual: result.what = What::ask_user; break;
    case Rule::function: result.what = What::ask_app; break;
    case Rule::client: break;
    case Rule::server: result.what = What::keep_theirs; break;
    case Rule::merge:
    case Rule::set:
      if (!mine_deleted) result.what = What::keep_theirs;
      break;
  }
  if (result.what == What::keep_theirs) result.merged = sides.theirs;
  return result;
}

std::optional<Value> parse(std::string_view text) {
  if (text.empty()) return std::nullopt;
  base::Result<Value> value = model::read(text);
  assert(value.ok() && "records hold text that was read before");
  return value.ok() ? std::optional<Value>(std::move(*value)) : std::nullopt;
}

std::string pointer_step(const std::string& name) {
  std::string step = "/";
  for (const char c : name) {
    if (c == '~')
      step += "~0";
    else if (c == '/')
      step += "~1";
    else
      step += c;
  }
  return step;
}

// The merge patch that makes `after` out of `before`, two objects; nullopt when there is none, because a null
// is to be set. It fits whatever the record has become meanwhile, which a JSON Patch does not.
std::optional<Value> merge_difference(const Value& before, const Value& after) {
  Value patch = Value::object();
  for (const auto& [name, old] : members_of(before)) {
    if (model::member(after, name) == nullptr) add(patch, name, nullptr);
  }
  for (const auto& [name, value] : members_of(after)) {
    const Value* old = model::member(before, name);
    if (old != nullptr && *old == value) continue;
    static const Value nothing = Value::object();
    if (value.is_null()) return std::nullopt;
    std::optional<Value> part = value;
    if (value.is_object())
      part = merge_difference(old != nullptr && old->is_object() ? *old : nothing, value);
    if (!part) return std::nullopt;
    add(patch, name, std::move(*part));
  }
  return patch;
}

Value operation(const char* op, const std::string& path, const Value* value) {
  Value made = Value::object();
  add(made, "op", op);
  add(made, "path", path);
  if (value != nullptr) add(made, "value", *value);
  return made;
}

void collect(const Value& before, const Value& after, const std::string& path, Value& patch) {
  if (before == after) return;
  if (!before.is_object() || !after.is_object()) {
    patch.push_back(operation("add", path, &after));  // in the place of what is there, if anything is
    return;
  }
  for (const auto& [name, old] : members_of(before)) {
    if (model::member(after, name) == nullptr)
      patch.push_back(operation("remove", path + pointer_step(name), nullptr));
  }
  for (const auto& [name, value] : members_of(after)) {
    const Value* old = model::member(before, name);
    const std::string step = path + pointer_step(name);
    if (old == nullptr)
      patch.push_back(operation("add", step, &value));
    else
      collect(*old, value, step, patch);
  }
}

}  // namespace

Resolution resolve(const Sides& sides, const Policy& policy) {
  if (sides.mine == sides.theirs) {
    return {.what = Resolution::What::keep_theirs, .merged = std::string(sides.theirs), .paths = {}};
  }
  if (sides.mine.empty() || sides.theirs.empty()) return resolve_deletion(sides, policy);

  const std::optional<Value> base = parse(sides.base);
  const std::optional<Value> mine = parse(sides.mine);
  const std::optional<Value> theirs = parse(sides.theirs);
  Resolution result;
  Merge merge(policy, result);
  const std::optional<Value> merged = merge.sides(base ? &*base : nullptr, &*mine, &*theirs, "");
  result.merged = model::write(*merged);
  if (result.what == Resolution::What::push && *merged == *theirs)
    result.what = Resolution::What::keep_theirs;
  return result;
}

std::string difference(std::string_view before, std::string_view after) {
  const std::optional<Value> old = parse(before);
  const std::optional<Value> now = parse(after);
  if (old->is_object() && now->is_object()) {
    if (const std::optional<Value> patch = merge_difference(*old, *now)) return model::write(*patch);
  }
  Value patch = Value::array();
  collect(*old, *now, "", patch);
  return model::write(patch);
}

}  // namespace rockpool::sync
