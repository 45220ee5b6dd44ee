// Filters of views.
#pragma once

#include "core/dialects/baserow/view_parts.h"

namespace rockpool::dialects::baserow {

// Can fields of that type be looked at by filters of that type?
bool filter_fits(std::string_view filter_type, std::string_view field_type);

struct FilterTerms {
  static constexpr std::string_view of_view = "database/views/#/filters/";
  static constexpr std::string_view single = "database/views/filter/#/";

  std::optional<Id> field;
  std::optional<std::string> type, value;

  FilterTerms(Checks& checks, const model::Value& body, bool is_new);
  void apply(Filter& filter) const;
  static MaybeFault check(const Books& books, const View& view, const Filter& filter);
};

extern template class ViewParts<Filter, FilterTerms>;
using Filters = ViewParts<Filter, FilterTerms>;

}  // namespace rockpool::dialects::baserow
