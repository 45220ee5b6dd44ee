#include "core/hub/recent.h"

#include <cassert>

namespace rockpool::hub {
namespace {

constexpr std::size_t overhead_bytes = 160;

std::size_t size_of(const Entry& entry) {
  std::size_t bytes = overhead_bytes;
  for (const model::Change& change : entry.batch.changes) bytes += hub::size_of(change);
  return bytes;
}

}  // namespace

std::size_t size_of(const model::Change& change) {
  const model::Record& record = change.record;
  return overhead_bytes + record.key.collection.size() + record.key.id.size() + record.data.size() +
         record.meta.size() + change.writer.size();
}

void Recent::start(std::uint64_t seq, std::uint64_t chain) {
  entries_.clear();
  bytes_ = 0;
  base_seq_ = seq;
  base_chain_ = chain;
}

void Recent::push(Entry entry) {
  assert(entry.seq == last_seq() + 1);
  const std::size_t bytes = size_of(entry);
  bytes_ += bytes;
  entries_.push_back({.entry = std::move(entry), .bytes = bytes});
  while (!entries_.empty() && (entries_.size() > entries_max_ || bytes_ > bytes_max_)) {
    base_seq_ = entries_.front().entry.seq;
    base_chain_ = entries_.front().entry.chain;
    bytes_ -= entries_.front().bytes;
    entries_.pop_front();
  }
}

std::uint64_t Recent::chain_of(std::uint64_t seq) const {
  assert(reaches(seq));
  return seq == base_seq_ ? base_chain_ : at(seq).chain;
}

}  // namespace rockpool::hub
