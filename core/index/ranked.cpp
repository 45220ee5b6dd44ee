#include "core/index/ranked.h"

namespace rockpool::index {

void Ranked::fill(std::vector<Entry> entries) {
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.key < b.key; });
  blocks_.clear();
  size_ = entries.size();
  // Half full, so that there is room.
  constexpr std::size_t half = block_max / 2;
  for (std::size_t at = 0; at < entries.size(); at += half) {
    const auto begin = entries.begin() + static_cast<std::ptrdiff_t>(at);
    const auto end = begin + static_cast<std::ptrdiff_t>(std::min(half, entries.size() - at));
    blocks_.emplace_back(std::make_move_iterator(begin), std::make_move_iterator(end));
  }
}

std::size_t Ranked::block_of(std::string_view key) const {
  const auto behind =
      std::upper_bound(blocks_.begin(), blocks_.end(), key,
                       [](std::string_view wanted, const Block& one) { return wanted < one.front().key; });
  return behind == blocks_.begin() ? 0 : static_cast<std::size_t>(behind - blocks_.begin()) - 1;
}

std::size_t Ranked::place_in(const Block& block, std::string_view key) {
  const auto found =
      std::lower_bound(block.begin(), block.end(), key,
                       [](const Entry& one, std::string_view wanted) { return one.key < wanted; });
  return static_cast<std::size_t>(found - block.begin());
}

void Ranked::insert(std::string key, Slot slot) {
  if (blocks_.empty()) {
    blocks_.push_back({{std::move(key), slot}});
    size_ = 1;
    return;
  }
  const std::size_t at = block_of(key);
  Block& block = blocks_[at];
  const auto place = block.begin() + static_cast<std::ptrdiff_t>(place_in(block, key));
  if (place != block.end() && place->key == key) {
    place->slot = slot;
    return;
  }
  block.insert(place, {std::move(key), slot});
  ++size_;
  if (block.size() <= block_max) return;
  const auto middle = block.begin() + block_max / 2;
  Block upper(std::make_move_iterator(middle), std::make_move_iterator(block.end()));
  block.erase(middle, block.end());
  blocks_.insert(blocks_.begin() + static_cast<std::ptrdiff_t>(at) + 1, std::move(upper));
}

void Ranked::erase(std::string_view key) {
  if (blocks_.empty()) return;
  const std::size_t at = block_of(key);
  Block& block = blocks_[at];
  const std::size_t place = place_in(block, key);
  if (place == block.size() || block[place].key != key) return;
  block.erase(block.begin() + static_cast<std::ptrdiff_t>(place));
  --size_;
  if (block.empty()) blocks_.erase(blocks_.begin() + static_cast<std::ptrdiff_t>(at));
}

std::size_t Ranked::rank(std::string_view key) const {
  if (blocks_.empty()) return 0;
  const std::size_t at = block_of(key);
  std::size_t below = 0;
  for (std::size_t i = 0; i < at; ++i) below += blocks_[i].size();
  return below + place_in(blocks_[at], key);
}

}  // namespace rockpool::index
