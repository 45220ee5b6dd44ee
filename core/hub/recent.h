// The newest entries of the log, so that a client that was away for a moment is caught up without reading the
// disk.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "core/hub/entry.h"

namespace rockpool::hub {

class Recent {
 public:
  Recent(std::size_t entries_max, std::size_t bytes_max) : entries_max_(entries_max), bytes_max_(bytes_max) {}

  // Nothing is held; the log stands at this entry.
  void start(std::uint64_t seq, std::uint64_t chain);
  // The entry after the last one.
  void push(Entry entry);

  std::uint64_t last_seq() const { return base_seq_ + entries_.size(); }
  std::uint64_t last_chain() const { return entries_.empty() ? base_chain_ : entries_.back().entry.chain; }
  // Is every entry after `seq` held?
  bool reaches(std::uint64_t seq) const { return seq >= base_seq_ && seq <= last_seq(); }
  // Of any entry that `reaches` says yes for.
  std::uint64_t chain_of(std::uint64_t seq) const;
  const Entry& at(std::uint64_t seq) const { return entries_[seq - base_seq_ - 1].entry; }
  std::size_t size() const { return entries_.size(); }

 private:
  struct Held {
    Entry entry;
    std::size_t bytes;
  };

  std::size_t entries_max_;
  std::size_t bytes_max_;
  std::size_t bytes_ = 0;
  std::uint64_t base_seq_ = 0;  // the entry before the oldest one held
  std::uint64_t base_chain_ = 0;
  std::deque<Held> entries_;
};

// About what the entry's changes take on a wire or in memory.
std::size_t size_of(const model::Change& change);

}  // namespace rockpool::hub
