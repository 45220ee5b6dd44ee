#include "core/graphql/scalars.h"

#include <cmath>
#include <cstdlib>

#include "core/base/text.h"

namespace rockpool::graphql {
namespace {

using model::Value;

constexpr double integer_end = 0x1p31;
constexpr double whole_end = 0x1p53;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Does the front of `text` look like `form`, in which 0 stands for any digit? Takes it off then.
bool take(std::string_view& text, std::string_view form) {
  if (text.size() < form.size()) return false;
  for (std::size_t i = 0; i < form.size(); ++i) {
    if (form[i] == '0' ? !is_digit(text[i]) : text[i] != form[i]) return false;
  }
  text.remove_prefix(form.size());
  return true;
}

int number_at(std::string_view text, std::size_t at) { return (text[at] - '0') * 10 + text[at + 1] - '0'; }

bool is_integer(double number, ScalarKind kind) {
  if (std::trunc(number) != number) return false;
  if (kind == ScalarKind::integer) return number >= -integer_end && number < integer_end;
  return std::fabs(number) < whole_end;
}

std::optional<Value> from_text(const Type& type, std::string_view text) {
  if (type.kind == TypeKind::enumeration) return std::nullopt;
  switch (type.scalar) {
    case ScalarKind::text:
    case ScalarKind::id:
    case ScalarKind::json: return Value(text);
    case ScalarKind::date: return is_date(text) ? std::optional(Value(text)) : std::nullopt;
    case ScalarKind::date_time: return is_date_time(text) ? std::optional(Value(text)) : std::nullopt;
    default: return std::nullopt;
  }
}

std::optional<Value> from_number(const Type& type, const Value& number) {
  const double real = number.as_real();
  switch (type.scalar) {
    case ScalarKind::integer:
    case ScalarKind::whole:
      if (!is_integer(real, type.scalar)) return std::nullopt;
      return Value(static_cast<std::int64_t>(real));
    case ScalarKind::real:
      if (!std::isfinite(real)) return std::nullopt;  // such as 1e999, of which JSON knows nothing
      return number;
    case ScalarKind::json: return number;
    case ScalarKind::id:
      if (number.is_number_float() && !is_integer(real, ScalarKind::whole)) return std::nullopt;
      return Value(model::canonical(number));
    default: return std::nullopt;
  }
}

Value number_of(std::string_view digits, bool whole) {
  const std::string text(digits);
  const double real = std::strtod(text.c_str(), nullptr);
  if (whole && std::fabs(real) < whole_end) return Value(static_cast<std::int64_t>(real));
  return Value(real);
}

bool append_number(std::string& out, ScalarKind kind, std::string_view digits) {
  const bool plain = digits.find_first_of(".eE") == digits.npos;
  const double real = std::strtod(std::string(digits).c_str(), nullptr);
  if (kind == ScalarKind::id) {
    if (!plain) return false;
    out += '"';
    out += digits;
    out += '"';
  } else if (kind == ScalarKind::real || is_integer(real, kind)) {
    if (plain || kind == ScalarKind::real) {
      out += digits;
    } else {
      out += base::decimal(static_cast<std::int64_t>(real));
    }
  } else {
    return false;
  }
  return true;
}

bool answers_text(const Type& type, std::string_view content) {
  if (type.kind == TypeKind::enumeration) return type.value(content) != nullptr;
  switch (type.scalar) {
    case ScalarKind::text:
    case ScalarKind::id: return true;
    case ScalarKind::date: return is_date(content);
    case ScalarKind::date_time: return is_date_time(content);
    default: return false;
  }
}

}  // namespace

bool is_date(std::string_view text) {
  const std::string_view whole = text;
  if (!take(text, "0000-00-00") || !text.empty()) return false;
  const int year = number_at(whole, 0) * 100 + number_at(whole, 2);
  const int month = number_at(whole, 5);
  const int day = number_at(whole, 8);
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  constexpr int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (month < 1 || month > 12 || day < 1) return false;
  return day <= days[month - 1] + (month == 2 && leap ? 1 : 0);
}

bool is_date_time(std::string_view text) {
  constexpr std::size_t date_bytes = 10;
  if (!is_date(text.substr(0, date_bytes))) return false;
  text.remove_prefix(date_bytes);
  std::string_view time = text;
  if (!take(text, "T00:00") || number_at(time, 1) > 23 || number_at(time, 4) > 59) return false;
  time = text;
  if (take(text, ":00")) {
    if (number_at(time, 1) > 59) return false;
    if (take(text, ".0")) {
      while (take(text, "0")) {
      }
    }
  }
  if (take(text, "Z")) return text.empty();
  time = text;
  if (!take(text, "+00:00") && !take(text, "-00:00")) return false;
  return text.empty() && number_at(time, 1) <= 23 && number_at(time, 4) <= 59;
}

std::optional<Value> leaf_from_json(const Type& type, const Value& value) {
  if (type.kind == TypeKind::enumeration) {
    const auto* name = value.get_ptr<const std::string*>();
    return name != nullptr && type.value(*name) != nullptr ? std::optional(value) : std::nullopt;
  }
  if (type.scalar == ScalarKind::json) return value;
  if (const auto* text = value.get_ptr<const std::string*>()) return from_text(type, *text);
  if (value.is_number()) return from_number(type, value);
  return value.is_boolean() && type.scalar == ScalarKind::boolean ? std::optional(value) : std::nullopt;
}

std::optional<Value> leaf_from_literal(const Type& type, const Node& literal) {
  const bool is_enumeration = type.kind == TypeKind::enumeration;
  switch (literal.kind) {
    case NodeKind::text: return from_text(type, literal.name);
    case NodeKind::enumeration:
      if (is_enumeration) return type.value(literal.name) ? std::optional(untyped(literal)) : std::nullopt;
      return type.scalar == ScalarKind::json ? std::optional(untyped(literal)) : std::nullopt;
    case NodeKind::boolean:
      if (is_enumeration || (type.scalar != ScalarKind::boolean && type.scalar != ScalarKind::json))
        return std::nullopt;
      return untyped(literal);
    case NodeKind::integer:
      if (is_enumeration) return std::nullopt;
      // The digits of an id are never counted.
      return type.scalar == ScalarKind::id ? std::optional(Value(literal.name))
                                           : from_number(type, untyped(literal));
    case NodeKind::real:
      if (is_enumeration || (type.scalar != ScalarKind::real && type.scalar != ScalarKind::json))
        return std::nullopt;
      return from_number(type, untyped(literal));
    default: return std::nullopt;
  }
}

bool append_leaf(std::string& out, const Type& type, std::string_view text) {
  const bool is_scalar = type.kind == TypeKind::scalar;
  if (text.empty()) return false;
  if (is_scalar && type.scalar == ScalarKind::json) {
    out += text;
    return true;
  }
  if (is_digit(text[0]) || text[0] == '-') {
    const bool numeric = type.scalar == ScalarKind::integer || type.scalar == ScalarKind::whole ||
                         type.scalar == ScalarKind::real || type.scalar == ScalarKind::id;
    return is_scalar && numeric && append_number(out, type.scalar, text);
  }
  const bool is_truth = text == "true" || text == "false";
  const bool fits = text.size() >= 2 && text[0] == '"'
                        ? answers_text(type, text.substr(1, text.size() - 2))
                        : is_truth && is_scalar && type.scalar == ScalarKind::boolean;
  if (fits) out += text;
  return fits;
}

Value untyped(const Node& literal) {
  switch (literal.kind) {
    case NodeKind::integer:
    case NodeKind::real: return number_of(literal.name, literal.kind == NodeKind::integer);
    case NodeKind::boolean: return Value(literal.name == "true");
    case NodeKind::null: return nullptr;
    default: return Value(literal.name);
  }
}

}  // namespace rockpool::graphql
