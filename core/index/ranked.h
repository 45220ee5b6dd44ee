// Keys in order, compared as bytes, each with the slot it stands for; where a key stands is known by number.
//
//   blocks:  [a b c] [d f] [g h k m] ...     none empty, at most `block_max` keys each
//
// A search or a change costs one step for each block and one for each key of a block.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rockpool::index {

using Slot = std::uint32_t;

class Ranked {
 public:
  struct Entry {
    std::string key;
    Slot slot = 0;
  };

  // In the place of everything; keys are different from each other.
  void fill(std::vector<Entry> entries);
  void insert(std::string key, Slot slot);
  void erase(std::string_view key);
  std::size_t size() const { return size_; }
  // How many keys are below this one, which need not be there.
  std::size_t rank(std::string_view key) const;
  // The slots below the rank `end`, the nearest one first, as long as `visit` says true.
  template <typename Visit>
  void walk_back(std::size_t end, const Visit& visit) const {
    std::size_t behind = size_;
    for (auto block = blocks_.rbegin(); block != blocks_.rend(); ++block) {
      behind -= block->size();
      for (std::size_t at = std::min(block->size(), end - std::min(end, behind)); at > 0; --at)
        if (!visit((*block)[at - 1].slot)) return;
    }
  }
  // The slots from the rank `begin` on to below `end`, as long as `visit` says true.
  template <typename Visit>
  void walk(std::size_t begin, std::size_t end, const Visit& visit) const {
    for (const Block& block : blocks_) {
      if (begin >= block.size()) {
        begin -= block.size();
        end -= std::min(end, block.size());
        continue;
      }
      const std::size_t stop = std::min(end, block.size());
      for (; begin < stop; ++begin)
        if (!visit(block[begin].slot)) return;
      end -= stop;
      begin = 0;
      if (end == 0) return;
    }
  }

 private:
  static constexpr std::size_t block_max = 512;
  using Block = std::vector<Entry>;

  // The last block that begins at or below the key, or the first.
  std::size_t block_of(std::string_view key) const;
  static std::size_t place_in(const Block& block, std::string_view key);

  std::vector<Block> blocks_;
  std::size_t size_ = 0;
};

}  // namespace rockpool::index
