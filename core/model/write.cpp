// The two written forms of a Value, and equality as the second one means it.
#include <algorithm>
#include <cmath>
#include <map>

#include "core/base/text.h"
#include "core/model/sax.h"

namespace rockpool::model {
namespace {

using Object = std::span<const Value::Item>;
using Item = Value::Item;

constexpr double exact_below = 0x1p53;
// Up to here a search from the front is quicker than an index.
constexpr std::size_t few_members = 8;

// Where in the object each member is, by code units.
std::map<std::string_view, std::size_t> index_of(Object object) {
  std::map<std::string_view, std::size_t> index;
  for (const Item& item : object) index.emplace(item.name, index.size());
  return index;
}

// A number as the canonical form sees it: doubles that are whole and below 2^53 are integers.
struct Number {
  bool whole = false;
  bool negative = false;
  std::uint64_t magnitude = 0;  // when whole
  double real = 0;              // when not
  bool operator==(const Number&) const = default;
};

Number number_of(std::int64_t held) {
  const auto bits = static_cast<std::uint64_t>(held);
  return {.whole = true, .negative = held < 0, .magnitude = held < 0 ? 0 - bits : bits};
}

Number number_of(const Value& value) {
  if (const auto* natural = value.get_ptr<const Value::number_unsigned_t*>()) {
    return {.whole = true, .magnitude = *natural};
  }
  if (const auto* whole = value.get_ptr<const Value::number_integer_t*>()) return number_of(*whole);
  const double real = *value.get_ptr<const Value::number_float_t*>();
  if (std::fabs(real) < exact_below && std::trunc(real) == real)
    return number_of(static_cast<std::int64_t>(real));
  return {.real = real};
}

void append_real(std::string& out, double real) {
  if (!std::isfinite(real)) {
    out += "null";
    return;
  }
  char digits[64];
  out.append(digits, nlohmann::detail::to_chars(digits, digits + sizeof digits, real));
}

void append_number(std::string& out, const Value& value, bool canonically) {
  const auto* real = value.get_ptr<const Value::number_float_t*>();
  if (real != nullptr && !canonically) return append_real(out, *real);
  const Number number = number_of(value);
  if (!number.whole) return append_real(out, number.real);
  if (number.negative) out += '-';
  out += base::decimal(number.magnitude);
}

void append(std::string& out, const Value& value, bool canonically);

void append_item(std::string& out, const Item& item, bool canonically) {
  if (out.back() != '{') out += ',';
  append_quoted(out, item.name);
  out += ':';
  append(out, item.value, canonically);
}

void append_object(std::string& out, Object object, bool canonically) {
  out += '{';
  if (canonically) {
    for (const auto& [name, at] : index_of(object)) append_item(out, object[at], true);
  } else {
    for (const Item& item : object) append_item(out, item, false);
  }
  out += '}';
}

void append_array(std::string& out, std::span<const Value> array, bool canonically) {
  out += '[';
  for (const Value& inner : array) {
    if (out.back() != '[') out += ',';
    append(out, inner, canonically);
  }
  out += ']';
}

void append(std::string& out, const Value& value, bool canonically) {
  switch (value.type()) {
    case Value::Type::object: return append_object(out, value.members(), canonically);
    case Value::Type::array: return append_array(out, value.elements(), canonically);
    case Value::Type::string: return append_quoted(out, *value.get_ptr<const std::string*>());
    case Value::Type::boolean: out += *value.get_ptr<const bool*>() ? "true" : "false"; return;
    case Value::Type::integer:
    case Value::Type::natural:
    case Value::Type::real: return append_number(out, value, canonically);
    case Value::Type::null: out += "null";
  }
}

void append_escaped(std::string& out, char c) {
  constexpr std::string_view plain = "\"\\\b\f\n\r\t";
  constexpr std::string_view escaped = "\"\\bfnrt";
  out += '\\';
  if (const std::size_t at = plain.find(c); at != std::string_view::npos) {
    out += escaped[at];
  } else {
    out += "u00";
    out += base::hex(static_cast<unsigned char>(c), 2);
  }
}

bool same_objects(Object left, Object right) {
  if (left.size() != right.size()) return false;
  if (left.size() <= few_members) {
    return std::all_of(left.begin(), left.end(), [&](const Item& item) {
      const auto found =
          std::find_if(right.begin(), right.end(), [&](const Item& r) { return r.name == item.name; });
      return found != right.end() && same(item.value, found->value);
    });
  }
  const auto index = index_of(right);
  return std::all_of(left.begin(), left.end(), [&](const Item& item) {
    const auto found = index.find(item.name);
    return found != index.end() && same(item.value, right[found->second].value);
  });
}

}  // namespace

void append_quoted(std::string& out, std::string_view text) {
  const bool sound = base::is_utf8(text);
  out += '"';
  std::size_t copied = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool odd = byte >= 0x80 && !sound;
    if (byte >= 0x20 && byte != '"' && byte != '\\' && !odd) continue;
    out.append(text, copied, i - copied);
    copied = i + 1;
    if (odd) {
      out += "\xef\xbf\xbd";
    } else {
      append_escaped(out, text[i]);
    }
  }
  out.append(text, copied);
  out += '"';
}

std::string write(const Value& value) {
  std::string out;
  append(out, value, false);
  return out;
}

std::string canonical(const Value& value) {
  std::string out;
  append(out, value, true);
  return out;
}

bool same(const Value& left, const Value& right) {
  if (left.is_number() && right.is_number()) return number_of(left) == number_of(right);
  if (left.type() != right.type()) return false;
  switch (left.type()) {
    case Value::Type::object: return same_objects(left.members(), right.members());
    case Value::Type::array: {
      const auto others = right.elements();
      return std::equal(left.elements().begin(), left.elements().end(), others.begin(), others.end(), same);
    }
    case Value::Type::string:
      return *left.get_ptr<const std::string*>() == *right.get_ptr<const std::string*>();
    case Value::Type::boolean: return *left.get_ptr<const bool*>() == *right.get_ptr<const bool*>();
    default: return true;
  }
}

}  // namespace rockpool::model
