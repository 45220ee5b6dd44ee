#include "core/base/result.h"

#include <memory>
#include <set>
#include <string>

#include <gtest/gtest.h>

namespace rockpool::base {
namespace {

Result<int> half(int n) {
  if (n % 2 != 0) return Error{Code::invalid, "odd", "/n"};
  return n / 2;
}

TEST(Result, holds_a_value_or_an_error) {
  const auto good = half(8);
  ASSERT_TRUE(good.ok());
  EXPECT_TRUE(static_cast<bool>(good));
  EXPECT_EQ(*good, 4);
  const auto bad = half(7);
  ASSERT_FALSE(bad.ok());
  EXPECT_EQ(bad.error(), (Error{Code::invalid, "odd", "/n"}));
}

TEST(Result, may_hold_an_error_as_its_value) {
  const Result<std::string> text = std::string("x");
  EXPECT_EQ(text->size(), 1u);
  EXPECT_EQ(text.value(), "x");
}

TEST(Result, gives_up_what_cannot_be_copied) {
  Result<std::unique_ptr<int>> held = std::make_unique<int>(5);
  const std::unique_ptr<int> taken = *std::move(held);
  EXPECT_EQ(*taken, 5);
}

TEST(Result, a_value_can_be_changed_in_place) {
  Result<std::string> text = std::string("a");
  *text += "b";
  text->push_back('c');
  text.value() += "d";
  EXPECT_EQ(*text, "abcd");
}

TEST(Result, done_is_a_success_without_a_value) { EXPECT_TRUE(done().ok()); }

TEST(ResultDeathTest, taking_what_is_not_there_stops_the_program) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(static_cast<void>(*half(7)), "ok\\(\\)");
  EXPECT_DEATH(static_cast<void>(half(8).error()), "ok\\(\\)");
}

TEST(Code, every_code_has_a_name_of_its_own_that_reads_back) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(Code::unsupported_version); ++i) {
    const Code code = static_cast<Code>(i);
    EXPECT_FALSE(name_of(code).empty());
    EXPECT_TRUE(names.insert(name_of(code)).second);
    EXPECT_EQ(code_of(name_of(code)), code);
  }
}

TEST(Code, names_stand_for_the_enumerators_they_spell) {
  EXPECT_EQ(name_of(Code::usage), "usage");
  EXPECT_EQ(name_of(Code::user_mismatch), "user_mismatch");
  EXPECT_EQ(name_of(Code::newer_store), "newer_store");
  EXPECT_EQ(name_of(Code::too_large), "too_large");
  EXPECT_EQ(name_of(Code::internal), "internal");
  EXPECT_EQ(name_of(Code::unsupported_version), "unsupported_version");
}

TEST(Code, a_name_nobody_knows_is_internal) {
  EXPECT_EQ(code_of("from_the_future"), Code::internal);
  EXPECT_EQ(code_of(""), Code::internal);
}

}  // namespace
}  // namespace rockpool::base
