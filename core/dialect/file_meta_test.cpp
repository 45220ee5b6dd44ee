#include "core/dialect/file_meta.h"

#include <gtest/gtest.h>

namespace rockpool::dialect {
namespace {

TEST(FileMeta, names_the_file_of_a_record) {
  EXPECT_EQ(file_of(R"({"file":{"id":"f0","bytes":5},"owner":"ada"})"), (FileMeta{"f0", 5}));
  EXPECT_EQ(file_of(R"({"owner":"file"})"), std::nullopt);
  EXPECT_EQ(file_of(R"({"x":{"file":{"id":"f0"}}})"), std::nullopt) << "only a member of the meta itself";
  for (const char* odd : {"", "{}", R"({"file":1})", R"({"file":{"id":""}})", "\"file\"", "{\"file\""}) {
    EXPECT_EQ(file_of(odd), std::nullopt) << odd;
  }
}

TEST(FileMeta, changes_the_file_and_leaves_the_rest) {
  EXPECT_EQ(with_file("", FileMeta{"f0", 5}), R"({"file":{"id":"f0","bytes":5}})");
  EXPECT_EQ(with_file(R"({"file":{"id":"f0"},"owner":"ada"})", FileMeta{"f1", 0}),
            R"({"owner":"ada","file":{"id":"f1","bytes":0}})");
  EXPECT_EQ(with_file(R"({"file":{"id":"f0"},"owner":"ada"})", std::nullopt), R"({"owner":"ada"})");
  EXPECT_EQ(with_file(R"({"file":{"id":"f0"}})", std::nullopt), "");
}

}  // namespace
}  // namespace rockpool::dialect
