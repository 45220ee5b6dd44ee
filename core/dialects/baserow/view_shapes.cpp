#include "core/dialects/baserow/view_shapes.h"

#include "core/base/text.h"

namespace rockpool::dialects::baserow {
namespace {

using dialect::ObjectText;

constexpr std::uint64_t usual_width = 200;

std::string_view text_or_none(const model::Value& object, std::string_view name) {
  const std::string* text = model::text_member(object, name);
  return text == nullptr ? std::string_view() : std::string_view(*text);
}

std::string one_field(const model::Value& said) {
  std::string text;
  ObjectText(text)
      .count("width", model::count_member(said, "width").value_or(usual_width))
      .flag("hidden", model::bool_member(said, "hidden").value_or(false))
      .count("order", model::count_member(said, "order").value_or(view_order_max))
      .text("aggregation_type", text_or_none(said, "aggregation_type"))
      .text("aggregation_raw_type", text_or_none(said, "aggregation_raw_type"))
      .end();
  return text;
}

}  // namespace

std::string ViewShapes::view(const View& view, With with) const {
  std::string text;
  ObjectText object(text);
  const Pointer<Table> table = books_.find<Table>(view.table);
  object.count("id", view.id).count("table_id", view.table).text("name", view.name);
  object.count("order", view.order).text("type", view.type);
  object.raw("table", table ? shapes_.table(*table) : "null")
      .text("filter_type", view.matches_any ? "OR" : "AND")
      .flag("filters_disabled", view.filters_disabled)
      .flag("public_view_has_password", false)
      .flag("show_logo", true)
      .flag("public", false)
      .text("slug", view.slug)
      .text("row_identifier_type", view.counts_rows ? "count" : "id");
  if (with.filters) object.raw("filters", parts<Filter>(Kind::view, view.id));
  if (with.sortings) object.raw("sortings", parts<Sort>(Kind::view, view.id));
  if (with.decorations) object.raw("decorations", parts<Decoration>(Kind::view, view.id));
  object.end();
  return text;
}

std::string ViewShapes::part(const Filter& filter) const {
  std::string text;
  ObjectText(text)
      .count("id", filter.id)
      .count("view", filter.view)
      .count("field", filter.field)
      .text("type", filter.type)
      .text("value", filter.value)
      .raw("preload_values", "{}")
      .end();
  return text;
}

std::string ViewShapes::part(const Sort& sort) const {
  std::string text;
  ObjectText(text)
      .count("id", sort.id)
      .count("view", sort.view)
      .count("field", sort.field)
      .text("order", sort.descends ? "DESC" : "ASC")
      .end();
  return text;
}

std::string ViewShapes::part(const Decoration& decoration) const {
  std::string text;
  const model::Value& settings = decoration.provider_settings;
  ObjectText(text)
      .count("id", decoration.id)
      .count("view", decoration.view)
      .text("type", decoration.type)
      .text("value_provider_type", decoration.provider)
      .raw("value_provider_conf", settings.is_null() ? "{}" : model::write(settings))
      .count("order", decoration.order)
      .end();
  return text;
}

std::string ViewShapes::field_options(const View& view) const {
  std::string text;
  ObjectText object(text);
  for (const auto& field : books_.present_below<Field>(Kind::table, view.table)) {
    const std::string id = base::decimal(field->id);
    const model::Value* said = model::member(view.field_options, id);
    object.raw(id, one_field(said == nullptr ? model::Value() : *said));
  }
  object.end();
  return text;
}

std::string ViewShapes::comment(const Comment& comment) const {
  const Pointer<User> user = books_.find<User>(comment.user);
  std::string text;
  ObjectText(text)
      .count("id", comment.id)
      .count("table_id", comment.table)
      .count("row_id", comment.row)
      .text("comment", comment.text)
      .text("first_name", user ? user->name : "")
      .text("created_on", shown_time(comment.created_ms))
      .text("updated_on", shown_time(comment.updated_ms))
      .raw("user_id", user ? base::decimal(user->id) : "null")
      .end();
  return text;
}

std::string ViewShapes::row_metadata(Id table, const std::vector<std::uint64_t>& rows) const {
  std::string text;
  ObjectText object(text);
  for (const std::uint64_t row : rows) {
    const std::size_t count = books_.comment_count(table, row);
    if (count != 0) ObjectText(object.member(base::decimal(row))).count("row_comment_count", count).end();
  }
  object.end();
  return text;
}

std::vector<Pointer<View>> ViewShapes::views_of(Id table) const {
  auto views = books_.present_below<View>(Kind::table, table);
  sort_by_order(views);
  return views;
}

}  // namespace rockpool::dialects::baserow
