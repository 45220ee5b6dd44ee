#include "core/sync/ledger.h"

#include <algorithm>

namespace rockpool::sync {
namespace {

constexpr std::uint8_t items_kind = 1;
constexpr std::size_t snapshot_entry_bytes = 64 << 10;
// A tab may come back with writes it never heard of again; after this time it may not.
constexpr std::int64_t tab_kept_ms = std::int64_t{7} * 24 * 60 * 60 * 1000;

}  // namespace

void Ledger::commit(const Identity& identity, const Replica& replica, const Outbox& outbox) {
  const bool nothing = rows_.empty() && pendings_.empty() && collections_.empty() && !identity_;
  if (nothing) return;
  if (journal_) {
    ArchiveWriter items;
    if (identity_) items.identity(identity);
    for (const std::string& name : collections_) {
      if (const Collection* collection = replica.find_collection(name)) items.collection(name, *collection);
    }
    for (const Key& key : rows_) {
      const Row* row = replica.find(key);
      if (row != nullptr)
        items.row(key, *row);
      else
        items.row_gone(key);
    }
    for (const std::uint64_t number : pendings_) {
      const Pending* pending = outbox.find(number);
      if (pending != nullptr)
        items.pending(*pending);
      else
        items.pending_gone(number);
    }
    journal::Entry& entry = queue_.emplace_back();
    entry.kind = items_kind;
    entry.payload = items.take();
    if (tells_) news_ += entry.payload;
    queued_number_ = outbox.last();
  }
  rows_.clear();
  pendings_.clear();
  collections_.clear();
  identity_ = false;
}

std::optional<Persist> Ledger::next(const Identity& identity, const Replica& replica, const Outbox& outbox) {
  if (!journal_ || under_way_ != 0 || queue_.empty()) return std::nullopt;
  Persist persist{.number = next_step_, .ops = {}};
  persist.ops = journal_->wants_snapshot() ? journal_->snapshot(everything(identity, replica, outbox))
                                           : journal_->append(queue_);
  queue_.clear();
  under_way_ = next_step_++;
  under_way_number_ = queued_number_;
  return persist;
}

bool Ledger::persisted(std::uint64_t step) {
  if (step == 0 || step != under_way_) return false;
  journal_->persisted();
  done_ = under_way_;
  under_way_ = 0;
  durable_number_ = under_way_number_;
  return true;
}

std::string Ledger::begin_news(const Identity& identity, const Replica& replica, const Outbox& outbox) {
  tells_ = true;
  std::string whole;
  for (const journal::Entry& entry : everything(identity, replica, outbox)) whole += entry.payload;
  return whole;
}

void Ledger::tell_progress(const Pending& pending) {
  if (!tells_) return;
  ArchiveWriter items;
  items.progress(pending);
  news_ += items.take();
}

std::vector<journal::Entry> Ledger::everything(const Identity& identity, const Replica& replica,
                                               const Outbox& outbox) const {
  std::vector<journal::Entry> entries;
  ArchiveWriter items;
  const auto flush = [&](std::size_t bytes_min) {
    if (items.size() < bytes_min || items.size() == 0) return;
    journal::Entry& entry = entries.emplace_back();
    entry.kind = items_kind;
    entry.payload = items.take();
  };
  items.identity(identity);
  items.last_number(outbox.last());
  Instant latest;
  for (const auto& [id, mark] : outbox.tabs()) latest = std::max(latest, mark.at);
  for (const auto& [id, mark] : outbox.tabs()) {
    if (latest.ms - mark.at.ms < tab_kept_ms) items.tab(id, mark);
  }
  for (const auto& [name, collection] : replica.all()) {
    items.collection(name, collection);
    for (const auto& [id, row] : collection.rows) {
      items.row({name, id}, row);
      flush(snapshot_entry_bytes);
    }
  }
  for (const auto& [number, pending] : outbox.all()) {
    items.pending(pending);
    flush(snapshot_entry_bytes);
  }
  flush(1);
  return entries;
}

}  // namespace rockpool::sync
