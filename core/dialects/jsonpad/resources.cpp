#include "core/dialects/jsonpad/resources.h"

#include <algorithm>
#include <map>
#include <vector>

#include "core/base/text.h"
#include "core/dialect/object_text.h"
#include "core/dialect/times.h"
#include "core/model/skip.h"
#include "core/model/value.h"

namespace rockpool::dialects::jsonpad {
namespace {

using dialect::ObjectText;

std::string time_text(base::Instant at) { return dialect::iso_seconds(at, "+00:00"); }

base::Instant instant(const model::Value& value, std::string_view name) {
  return {static_cast<std::int64_t>(model::count_member(value, name).value_or(0))};
}

struct Member {
  std::string_view name, value;  // as text; the name with its quotes
};

// The first position behind the value that begins at `at`.
std::size_t behind_value(std::string_view text, std::size_t at) {
  std::size_t depth = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (depth == 0 && (c == ',' || c == '}')) return at;
    if (c == '"') {
      at = model::behind_string(text, at);
      continue;
    }
    depth += c == '{' || c == '[' ? 1 : 0;
    depth -= c == '}' || c == ']' ? 1 : 0;
    ++at;
  }
  return at;
}

// Of a compact object that was checked before.
std::vector<Member> members_of(std::string_view object) {
  std::vector<Member> members;
  std::size_t at = 1;
  while (at + 1 < object.size()) {
    const std::size_t colon = model::behind_string(object, at);
    const std::size_t end = behind_value(object, colon + 1);
    members.push_back({object.substr(at, colon - at), object.substr(colon + 1, end - colon - 1)});
    at = end + 1;
  }
  return members;
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

std::optional<std::string> merged(std::string_view before, std::string_view patch) {
  if (!before.starts_with('{') || !patch.starts_with('{')) return std::nullopt;
  std::vector<Member> all = members_of(before);
  std::map<std::string_view, std::size_t> places;
  for (std::size_t i = 0; i < all.size(); ++i) places[all[i].name] = i;
  for (const Member& said : members_of(patch)) {
    const auto [held, is_new] = places.try_emplace(said.name, all.size());
    is_new ? all.push_back(said) : void(all[held->second].value = said.value);
  }
  std::string text = "{";
  for (const Member& one : all) {
    if (text.size() > 1) text += ',';
    text.append(one.name).append(":").append(one.value);
  }
  return text += '}';
}

}  // namespace rockpool::dialects::jsonpad
