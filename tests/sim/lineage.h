// The truth: a history of log entries and the records they make. Restoring an older state begins another
// lineage.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/hub/entry.h"

namespace rockpool::sim {

using ClientNumber = std::pair<std::string, std::uint64_t>;  // client id, number of a mutation

struct Lineage {
  std::uint64_t epoch = 0;
  std::vector<hub::Entry> entries;                     // entry n is at n - 1
  std::map<model::Key, model::Record> records;         // tombstones too, even those the log has forgotten
  std::map<ClientNumber, hub::StoredOutcome> applied;  // `mark` is not set
  std::map<ClientNumber, std::uint64_t> applied_at;    // sequence of the entry
  std::map<model::Key, std::uint64_t> touched;         // sequence of a record's last change
  std::map<std::uint64_t, model::Key> by_num;          // whose number it is or was

  std::uint64_t last_seq() const { return entries.size(); }
  std::uint64_t last_chain() const { return entries.empty() ? 0 : entries.back().chain; }
  void add(hub::Entry entry);
  // The same history up to `seq`.
  std::shared_ptr<Lineage> prefix(std::uint64_t seq) const;
};

// Has the record, or any of its collection if it has no id, ever held that token, a text by itself?
bool has_held(const Lineage& lineage, const model::Key& record, const std::string& token);

}  // namespace rockpool::sim
