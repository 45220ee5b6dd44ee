#include "server/auth/throttle.h"

#include <gtest/gtest.h>

namespace rockpool::auth {
namespace {

constexpr std::int64_t minute = 60'000;

struct Clock {
  Throttle throttle{10};
  base::Instant now{1'700'000'000'000};

  void wait(std::int64_t ms) { now = now + base::milliseconds(ms); }
  void fail(std::size_t times = 1) {
    for (std::size_t i = 0; i < times; ++i) throttle.failed("ada", now);
  }
  std::int64_t pause() const { return throttle.wait_ms("ada", now); }
};

TEST(Throttle, nine_failures_in_five_minutes_cost_nothing_and_the_tenth_a_minute) {
  Clock clock;
  clock.fail(9);
  EXPECT_EQ(clock.pause(), 0);
  clock.fail();
  EXPECT_EQ(clock.pause(), minute);
  clock.wait(minute - 1);
  EXPECT_EQ(clock.pause(), 1);
  clock.wait(1);
  EXPECT_EQ(clock.pause(), 0);
}

TEST(Throttle, each_failure_after_that_waits_twice_as_long_up_to_a_quarter_of_an_hour) {
  Clock clock;
  clock.fail(10);
  for (const std::int64_t minutes : {2, 4, 8, 15, 15}) {
    clock.wait(clock.pause());
    clock.fail();
    EXPECT_EQ(clock.pause(), minutes * minute);
  }
}

TEST(Throttle, failures_of_more_than_five_minutes_do_not_add_up) {
  Clock clock;
  for (int i = 0; i < 40; ++i) {
    clock.fail();
    clock.wait(34'000);  // never ten in a window
  }
  EXPECT_EQ(clock.pause(), 0);
}

TEST(Throttle, five_quiet_minutes_after_the_pause_begin_anew) {
  Clock clock;
  clock.fail(10);
  clock.wait(6 * minute - 1);
  clock.fail();
  EXPECT_EQ(clock.pause(), 2 * minute);
  clock.wait(7 * minute);
  clock.fail(9);
  EXPECT_EQ(clock.pause(), 0);
}

TEST(Throttle, names_do_not_answer_for_each_other) {
  Clock clock;
  clock.fail(10);
  EXPECT_EQ(clock.throttle.wait_ms("eve", clock.now), 0);
}

TEST(Throttle, what_was_no_failure_is_taken_back) {
  Clock clock;
  clock.fail(10);
  clock.throttle.take_back("ada");
  EXPECT_EQ(clock.pause(), 0);
  clock.fail();
  EXPECT_EQ(clock.pause(), minute);
  clock.throttle.forget("ada");
  EXPECT_EQ(clock.pause(), 0);
  EXPECT_EQ(clock.throttle.size(), 0u);
  clock.throttle.take_back("nobody");
}

TEST(Throttle, forgets_the_oldest_when_there_are_too_many) {
  Clock clock;
  clock.fail(10);
  for (std::size_t i = 0; i < Throttle::names_max; ++i) {
    clock.wait(1);
    clock.throttle.failed("guess " + std::to_string(i), clock.now);
  }
  EXPECT_EQ(clock.throttle.size(), Throttle::names_max);
  EXPECT_EQ(clock.pause(), 0);
}

}  // namespace
}  // namespace rockpool::auth
