#include "core/model/position.h"

#include <gtest/gtest.h>

namespace rockpool::model {
namespace {

std::string between(std::string_view low, std::string_view high) {
  return Position::between(*Position::read(low), *Position::read(high)).text();
}

TEST(Position, is_written_with_twenty_digits_behind_the_point) {
  EXPECT_EQ(Position::of_whole(1).text(), "1.00000000000000000000");
  EXPECT_EQ(Position::read("12.5")->text(), "12.50000000000000000000");
  EXPECT_EQ(Position::read("0.00000000000000000001")->text(), "0.00000000000000000001");
  EXPECT_EQ(Position::read("9223372036854775808")->text(), "9223372036854775808.00000000000000000000");
}

TEST(Position, is_no_other_text) {
  for (const char* text : {"", ".", "1.", ".5", "-1", "+1", "1e3", " 1", "1 ", "1.5.5", "9223372036854775809",
                           "1.000000000000000000001", "x"})
    EXPECT_FALSE(Position::read(text)) << text;
}

TEST(Position, lies_halfway_between_two_others) {
  EXPECT_EQ(between("1", "2"), "1.50000000000000000000");
  EXPECT_EQ(between("1", "4"), "2.50000000000000000000");
  EXPECT_EQ(between("0", "1"), "0.50000000000000000000");
  EXPECT_EQ(between("1.5", "2"), "1.75000000000000000000");
  EXPECT_EQ(between("1.99999999999999999999", "2.00000000000000000001"), "2.00000000000000000000");
  EXPECT_EQ(between("1.9999999999", "2.0000000001"), "2.00000000000000000000");
  EXPECT_EQ(between("3.00000000010000000000", "4"), "3.50000000005000000000");
  EXPECT_EQ(between("9223372036854775807", "9223372036854775808"),
            "9223372036854775807.50000000000000000000");
}

TEST(Position, is_the_lower_one_when_nothing_lies_between) {
  EXPECT_EQ(between("1", "1.00000000000000000001"), "1.00000000000000000000");
  int halvings = 0;
  for (Position low = Position::of_whole(1), high = Position::of_whole(2);; ++halvings) {
    const Position middle = Position::between(low, high);
    if (middle == low) break;
    ASSERT_LT(low, middle);
    ASSERT_LT(middle, high);
    high = middle;
  }
  EXPECT_EQ(halvings, 66);
}

TEST(Position, sorts_as_its_text_does) {
  const char* rising[] = {"0", "0.00000000000000000001", "0.5", "1", "2", "9.9", "10", "9223372036854775808"};
  for (std::size_t i = 1; i < std::size(rising); ++i) {
    EXPECT_LT(*Position::read(rising[i - 1]), *Position::read(rising[i]));
    EXPECT_LT(Position::read(rising[i - 1])->sortable(), Position::read(rising[i])->sortable());
  }
}

TEST(Position, of_a_record_is_its_order_or_else_its_number) {
  Record record{.key = {"rows", "a"}, .num = 7, .data = "{}"};
  EXPECT_EQ(position_of(record), Position::of_whole(7));
  record.meta = R"({"order":"2.5"})";
  EXPECT_EQ(position_of(record), *Position::read("2.5"));
  for (const char* other : {R"({"order":2.5})", R"({"order":"-1"})", R"({"order":null})", R"(["order"])",
                            R"({"of":{"order":"3"}})", R"({"of":"\"order\":\"3\""})"}) {
    record.meta = other;
    EXPECT_EQ(position_of(record), Position::of_whole(7)) << other;
  }
}

}  // namespace
}  // namespace rockpool::model
