#include "tests/sim/page_checks.h"

#include <map>

#include "core/base/text.h"
#include "core/model/value.h"
#include "core/wire/http.h"
#include "tests/sim/deepstream_checks.h"
#include "tests/sim/names.h"

namespace rockpool::sim {
namespace {

std::string short_text(std::string_view data) { return std::string(data.substr(0, 300)); }

bool is_same(std::string_view left, std::string_view right) {
  return left == right || model::same(model::read(left).value(), model::read(right).value());
}

// That the request says its rows have, in their order.
std::vector<model::Version> versions_in(const Link& request) {
  std::vector<model::Version> versions;
  const std::size_t query = request.target.find('?');
  const char* name = request.dialect == Dialect::baserow ? "rockpool_version" : "version";
  const auto one = wire::query_value(request.target.substr(query + 1), name);
  if (one) versions.push_back(base::read_decimal(*one).value_or(0));
  const auto body = model::read(request.body.empty() ? "{}" : request.body);
  if (const model::Value* several = body ? model::member(*body, "_versions") : nullptr)
    for (const model::Value& version : several->elements())
      versions.push_back(model::as_count(version).value_or(0));
  return versions;
}

std::vector<model::Version> versions_made(const dialect::Body& answer) {
  std::vector<model::Version> versions;
  const auto said = model::read(answer.bytes);
  if (!said) return versions;
  if (const model::Value* record = model::member(*said, "record"))
    versions.push_back(model::count_member(*record, "version").value_or(0));
  if (const model::Value* rows = model::member(*said, "_rows"))
    for (const model::Value& row : rows->elements())
      versions.push_back(model::count_member(row, "version").value_or(0));
  return versions;
}

}  // namespace

std::string blind_write(const Link& request, const dialect::Body& answer) {
  const bool is_row = request.dialect == Dialect::baserow && request.method == "PATCH";
  const bool is_record = request.dialect == Dialect::datocms && request.method == "PUT";
  if (answer.status != 200 || (!is_row && !is_record)) return "";
  const std::vector<model::Version> before = versions_in(request);
  const std::vector<model::Version> made = versions_made(answer);
  if (made.empty() || made.size() != before.size()) return "an answer does not say what it made";
  for (std::size_t i = 0; i < made.size(); ++i) {
    if (made[i] != before[i] + 1)
      return "a write on version " + std::to_string(before[i]) + " made version " + std::to_string(made[i]);
  }
  return "";
}

std::string other_disagreement(const Client& client, const Lineage& lineage, const Setting& setting) {
  const Scenario& scenario = setting.scenario;
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
      const std::string data = dialect == Dialect::baserow   ? setting.tables->shown(truth)
                               : dialect == Dialect::datocms ? setting.models->shown(truth)
                                                             : truth.data;
      if (row.version != truth.version || !is_same(row.data, data))
        found = shows + ", the server has version " + std::to_string(truth.version) + " " + short_text(data);
      there.erase(record);
    });
  }
  if (found.empty() && !there.empty())
    found = "does not show " + there.begin()->first.id + " " + short_text(there.begin()->second->data);
  if (found.empty()) found = client.results_disagreement();
  return found.empty() ? "" : client.name() + " " + found;
}

}  // namespace rockpool::sim
