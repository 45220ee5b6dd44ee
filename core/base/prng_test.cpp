#include "core/base/prng.h"

#include <array>
#include <cstdint>

#include <gtest/gtest.h>

namespace rockpool::base {
namespace {

// rand_xoshiro's Xoshiro256StarStar::seed_from_u64(0) begins so too.
TEST(Prng, is_xoshiro256_seeded_by_split_mix) {
  Prng prng(0);
  for (const std::uint64_t expected :
       {11091344671253066420u, 13793997310169335082u, 1900383378846508768u, 7684712102626143532u}) {
    EXPECT_EQ(prng.next(), expected);
  }
  Prng other(42);
  EXPECT_EQ(other.next(), 0x15780b2e0c2ec716u);
  EXPECT_EQ(other.next(), 0x6104d9866d113a7eu);
}

TEST(Prng, the_same_seed_gives_the_same_stream) {
  Prng a(7);
  Prng b(7);
  for (int i = 0; i < 1000; ++i) {
    EXPECT_EQ(a.next(), b.next());
    EXPECT_EQ(a.below(10), b.below(10));
    EXPECT_EQ(a.once_in(3), b.once_in(3));
    EXPECT_EQ(a.hex(5), b.hex(5));
  }
}

TEST(Prng, below_stays_below_and_reaches_every_value_about_as_often) {
  Prng prng(1);
  std::array<int, 10> seen{};
  for (int i = 0; i < 100'000; ++i) ++seen.at(prng.below(10));
  for (const int times : seen) EXPECT_NEAR(times, 10'000, 500);
}

TEST(Prng, below_is_even_for_bounds_that_do_not_divide_2_to_the_64) {
  Prng prng(2);
  const std::uint64_t third = UINT64_MAX / 3;
  int low = 0;
  for (int i = 0; i < 30'000; ++i) low += prng.below(2 * third) < third;
  EXPECT_NEAR(low, 15'000, 500);
}

TEST(Prng, below_nothing_is_nothing) {
  Prng prng(3);
  EXPECT_EQ(prng.below(0), 0u);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(prng.below(1), 0u);
  for (int i = 0; i < 10; ++i) EXPECT_LT(prng.below(UINT64_MAX), UINT64_MAX);
}

TEST(Prng, once_in_n_is_true_about_every_nth_time) {
  Prng prng(4);
  int hits = 0;
  for (int i = 0; i < 80'000; ++i) hits += prng.once_in(8);
  EXPECT_NEAR(hits, 10'000, 500);
  EXPECT_TRUE(prng.once_in(1));
  EXPECT_FALSE(prng.once_in(0));
}

TEST(Prng, hex_has_two_digits_a_byte) {
  Prng prng(5);
  for (std::size_t bytes = 0; bytes < 40; ++bytes) {
    const std::string text = prng.hex(bytes);
    EXPECT_EQ(text.size(), bytes * 2);
    EXPECT_EQ(text.find_first_not_of("0123456789abcdef"), std::string::npos);
  }
}

TEST(Prng, a_fork_does_not_depend_on_later_use_of_its_parent) {
  Prng a(6);
  Prng b(6);
  Prng from_a = a.fork();
  Prng from_b = b.fork();
  for (int i = 0; i < 50; ++i) a.next();
  for (int i = 0; i < 50; ++i) EXPECT_EQ(from_a.next(), from_b.next());
  EXPECT_NE(from_a.next(), b.next());
}

}  // namespace
}  // namespace rockpool::base
