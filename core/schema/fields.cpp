#include "core/schema/fields.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/schema/formats.h"

namespace rockpool::schema {
namespace {

using model::Value;

constexpr std::array<std::string_view, 8> type_names = {"text",    "texts", "number", "integer",
                                                        "boolean", "date",  "option", "options"};

bool is_decimal(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const std::size_t point = std::min(text.find('.'), text.size());
  const auto are_digits = [](std::string_view part) {
    return !part.empty() && part.find_first_not_of("0123456789") == std::string_view::npos;
  };
  return are_digits(text.substr(0, point)) && (point == text.size() || are_digits(text.substr(point + 1)));
}

bool is_number(const Value& value, bool is_positive) {
  if (value.is_number()) return !is_positive || value.as_real() >= 0;
  const auto* text = value.get_ptr<const std::string*>();
  return text != nullptr && is_decimal(*text) && !(is_positive && text->starts_with('-'));
}

bool is_integer(const Value& value) {
  if (value.is_number_float()) return std::trunc(value.as_real()) == value.as_real();
  const auto* text = value.get_ptr<const std::string*>();
  return is_number(value, false) && (text == nullptr || text->find('.') == std::string::npos);
}

bool is_date(const Value& value) {
  const auto* text = value.get_ptr<const std::string*>();
  return text != nullptr && (is_of(Format::date, *text) || is_of(Format::date_time, *text));
}

std::string pointer_to(std::string_view key) {
  std::string pointer = "/";
  for (const char c : key) {
    if (c == '~' || c == '/')
      pointer += c == '~' ? "~0" : "~1";
    else
      pointer += c;
  }
  return pointer;
}

base::Status mistake(std::string path, std::string_view what) {
  std::string message = path.empty() ? "the value" : path;
  message.append(": ").append(what);
  return base::Error{base::Code::invalid, std::move(message), std::move(path)};
}

}  // namespace

Fields Fields::read(std::string_view collection) {
  Fields made;
  const auto data = model::read(collection);
  const Value* list = data ? model::member(*data, "fields") : nullptr;
  if (list == nullptr) return made;
  for (const Value& one : *list) {
    const std::string* key = model::text_member(one, "key");
    const std::string* name = model::text_member(one, "type");
    const auto type =
        name == nullptr ? type_names.end() : std::find(type_names.begin(), type_names.end(), *name);
    if (key == nullptr || type == type_names.end()) continue;
    Field& field = made.fields_.emplace_back();
    field.key = *key;
    field.type = static_cast<Type>(type - type_names.begin());
    const Value* options = model::member(one, "options");
    if (options == nullptr) continue;
    field.is_positive = model::count_member(*options, "min") == 0u;
    if (const Value* ids = model::member(*options, "ids"))
      for (const Value& id : *ids)
        if (const auto number = model::as_count(id)) field.ids.insert(*number);
  }
  return made;
}

bool Fields::fits(const Field& field, const Value& value) {
  const auto is_option = [&](const Value& one) {
    const auto id = model::as_count(one);
    return id && field.ids.contains(*id);
  };
  const auto is_text = [](const Value& one) { return one.is_string(); };
  switch (field.type) {
    case Type::text: return value.is_string();
    case Type::texts: return value.is_array() && std::all_of(value.begin(), value.end(), is_text);
    case Type::number: return is_number(value, field.is_positive);
    case Type::integer: return is_integer(value);
    case Type::boolean: return value.is_boolean();
    case Type::date: return is_date(value);
    case Type::option: return is_option(value);
    case Type::options: return value.is_array() && std::all_of(value.begin(), value.end(), is_option);
  }
  return true;
}

std::string_view Fields::description_of(const Field& field) {
  switch (field.type) {
    case Type::text: return "a field of the collection; must be a string";
    case Type::texts: return "a field of the collection; must be an array of strings";
    case Type::integer: return "a field of the collection; must be a whole number";
    case Type::number:
      return field.is_positive ? "a field of the collection; must be a number that is not negative"
                               : "a field of the collection; must be a number";
    case Type::boolean: return "a field of the collection; must be true or false";
    case Type::date: return "a field of the collection; must be a date, such as 2023-04-01";
    case Type::option: return "a field of the collection; must be the id of one of its options";
    case Type::options: return "a field of the collection; must be an array of ids of its options";
  }
  return "";
}

base::Status Fields::admit(const Value& data, const Value* before) const {
  if (fields_.empty()) return base::done();
  if (!data.is_object()) return mistake("", "must be an object: the collection has fields");
  for (const Field& field : fields_) {
    const Value* value = model::member(data, field.key);
    if (value == nullptr || value->is_null() || fits(field, *value)) continue;
    const Value* was = before == nullptr ? nullptr : model::member(*before, field.key);
    if (was != nullptr && model::same(*was, *value)) continue;
    return mistake(pointer_to(field.key), description_of(field));
  }
  return base::done();
}

}  // namespace rockpool::schema
