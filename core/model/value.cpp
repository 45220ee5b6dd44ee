#include "core/model/value.h"

#include <algorithm>

#include "core/model/builder.h"

namespace rockpool::model {
namespace {

class Counter final : public Gate {
 public:
  using Gate::Gate;
  bool walk(const Value& held);
};

bool Counter::walk(const Value& held) {
  if (const auto* words = held.get_ptr<const Value::string_t*>()) return text(words->size());
  if (!held.is_structured()) return value();
  if (!enter()) return false;
  if (const auto* object = held.get_ptr<const Value::object_t*>()) {
    for (const auto& [name, inner] : *object) {
      if (!Gate::key(name.size()) || !walk(inner)) return false;
    }
  } else {
    for (const Value& inner : *held.get_ptr<const Value::array_t*>()) {
      if (!walk(inner)) return false;
    }
  }
  return leave();
}

}  // namespace

base::Result<Value> read(std::string_view text, const ReadLimits& limits) {
  if (auto refused = refuse_bytes(text, limits)) return *std::move(refused);
  Builder builder(limits);
  if (!builder.parse(text)) return builder.error();
  return builder.take();
}

base::Result<std::string> compact(std::string_view text, const ReadLimits& limits) {
  if (auto refused = refuse_bytes(text, limits)) return *std::move(refused);
  Builder builder(limits);
  builder.make_nothing();
  if (!builder.parse(text)) return builder.error();
  return strip_space(text);
}

base::Status fits(const Value& value, const ReadLimits& limits) {
  Counter counter(limits);
  if (!counter.walk(value)) return counter.error();
  return base::done();
}

const Value* member(const Value& object, std::string_view name) {
  const auto* members = object.get_ptr<const Value::object_t*>();
  if (members == nullptr) return nullptr;
  const auto found =
      std::find_if(members->begin(), members->end(), [&](const auto& m) { return m.first == name; });
  return found == members->end() ? nullptr : &found->second;
}

const std::string* text_member(const Value& object, std::string_view name) {
  const Value* held = member(object, name);
  return held == nullptr ? nullptr : held->get_ptr<const Value::string_t*>();
}

std::optional<bool> bool_member(const Value& object, std::string_view name) {
  const Value* held = member(object, name);
  const auto* truth = held == nullptr ? nullptr : held->get_ptr<const Value::boolean_t*>();
  return truth == nullptr ? std::nullopt : std::optional(*truth);
}

std::optional<std::uint64_t> count_member(const Value& object, std::string_view name) {
  const Value* held = member(object, name);
  return held == nullptr ? std::nullopt : as_count(*held);
}

std::optional<std::uint64_t> as_count(const Value& value) {
  constexpr std::uint64_t count_max = 0x7fff'ffff'ffff'ffff;
  if (const auto* natural = value.get_ptr<const Value::number_unsigned_t*>()) {
    return *natural <= count_max ? std::optional(*natural) : std::nullopt;
  }
  if (const auto* whole = value.get_ptr<const Value::number_integer_t*>()) {
    return *whole >= 0 ? std::optional(static_cast<std::uint64_t>(*whole)) : std::nullopt;
  }
  const auto* real = value.get_ptr<const Value::number_float_t*>();
  if (real == nullptr || !(*real >= 0 && *real < 0x1p63)) return std::nullopt;
  const auto count = static_cast<std::uint64_t>(*real);
  return static_cast<double>(count) == *real ? std::optional(count) : std::nullopt;
}

}  // namespace rockpool::model
