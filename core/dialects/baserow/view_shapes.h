// Views and what is in them as they are shown, and comments (section 5 of the contract).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/dialect/frames.h"
#include "core/dialects/baserow/shapes.h"

namespace rockpool::dialects::baserow {

// The most that `order` of a decoration, or of a field in a view, can be; who has none stands there.
inline constexpr std::uint64_t view_order_max = 32'767;

class ViewShapes {
 public:
  ViewShapes(const Desk& desk, const Books& books) : books_(books), shapes_(desk, books) {}

  // What is told of a view besides.
  struct With {
    bool filters = false, sortings = false, decorations = false;
  };
  static constexpr With everything{.filters = true, .sortings = true, .decorations = true};

  std::string view(const View& view, With with) const;
  std::string part(const Filter& filter) const;
  std::string part(const Sort& sort) const;
  std::string part(const Decoration& decoration) const;
  // A list of those of a view, or of the filters and sortings by a field in all views.
  template <typename Part>
  std::string parts(Kind above, Id id) const {
    auto found = books_.present_below<Part>(above, id);
    if constexpr (Part::kind == Kind::decoration) sort_by_order(found);
    std::string text;
    dialect::append_list(text, found, [&](const Pointer<Part>& one) { text += part(*one); });
    return text;
  }
  // Of all fields that are there, with what nothing was said of as it usually is.
  std::string field_options(const View& view) const;
  std::string comment(const Comment& comment) const;
  // By the rows' numbers, what there is to be said of them besides: {"7":{"row_comment_count":2}}
  std::string row_metadata(Id table, const std::vector<std::uint64_t>& rows) const;

  // Those of the table, in their order.
  std::vector<Pointer<View>> views_of(Id table) const;

 private:
  const Books& books_;
  Shapes shapes_;
};

}  // namespace rockpool::dialects::baserow
