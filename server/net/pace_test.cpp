#include "server/net/pace.h"

#include <gtest/gtest.h>

namespace rockpool::net {
namespace {

Pace begun_at(std::int64_t now_ms) {
  Pace pace;
  pace.begin(now_ms, {.ms_max = 30'000, .bytes_per_second = 1024, .grace_ms = 5'000});
  return pace;
}

TEST(Pace, nothing_at_all_is_waited_for_in_the_time_of_grace) {
  const Pace pace = begun_at(100);
  EXPECT_EQ(pace.due_ms(), 5'100);
  EXPECT_FALSE(pace.is_slow(5'099));
  EXPECT_TRUE(pace.is_slow(5'100));
}

TEST(Pace, what_came_pays_for_its_time) {
  Pace pace = begun_at(0);
  pace.came(5 * 1024);
  EXPECT_TRUE(pace.is_slow(5'000));
  pace.came(1024);
  EXPECT_FALSE(pace.is_slow(5'999));
  EXPECT_TRUE(pace.is_slow(6'000));
}

TEST(Pace, the_whole_has_its_time_however_fast_it_comes) {
  Pace pace = begun_at(0);
  pace.came(1 << 20);
  EXPECT_EQ(pace.due_ms(), 30'000);
  EXPECT_FALSE(pace.is_late(29'999));
  EXPECT_TRUE(pace.is_late(30'000));
  EXPECT_FALSE(pace.is_slow(30'000));
}

}  // namespace
}  // namespace rockpool::net
