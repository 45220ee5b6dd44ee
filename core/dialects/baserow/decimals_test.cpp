#include "core/dialects/baserow/decimals.h"

#include <gtest/gtest.h>

namespace rockpool::dialects::baserow {
namespace {

std::string shortest(std::string_view text) {
  const auto read = Decimal::read(text);
  return read ? read->text() : "none";
}

TEST(Decimal, is_read_as_people_and_JSON_write_it) {
  EXPECT_EQ(shortest("3.50"), "3.5");
  EXPECT_EQ(shortest("-007"), "-7");
  EXPECT_EQ(shortest("+1"), "1");
  EXPECT_EQ(shortest("-0.0"), "0");
  EXPECT_EQ(shortest("1e3"), "1000");
  EXPECT_EQ(shortest("12.5E-3"), "0.0125");
  EXPECT_EQ(shortest("1.25e1"), "12.5");
  for (const char* text : {"", "-", ".", "1.", ".5", "1,5", "1e", "1e1000", "0x1", "NaN", " 1", "--1", "1e-"})
    EXPECT_EQ(shortest(text), "none") << text;
  EXPECT_EQ(shortest(std::string(401, '1')), "none");
  EXPECT_EQ(shortest("1e400"), "none");
}

TEST(Decimal, is_rounded_to_places_halves_away_from_zero) {
  const auto rounded = [](std::string_view text, std::size_t places) {
    return Decimal::read(text)->with_places(places);
  };
  EXPECT_EQ(rounded("3.5", 2), "3.50");
  EXPECT_EQ(rounded("3.455", 2), "3.46");
  EXPECT_EQ(rounded("-3.455", 2), "-3.46");
  EXPECT_EQ(rounded("99.99", 1), "100.0");
  EXPECT_EQ(rounded("0.4", 0), "0");
  EXPECT_EQ(rounded("-0.4", 0), "0");
  EXPECT_EQ(rounded("7", 0), "7");
}

TEST(Decimal, is_kept_as_a_number_unless_that_would_change_it) {
  const auto kept = [](std::string_view text) { return model::write(Decimal::read(text)->value()); };
  EXPECT_EQ(kept("3.50"), "3.5");
  EXPECT_EQ(kept("-12"), "-12");
  EXPECT_EQ(kept("0"), "0");
  EXPECT_EQ(kept("9007199254740991"), "9007199254740991");
  EXPECT_EQ(kept("9007199254740993"), "\"9007199254740993\"");
  EXPECT_EQ(kept("0.1234567890123456789"), "\"0.1234567890123456789\"");
  EXPECT_EQ(kept("123456789012345678901234567890.5"), "\"123456789012345678901234567890.5\"");
}

}  // namespace
}  // namespace rockpool::dialects::baserow
