#include "core/index/signatures.h"

#include <algorithm>
#include <bit>

namespace rockpool::index {
namespace {

constexpr std::uint32_t spread = 0x9e3779b1;  // 2^32 by the golden ratio

template <typename Each>
void each_bit(std::string_view text, const Each& each) {
  std::uint32_t last = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    last = (last << 8 | static_cast<unsigned char>(text[i])) & 0xff'ff'ff;
    if (i >= 1) each(((last & 0xff'ff) | 1u << 24) * spread >> 21);
    if (i >= 2) each((last | 1u << 25) * spread >> 21);
  }
}

}  // namespace

void Signatures::add(Slot slot, std::string_view folded) {
  const std::size_t at = slot / group_slots;
  if (at >= groups_.size()) groups_.resize(at + 1);
  if (!groups_[at]) groups_[at] = std::make_unique<Group>();
  Group& group = *groups_[at];
  const std::uint64_t mask = 1ull << slot % group_slots;
  each_bit(folded, [&](std::uint32_t bit) { group[bit] |= mask; });
}

void Signatures::clear(Slot slot) {
  const std::size_t at = slot / group_slots;
  if (at >= groups_.size() || !groups_[at]) return;
  const std::uint64_t mask = ~(1ull << slot % group_slots);
  for (std::uint64_t& word : *groups_[at]) word &= mask;
}

std::optional<std::vector<Slot>> Signatures::find(std::string_view folded) const {
  std::vector<std::uint32_t> wanted;
  each_bit(folded, [&](std::uint32_t bit) { wanted.push_back(bit); });
  if (wanted.empty()) return std::nullopt;
  std::sort(wanted.begin(), wanted.end());
  wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
  std::vector<Slot> found;
  for (std::size_t at = 0; at < groups_.size(); ++at) {
    std::uint64_t left = groups_[at] ? ~0ull : 0;
    for (std::size_t i = 0; i < wanted.size() && left != 0; ++i) left &= (*groups_[at])[wanted[i]];
    for (; left != 0; left &= left - 1)
      found.push_back(static_cast<Slot>(at) * group_slots + static_cast<Slot>(std::countr_zero(left)));
  }
  return found;
}

}  // namespace rockpool::index
