#include "core/dialect/dialects.h"

#include <set>

#include <gtest/gtest.h>

#include "core/dialect/dialect.h"

namespace rockpool::dialect {
namespace {

TEST(Dialects, have_a_name_of_their_own_and_both_ends) {
  std::set<std::string_view> names;
  for (const Dialect* one : dialects()) {
    EXPECT_TRUE(names.insert(one->name).second) << one->name;
    EXPECT_EQ(find_dialect(one->name), one);
    EXPECT_NE(one->server, nullptr) << one->name;
    EXPECT_NE(one->client, nullptr) << one->name;
  }
  EXPECT_TRUE(names.contains("native"));
}

TEST(Dialects, are_not_found_under_other_names) {
  EXPECT_EQ(find_dialect(""), nullptr);
  EXPECT_EQ(find_dialect("Native"), nullptr);
}

}  // namespace
}  // namespace rockpool::dialect
