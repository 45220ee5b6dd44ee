#include "core/dialects/baserow/sortings.h"

#include <array>

namespace rockpool::dialects::baserow {

template class ViewParts<Sort, SortTerms>;

namespace {

constexpr std::array<std::string_view, 2> orders = {"ASC", "DESC"};

}  // namespace

SortTerms::SortTerms(Checks& checks, const model::Value&, bool is_new)
    : field(is_new ? checks.id("field") : checks.maybe_id("field")),
      order(checks.maybe_choice("order", orders)) {}

void SortTerms::apply(Sort& sort) const {
  sort.field = field.value_or(sort.field);
  if (order) sort.descends = *order == "DESC";
}

MaybeFault SortTerms::check(const Books& books, const View& view, const Sort& sort) {
  const Pointer<Field> field = books.present<Field>(sort.field);
  if (!field || field->table != view.table) return Fault{.wrong = Wrong::field_not_in_table};
  for (const auto& one : books.below<Sort>(Kind::view, view.id))
    if (one->field == sort.field && one->id != sort.id) return Fault{.wrong = Wrong::sort_exists};
  return std::nullopt;
}

}  // namespace rockpool::dialects::baserow
