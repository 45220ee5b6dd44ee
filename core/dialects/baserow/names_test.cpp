#include "core/dialects/baserow/names.h"

#include <set>

#include <gtest/gtest.h>

namespace rockpool::dialects::baserow {
namespace {

std::string next(std::string_view name, const std::set<std::string, std::less<>>& taken) {
  return numbered_name(name, [&](std::string_view one) { return taken.contains(one); });
}

TEST(BaserowNames, get_the_first_number_that_is_free) {
  EXPECT_EQ(next("Grid", {"Grid"}), "Grid 2");
  EXPECT_EQ(next("Grid 2", {"Grid", "Grid 2"}), "Grid 3");
  EXPECT_EQ(next("Grid 7", {"Grid 7"}), "Grid 2");
  EXPECT_EQ(next("Grid x", {}), "Grid x 2");
  EXPECT_EQ(next(" 2", {}), " 2 2");
}

TEST(BaserowNames, stay_within_255_characters) {
  std::string accented;
  for (int i = 0; i < 255; ++i) accented += "\xc3\xa9";
  EXPECT_EQ(next(accented, {}), accented.substr(0, 2 * 253) + " 2");
}

}  // namespace
}  // namespace rockpool::dialects::baserow
