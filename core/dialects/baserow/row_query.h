// What of a table's rows is wanted, in the words of fields, as a question to the hub (model::Query).
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/dialects/baserow/columns.h"

namespace rockpool::dialects::baserow {

inline constexpr std::array<std::string_view, 11> filter_types = {
    "equal",   "not_equal", "contains",  "contains_not",        "higher_than", "lower_than",
    "boolean", "empty",     "not_empty", "single_select_equal", "date_equal"};

// A view's filter, or one of a request. One that says nothing of fields of its type, or has no value, lets
// every row pass.
struct RowCondition {
  const Column* column = nullptr;
  std::string type;
  std::string value;
};
struct RowOrder {
  const Column* column = nullptr;
  bool descends = false;
};
struct RowSelection {
  std::vector<RowCondition> conditions = {};
  bool matches_any = false;
  std::string search = {};                   // a part of what is in any cell
  std::vector<RowOrder> orders = {};         // where they leave it open, rows stand by their position
  std::optional<std::uint64_t> behind = {};  // this number: all others by their numbers
};

// model::Query::query
std::string row_query(const Columns& columns, const RowSelection& selection);

// May the hub be asked for a member of that name?
bool is_askable(std::string_view key);

}  // namespace rockpool::dialects::baserow
