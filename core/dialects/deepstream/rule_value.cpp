#include "core/dialects/deepstream/rule_value.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/text.h"

namespace rockpool::dialects::deepstream {
namespace {

using model::Value;

constexpr double no_number = std::numeric_limits<double>::quiet_NaN();
constexpr double infinite = std::numeric_limits<double>::infinity();

double number_in(std::string_view text) {
  constexpr std::string_view spaces = " \t\n\v\f\r";
  const std::size_t begin = text.find_first_not_of(spaces);
  if (begin == std::string_view::npos) return 0;
  text = text.substr(begin, text.find_last_not_of(spaces) + 1 - begin);
  const bool is_negative = text.front() == '-';
  if (is_negative || text.front() == '+') text.remove_prefix(1);
  const double value = text == "Infinity" ? infinite : number_of(text).value_or(no_number);
  return is_negative ? -value : value;
}

std::string text_of(double number) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number < 0 ? "-Infinity" : "Infinity";
  return number == 0 ? "0" : model::canonical(Value(number));
}

base::Error wrong(std::string why) {
  return {.code = base::Code::invalid, .message = std::move(why), .path = ""};
}

// The unit of UTF-16 at that place, where it is a character of its own.
RuleValue unit_at(std::string_view text, std::size_t place) {
  for (std::size_t at = 0, unit = 0; at < text.size();) {
    const auto first = static_cast<unsigned char>(text[at]);
    const std::size_t bytes = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    const std::size_t units = bytes == 4 ? 2 : 1;
    if (unit == place && units == 1) return RuleValue(std::string(text.substr(at, bytes)));
    if (unit > place) break;
    at += bytes;
    unit += units;
  }
  return {};
}

}  // namespace

std::size_t units_of(std::string_view text) {
  std::size_t units = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    units += (byte & 0xc0) != 0x80 ? 1 : 0;
    units += byte >= 0xf0 ? 1 : 0;
  }
  return units;
}

std::optional<double> number_of(std::string_view digits) {
  const bool is_plain =
      !digits.empty() && digits.find_first_not_of("0123456789.eE+-") == std::string_view::npos;
  if (!is_plain || digits.front() == '-' || digits.front() == '+') return std::nullopt;
  // Unlike JSON, JavaScript has zeros before a number, and none before or behind its point.
  std::string text(digits);
  text.erase(0, std::min(text.find_first_not_of('0'), text.size()));
  if (text.empty() || text.front() < '0' || text.front() > '9') text.insert(0, 1, '0');
  const std::size_t point = text.find('.');
  const bool is_bare = point != std::string::npos && (point + 1 == text.size() || text[point + 1] < '0');
  if (is_bare || (point != std::string::npos && (text[point + 1] | 0x20) == 'e'))
    text.insert(point + 1, 1, '0');
  if (digits == ".") return std::nullopt;
  const auto value = model::read(text);
  if (!value || !value->is_number()) return std::nullopt;
  return value->as_real();
}

RuleValue RuleValue::of(const Value& value) {
  if (value.is_null()) return RuleValue::null();
  if (const auto* truth = value.get_ptr<const bool*>()) return RuleValue(*truth);
  if (value.is_number()) return RuleValue(value.as_real());
  if (const auto* text = value.get_ptr<const std::string*>()) return RuleValue(*text);
  return RuleValue(&value);
}

bool RuleValue::truth() const {
  if (is_nullish()) return false;
  if (const auto* truth = as_truth()) return *truth;
  if (const auto* number = as_number()) return *number != 0 && !std::isnan(*number);
  const auto* text = as_text();
  return text == nullptr || !text->empty();
}

double RuleValue::number() const {
  if (is_null()) return 0;
  if (const auto* truth = as_truth()) return *truth ? 1 : 0;
  if (const auto* number = as_number()) return *number;
  if (const auto* text = as_text()) return number_in(*text);
  return no_number;
}

std::optional<std::string> RuleValue::text() const {
  if (is_undefined()) return "undefined";
  if (is_null()) return "null";
  if (const auto* truth = as_truth()) return *truth ? "true" : "false";
  if (const auto* number = as_number()) return text_of(*number);
  if (const auto* text = as_text()) return *text;
  return std::nullopt;
}

std::string_view RuleValue::kind() const {
  if (is_undefined()) return "undefined";
  if (as_truth() != nullptr) return "boolean";
  if (as_number() != nullptr) return "number";
  return as_text() != nullptr ? "string" : "object";
}

base::Result<RuleValue> RuleValue::member(std::string_view name) const {
  if (is_nullish()) return wrong("there is no '" + std::string(name) + "' of " + *text());
  const Value* value = as_container();
  const auto* list = as_list();
  if (name == "length") {
    if (const auto* text = as_text()) return RuleValue(static_cast<double>(units_of(*text)));
    if (list != nullptr) return RuleValue(static_cast<double>((*list)->size()));
    if (value != nullptr && value->is_array()) return RuleValue(static_cast<double>(value->size()));
  }
  const Value* held = value == nullptr ? nullptr : model::member(*value, name);
  return held == nullptr ? RuleValue() : of(*held);
}

base::Result<RuleValue> RuleValue::at(const RuleValue& index) const {
  const auto name = index.text();
  if (!name) return wrong("an object is no index");
  const auto place = base::read_decimal(*name);
  if (place) {
    if (const auto* text = as_text()) return unit_at(*text, static_cast<std::size_t>(*place));
    if (const auto held = elements())
      return *place < held->size() ? (*held)[static_cast<std::size_t>(*place)] : RuleValue();
  }
  return member(*name);
}

std::optional<std::vector<RuleValue>> RuleValue::elements() const {
  if (const auto* list = as_list()) return **list;
  const Value* value = as_container();
  if (value == nullptr || !value->is_array()) return std::nullopt;
  std::vector<RuleValue> all;
  for (const Value& one : *value) all.push_back(of(one));
  return all;
}

std::optional<bool> RuleValue::holds(const RuleValue& key) const {
  const auto name = key.text();
  if (!is_container() || !name) return std::nullopt;
  const Value* value = as_container();
  if (value != nullptr && value->is_object()) return model::member(*value, *name) != nullptr;
  const auto place = base::read_decimal(*name);
  return place && *place < elements()->size();
}

bool same(const RuleValue& a, const RuleValue& b) {
  const auto both = [](const auto* one, const auto* other) {
    return one != nullptr && other != nullptr && *one == *other;
  };
  if (a.is_nullish()) return a.is_undefined() == b.is_undefined() && a.is_null() == b.is_null();
  return both(a.as_truth(), b.as_truth()) || both(a.as_number(), b.as_number()) ||
         both(a.as_text(), b.as_text()) || both(a.as_list(), b.as_list()) ||
         (a.as_container() != nullptr && a.as_container() == b.as_container());
}

bool equal(const RuleValue& a, const RuleValue& b) {
  if (a.is_nullish() || b.is_nullish()) return a.is_nullish() && b.is_nullish();
  if (a.is_container() || b.is_container() || a.kind() == b.kind()) return same(a, b);
  return a.number() == b.number();
}

std::optional<bool> less(const RuleValue& a, const RuleValue& b) {
  const auto* one = a.as_text();
  const auto* other = b.as_text();
  if (one != nullptr && other != nullptr) return *one < *other;
  const double left = a.number(), right = b.number();
  if (std::isnan(left) || std::isnan(right)) return std::nullopt;
  return left < right;
}

}  // namespace rockpool::dialects::deepstream
