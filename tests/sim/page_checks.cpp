#include "tests/sim/page_checks.h"

#include <map>

#include "core/model/value.h"
#include "tests/sim/deepstream_checks.h"
#include "tests/sim/names.h"

namespace rockpool::sim {
namespace {

std::string short_text(std::string_view data) { return std::string(data.substr(0, 300)); }

bool is_same(std::string_view left, std::string_view right) {
  return left == right || model::same(model::read(left).value(), model::read(right).value());
}

}  // namespace

std::string other_disagreement(const Client& client, const Lineage& lineage, const Scenario& scenario) {
  const Dialect dialect = client.plan().dialect;
  if (dialect == Dialect::deepstream) return deepstream_disagreement(client, lineage, scenario);
  std::map<model::Key, const model::Record*> there;  // as the server shows them
  for (const auto& [key, record] : lineage.records) {
    const bool counts = record.exists() && scenario.has(key.collection);
    if (counts) there.emplace(model::Key{key.collection, remote_id(dialect, record)}, &record);
  }
  std::string found;
  for (const CollectionPlan& plan : scenario.collections) {
    client.engine().each(plan.name, [&](std::string_view id, const sync::RowView& row) {
      const model::Key remote{plan.name, std::string(row.remote.empty() ? id : row.remote)};
      const auto record = there.find(remote);
      const std::string shows = "shows " + std::string(id) + ", on the server " + remote.id + ", version " +
                                std::to_string(row.version) + " " + short_text(row.data);
      if (record == there.end()) {
        found = shows + ", which is not there, or shown twice";
        return;
      }
      const model::Record& truth = *record->second;
      if (row.version != truth.version || !is_same(row.data, truth.data))
        found = shows + ", the server has version " + std::to_string(truth.version) + " " +
                short_text(truth.data);
      there.erase(record);
    });
  }
  if (found.empty() && !there.empty())
    found = "does not show " + there.begin()->first.id + " " + short_text(there.begin()->second->data);
  return found.empty() ? "" : client.name() + " " + found;
}

}  // namespace rockpool::sim
