// Which records may contain a text: for each a set of bits, two for every two or three bytes that stand
// beside each other in one of its texts. A record that contains a text has all of that text's bits; one that
// has them may contain it.
//
//   group := 64 records:  bits[2048], each a word with one bit for each record
//
// Looking for a text reads a few words of each group. Texts are folded (core/base/fold.h).
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "core/index/ranked.h"

namespace rockpool::index {

class Signatures {
 public:
  // One of the texts of the record in the slot.
  void add(Slot slot, std::string_view folded);
  void clear(Slot slot);
  // Nothing: the text is too short to tell.
  std::optional<std::vector<Slot>> find(std::string_view folded) const;

 private:
  static constexpr std::size_t bits = 2048;
  static constexpr Slot group_slots = 64;
  using Group = std::array<std::uint64_t, bits>;

  std::vector<std::unique_ptr<Group>> groups_;  // null: nothing is in it
};

}  // namespace rockpool::index
