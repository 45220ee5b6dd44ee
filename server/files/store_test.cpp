#include "server/files/store.h"

#include <csignal>
#include <fstream>

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "server/files/folder_test.h"

namespace rockpool::files {
namespace {

class StoreTest : public testing::Test {
 protected:
  std::unique_ptr<Store> opened(const Store::Limits& limits = {.free_bytes_min = 0}) {
    auto store = Store::open(folder_.path() + "/files", limits);
    EXPECT_TRUE(store.ok());
    return std::move(*store);
  }
  static std::string put(Store& store, std::string_view bytes) {
    auto draft = store.begin();
    EXPECT_TRUE(draft.ok());
    EXPECT_TRUE((*draft)->write(bytes).ok());
    EXPECT_TRUE((*draft)->keep().ok());
    EXPECT_TRUE(store.sync().ok());
    return (*draft)->id();
  }
  void leave(const std::string& name) {
    std::filesystem::create_directories(folder_.path() + "/files/tmp");
    std::ofstream(folder_.path() + "/files/" + name) << "left";
  }

  TestFolder folder_;
};

TEST_F(StoreTest, gives_back_what_was_kept_whole_and_in_part) {
  const auto store = opened();
  const std::string id = put(*store, "0123456789");
  EXPECT_TRUE(is_file_id(id));
  const auto file = store->read(id);
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(file->bytes(), 10u);
  EXPECT_EQ(*file->read(0, 10), "0123456789");
  EXPECT_EQ(*file->read(3, 4), "3456");
  EXPECT_EQ(*file->read(10, 0), "");
  EXPECT_FALSE(file->read(8, 3).ok()) << "behind its end";
}

TEST_F(StoreTest, makes_its_folder_with_the_first_file) {
  const auto store = opened();
  EXPECT_FALSE(std::filesystem::exists(folder_.path() + "/files"));
  put(*store, "x");
  EXPECT_TRUE(std::filesystem::exists(folder_.path() + "/files/tmp"));
}

TEST_F(StoreTest, leaves_nothing_of_a_draft_that_is_not_kept) {
  const auto store = opened();
  {
    auto draft = store->begin();
    ASSERT_TRUE(draft.ok() && (*draft)->write("abc").ok());
    EXPECT_EQ(store->bytes(), 3u);
    EXPECT_EQ(folder_.files(), 1u);
  }
  EXPECT_EQ(store->bytes(), 0u);
  EXPECT_EQ(folder_.files(), 0u);
}

TEST_F(StoreTest, drops_a_file_under_the_hands_of_its_readers) {
  const auto store = opened();
  const std::string id = put(*store, "abc");
  const auto file = store->read(id);
  ASSERT_TRUE(file.ok());
  store->drop(id);
  store->drop(id);
  EXPECT_EQ(*file->read(0, 3), "abc");
  EXPECT_EQ(store->read(id).error().code, base::Code::not_found);
  EXPECT_EQ(store->files(), 0u);
  EXPECT_EQ(store->bytes(), 0u);
}

TEST_F(StoreTest, takes_nothing_for_a_name_but_its_own_ids) {
  const auto store = opened();
  leave("other");
  for (const char* name : {"", "other", "../files/other", "tmp", "0123456789abcdef0123456789abcdeF"}) {
    EXPECT_EQ(store->read(name).error().code, base::Code::not_found) << name;
    store->drop(name);
  }
  EXPECT_EQ(folder_.files(), 1u);
}

TEST_F(StoreTest, clears_what_an_earlier_process_left) {
  const std::string half = "00000000000000000000000000000001", orphan = "00000000000000000000000000000002";
  const std::string named = "00000000000000000000000000000003";
  leave("tmp/" + half);
  leave(orphan);
  leave(named);
  leave("notes.txt");
  const auto store = opened();
  EXPECT_FALSE(std::filesystem::exists(folder_.path() + "/files/tmp/" + half));
  EXPECT_EQ(store->files(), 2u);
  EXPECT_EQ(store->keep_only({named}), 1u);
  EXPECT_EQ(store->files(), 1u);
  EXPECT_EQ(store->bytes(), 4u);
  EXPECT_TRUE(store->read(named).ok());
  EXPECT_TRUE(std::filesystem::exists(folder_.path() + "/files/notes.txt")) << "is none of ours";
}

TEST_F(StoreTest, takes_no_more_than_its_room) {
  const auto store = opened({.bytes_max = 5, .free_bytes_min = 0});
  put(*store, "123");
  EXPECT_TRUE(store->has_room(2).ok());
  EXPECT_EQ(store->has_room(3).error().code, base::Code::quota);
  auto draft = store->begin();
  ASSERT_TRUE(draft.ok());
  EXPECT_TRUE((*draft)->write("45").ok());
  EXPECT_EQ((*draft)->write("6").error().code, base::Code::quota);
}

TEST_F(StoreTest, leaves_some_of_the_disk_free) {
  const auto store = opened({.free_bytes_min = 1ull << 62});
  const auto room = store->has_room(1);
  ASSERT_FALSE(room.ok());
  EXPECT_EQ(room.error().code, base::Code::quota);
  EXPECT_NE(room.error().message.find("disk of the server is full"), std::string::npos);
}

// A limit of the process stands for a disk that has no room.
TEST_F(StoreTest, says_so_when_the_system_takes_no_more) {
  const auto store = opened();
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const rlimit tight{.rlim_cur = 1000, .rlim_max = before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &tight), 0);
  auto draft = store->begin();
  ASSERT_TRUE(draft.ok());
  const auto written = (*draft)->write(std::string(2000, 'x'));
  setrlimit(RLIMIT_FSIZE, &before);
  ASSERT_FALSE(written.ok());
  EXPECT_EQ(written.error().code, base::Code::quota);
  draft->reset();
  EXPECT_EQ(store->bytes(), 0u);
  EXPECT_EQ(folder_.files(), 0u);
}

}  // namespace
}  // namespace rockpool::files
