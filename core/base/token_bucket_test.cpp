#include "core/base/token_bucket.h"

#include <gtest/gtest.h>

namespace rockpool::base {
namespace {

int taken(TokenBucket& bucket, Instant now, int asked) {
  int count = 0;
  for (int i = 0; i < asked; ++i) count += bucket.take(now) ? 1 : 0;
  return count;
}

TEST(TokenBucket, gives_its_burst_at_once_and_not_one_more) {
  TokenBucket bucket({.per_second = 200, .burst = 1000}, Instant{5});
  EXPECT_EQ(taken(bucket, Instant{5}, 1000), 1000);
  EXPECT_FALSE(bucket.take(Instant{5}));
}

TEST(TokenBucket, fills_at_its_rate_and_not_over_its_burst) {
  TokenBucket bucket({.per_second = 200, .burst = 1000}, Instant{0});
  EXPECT_EQ(taken(bucket, Instant{0}, 1000), 1000);
  EXPECT_FALSE(bucket.take(Instant{4}));
  EXPECT_TRUE(bucket.take(Instant{5}));
  EXPECT_EQ(taken(bucket, Instant{1005}, 300), 200);
  EXPECT_EQ(taken(bucket, Instant{1'000'000'000'000}, 2000), 1000);
}

TEST(TokenBucket, a_clock_that_goes_back_gives_nothing) {
  TokenBucket bucket({.per_second = 10, .burst = 1}, Instant{1000});
  EXPECT_TRUE(bucket.take(Instant{1000}));
  EXPECT_FALSE(bucket.take(Instant{0}));
  EXPECT_FALSE(bucket.take(Instant{50}));
  EXPECT_TRUE(bucket.take(Instant{100}));
}

TEST(TokenBucket, knows_how_long_it_has_been_asked_for_too_much) {
  TokenBucket bucket({.per_second = 100, .burst = 200}, Instant{0});
  EXPECT_EQ(bucket.over(Instant{0}).ms, 0);
  EXPECT_EQ(taken(bucket, Instant{0}, 300), 200);
  // What comes through now and then does not end it.
  for (int ms = 10; ms <= 500; ms += 10) EXPECT_EQ(taken(bucket, Instant{ms}, 3), 1);
  EXPECT_EQ(bucket.over(Instant{500}).ms, 500);
  EXPECT_EQ(bucket.over(Instant{1499}).ms, 1499);
  EXPECT_EQ(bucket.over(Instant{1500}).ms, 0);
}

}  // namespace
}  // namespace rockpool::base
