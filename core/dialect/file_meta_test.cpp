#include "core/dialect/file_meta.h"

#include <gtest/gtest.h>

namespace rockpool::dialect {
namespace {

TEST(FileMeta, names_the_file_of_a_record) {
  EXPECT_EQ(file_of(R"({"file":"f0","owner":"ada"})"), "f0");
  EXPECT_EQ(file_of(R"({"owner":"file"})"), "");
  EXPECT_EQ(file_of(R"({"x":{"file":"f0"}})"), "") << "only a member of the meta itself";
  for (const char* odd : {"", "{}", R"({"file":1})", "\"file\"", "{\"file\""})
    EXPECT_EQ(file_of(odd), "") << odd;
}

TEST(FileMeta, changes_the_file_and_leaves_the_rest) {
  EXPECT_EQ(with_file("", "f0"), R"({"file":"f0"})");
  EXPECT_EQ(with_file(R"({"file":"f0","owner":"ada"})", "f1"), R"({"owner":"ada","file":"f1"})");
  EXPECT_EQ(with_file(R"({"file":"f0","owner":"ada"})", ""), R"({"owner":"ada"})");
  EXPECT_EQ(with_file(R"({"file":"f0"})", ""), "");
}

}  // namespace
}  // namespace rockpool::dialect
