#include "core/model/value.h"

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
  for (const auto& [name, inner] : held.members()) {
    if (!Gate::key(name.size()) || !walk(inner)) return false;
  }
  for (const Value& inner : held.elements()) {
    if (!walk(inner)) return false;
  }
  return leave();
}

}  // namespace

Value::Value(string_t held) : type_(Type::string) { held_.string = new string_t(std::move(held)); }
Value::Value(array_t held) : type_(Type::array) { held_.array = new array_t(std::move(held)); }
Value::Value(object_t held) : type_(Type::object) { held_.object = new object_t(std::move(held)); }

Value::Value(const Value& other) : type_(other.type_), held_(other.held_) {
  if (type_ == Type::string) held_.string = new string_t(*held_.string);
  if (type_ == Type::array) held_.array = new array_t(*held_.array);
  if (type_ == Type::object) held_.object = new object_t(*held_.object);
}

Value::~Value() {
  if (type_ == Type::string) delete held_.string;
  if (type_ == Type::array) delete held_.array;
  if (type_ == Type::object) delete held_.object;
}

Value Value::array() { return array_t(); }
Value Value::object() { return object_t(); }

std::span<const Value> Value::elements() const {
  return type_ == Type::array ? std::span<const Value>(*held_.array) : std::span<const Value>();
}

std::span<const Value::Item> Value::members() const {
  return type_ == Type::object ? std::span<const Item>(*held_.object) : std::span<const Item>();
}

double Value::as_real() const {
  switch (type_) {
    case Type::integer: return static_cast<double>(held_.integer);
    case Type::natural: return static_cast<double>(held_.natural);
    case Type::real: return held_.real;
    default: return 0;
  }
}

Value& Value::operator[](std::string_view name) {
  assert(is_object());
  Value* held = member(*this, name);
  return held != nullptr ? *held : held_.object->emplace_back(string_t(name), Value()).value;
}

void Value::push_back(Value element) {
  assert(is_array());
  held_.array->push_back(std::move(element));
}

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
  for (const Value::Item& item : object.members()) {
    if (item.name == name) return &item.value;
  }
  return nullptr;
}

Value* member(Value& object, std::string_view name) {
  return const_cast<Value*>(member(std::as_const(object), name));
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
