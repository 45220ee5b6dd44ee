#include "core/dialects/baserow/new_fields.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/dialects/baserow/row_query.h"

namespace rockpool::dialects::baserow {
namespace {

constexpr std::size_t options_max = 1000;
constexpr std::string_view options_member = "select_options";

}  // namespace

bool is_reserved_field_name(std::string_view name) {
  constexpr std::string_view begin = "field_";
  if (name == "id" || name == "order") return true;
  return name.starts_with(begin) && base::read_decimal(name.substr(begin.size())).has_value();
}

bool is_key_taken(const Books& books, Id table, std::string_view key) {
  const auto fields = books.below<Field>(Kind::table, table);
  return std::any_of(fields.begin(), fields.end(), [&](const auto& one) { return one->key == key; });
}

std::string key_for(const std::string& name, Id id, bool is_taken) {
  return is_taken || !is_askable(name) ? "field_" + base::decimal(id) : name;
}

std::vector<WantedOption> check_options(Checks& checks) {
  std::vector<WantedOption> wanted;
  const model::Value* list = checks.array(options_member);
  if (list == nullptr) return wanted;
  if (list->size() > options_max)
    checks.wrong(options_member, "Ensure this field has no more than 1000 elements.", "max_length");
  std::set<Id> seen;
  for (const model::Value& one : *list) {
    Checks parts(one);
    wanted.push_back(
        {.id = parts.maybe_id("id").value_or(0), .value = parts.text("value"), .color = parts.text("color")});
    if (wanted.back().id != 0 && !seen.insert(wanted.back().id).second)
      parts.wrong("id", "The option is there more than once.", "unique");
    if (const auto fault = parts.fault()) {
      checks.wrong(options_member, "Each option has a value and a color: " + fault->details);
      break;
    }
  }
  return wanted;
}

void put_options(Plan& plan, const Books& books, Id field, const std::vector<WantedOption>& wanted) {
  std::map<Id, Pointer<Option>> rest;
  for (auto& option : books.below<Option>(Kind::field, field)) rest[option->id] = option;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const bool is_known = rest.erase(wanted[i].id) > 0;
    plan.put(Option{.id = is_known ? wanted[i].id : plan.next_id(Kind::option),
                    .field = field,
                    .value = wanted[i].value,
                    .color = wanted[i].color,
                    .order = i});
  }
  for (const auto& [id, option] : rest) plan.remove(*option);
}

}  // namespace rockpool::dialects::baserow
