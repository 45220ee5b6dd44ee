#include "core/index/ranked.h"

#include <map>

#include <gtest/gtest.h>

#include "core/base/prng.h"
#include "core/base/text.h"

namespace rockpool::index {
namespace {

std::vector<Slot> slots(const Ranked& ranked, std::size_t begin, std::size_t end) {
  std::vector<Slot> found;
  ranked.walk(begin, end, [&](Slot slot) {
    found.push_back(slot);
    return true;
  });
  return found;
}

// The same told to a map, which is right.
void expect_same(const Ranked& ranked, const std::map<std::string, Slot>& known) {
  ASSERT_EQ(ranked.size(), known.size());
  std::vector<Slot> expected;
  for (const auto& [key, slot] : known) expected.push_back(slot);
  ASSERT_EQ(slots(ranked, 0, known.size()), expected);
}

TEST(Ranked, keeps_the_order_through_thousands_of_changes) {
  base::Prng prng(7);
  Ranked ranked;
  std::map<std::string, Slot> known;
  for (Slot i = 0; i < 20'000; ++i) {
    const std::string key = base::decimal(prng.below(6000));
    if (prng.below(3) == 0) {
      ranked.erase(key);
      known.erase(key);
    } else {
      ranked.insert(key, i);
      known[key] = i;
    }
    if (i % 5000 == 0) expect_same(ranked, known);
  }
  expect_same(ranked, known);
  std::size_t rank = 0;
  for (const auto& [key, slot] : known) {
    ASSERT_EQ(ranked.rank(key), rank);
    ASSERT_EQ(slots(ranked, rank, rank + 1), std::vector<Slot>{slot});
    ++rank;
  }
  for (const auto& [key, slot] : std::map(known)) ranked.erase(key);
  EXPECT_EQ(ranked.size(), 0u);
  EXPECT_EQ(ranked.rank("5"), 0u);
}

TEST(Ranked, is_filled_at_once_and_goes_on_from_there) {
  std::vector<Ranked::Entry> entries;
  std::map<std::string, Slot> known;
  for (Slot i = 0; i < 5000; ++i) {
    const std::string key = base::decimal(std::uint64_t{i} * 7919 % 5000);
    entries.push_back({key, i});
    known[key] = i;
  }
  Ranked ranked;
  ranked.fill(std::move(entries));
  expect_same(ranked, known);
  for (Slot i = 0; i < 2000; ++i) {
    const std::string key = "2" + base::decimal(std::uint64_t{i}) + "x";
    ranked.insert(key, i);
    known[key] = i;
  }
  expect_same(ranked, known);
}

TEST(Ranked, walks_back_from_any_rank) {
  Ranked ranked;
  for (Slot i = 0; i < 3000; ++i) ranked.insert(base::decimal(std::uint64_t{10'000 + i}), i);
  for (const std::size_t end : {0u, 1u, 255u, 256u, 257u, 1500u, 2999u, 3000u}) {
    std::vector<Slot> seen;
    ranked.walk_back(end, [&](Slot slot) {
      seen.push_back(slot);
      return seen.size() < 300;
    });
    ASSERT_EQ(seen.size(), std::min<std::size_t>(end, 300)) << end;
    for (std::size_t i = 0; i < seen.size(); ++i) ASSERT_EQ(seen[i], end - 1 - i);
  }
}

TEST(Ranked, walks_a_stretch_and_stops_where_it_is_told_to) {
  Ranked ranked;
  for (Slot i = 0; i < 3000; ++i) ranked.insert(base::decimal(std::uint64_t{10'000 + i}), i);
  EXPECT_EQ(slots(ranked, 510, 515), (std::vector<Slot>{510, 511, 512, 513, 514}));
  EXPECT_EQ(slots(ranked, 2998, 9999), (std::vector<Slot>{2998, 2999}));
  EXPECT_TRUE(slots(ranked, 3000, 3001).empty());
  EXPECT_TRUE(slots(ranked, 5, 5).empty());
  int seen = 0;
  ranked.walk(0, 3000, [&](Slot) { return ++seen < 700; });
  EXPECT_EQ(seen, 700);
}

}  // namespace
}  // namespace rockpool::index
