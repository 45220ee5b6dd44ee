#include "server/files/copies.h"

#include <fstream>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "server/files/folder_test.h"

namespace rockpool::files {
namespace {

const std::string one = "00000000000000000000000000000001", two = "00000000000000000000000000000002";

class CopiesTest : public testing::Test {
 protected:
  CopiesTest() { std::filesystem::create_directories(from_); }
  void put(const std::string& id, const std::string& text) { std::ofstream(from_ + '/' + id) << text; }
  std::string copied(const std::string& id) const {
    std::ifstream file(to_ + '/' + id);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  TestFolder folder_;
  const std::string from_ = folder_of_store(folder_.path());
  const std::string to_ = folder_of_backup(folder_.path() + "/copy.db");
};

TEST_F(CopiesTest, hold_the_files_that_are_named_and_no_others) {
  put(one, "1");
  put(two, "2");
  const auto gone = copy_files(from_, to_, {one});
  ASSERT_TRUE(gone.ok());
  EXPECT_TRUE(gone->empty());
  EXPECT_EQ(copied(one), "1");
  EXPECT_EQ(missing(to_, {one, two}), std::set<std::string>{two});
}

TEST_F(CopiesTest, name_what_is_missing_and_go_on) {
  put(two, "2");
  const auto gone = copy_files(from_, to_, {"../x", one, two});
  ASSERT_TRUE(gone.ok());
  EXPECT_EQ(*gone, (std::set<std::string>{"../x", one}));
  EXPECT_EQ(copied(two), "2");
}

TEST_F(CopiesTest, are_copies_and_go_without_the_originals) {
  put(one, "1");
  ASSERT_TRUE(copy_files(from_, to_, {one}).ok());
  std::ofstream(from_ + '/' + one) << "changed";
  ASSERT_TRUE(copy_files(from_, to_, {one}).ok());
  EXPECT_EQ(copied(one), "1") << "what is there already stays";
  remove_files(to_, {one});
  EXPECT_FALSE(std::filesystem::exists(to_));
}

TEST_F(CopiesTest, make_no_folder_for_nothing) {
  ASSERT_TRUE(copy_files(from_, to_, {}).ok());
  EXPECT_FALSE(std::filesystem::exists(to_));
}

TEST_F(CopiesTest, say_what_cannot_be_written) {
  put(one, "1");
  std::ofstream(to_) << "a file where the folder would be";
  const auto done = copy_files(from_, to_, {one});
  ASSERT_FALSE(done.ok());
  EXPECT_NE(done.error().message.find(to_), std::string::npos);
}

}  // namespace
}  // namespace rockpool::files
