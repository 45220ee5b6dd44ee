// Fields by their types, and the columns of a table: its fields with all it takes to show a row.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/dialects/baserow/books.h"
#include "core/dialects/baserow/checks.h"

namespace rockpool::dialects::baserow {

enum class FieldType : std::uint8_t {
  text,
  long_text,
  number,
  boolean,
  date,
  url,
  email,
  phone_number,
  single_select,
  multiple_select,
  created_on,
  last_modified
};
inline constexpr std::array<std::string_view, 12> field_type_names = {
    "text",  "long_text",    "number",        "boolean",         "date",       "url",
    "email", "phone_number", "single_select", "multiple_select", "created_on", "last_modified"};
// Text for a name that is none.
FieldType field_type_of(std::string_view name);
inline bool has_options(FieldType type) {
  return type == FieldType::single_select || type == FieldType::multiple_select;
}
inline bool is_read_only(FieldType type) {
  return type == FieldType::created_on || type == FieldType::last_modified;
}

// What a field has besides, as far as its type has it.
struct FieldTerms {
  std::string text_default;
  std::uint64_t places = 0;  // behind the point of a number
  bool may_be_negative = false;
  std::string date_format = "EU";
  bool has_time = false;
  std::string time_format = "24";
};
FieldTerms read_terms(const model::Value& options);
// Field::options.
model::Value stored_terms(FieldType type, const FieldTerms& terms);
// Those members that the body names.
void check_terms(Checks& checks, FieldType type, FieldTerms& terms);

struct Column {
  Pointer<Field> field;
  FieldType type = FieldType::text;
  FieldTerms terms;
  std::map<Id, Pointer<Option>> options;

  const std::string& key() const { return field->key; }
};
using Columns = std::vector<Column>;

Column column_of(const Books& books, const Pointer<Field>& field);
// Of the fields that are there, the primary one first.
Columns columns_of(const Books& books, Id table);
// Null: the table has no such field.
const Column* find_column(const Columns& columns, Id field);
const Column* find_column(const Columns& columns, std::string_view name);

// FIELD; `more` are further members, beginning with a comma.
std::string shown_field(const Column& column, std::string_view more = {});

}  // namespace rockpool::dialects::baserow
