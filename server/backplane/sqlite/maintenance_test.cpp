// Backup, restore and verify.
#include <fstream>
#include <thread>

#include <sqlite3.h>

#include "server/backplane/sqlite/sqlite_backplane.h"
#include "server/backplane/sqlite/test_store.h"

namespace rockpool::backplane {
namespace {

using namespace testing;
using base::Code;
using hub::Appended;

class Maintenance : public ::testing::Test {
 protected:
  Maintenance() {
    Opened store(folder.data());
    EXPECT_TRUE(store.ok()) << store.error().message;
    for (std::uint64_t i = 1; i <= 20; ++i) store.append(write_of("a" + std::to_string(i % 3), i));
  }
  std::vector<std::string> findings() {
    const auto found = verify(folder.data());
    EXPECT_TRUE(found.ok()) << found.error().message;
    if (!found.ok()) return {};
    EXPECT_FALSE(found->is_sound);
    return found->lines;
  }
  static bool has(const std::vector<std::string>& lines, const std::string& part) {
    for (const std::string& line : lines) {
      if (line.find(part) != std::string::npos) return true;
    }
    ADD_FAILURE() << "no line says '" << part << "'; the first is '" << (lines.empty() ? "" : lines[0])
                  << "'";
    return false;
  }

  Folder folder{::testing::UnitTest::GetInstance()->current_test_info()->name()};
  std::string backup_file = folder.path() + "/saved.db";
  std::string other = folder.path() + "/other";
};

// ---- backup and restore

TEST_F(Maintenance, a_backup_restores_to_the_same_log_with_a_new_epoch) {
  ASSERT_TRUE(backup(folder.data(), backup_file).ok());
  ASSERT_TRUE(restore(backup_file, other).ok());
  Opened before(folder.data());
  Opened after(other);
  ASSERT_TRUE(after.ok()) << after.error().message;
  EXPECT_EQ(after.start().last_chain, before.start().last_chain);
  EXPECT_NE(after.start().epoch, before.start().epoch);
}

TEST_F(Maintenance, a_backup_put_in_place_by_hand_gets_a_new_epoch_too) {
  const std::uint64_t epoch = Opened(folder.data()).start().epoch;
  ASSERT_TRUE(backup(folder.data(), backup_file).ok());
  std::filesystem::rename(backup_file, folder.file());
  EXPECT_NE(Opened(folder.data()).start().epoch, epoch);
}

TEST_F(Maintenance, the_store_that_was_copied_keeps_its_epoch) {
  const std::uint64_t epoch = Opened(folder.data()).start().epoch;
  ASSERT_TRUE(backup(folder.data(), backup_file).ok());
  EXPECT_EQ(Opened(folder.data()).start().epoch, epoch);
}

TEST_F(Maintenance, a_backup_while_writes_go_on_is_whole) {
  Opened store(folder.data());
  ASSERT_TRUE(store.ok());
  std::thread saving([&] {
    for (int i = 0; i < 5; ++i) EXPECT_TRUE(backup(folder.data(), backup_file + std::to_string(i)).ok());
  });
  for (std::uint64_t i = 21; i <= 150; ++i) {
    ASSERT_EQ(store.append(write_of("a" + std::to_string(i % 3), i, 2000)).what, Appended::What::ok);
  }
  saving.join();
  for (int i = 0; i < 5; ++i) {
    const std::string to = other + std::to_string(i);
    ASSERT_TRUE(restore(backup_file + std::to_string(i), to).ok());
    const auto found = verify(to);
    ASSERT_TRUE(found.ok());
    EXPECT_TRUE(found->is_sound) << found->lines.back();
  }
}

TEST_F(Maintenance, a_backup_is_one_file_and_overwrites_nothing) {
  ASSERT_TRUE(backup(folder.data(), backup_file).ok());
  int files = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder.path())) ++files;
  EXPECT_EQ(files, 2) << "the data folder and the backup";
  const auto again = backup(folder.data(), backup_file);
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().code, Code::exists);
}

TEST_F(Maintenance, a_backup_to_a_folder_that_is_not_there_says_so) {
  const auto saved = backup(folder.data(), folder.path() + "/nowhere/saved.db");
  ASSERT_FALSE(saved.ok());
  EXPECT_NE(saved.error().message.find("nowhere"), std::string::npos);
}

TEST_F(Maintenance, a_backup_of_nothing_says_so) {
  EXPECT_FALSE(backup(folder.path() + "/nothing", backup_file).ok());
  EXPECT_FALSE(std::filesystem::exists(backup_file));
}

TEST_F(Maintenance, a_restore_over_a_store_is_refused) {
  ASSERT_TRUE(backup(folder.data(), backup_file).ok());
  const auto restored = restore(backup_file, folder.data());
  ASSERT_FALSE(restored.ok());
  EXPECT_EQ(restored.error().code, Code::exists);
}

TEST_F(Maintenance, a_restore_beside_a_left_over_write_ahead_log_is_refused) {
  ASSERT_TRUE(backup(folder.data(), backup_file).ok());
  std::filesystem::create_directories(other);
  std::ofstream(other + "/rockpool.db-wal") << "left over";
  EXPECT_FALSE(restore(backup_file, other).ok());
}

