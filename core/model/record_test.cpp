#include "core/model/record.h"

#include <gtest/gtest.h>

namespace rockpool::model {
namespace {

TEST(Cursor, reads_back_what_it_writes) {
  const Cursor cursor{
      .epoch = 0xfedc'ba98'7654'3210, .space = 0xdead'beef, .seq = 18446744073709551615u, .chain = 7};
  EXPECT_EQ(write_cursor(cursor), "fedcba9876543210.deadbeef.18446744073709551615.00000007");
  EXPECT_EQ(read_cursor(write_cursor(cursor)), cursor);
}

TEST(Cursor, refuses_everything_else) {
  for (const auto* text :
       {"", "1.2.3.4", "fedcba9876543210.deadbeef.1", "fedcba9876543210.deadbeef.1.00000007.",
        "FEDCBA9876543210.deadbeef.1.00000007", "fedcba9876543210.deadbeef.01.00000007",
        "fedcba9876543210.deadbeef..00000007", "fedcba9876543210.deadbeef.-1.00000007",
        "fedcba9876543210.deadbeef.18446744073709551616.00000007", "fedcba987654321.deadbeef.1.00000007"}) {
    EXPECT_EQ(read_cursor(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace rockpool::model
