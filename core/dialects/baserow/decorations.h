// Decorations of views: colours for rows.
#pragma once

#include "core/dialects/baserow/view_parts.h"

namespace rockpool::dialects::baserow {

struct DecorationTerms {
  static constexpr std::string_view of_view = "database/views/#/decorations/";
  static constexpr std::string_view single = "database/views/decoration/#/";

  std::optional<std::string> type, provider;
  std::optional<model::Value> settings;
  std::optional<std::uint64_t> order;

  DecorationTerms(Checks& checks, const model::Value& body, bool is_new);
  void apply(Decoration& decoration) const;
  static MaybeFault check(const Books&, const View&, const Decoration&) { return std::nullopt; }
};

extern template class ViewParts<Decoration, DecorationTerms>;
using Decorations = ViewParts<Decoration, DecorationTerms>;

}  // namespace rockpool::dialects::baserow