TEST_F(Maintenance, a_restore_into_a_folder_in_use_is_refused) {
  ASSERT_TRUE(backup(folder.data(), backup_file).ok());
  const Opened store(folder.data());
  const auto restored = restore(backup_file, folder.data());
  ASSERT_FALSE(restored.ok());
  EXPECT_EQ(restored.error().code, Code::refused);
}

TEST_F(Maintenance, a_restore_from_something_else_is_refused_and_leaves_nothing) {
  std::ofstream(backup_file) << "not a database, but long enough to look like a file of some sort";
  EXPECT_FALSE(restore(backup_file, other).ok());
  EXPECT_FALSE(restore(folder.path() + "/missing.db", other).ok());
  EXPECT_FALSE(std::filesystem::exists(other + "/rockpool.db"));
}

TEST_F(Maintenance, a_damaged_backup_is_refused) {
  ASSERT_TRUE(backup(folder.data(), backup_file).ok());
  {
    std::fstream file(backup_file, std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(2 * 4096);
    file << std::string(4096, '\xee');
  }
  EXPECT_FALSE(restore(backup_file, other).ok());
}

// ---- verify

TEST_F(Maintenance, a_sound_store_is_found_sound_and_counted) {
  const auto found = verify(folder.data());
  ASSERT_TRUE(found.ok());
  EXPECT_TRUE(found->is_sound);
  EXPECT_TRUE(has(found->lines, "20 log entries, 1 to 20"));
  EXPECT_TRUE(has(found->lines, "3 records"));
  EXPECT_TRUE(has(found->lines, "1 clients, 20 open outcomes"));
}

TEST_F(Maintenance, a_compacted_store_is_found_sound) {
  {
    Opened store(folder.data());
    store.backplane().submit(hub::Compact{.up_to = 12});
    store.append(write_of("a0", 21));
  }
  const auto found = verify(folder.data());
  ASSERT_TRUE(found.ok());
  EXPECT_TRUE(found->is_sound) << found->lines.back();
  EXPECT_TRUE(has(found->lines, "9 log entries, 13 to 21"));
}

TEST_F(Maintenance, verifying_beside_a_server_works) {
  Opened store(folder.data());
  ASSERT_TRUE(store.ok());
  EXPECT_TRUE(verify(folder.data())->is_sound);
  EXPECT_EQ(store.append(write_of("a", 21)).what, Appended::What::ok);
}

TEST_F(Maintenance, verifying_nothing_says_so) { EXPECT_FALSE(verify(folder.path() + "/nothing").ok()); }

TEST_F(Maintenance, a_record_changed_behind_our_back_is_found) {
  damage(folder.file(), "update rec set data = '2' where id = 'a1'");
  EXPECT_TRUE(has(findings(), "record garden/tasks/a1: it differs"));
}

TEST_F(Maintenance, a_record_that_is_missing_is_found) {
  damage(folder.file(), "delete from rec where id = 'a1'");
  EXPECT_TRUE(has(findings(), "1 records of the log are missing"));
}

TEST_F(Maintenance, a_record_out_of_nowhere_is_found) {
  damage(folder.file(), "insert into rec values('garden', 'tasks', 'z', 9, 1, 0, 1, 0, 0, '', '1')");
  EXPECT_TRUE(has(findings(), "record garden/tasks/z: the log does not know it"));
}

TEST_F(Maintenance, a_log_entry_changed_behind_our_back_is_found) {
  damage(folder.file(), "update log set batch = (select batch from log where seq = 4) where seq = 7");
  EXPECT_TRUE(has(findings(), "log entry 7: its chain hash does not fit"));
}

TEST_F(Maintenance, a_log_entry_that_is_missing_is_found) {
  damage(folder.file(), "delete from log where seq = 7");
  EXPECT_TRUE(has(findings(), "log entry 8: the one before it is missing"));
}

TEST_F(Maintenance, a_log_entry_that_is_no_entry_is_found) {
  damage(folder.file(), "update log set batch = x'ffff' where seq = 7");
  EXPECT_TRUE(has(findings(), "log entry 7: "));
}

TEST_F(Maintenance, an_outcome_changed_behind_our_back_is_found) {
  damage(folder.file(), "update outcome set ver = 99 where number = 5");
  EXPECT_TRUE(has(findings(), "write 5 of client client-1"));
}

TEST_F(Maintenance, only_the_first_of_many_findings_are_named) {
  damage(folder.file(), "update outcome set ver = ver + 1; update rec set data = '2'");
  const auto lines = findings();
  EXPECT_TRUE(has(lines, "more"));
  EXPECT_LT(lines.size(), 30u);
}

TEST_F(Maintenance, clients_not_heard_of_for_400_days_go_with_a_compaction) {
  {
    Opened store(folder.data());
    hub::Batch late = write_of("a0", 21);
    late.time = {401LL * 24 * 3600 * 1000};
    late.marks[0].client = "client-2";
    late.marks[0].seen = late.time;
    store.append(late);
    store.backplane().submit(hub::Compact{.up_to = 1});
    store.append(write_of("a0", 22));
  }
  auto count = [&](const std::string& line) { return has(verify(folder.data())->lines, line); };
  // client-1 came back with the last append; its old outcomes had gone.
  EXPECT_TRUE(count("2 clients, 2 open outcomes"));
}

}  // namespace
}  // namespace rockpool::backplane
