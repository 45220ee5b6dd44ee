#include "tests/sim/deepstream_checks.h"

#include "core/dialects/deepstream/names.h"
#include "core/model/value.h"
#include "tests/sim/names.h"

namespace rockpool::sim {
namespace {

namespace deepstream = dialects::deepstream;

std::string short_text(std::string_view data) { return std::string(data.substr(0, 300)); }

std::string compare(const sync::RowView& row, const model::Record& record) {
  const model::Version shown = record.version - record.born + 1;
  // What was removed and made anew while a page looked goes on from where it was.
  const bool goes_on = !is_counted(record.key) && row.version > shown;
  if (row.data == record.data && (row.version == shown || goes_on)) return "";
  return "version " + std::to_string(row.version) + " " + short_text(row.data) + ", the server has version " +
         std::to_string(shown) + " " + short_text(record.data);
}

std::set<std::string> ids_in(const Lineage& lineage, const std::string& collection) {
  std::set<std::string> ids;
  for (const auto& [key, record] : lineage.records) {
    if (key.collection == collection && record.exists()) ids.insert(key.id);
  }
  return ids;
}

}  // namespace

std::set<std::string> listed_ids(const Lineage& lineage, const std::string& collection) {
  std::set<std::string> ids;
  const auto list = lineage.records.find(deepstream::key_of(collection));
  if (list == lineage.records.end() || !list->second.exists()) return ids;
  const model::Value names = model::read(list->second.data).value();
  for (const model::Value& entry : names.elements()) {
    const model::Key key = deepstream::key_of(*entry.get_ptr<const std::string*>());
    if (key.collection == collection) ids.insert(key.id);
  }
  return ids;
}

std::string deepstream_disagreement(const Client& client, const Lineage& lineage, const Scenario& scenario) {
  std::string found;
  const bool all_listed = scenario.lists && scenario.hub.space_bytes_max == hub::Limits{}.space_bytes_max;
  for (const CollectionPlan& plan : scenario.collections) {
    const std::set<std::string> listed =
        scenario.lists ? listed_ids(lineage, plan.name) : ids_in(lineage, plan.name);
    for (const std::string& id : listed) {
      const auto record = lineage.records.find({plan.name, id});
      const bool exists = record != lineage.records.end() && record->second.exists();
      if (exists && !client.engine().row({plan.name, id}))
        found = "does not show " + id + ", which is " + (scenario.lists ? "listed" : "there");
    }
    client.engine().each(plan.name, [&](std::string_view text, const sync::RowView& row) {
      const std::string id(text);
      const auto record = lineage.records.find({plan.name, id});
      const bool exists = record != lineage.records.end() && record->second.exists();
      const std::string other = exists ? compare(row, record->second) : "deleted, as the server says";
      if (!other.empty()) found = "shows " + id + ": " + other;
      if (exists && all_listed && !listed.contains(id)) found = "shows " + id + ", which nobody has listed";
    });
    if (!found.empty()) return client.name() + " " + found;
  }
  return found;
}

}  // namespace rockpool::sim
