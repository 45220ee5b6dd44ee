#include "core/dialects/deepstream/names.h"

#include <gtest/gtest.h>

namespace rockpool::dialects::deepstream {
namespace {

void expect_both_ways(const std::string& name, const model::Key& key) {
  EXPECT_EQ(key_of(name), key) << name;
  EXPECT_EQ(name_of(key), name) << name;
}

TEST(Names, split_at_the_first_slash) {
  expect_both_ways("cities/hamburg", {"cities", "hamburg"});
  expect_both_ways("users/1/address", {"users", "1/address"});
  expect_both_ways("users//1", {"users", "/1"});
}

TEST(Names, escapes_stand_in_the_collection_only) {
  expect_both_ways("a%2Fb/c%2Fd%", {"a/b", "c%2Fd%"});
  expect_both_ways("100%25/x", {"100%", "x"});
  expect_both_ways("%252F/x", {"%2F", "x"});
}

TEST(Names, what_has_no_collection_is_of_the_own_one) {
  for (const char* name : {"my-record", "/x", "x/", "/", "a%b/c", "a%2f/c", "a%/c", "a%2/c", "deepstream/x",
                           "$sessions/x", "./x", "../x", "a\nb/c", " "}) {
    expect_both_ways(name, {"deepstream", name});
  }
}

TEST(Names, a_collection_of_more_bytes_than_one_may_have_is_of_the_own_one) {
  const std::string most(256, 'c');
  expect_both_ways(most + "/x", {most, "x"});
  expect_both_ways(most + "c/x", {"deepstream", most + "c/x"});
}

TEST(Names, an_id_of_the_own_collection_that_would_be_another_key_has_no_name) {
  EXPECT_EQ(name_of({"deepstream", "cities/hamburg"}), std::nullopt);
  EXPECT_EQ(name_of({"deepstream", "hamburg"}), "hamburg");
}

TEST(Names, letters_of_any_script_pass) { expect_both_ways("städte/zürich", {"städte", "zürich"}); }

}  // namespace
}  // namespace rockpool::dialects::deepstream
