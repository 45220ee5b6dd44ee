#include "tests/sim/lineage.h"

#include <algorithm>

namespace rockpool::sim {

void Lineage::add(hub::Entry entry) {
  const hub::Batch& batch = entry.batch;
  for (const model::Change& change : batch.changes) {
    records[change.record.key] = change.record;
    touched[change.record.key] = entry.seq;
    by_num[change.record.num] = change.record.key;
  }
  for (const hub::StoredOutcome& outcome : batch.outcomes) {
    const ClientNumber who(batch.marks[outcome.mark].client, outcome.number);
    applied[who] = outcome;
    applied_at[who] = entry.seq;
  }
  entries.push_back(std::move(entry));
}

std::shared_ptr<Lineage> Lineage::prefix(std::uint64_t seq) const {
  auto older = std::make_shared<Lineage>();
  older->epoch = epoch;
  for (const hub::Entry& entry : entries) {
    if (entry.seq <= seq) older->add(entry);
  }
  return older;
}

bool has_held(const Lineage& lineage, const model::Key& record, const std::string& token) {
  const std::string text = '"' + token + '"';
  return std::any_of(lineage.entries.begin(), lineage.entries.end(), [&](const hub::Entry& entry) {
    return std::any_of(
        entry.batch.changes.begin(), entry.batch.changes.end(), [&](const model::Change& change) {
          const model::Key& key = change.record.key;
          const bool is_it = key == record || (record.id.empty() && key.collection == record.collection);
          return is_it && change.record.data.find(text) != std::string::npos;
        });
  });
}

}  // namespace rockpool::sim
