#include "core/dialects/baserow/sdk_notes.h"

#include "core/base/text.h"
#include "core/dialect/object_text.h"
#include "core/model/names.h"
#include "core/wire/http.h"

namespace rockpool::dialects::baserow {
namespace {

using model::Value;

// Numbers are given by the server, as to rows whose name is empty.
bool is_row_name(const std::string& text) {
  return text.empty() || (model::check_id(text).ok() && !base::read_decimal(text));
}

// The member `name` of the body, which has as many elements as `items`.
const Value* read_list(Checks& checks, const Value& body, std::string_view name) {
  const Value* list = model::member(body, name);
  const Value* items = model::member(body, "items");
  if (list == nullptr) return nullptr;
  if (list->is_array() && items != nullptr && list->size() == items->size()) return list;
  checks.wrong(name, "Give a list with one element for each of the items.");
  return nullptr;
}

}  // namespace

std::variant<RowNotes, Fault> read_notes(const std::string& query, const Value& body) {
  RowNotes notes;
  notes.are_wanted = wire::query_value(query, "rockpool") == "1";
  if (!notes.are_wanted) return notes;
  Checks checks(body);
  const auto add_name = [&](const std::string* text, std::string_view place) {
    if (text == nullptr || !is_row_name(*text)) return checks.wrong(place, "Give a text that is no number.");
    notes.names.push_back(*text);
  };
  const auto add_version = [&](const std::optional<std::uint64_t>& number, std::string_view place) {
    if (!number) return checks.wrong(place, "A valid integer is required.");
    notes.versions.push_back(*number);
  };
  if (const auto name = wire::query_value(query, "rockpool_name")) add_name(&*name, "rockpool_name");
  if (const auto version = wire::query_value(query, "rockpool_version"))
    add_version(base::read_decimal(*version), "rockpool_version");
  if (const Value* names = read_list(checks, body, "_names"))
    for (const Value& one : *names) add_name(one.get_ptr<const std::string*>(), "_names");
  if (const Value* versions = read_list(checks, body, "_versions"))
    for (const Value& one : *versions) add_version(model::as_count(one), "_versions");
  if (auto fault = checks.fault()) return std::move(*fault);
  return notes;
}

std::string note_of(const model::Record& row) {
  std::string text;
  dialect::ObjectText object(text);
  object.count("version", row.version);
  object.integer("created", row.created.ms).integer("updated", row.updated.ms);
  if (row.key.id != base::decimal(row.num)) object.text("name", row.key.id);
  object.end();
  return text;
}

}  // namespace rockpool::dialects::baserow
