#include "core/dialects/jsonpad/resources.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/dialect/object_text.h"
#include "core/dialect/times.h"
#include "core/model/value.h"

namespace rockpool::dialects::jsonpad {
namespace {

using dialect::ObjectText;

std::string time_text(base::Instant at) { return dialect::iso_seconds(at, "+00:00"); }

base::Instant instant(const model::Value& value, std::string_view name) {
  return {static_cast<std::int64_t>(model::count_member(value, name).value_or(0))};
}

}  // namespace

std::string facet_text(const List& list) {
  std::string text;
  ObjectText(text)
      .text("name", list.name)
      .flag("realtime_enabled", list.realtime)
      .integer("created", list.created.ms)
      .integer("updated", list.updated.ms)
      .end();
  return text;
}

std::optional<List> read_list(const std::string& collection, std::string_view facet) {
  const auto value = model::read(facet);
  const std::string* name = value ? model::text_member(*value, "name") : nullptr;
  if (name == nullptr) return std::nullopt;
  return List{.collection = collection,
              .name = *name,
              .realtime = model::bool_member(*value, "realtime_enabled").value_or(false),
              .created = instant(*value, "created"),
              .updated = instant(*value, "updated")};
}

base::Instant updated_of(const List& list, const model::Totals& totals) {
  return std::max(list.updated, totals.updated);
}

std::string list_text(const List& list, const model::Totals& totals) {
  std::string text;
  ObjectText object(text);
  object.text("created", time_text(list.created)).flag("has_schema", false).count("index_count", 0);
  object.count("item_count", totals.records).count("data_size", totals.bytes).text("name", list.name);
  object.flag("realtime_enabled", list.realtime).text("updated", time_text(updated_of(list, totals))).end();
  return text;
}

std::string item_text(const model::Record& item, bool with_version) {
  std::string text;
  text.reserve(item.data.size() + 120);
  ObjectText object(text);
  object.text("created", time_text(item.created)).raw("data", item.data);
  object.text("id", base::decimal(item.num)).text("updated", time_text(item.updated));
  if (with_version) object.count("version", item.version).text("name", item.key.id);
  object.end();
  return text;
}

}  // namespace rockpool::dialects::jsonpad
