#include "core/dialect/traffic.h"

#include <gtest/gtest.h>

namespace rockpool::dialect {
namespace {

using Verdict = Traffic::Verdict;
using base::Instant;

constexpr SessionLimits few = {.of_a_user = 2,
                               .messages = {.per_second = 10, .burst = 20},
                               .messages_of_a_user = {.per_second = 20, .burst = 30}};

TEST(Traffic, a_user_has_so_many_sessions_and_not_one_more) {
  Traffic traffic(few);
  EXPECT_TRUE(traffic.enter("ada", Instant{0}));
  EXPECT_TRUE(traffic.enter("ada", Instant{0}));
  EXPECT_FALSE(traffic.enter("ada", Instant{0}));
  EXPECT_TRUE(traffic.enter("bob", Instant{0}));
  traffic.leave("ada");
  EXPECT_TRUE(traffic.enter("ada", Instant{0}));
  EXPECT_EQ(traffic.met().at("connections_per_user"), 1u);
}

TEST(Traffic, nobody_in_particular_may_be_there_often) {
  Traffic traffic(few);
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(traffic.enter("", Instant{0}));
}

TEST(Traffic, a_session_says_so_much_and_not_one_frame_more) {
  Traffic traffic(few);
  base::TokenBucket own(few.messages, Instant{0});
  for (int i = 0; i < 20; ++i) EXPECT_EQ(traffic.judge(Instant{0}, own, ""), Verdict::fine);
  EXPECT_EQ(traffic.judge(Instant{0}, own, ""), Verdict::too_often);
  EXPECT_EQ(traffic.judge(Instant{100}, own, ""), Verdict::fine);
  EXPECT_EQ(traffic.met().at("messages"), 1u);
}

TEST(Traffic, sessions_of_a_user_share_what_the_user_may_say) {
  Traffic traffic(few);
  traffic.enter("ada", Instant{0});
  traffic.enter("ada", Instant{0});
  base::TokenBucket one(few.messages, Instant{0});
  base::TokenBucket two(few.messages, Instant{0});
  for (int i = 0; i < 15; ++i) EXPECT_EQ(traffic.judge(Instant{0}, one, "ada"), Verdict::fine);
  for (int i = 0; i < 15; ++i) EXPECT_EQ(traffic.judge(Instant{0}, two, "ada"), Verdict::fine);
  EXPECT_EQ(traffic.judge(Instant{0}, two, "ada"), Verdict::too_often);
  EXPECT_EQ(traffic.met().at("messages_of_user"), 1u);
}

TEST(Traffic, whoever_goes_on_for_ten_seconds_is_given_up) {
  Traffic traffic(few);
  base::TokenBucket own(few.messages, Instant{0});
  Verdict verdict = Verdict::fine;
  std::int64_t ms = 0;
  for (; ms < 20'000 && verdict != Verdict::for_too_long; ms += 10)
    verdict = traffic.judge(Instant{ms}, own, "");
  EXPECT_EQ(verdict, Verdict::for_too_long);
  EXPECT_GE(ms, 10'000);
  EXPECT_LE(ms, 10'500);
}

}  // namespace
}  // namespace rockpool::dialect
