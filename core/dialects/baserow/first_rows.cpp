#include "core/dialects/baserow/first_rows.h"

#include <algorithm>
#include <set>

#include "core/base/text.h"
#include "core/dialects/baserow/checks.h"
#include "core/dialects/baserow/new_fields.h"

namespace rockpool::dialects::baserow {
namespace {

using model::Value;

constexpr std::size_t rows_max = 5000;

std::optional<std::string> text_of(const Value& cell) {
  if (cell.is_structured()) return std::nullopt;
  if (cell.is_null()) return std::string();
  const auto* text = cell.get_ptr<const std::string*>();
  return text != nullptr ? *text : model::write(cell);
}

MaybeFault name_fields(FirstRows& made, const std::vector<std::string>& names, std::size_t count) {
  std::set<std::string> taken;
  for (std::size_t i = 0; i < count; ++i) {
    std::string name = i < names.size() ? names[i] : "";
    if (name.empty()) name = "Field " + base::decimal(std::uint64_t{i + 1});
    if (letters(name) > name_letters_max)
      return Fault{.wrong = Wrong::initial_data, .detail = "The name of a field has at most 255 characters."};
    if (is_reserved_field_name(name)) return Fault{.wrong = Wrong::reserved_field_name};
    if (!taken.insert(name).second) return Fault{.wrong = Wrong::initial_data_names};
    made.fields.push_back({std::move(name), "text"});
  }
  return std::nullopt;
}

}  // namespace

FirstRows usual_rows() {
  return {.fields = {{"Name", "text"}, {"Notes", "long_text"}, {"Active", "boolean"}}, .rows = {{}, {}}};
}

std::variant<FirstRows, Fault> read_rows(const Value& data, bool has_names) {
  FirstRows made;
  std::size_t width = 0;
  for (const Value& row : data) {
    std::vector<std::string> cells;
    for (const Value& cell : row) {
      auto text = text_of(cell);
      if (!text) return Fault{.wrong = Wrong::initial_data};
      cells.push_back(std::move(*text));
    }
    if (!row.is_array()) return Fault{.wrong = Wrong::initial_data};
    width = std::max(width, cells.size());
    made.rows.push_back(std::move(cells));
  }
  if (width == 0) return Fault{.wrong = Wrong::initial_data};
  if (width > fields_max) return Fault{.wrong = Wrong::too_many_fields};
  std::vector<std::string> names;
  if (has_names) {
    names = std::move(made.rows.front());
    made.rows.erase(made.rows.begin());
  }
  if (made.rows.size() > rows_max) return Fault{.wrong = Wrong::initial_data_limit};
  if (auto fault = name_fields(made, names, width)) return std::move(*fault);
  return made;
}

}  // namespace rockpool::dialects::baserow
