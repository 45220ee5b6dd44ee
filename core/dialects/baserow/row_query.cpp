#include "core/dialects/baserow/row_query.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/dialect/times.h"
#include "core/dialects/baserow/cells.h"
#include "core/dialects/baserow/decimals.h"

namespace rockpool::dialects::baserow {
namespace {

using model::Value;

// A query has at most 100 paths and 1,000 tests (core/query).
constexpr std::size_t searched_max = 80;
constexpr std::size_t searched_options_max = 400;
constexpr std::int64_t day_ms = 86'400'000;

Value object(std::string_view name, Value value) {
  Value made = Value::object();
  made[name] = std::move(value);
  return made;
}

Value test(std::string_view path, std::string_view name, Value operand) {
  return object(path, object(name, std::move(operand)));
}

Value negated(Value condition) { return object("$not", std::move(condition)); }

std::string data_path(const Column& column) {
  if (column.type == FieldType::created_on) return "created";
  if (column.type == FieldType::last_modified) return "updated";
  return "data." + column.key();
}

bool is_text(FieldType type) {
  return type == FieldType::text || type == FieldType::long_text || type == FieldType::url ||
         type == FieldType::email || type == FieldType::phone_number;
}

bool is_true(std::string_view value) {
  const std::string plain = lower_case(value);
  return plain == "1" || plain == "true" || plain == "t" || plain == "y" || plain == "yes" || plain == "on";
}

// A condition, or null for one that lets everything pass.
Value equal(const Column& column, const std::string& value) {
  const std::string path = data_path(column);
  switch (column.type) {
    case FieldType::number: {
      const auto number = Decimal::read(value);
      return number ? test(path, "$eq", number->value()) : Value();
    }
    case FieldType::boolean:
      return is_true(value) ? test(path, "$eq", true) : negated(test(path, "$eq", true));
    case FieldType::single_select:
    case FieldType::multiple_select: {
      const auto id = base::read_decimal(value);
      if (!id) return {};
      return test(path, column.type == FieldType::single_select ? "$eq" : "$has", *id);
    }
    case FieldType::created_on:
    case FieldType::last_modified: return {};
    default: return test(path, "$eq", value);
  }
}

Value contains(const Column& column, const std::string& value) {
  if (is_read_only(column.type) || column.type == FieldType::boolean) return {};
  if (!has_options(column.type)) return test("text." + column.key(), "$text", value);
  const bool is_single = column.type == FieldType::single_select;
  const std::string wanted = lower_case(value);
  Value ids = Value::array(), each = Value::array();
  for (const auto& [id, option] : column.options) {
    if (lower_case(option->value).find(wanted) == std::string::npos) continue;
    if (each.size() >= searched_options_max) break;
    ids.push_back(id);
    each.push_back(test(data_path(column), "$has", id));
  }
  if (is_single) return test(data_path(column), "$in", std::move(ids));
  return object("$or", std::move(each));
}

Value compared(const Column& column, std::string_view how, const std::string& value) {
  const auto number = column.type == FieldType::number ? Decimal::read(value) : std::nullopt;
  return number ? test(data_path(column), how, number->value()) : Value();
}

Value empty(const Column& column) {
  const std::string path = data_path(column);
  if (column.type == FieldType::boolean) return negated(test(path, "$eq", true));
  Value values = Value::array();
  values.push_back(nullptr);
  if (column.type == FieldType::multiple_select) values.push_back(Value::array());
  if (is_text(column.type)) values.push_back("");
  return test(path, "$in", std::move(values));
}

// The day, whether the field has times or not.
Value on_day(const Column& column, const std::string& value) {
  const bool is_dated = column.type == FieldType::date || is_read_only(column.type);
  const auto day = read_day(value);
  if (!is_dated || !day) return {};
  const std::string path = data_path(column);
  Value range = Value::object();
  if (is_read_only(column.type)) {
    range["$gte"] = day->ms;
    range["$lt"] = day->ms + day_ms;
  } else {
    range["$gte"] = dialect::iso_seconds(*day, "").substr(0, 10);
    range["$lt"] = dialect::iso_seconds({day->ms + day_ms}, "").substr(0, 10);
  }
  return object(path, std::move(range));
}

Value condition_of(const RowCondition& condition) {
  const Column& column = *condition.column;
  const std::string& value = condition.value;
  const std::string& type = condition.type;
  const auto unless = [](Value made) { return made.is_null() ? Value() : negated(std::move(made)); };
  if (type == "empty") return empty(column);
  if (type == "not_empty") return negated(empty(column));
  if (type == "boolean")
    return column.type == FieldType::boolean ? equal(column, value.empty() ? "false" : value) : Value();
  if (value.empty()) return {};
  if (type == "equal") return equal(column, value);
  if (type == "not_equal") return unless(equal(column, value));
  if (type == "contains") return contains(column, value);
  if (type == "contains_not") return unless(contains(column, value));
  if (type == "higher_than") return compared(column, "$gt", value);
  if (type == "lower_than") return compared(column, "$lt", value);
  if (type == "single_select_equal")
    return column.type == FieldType::single_select ? equal(column, value) : Value();
  return type == "date_equal" ? on_day(column, value) : Value();
}

Value search_of(const Columns& columns, const std::string& term) {
  Value any = Value::array();
  for (const Column& column : columns) {
    if (any.size() >= searched_max) break;
    Value part = contains(column, term);
    if (!part.is_null()) any.push_back(std::move(part));
  }
  return object("$or", std::move(any));
}

Value order_of(std::string by, bool descends, bool is_text) {
  Value order = object("by", std::move(by));
  if (descends) order["desc"] = true;
  if (is_text) order["nocase"] = true;
  return order;
}

}  // namespace

std::string row_query(const Columns& columns, const RowSelection& selection) {
  Value all = Value::array();
  Value conditions = Value::array();
  for (const RowCondition& one : selection.conditions)
    if (Value made = condition_of(one); !made.is_null()) conditions.push_back(std::move(made));
  if (!conditions.empty())
    all.push_back(object(selection.matches_any ? "$or" : "$and", std::move(conditions)));
  if (!selection.search.empty()) all.push_back(search_of(columns, selection.search));
  Value orders = Value::array();
  for (const RowOrder& one : selection.orders)
    orders.push_back(order_of(data_path(*one.column), one.descends, is_text(one.column->type)));
  if (selection.behind)
    all.push_back(test("num", "$gt", *selection.behind));
  else
    orders.push_back("position");
  orders.push_back("num");
  Value query = Value::object();
  if (!all.empty()) query["where"] = object("$and", std::move(all));
  query["orderBy"] = std::move(orders);
  return model::write(query);
}

bool is_askable(std::string_view key) {
  return !key.empty() && key.find('.') == std::string_view::npos && key != "__proto__" &&
         key != "constructor" && key != "prototype";
}

}  // namespace rockpool::dialects::baserow
