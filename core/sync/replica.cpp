#include "core/sync/replica.h"

#include "core/sync/outbox.h"

namespace rockpool::sync {

Row* Replica::find(const Key& key) { return const_cast<Row*>(static_cast<const Replica*>(this)->find(key)); }

const Row* Replica::find(const Key& key) const {
  const Collection* collection = find_collection(key.collection);
  if (collection == nullptr) return nullptr;
  const auto row = collection->rows.find(key.id);
  return row == collection->rows.end() ? nullptr : &row->second;
}

const Collection* Replica::find_collection(std::string_view name) const {
  const auto found = all_.find(name);
  return found == all_.end() ? nullptr : &found->second;
}

std::string Replica::fold(std::string data, const Local& local, const Outbox& outbox, FoldPart part,
                          FoldSpan span) {
  for (const std::uint64_t number : local.writes) {
    if (number <= span.after || number > span.last) continue;
    const Pending* pending = outbox.find(number);
    if (pending == nullptr) continue;
    if (part == FoldPart::acked && !pending->acked) continue;
    if (part == FoldPart::commutative && (pending->acked || pending->fenced())) continue;
    base::Result<std::string> next = model::apply(pending->mutation, data);
    if (next.ok()) data = std::move(*next);
  }
  return data;
}

bool Replica::refresh(const Key& key, const Outbox& outbox) {
  Collection& collection = all_[key.collection];
  const auto found = collection.rows.find(key.id);
  if (found == collection.rows.end()) return false;
  Row& row = found->second;
  if (row.local && row.local->writes.empty() && !row.local->clash) row.local.reset();
  if (row.local) {
    // Until both sides are joined mine is shown: what the writes make of the state they were made against.
    const std::string& ground = row.local->ancestor ? row.local->ancestor->data : row.truth.data;
    row.local->view = fold(ground, *row.local, outbox, FoldPart::all);
  }
  if (row.local || !row.truth.data.empty() || row.tombstone) return true;
  collection.rows.erase(found);
  return false;
}

}  // namespace rockpool::sync
