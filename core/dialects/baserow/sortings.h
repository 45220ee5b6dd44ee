// Sortings of views: each by one field, in the order in which they were made.
#pragma once

#include "core/dialects/baserow/view_parts.h"

namespace rockpool::dialects::baserow {

struct SortTerms {
  static constexpr std::string_view of_view = "database/views/#/sortings/";
  static constexpr std::string_view single = "database/views/sort/#/";

  std::optional<Id> field;
  std::optional<std::string> order;

  SortTerms(Checks& checks, const model::Value& body, bool is_new);
  void apply(Sort& sort) const;
  // A view is sorted by a field once.
  static MaybeFault check(const Books& books, const View& view, const Sort& sort);
};

extern template class ViewParts<Sort, SortTerms>;
using Sortings = ViewParts<Sort, SortTerms>;

}  // namespace rockpool::dialects::baserow
