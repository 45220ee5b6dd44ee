#include "core/dialects/baserow/columns.h"

#include <algorithm>

#include "core/base/text.h"

namespace rockpool::dialects::baserow {
namespace {

constexpr std::array<std::string_view, 3> date_formats = {"EU", "US", "ISO"};
constexpr std::array<std::string_view, 2> time_formats = {"24", "12"};
constexpr std::uint64_t places_max = 5;

bool has_dates(FieldType type) { return type == FieldType::date || is_read_only(type); }

std::string text_in(const model::Value& object, std::string_view name, std::string_view otherwise) {
  const std::string* text = model::text_member(object, name);
  return text == nullptr ? std::string(otherwise) : *text;
}

}  // namespace

FieldType field_type_of(std::string_view name) {
  const auto found = std::find(field_type_names.begin(), field_type_names.end(), name);
  return found == field_type_names.end() ? FieldType::text
                                         : static_cast<FieldType>(found - field_type_names.begin());
}

FieldTerms read_terms(const model::Value& options) {
  return {.text_default = text_in(options, "text_default", ""),
          .places = model::count_member(options, "number_decimal_places").value_or(0),
          .may_be_negative = model::bool_member(options, "number_negative").value_or(false),
          .date_format = text_in(options, "date_format", date_formats.front()),
          .has_time = model::bool_member(options, "date_include_time").value_or(false),
          .time_format = text_in(options, "date_time_format", time_formats.front())};
}

model::Value stored_terms(FieldType type, const FieldTerms& terms) {
  model::Value options = model::Value::object();
  if (type == FieldType::text) options["text_default"] = terms.text_default;
  if (type == FieldType::number) {
    options["number_decimal_places"] = terms.places;
    options["number_negative"] = terms.may_be_negative;
  }
  if (has_dates(type)) {
    options["date_format"] = terms.date_format;
    options["date_include_time"] = terms.has_time;
    options["date_time_format"] = terms.time_format;
  }
  return options;
}

void check_terms(Checks& checks, FieldType type, FieldTerms& terms) {
  if (type == FieldType::text)
    if (auto text = checks.maybe_text("text_default", {.letters_min = 0})) terms.text_default = *text;
  if (type == FieldType::number) {
    if (const auto places = checks.maybe_id("number_decimal_places")) terms.places = *places;
    if (terms.places > places_max)
      checks.wrong("number_decimal_places", "Ensure this value is less than or equal to 5.", "max_value");
    terms.may_be_negative = checks.maybe_flag("number_negative").value_or(terms.may_be_negative);
  }
  if (!has_dates(type)) return;
  if (auto format = checks.maybe_choice("date_format", date_formats)) terms.date_format = *format;
  terms.has_time = checks.maybe_flag("date_include_time").value_or(terms.has_time);
  if (auto format = checks.maybe_choice("date_time_format", time_formats)) terms.time_format = *format;
}

Column column_of(const Books& books, const Pointer<Field>& field) {
  Column column{
      .field = field, .type = field_type_of(field->type), .terms = read_terms(field->options), .options = {}};
  if (has_options(column.type))
    for (auto& option : books.below<Option>(Kind::field, field->id)) column.options[option->id] = option;
  return column;
}

Columns columns_of(const Books& books, Id table) {
  auto fields = books.present_below<Field>(Kind::table, table);
  std::sort(fields.begin(), fields.end(), [](const auto& left, const auto& right) {
    return std::tuple(!left->is_primary, left->order, left->id) <
           std::tuple(!right->is_primary, right->order, right->id);
  });
  Columns columns;
  for (const auto& field : fields) columns.push_back(column_of(books, field));
  return columns;
}

const Column* find_column(const Columns& columns, Id field) {
  for (const Column& column : columns)
    if (column.field->id == field) return &column;
  return nullptr;
}

const Column* find_column(const Columns& columns, std::string_view name) {
  for (const Column& column : columns)
    if (column.field->name == name) return &column;
  return nullptr;
}

std::string shown_field(const Column& column, std::string_view more) {
  const Field& field = *column.field;
  std::string text;
  dialect::ObjectText object(text);
  object.count("id", field.id).count("table_id", field.table).text("name", field.name);
  object.count("order", field.order).text("type", field.type).flag("primary", field.is_primary);
  object.flag("read_only", is_read_only(column.type));
  const model::Value terms = stored_terms(column.type, column.terms);
  for (const auto& [name, value] : terms.members()) object.raw(name, model::write(value));
  if (has_options(column.type)) {
    std::vector<Pointer<Option>> options;
    for (const auto& [id, option] : column.options) options.push_back(option);
    std::sort(options.begin(), options.end(), [](const auto& left, const auto& right) {
      return std::pair(left->order, left->id) < std::pair(right->order, right->id);
    });
    dialect::append_list(object.member("select_options"), options, [&](const auto& option) {
      dialect::ObjectText(text)
          .count("id", option->id)
          .text("value", option->value)
          .text("color", option->color)
          .end();
    });
  }
  text.append(more);
  object.end();
  return text;
}

}  // namespace rockpool::dialects::baserow
