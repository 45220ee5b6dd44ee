#include "core/dialects/baserow/filters.h"

#include <algorithm>

#include "core/dialects/baserow/row_query.h"

namespace rockpool::dialects::baserow {

template class ViewParts<Filter, FilterTerms>;

namespace {

constexpr std::size_t value_letters_max = 10'000;

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// As text, as which numbers are taken, too.
std::optional<std::string> read_value(Checks& checks, const model::Value& body) {
  const model::Value* value = model::member(body, "value");
  if (value != nullptr && value->is_number()) return model::write(*value);
  return checks.maybe_text("value", {.letters_max = value_letters_max, .letters_min = 0});
}

}  // namespace

bool filter_fits(std::string_view filter_type, std::string_view field_type) {
  const bool is_kept_time = is_one_of(field_type, {"created_on", "last_modified"});
  const bool is_time = is_kept_time || field_type == "date";
  const bool is_select = is_one_of(field_type, {"single_select", "multiple_select"});
  if (filter_type == "boolean") return field_type == "boolean";
  if (filter_type == "single_select_equal") return field_type == "single_select";
  if (filter_type == "date_equal") return is_time;
  if (is_one_of(filter_type, {"higher_than", "lower_than"})) return field_type == "number";
  if (is_one_of(filter_type, {"equal", "not_equal"}))
    return !is_time && !is_select && field_type != "boolean";
  if (is_one_of(filter_type, {"contains", "contains_not"})) return !is_kept_time && field_type != "boolean";
  return !is_kept_time;  // empty and not_empty
}

FilterTerms::FilterTerms(Checks& checks, const model::Value& body, bool is_new)
    : field(is_new ? checks.id("field") : checks.maybe_id("field")),
      type(is_new ? checks.choice("type", filter_types) : checks.maybe_choice("type", filter_types)),
      value(read_value(checks, body)) {}

void FilterTerms::apply(Filter& filter) const {
  filter.field = field.value_or(filter.field);
  filter.type = type.value_or(filter.type);
  filter.value = value.value_or(filter.value);
}

MaybeFault FilterTerms::check(const Books& books, const View& view, const Filter& filter) {
  const Pointer<Field> field = books.present<Field>(filter.field);
  if (!field || field->table != view.table) return Fault{.wrong = Wrong::field_not_in_table};
  if (filter_fits(filter.type, field->type)) return std::nullopt;
  return Fault{
      .wrong = Wrong::filter_unfit,
      .detail = "A field of the type " + field->type + " cannot be filtered by " + filter.type + '.'};
}

}  // namespace rockpool::dialects::baserow
