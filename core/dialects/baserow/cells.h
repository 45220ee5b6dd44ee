// Cells both ways: what a request says becomes a member of a row's data, and such a member is shown.
#pragma once

#include <string>
#include <variant>

#include "core/dialects/baserow/columns.h"
#include "core/model/record.h"

namespace rockpool::dialects::baserow {

struct CellFault {
  std::string error;
  std::string code = "invalid";
};
// What is to be kept of it; null: the row has nothing there.
std::variant<model::Value, CellFault> read_cell(const Column& column, const model::Value& given);

// Does it suit the field? Null and what is missing always do.
bool suits(const Column& column, const model::Value& kept);

// `kept` is null where the data has no such member. What does not suit the field is shown as if it were not
// there.
void append_cell(std::string& out, const Column& column, const model::Record& row, const model::Value* kept);

// 2023-04-01
std::optional<base::Instant> read_day(std::string_view text);

enum class Named : std::uint8_t { by_id, by_name };  // what a row's cells are called: field_<id>, or the name
std::string cell_name(const Column& column, Named named);
// ROW
std::string shown_row(const Columns& columns, const model::Record& row, Named named = Named::by_id);

}  // namespace rockpool::dialects::baserow
