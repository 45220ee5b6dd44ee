#include "core/dialects/baserow/row_bodies.h"

#include <algorithm>
#include <set>

#include "core/base/text.h"
#include "core/dialect/members.h"
#include "core/wire/http.h"

namespace rockpool::dialects::baserow {
namespace {

using model::Value;

constexpr std::size_t search_bytes_max = 1024;
constexpr std::size_t orders_max = 20;

const Column* column_named(const Columns& columns, std::string_view name, Named named) {
  if (named == Named::by_name) return find_column(columns, name);
  constexpr std::string_view begin = "field_";
  const auto id = name.starts_with(begin) ? base::read_decimal(name.substr(begin.size())) : std::nullopt;
  return id ? find_column(columns, *id) : nullptr;
}

// What rows are shown with besides their cells, and may come back.
bool is_no_cell(std::string_view name) { return name == "id" || name == "order" || name == "metadata"; }

Fault fault_in_items(std::string_view details) {
  return {.wrong = Wrong::body, .details = R"({"items":)" + std::string(details) + "}"};
}

// `items` itself.
std::variant<const Value*, Fault> find_items(const Value& body) {
  Checks checks(body);
  const Value* items = checks.array("items");
  if (items != nullptr && items->empty())
    checks.wrong("items", "Ensure this field has at least 1 elements.", "min_length");
  if (items != nullptr && items->size() > batch_rows_max)
    checks.wrong("items", "Ensure this field has no more than 200 elements.", "max_length");
  if (auto fault = checks.fault()) return std::move(*fault);
  return items;
}

Cells defaults(const Columns& columns) {
  Cells cells = Value::object();
  for (const Column& column : columns)
    if (column.type == FieldType::text && !column.terms.text_default.empty())
      cells[column.key()] = column.terms.text_default;
  return cells;
}

std::optional<Fault> read_orders(const Columns& columns, const std::string& text, Named named,
                                 RowSelection& selection) {
  const auto names = base::split(text, ',');
  if (names.size() > orders_max)
    return Fault{.wrong = Wrong::order_by, .detail = "Rows are ordered by at most 20 fields."};
  for (std::string_view name : names) {
    const bool descends = name.starts_with('-');
    if (descends || name.starts_with('+')) name.remove_prefix(1);
    const Column* column = column_named(columns, name, named);
    if (column == nullptr)
      return Fault{.wrong = Wrong::order_by,
                   .detail = "The field " + std::string(name) + " was not found in the table."};
    selection.orders.push_back({column, descends});
  }
  return std::nullopt;
}

}  // namespace

// ---- cells ------------------------------------------------------------------------------------------------

std::variant<Cells, Fault> read_row(const Columns& columns, const Value& body, Named named, RowIs row) {
  Checks checks(body);
  Cells cells = row == RowIs::fresh ? defaults(columns) : Value::object();
  for (const auto& [name, given] : body.members()) {
    const Column* column = column_named(columns, name, named);
    if (column == nullptr) {
      if (!is_no_cell(name)) checks.wrong(name, "The table has no such field.", "does_not_exist");
      continue;
    }
    if (is_read_only(column->type)) continue;
    auto read = read_cell(*column, given);
    if (const auto* fault = std::get_if<CellFault>(&read))
      checks.wrong(name, fault->error, fault->code);
    else
      cells[column->key()] = std::move(std::get<Value>(read));
  }
  if (auto fault = checks.fault()) return std::move(*fault);
  return cells;
}

std::variant<std::vector<Item>, Fault> read_items(const Columns& columns, const Value& body, Named named,
                                                  RowIs row) {
  const auto found = find_items(body);
  if (const auto* fault = std::get_if<Fault>(&found)) return *fault;
  std::vector<Item> items;
  std::string faults;
  std::set<std::uint64_t> seen;
  bool is_unique = true;
  for (const Value& one : *std::get<const Value*>(found)) {
    Item& item = items.emplace_back();
    MaybeFault wrong;
    if (row == RowIs::there) {
      Checks checks(one);
      item.number = checks.id("id");
      wrong = checks.fault();
      is_unique = seen.insert(item.number).second && is_unique;
    }
    auto cells = read_row(columns, one, named, row);
    if (auto* fault = std::get_if<Fault>(&cells)) wrong = wrong ? std::move(wrong) : MaybeFault(*fault);
    if (!wrong) {
      item.cells = std::move(std::get<Cells>(cells));
      continue;
    }
    faults.append(faults.empty() ? "{\"" : ",\"").append(base::decimal(std::uint64_t{items.size() - 1}));
    faults.append("\":").append(wrong->details);
  }
  if (!faults.empty()) return fault_in_items(faults + '}');
  if (!is_unique) return Fault{.wrong = Wrong::ids_not_unique};
  return items;
}

std::variant<std::vector<std::uint64_t>, Fault> read_numbers(const Value& body) {
  const auto found = find_items(body);
  if (const auto* fault = std::get_if<Fault>(&found)) return *fault;
  std::vector<std::uint64_t> numbers;
  std::set<std::uint64_t> seen;
  for (const Value& one : *std::get<const Value*>(found)) {
    const auto number = model::as_count(one);
    if (!number)
      return fault_in_items(R"({")" + base::decimal(std::uint64_t{numbers.size()}) +
                            R"(":[{"error":"A valid integer is required.","code":"invalid"}]})");
    seen.insert(*number);
    numbers.push_back(*number);
  }
  if (seen.size() < numbers.size()) return Fault{.wrong = Wrong::ids_not_unique};
  return numbers;
}

// ---- the query --------------------------------------------------------------------------------------------

Named read_named(const std::string& query) {
  const auto value = wire::query_value(query, "user_field_names");
  return value && *value != "false" && *value != "0" ? Named::by_name : Named::by_id;
}

std::variant<std::uint64_t, Fault> read_number(const std::string& query, std::string_view name) {
  const auto text = wire::query_value(query, name);
  if (!text || text->empty()) return std::uint64_t{0};
  const auto number = base::read_decimal(*text);
  if (number && *number > 0 && *number <= dialect::count_max) return *number;
  const Value none = Value::object();
  Checks checks(none);
  checks.wrong(name, "A valid integer is required.");
  return *checks.fault(Wrong::query);
}

std::variant<RowSelection, Fault> read_selection(const Columns& columns, const std::string& query) {
  RowSelection selection;
  selection.search = wire::query_value(query, "search").value_or("");
  if (selection.search.size() > search_bytes_max)
    return Fault{.wrong = Wrong::query, .detail = "What is searched for has at most 1,024 bytes."};
  const auto orders = wire::query_value(query, "order_by");
  if (orders && !orders->empty())
    if (auto fault = read_orders(columns, *orders, read_named(query), selection)) return std::move(*fault);
  if (const auto behind = wire::query_value(query, "rockpool_after")) {
    selection.behind = base::read_decimal(*behind);
    if (!selection.behind) return Fault{.wrong = Wrong::query, .detail = "rockpool_after is a number."};
  }
  return selection;
}

}  // namespace rockpool::dialects::baserow
