// JSON from outside, read with its limits enforced while parsing, and written in the two forms we use.
//
// Nothing here throws or aborts on any input. The texts are read by nlohmann's parser, which core/model/sax.h
// lets in; what it makes is this Value, whose every operation is compiled once.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/base/limits.h"
#include "core/base/result.h"

namespace rockpool::model {

// A JSON value. Objects keep the order in which members were written; whole numbers stay whole: those below
// zero are integers, the others naturals.
class Value {
 public:
  struct Item;
  using object_t = std::vector<Item>;
  using array_t = std::vector<Value>;
  using string_t = std::string;
  using boolean_t = bool;
  using number_integer_t = std::int64_t;
  using number_unsigned_t = std::uint64_t;
  using number_float_t = double;
  enum class Type : std::uint8_t { null, boolean, integer, natural, real, string, array, object };

  Value() = default;
  Value(std::nullptr_t) {}
  Value(std::same_as<bool> auto held) : type_(Type::boolean) { held_.truth = held; }
  Value(std::signed_integral auto held) : type_(Type::integer) { held_.integer = held; }
  Value(std::unsigned_integral auto held) requires(!std::same_as<decltype(held), bool>)
      : type_(Type::natural) {
    held_.natural = held;
  }
  Value(double held) : type_(Type::real) { held_.real = held; }
  Value(string_t held);
  Value(std::string_view held) : Value(string_t(held)) {}
  Value(const char* held) : Value(string_t(held)) {}
  Value(array_t held);
  Value(object_t held);
  Value(const Value& other);
  Value(Value&& other) noexcept { swap(other); }
  Value& operator=(Value other) noexcept {
    swap(other);
    return *this;
  }
  ~Value();
  static Value array();
  static Value object();

  Type type() const { return type_; }
  bool is_null() const { return type_ == Type::null; }
  bool is_boolean() const { return type_ == Type::boolean; }
  bool is_number() const { return type_ >= Type::integer && type_ <= Type::real; }
  bool is_number_integer() const { return type_ == Type::integer || type_ == Type::natural; }
  bool is_number_float() const { return type_ == Type::real; }
  bool is_string() const { return type_ == Type::string; }
  bool is_array() const { return type_ == Type::array; }
  bool is_object() const { return type_ == Type::object; }
  bool is_structured() const { return type_ >= Type::array; }

  // The value as one of the types above, null when it is of another: get_ptr<const string_t*>().
  template <typename Pointer>
  Pointer get_ptr() const {
    return const_cast<Value*>(this)->pointer<std::remove_const_t<std::remove_pointer_t<Pointer>>>();
  }
  template <typename Pointer>
  Pointer get_ptr() {
    return pointer<std::remove_const_t<std::remove_pointer_t<Pointer>>>();
  }
  // Elements of an array and members of an object, none of anything else.
  std::span<const Value> elements() const;
  std::span<const Item> members() const;
  auto begin() const { return elements().begin(); }
  auto end() const { return elements().end(); }
  // Of both together.
  std::size_t size() const { return elements().size() + members().size(); }
  bool empty() const { return size() == 0; }
  // A number of any kind.
  double as_real() const;

  // The member of that name, null and behind the others when it is new. Only of objects.
  Value& operator[](std::string_view name);
  // Only to arrays.
  void push_back(Value element);

 private:
  template <typename Held>
  Held* pointer() {
    if constexpr (std::same_as<Held, bool>) return type_ == Type::boolean ? &held_.truth : nullptr;
    if constexpr (std::same_as<Held, std::int64_t>) return type_ == Type::integer ? &held_.integer : nullptr;
    if constexpr (std::same_as<Held, std::uint64_t>) return type_ == Type::natural ? &held_.natural : nullptr;
    if constexpr (std::same_as<Held, double>) return type_ == Type::real ? &held_.real : nullptr;
    if constexpr (std::same_as<Held, string_t>) return type_ == Type::string ? held_.string : nullptr;
    if constexpr (std::same_as<Held, array_t>) return type_ == Type::array ? held_.array : nullptr;
    if constexpr (std::same_as<Held, object_t>) return type_ == Type::object ? held_.object : nullptr;
  }
  void swap(Value& other) noexcept {
    std::swap(type_, other.type_);
    std::swap(held_, other.held_);
  }

  Type type_ = Type::null;
  union {
    bool truth;
    std::int64_t integer;
    std::uint64_t natural = 0;
    double real;
    string_t* string;
    array_t* array;
    object_t* object;
  } held_;
};

// A member of an object.
struct Value::Item {
  string_t name;
  Value value;
};

struct ReadLimits {
  std::size_t bytes_max = base::limits::down_message_bytes_max;
  std::size_t depth_max = base::limits::json_depth_max;
  std::size_t values_max = base::limits::json_values_max;
  std::size_t keys_max = base::limits::json_object_keys_max;
  std::size_t key_bytes_max = base::limits::json_key_bytes_max;
  std::size_t string_bytes_max = base::limits::json_string_bytes_max;
};

// Parses one JSON text. `invalid` names the byte (counted from 0) and what is wrong: not UTF-8, a byte order
// mark, a NUL byte, a syntax error, half a surrogate pair in escapes, a number that is no finite double;
// `too_large` names the limit passed. For repeated keys the last value wins, at the place of the first.
base::Result<Value> read(std::string_view text, const ReadLimits& limits = {});

// The same text without insignificant white space, after the same checks; numbers stay as they were written.
base::Result<std::string> compact(std::string_view text, const ReadLimits& limits = {});

// The limits, on a value already made: what `read` would say of its text, bytes aside.
base::Status fits(const Value& value, const ReadLimits& limits = {});

// Compact, members in their order. In a string that is not UTF-8 each byte above 7f comes out as U+FFFD.
std::string write(const Value& value);

// `text` as a JSON string, quotes and escapes included: for messages written around payloads.
void append_quoted(std::string& out, std::string_view text);

// Compact, keys sorted by code unit, integers as digits, doubles in their shortest form and as digits where
// they are whole and below 2^53. Equal values have equal canonical text.
std::string canonical(const Value& value);

// Have both the same canonical text? Found out without writing it, and false at the first difference.
bool same(const Value& left, const Value& right);
inline bool operator==(const Value& left, const Value& right) { return same(left, right); }

// Typed access that cannot fail: null or nullopt when `object` is no object, the member is missing, or it is
// of another type.
const Value* member(const Value& object, std::string_view name);
Value* member(Value& object, std::string_view name);
const std::string* text_member(const Value& object, std::string_view name);
std::optional<bool> bool_member(const Value& object, std::string_view name);
// An integer from 0 to 2^63-1; a double with a whole value counts, since JavaScript has no other numbers.
std::optional<std::uint64_t> count_member(const Value& object, std::string_view name);
std::optional<std::uint64_t> as_count(const Value& value);

}  // namespace rockpool::model
