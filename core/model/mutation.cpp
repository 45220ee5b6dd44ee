#include "core/model/mutation.h"

#include <array>
#include <cmath>
#include <set>

#include "core/base/limits.h"
#include "core/model/names.h"
#include "core/model/patch.h"
#include "core/model/pointer.h"
#include "core/model/value.h"

namespace rockpool::model {
namespace {

using Array = Value::array_t;
using Object = Value::object_t;

constexpr std::array<std::string_view, 6> op_names = {"put", "patch",     "delete",
                                                      "add", "setInsert", "setRemove"};
constexpr ReadLimits record_limits{.bytes_max = base::limits::record_bytes_max};

base::Error wrong(std::string_view message) {
  return {.code = base::Code::invalid, .message = std::string(message), .path = ""};
}

base::Error too_large() {
  return {.code = base::Code::too_large, .message = "the record would be larger than 1 MiB", .path = ""};
}

base::Status check_fence(const Mutation& mutation) {
  if (is_commutative(mutation.op) && (mutation.base || mutation.after)) {
    return wrong("add, setInsert and setRemove apply to whatever is current: leave base and after out");
  }
  if (mutation.base && mutation.after) return wrong("both base and after are given, give one");
  return base::done();
}

base::Status check_data(const Mutation& mutation) {
  const std::string& data = mutation.data;
  if (mutation.op == Op::remove) return data.empty() ? base::done() : wrong("a delete carries no data");
  if (data.empty()) return wrong("there is no data");
  if (data.size() > base::limits::record_bytes_max) return too_large();
  // The text of a put and of a merge patch fits by being JSON, which whoever made the mutation has seen to.
  if (mutation.op == Op::put || (mutation.op == Op::patch && data[0] == '{')) return base::done();
  const auto value = read(data, record_limits);
  if (!value) return value.error();
  if (mutation.op == Op::patch) {
    if (!value->is_array()) return wrong("a patch is an object (merge patch) or an array (JSON Patch)");
    return check_json_patch(*value);
  }
  if (mutation.op == Op::add) return value->is_number() ? base::done() : wrong("only a number can be added");
  return value->is_array() ? base::done() : wrong("setInsert and setRemove take an array of values");
}

// ---- add

// Of two integers of any sign; nullopt when 64 bits do not hold it.
template <typename Left, typename Right>
std::optional<Value> whole_sum(Left left, Right right) {
  std::uint64_t natural = 0;
  if (!__builtin_add_overflow(left, right, &natural)) return natural;
  std::int64_t negative = 0;
  if (!__builtin_add_overflow(left, right, &negative)) return negative;
  return std::nullopt;
}

std::optional<Value> whole_sum(const Value& left, const Value& right) {
  const auto* a = left.get_ptr<const Value::number_unsigned_t*>();
  const auto* b = right.get_ptr<const Value::number_unsigned_t*>();
  if (a != nullptr && b != nullptr) return whole_sum(*a, *b);
  if (a != nullptr) return whole_sum(*a, *right.get_ptr<const Value::number_integer_t*>());
  const std::int64_t c = *left.get_ptr<const Value::number_integer_t*>();
  return b != nullptr ? whole_sum(c, *b) : whole_sum(c, *right.get_ptr<const Value::number_integer_t*>());
}

// Integers stay integers, whole doubles that an integer tells exactly become one; nullopt: out of range.
std::optional<Value> sum(const Value& left, const Value& right) {
  if (!left.is_number_float() && !right.is_number_float()) return whole_sum(left, right);
  const double total = left.as_real() + right.as_real();
  if (!std::isfinite(total)) return std::nullopt;
  if (std::fabs(total) < 0x1p53 && std::trunc(total) == total) return static_cast<std::int64_t>(total);
  return total;
}

// ---- places

// The value at `pointer`, made from `absent` when only the last member is missing.
base::Result<Value*> place_of(Value& root, const std::string& pointer, const Value& absent) {
  const auto steps = read_pointer(pointer);
  if (!steps) return steps.error();
  Value* at = &root;
  for (std::size_t i = 0; i < steps->size(); ++i) {
    Value* next = step_into(*at, (*steps)[i]);
    if (next == nullptr) {
      auto* object = i + 1 == steps->size() ? at->get_ptr<Object*>() : nullptr;
      if (object == nullptr) return misfit(pointer, "only the last member of the path may be missing");
      object->emplace_back((*steps)[i], absent);
      next = &object->back().value;
    }
    at = next;
  }
  return at;
}

base::Status add(Value& root, const std::string& pointer, const Value& addend) {
  const auto place = place_of(root, pointer, 0);
  if (!place) return place.error();
  if (!(*place)->is_number()) return misfit(pointer, "cannot be added to, it is no number");
  const auto total = sum(**place, addend);
  if (!total) return misfit(pointer, "the sum is out of range");
  **place = *total;
  return base::done();
}

base::Status change_set(Value& root, const Mutation& mutation, const Array& values) {
  const auto place = place_of(root, mutation.path, Value::array());
  if (!place) return place.error();
  auto* held = (*place)->get_ptr<Array*>();
  if (held == nullptr) return misfit(mutation.path, "is no array, so it cannot be used as a set");
  std::set<std::string> seen;
  if (mutation.op == Op::set_insert) {
    for (const Value& value : *held) seen.insert(canonical(value));
    for (const Value& value : values) {
      if (seen.insert(canonical(value)).second) held->push_back(value);
    }
  } else {
    for (const Value& value : values) seen.insert(canonical(value));
    std::erase_if(*held, [&](const Value& value) { return seen.contains(canonical(value)); });
  }
  return base::done();
}

base::Status change(Value& root, const Mutation& mutation, const Value& data) {
  if (mutation.op == Op::add) {
    return data.is_number() ? add(root, mutation.path, data) : wrong("only a number can be added");
  }
  if (mutation.op != Op::patch) {
    const auto* values = data.get_ptr<const Array*>();
    return values != nullptr ? change_set(root, mutation, *values)
                             : wrong("setInsert and setRemove take an array");
  }
  if (data.is_object()) {
    merge_patch(root, data);
    return base::done();
  }
  if (auto fine = check_json_patch(data); !fine) return fine;
  return json_patch(root, data);
}

#ifndef ROCKPOOL_CLIENT_ONLY
// One that is about records it does not name.
base::Status check_nameless(const Mutation& mutation) {
  if (!mutation.key.id.empty()) return wrong("it names a record and says that it does not");
  if (!mutation.path.empty() || mutation.base.value_or(0) != 0 || mutation.after)
    return wrong("without a record it has neither path nor version");
  if (mutation.all ? mutation.op != Op::remove || mutation.counted : mutation.op != Op::put)
    return wrong("only a put makes a record without an id, only a delete is about all of them");
  return check_data(mutation);
}
#endif

}  // namespace

std::string_view name_of(Op op) { return op_names[static_cast<std::size_t>(op)]; }

std::optional<Op> op_of(std::string_view name) {
  for (std::size_t i = 0; i < op_names.size(); ++i) {
    if (op_names[i] == name) return static_cast<Op>(i);
  }
  return std::nullopt;
}

base::Result<std::string> apply(const Mutation& mutation, std::string_view before) {
  if (mutation.op == Op::remove) return std::string();
  if (mutation.op == Op::put) {
    if (mutation.data.size() > base::limits::record_bytes_max) return too_large();
    return mutation.data;
  }
  if (before.empty()) {
    return base::Error{
        .code = base::Code::not_found, .message = "there is no such record to change", .path = ""};
  }
  auto root = read(before, record_limits);
  if (!root) return root.error();
  const auto data = read(mutation.data, record_limits);
  if (!data) return data.error();
  if (auto done = change(*root, mutation, *data); !done) return done.error();
  if (auto fine = fits(*root, record_limits); !fine) return fine.error();
  std::string after = write(*root);
  if (after.size() > base::limits::record_bytes_max) return too_large();
  return after;
}

base::Status check(const Mutation& mutation) {
  if (auto fine = check_collection(mutation.key.collection); !fine) return fine;
  return check_content(mutation);
}

base::Status check_content(const Mutation& mutation) {
#ifndef ROCKPOOL_CLIENT_ONLY
  if (mutation.all || mutation.counted) return check_nameless(mutation);
#endif
  if (auto fine = check_id(mutation.key.id); !fine) return fine;
  if (auto fine = check_fence(mutation); !fine) return fine;
  if (is_commutative(mutation.op)) {
    if (auto steps = read_pointer(mutation.path); !steps) return steps.error();
  } else if (!mutation.path.empty()) {
    return wrong("put, patch and delete take no path");
  }
  return check_data(mutation);
}

}  // namespace rockpool::model
