// What requests about rows say: cells, lists of rows, pages.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "core/dialects/baserow/cells.h"
#include "core/dialects/baserow/row_query.h"

namespace rockpool::dialects::baserow {

inline constexpr std::size_t batch_rows_max = 200;

// Members for the data of a row, null: what it has there goes.
using Cells = model::Value;
enum class RowIs : std::uint8_t { fresh, there };

// The body of one row. `row` says whether what it leaves out is to be as the fields say of new ones.
std::variant<Cells, Fault> read_row(const Columns& columns, const model::Value& body, Named named, RowIs row);

struct Item {
  std::uint64_t number = 0;  // of the row, 0: it is a new one
  Cells cells;
};
// The member `items` of a body, 1 to 200 of them.
std::variant<std::vector<Item>, Fault> read_items(const Columns& columns, const model::Value& body,
                                                  Named named, RowIs row);
// The same where they are numbers alone.
std::variant<std::vector<std::uint64_t>, Fault> read_numbers(const model::Value& body);

// `user_field_names`
Named read_named(const std::string& query);
// A row's number in the query, 0: none is named there.
std::variant<std::uint64_t, Fault> read_number(const std::string& query, std::string_view name);

// `search`, `order_by` and `rockpool_after`, by fields of `columns`, which have to outlive it.
std::variant<RowSelection, Fault> read_selection(const Columns& columns, const std::string& query);

}  // namespace rockpool::dialects::baserow
