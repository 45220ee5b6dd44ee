#include "core/dialects/datocms/desk.h"

#include <gtest/gtest.h>

#include "core/base/text.h"

namespace rockpool::dialects::datocms {
namespace {

TEST(DatocmsDesk, forgets_those_who_have_been_quiet_and_no_others) {
  Desk desk = {};
  desk.options.limits.messages_of_a_user = {.per_second = 1, .burst = 2};
  Instant now;
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(desk.takes(now, "busy"));
  for (std::uint64_t i = 0; i < 10 * Desk::askers_min; ++i) {
    now.ms += 1'000;
    EXPECT_TRUE(desk.takes(now, "once " + base::decimal(i)));
    EXPECT_TRUE(desk.takes(now, "busy")) << "one a second";
    EXPECT_FALSE(desk.takes(now, "busy")) << "and no more";
  }
  EXPECT_LE(desk.askers.size(), Desk::askers_min);
}

}  // namespace
}  // namespace rockpool::dialects::datocms
