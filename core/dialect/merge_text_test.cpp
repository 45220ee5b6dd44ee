#include "core/dialect/merge_text.h"

#include <gtest/gtest.h>

namespace rockpool::dialect {
namespace {

using enum Merging;

TEST(MergeText, members_are_the_text_they_were) {
  EXPECT_EQ(merge_text(R"({"a":1,"b":[{"c":"},"}],"d":""})", R"({"b":1.50,"e":{"f":"\"{"}})", of_members),
            R"({"a":1,"b":1.50,"d":"","e":{"f":"\"{"}})");
  EXPECT_EQ(
      merge_text(R"({"a":12345678901234567890123,"b":{"c":1.10}})", R"({"b":{"d":1e2}})", of_all_levels),
      R"({"a":12345678901234567890123,"b":{"c":1.10,"d":1e2}})");
  EXPECT_EQ(merge_text("{}", R"({"a":1})", of_members), R"({"a":1})");
  EXPECT_EQ(merge_text(R"({"a":1})", "{}", of_members), R"({"a":1})");
  EXPECT_EQ(merge_text("{}", "{}", of_members), "{}");
}

TEST(MergeText, what_is_no_object_is_not_merged) {
  EXPECT_EQ(merge_text("[1]", "{}", of_members), std::nullopt);
  EXPECT_EQ(merge_text("{}", "null", of_all_levels), std::nullopt);
  EXPECT_EQ(merge_text(R"({"a":{"b":1},"c":[1]})", R"({"a":[2],"c":{"d":1}})", of_all_levels),
            R"({"a":[2],"c":{"d":1}})")
      << "one of the two takes the other's place";
}

TEST(MergeText, objects_within_are_replaced_or_merged_as_is_asked) {
  const char* before = R"({"a":{"b":1,"c":{"d":2}}})";
  const char* patch = R"({"a":{"c":{"e":3}}})";
  EXPECT_EQ(merge_text(before, patch, of_members), patch);
  EXPECT_EQ(merge_text(before, patch, of_all_levels), R"({"a":{"b":1,"c":{"d":2,"e":3}}})");
}

TEST(MergeText, a_name_is_the_same_however_it_is_written) {
  EXPECT_EQ(merge_text(R"({"a":1,"\u0062":2})", R"({"\u0061":3,"b":4})", of_members),
            R"({"a":3,"\u0062":4})");
  EXPECT_EQ(merge_text(R"({"a\"":1})", R"({"a\u0022":2})", of_members), R"({"a\"":2})");
}

}  // namespace
}  // namespace rockpool::dialect
