// What SQLite alone can get wrong: files that are not ours, damaged, locked or failing, and processes that
// are killed.
#include "server/backplane/sqlite/sqlite_backplane.h"

#include <fstream>
#include <thread>

#include <signal.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/prng.h"
#include "server/backplane/sqlite/database.h"
#include "server/backplane/sqlite/test_store.h"
#include "server/backplane/sqlite/test_vfs.h"

namespace rockpool::backplane {
namespace {

using namespace testing;
using base::Code;
using hub::Appended;

class Sqlite : public ::testing::Test {
 protected:
  std::string refusal_of(const std::string& path) {
    const Opened opened(path);
    EXPECT_FALSE(opened.ok());
    return opened.error().message;
  }
  void fill(std::uint64_t entries) {
    Opened store(folder.data());
    ASSERT_TRUE(store.ok()) << store.error().message;
    for (std::uint64_t i = 1; i <= entries; ++i) {
      ASSERT_EQ(store.append(write_of("a" + std::to_string(i % 7), i, 300)).what, Appended::What::ok);
    }
  }
  static void write_file(const std::string& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
  }

  Folder folder{::testing::UnitTest::GetInstance()->current_test_info()->name()};
};

bool says(const std::string& message, const std::string& part) {
  return message.find(part) != std::string::npos;
}

// ---- opening

TEST_F(Sqlite, a_second_server_on_the_folder_is_refused_by_name) {
  const Opened first(folder.data());
  ASSERT_TRUE(first.ok());
  const Opened second(folder.data());
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, Code::refused);
  EXPECT_TRUE(says(second.error().message, folder.data())) << second.error().message;
  EXPECT_TRUE(says(second.error().message, std::to_string(getpid()))) << second.error().message;
}

TEST_F(Sqlite, the_folder_is_free_again_after_the_server_has_gone) {
  fill(1);
  EXPECT_TRUE(Opened(folder.data()).ok());
}

TEST_F(Sqlite, folders_are_made_with_their_parents_for_their_owner_alone) {
  const Opened store(folder.path() + "/deep/down");
  ASSERT_TRUE(store.ok());
  const auto rights = std::filesystem::status(folder.path() + "/deep/down").permissions();
  EXPECT_EQ(rights, std::filesystem::perms::owner_all);
}

TEST_F(Sqlite, a_folder_that_is_a_file_is_refused) {
  write_file(folder.data(), "hello");
  EXPECT_TRUE(says(refusal_of(folder.data()), folder.data()));
}

TEST_F(Sqlite, a_file_that_is_no_database_is_refused) {
  std::filesystem::create_directories(folder.data());
  write_file(folder.file(), std::string(8192, 'x'));
  const std::string message = refusal_of(folder.data());
  EXPECT_TRUE(says(message, folder.file())) << message;
  EXPECT_TRUE(says(message, "restore")) << message;
}

TEST_F(Sqlite, the_database_of_somebody_else_is_refused_and_left_alone) {
  std::filesystem::create_directories(folder.data());
  {
    auto database = Database::open(folder.file(), Database::Mode::create);
    ASSERT_TRUE(database.ok());
    ASSERT_EQ((*database)->exec("create table theirs(a); insert into theirs values(1)"), SQLITE_OK);
  }
  EXPECT_TRUE(says(refusal_of(folder.data()), "no Rockpool store"));
  auto database = Database::open(folder.file(), Database::Mode::read);
  ASSERT_TRUE(database.ok());
  EXPECT_EQ(*(*database)->number("select count(*) from sqlite_schema"), 1);
}

TEST_F(Sqlite, a_newer_format_is_refused_and_left_alone) {
  fill(3);
  damage(folder.file(), "pragma user_version=2");
  const Opened opened(folder.data());
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().code, Code::newer_store);
  EXPECT_TRUE(says(opened.error().message, "format 2")) << opened.error().message;
  damage(folder.file(), "pragma user_version=1");
  Opened again(folder.data());
  EXPECT_EQ(again.last, 3u);
}

TEST_F(Sqlite, a_damaged_file_is_refused_with_what_to_do) {
  fill(200);
  const auto size = static_cast<std::streamoff>(std::filesystem::file_size(folder.file()));
  {
    std::fstream file(folder.file(), std::ios::binary | std::ios::in | std::ios::out);
    for (std::streamoff at = 4096; at < size; at += 4096) {
      file.seekp(at);
      file << std::string(200, '\xee');
    }
  }
  const std::string message = refusal_of(folder.data());
  EXPECT_TRUE(says(message, "damaged")) << message;
  EXPECT_TRUE(says(message, "rockpool restore")) << message;
}

TEST_F(Sqlite, a_file_cut_short_is_refused) {
  fill(200);
  std::filesystem::resize_file(folder.file(), std::filesystem::file_size(folder.file()) / 2);
  EXPECT_TRUE(says(refusal_of(folder.data()), folder.file()));
}

TEST_F(Sqlite, an_empty_file_becomes_a_store) {
  std::filesystem::create_directories(folder.data());
  write_file(folder.file(), "");
  EXPECT_TRUE(Opened(folder.data()).ok());
}

TEST_F(Sqlite, without_a_sync_for_each_commit_it_works_too) {
  SqliteOptions options;
  options.full_sync = false;
  options.deliver = [](const hub::Event&) {};
  EXPECT_TRUE(SqliteBackplane::open(folder.data(), std::move(options)).ok());
}

// ---- a disk that fails

TEST_F(Sqlite, a_read_only_disk_refuses_to_start_with_a_reason) {
  fill(3);
  FailingDisk disk("read-only");
  disk.fail(FailingDisk::Operation::write, SQLITE_READONLY, 0, true);
  Opened store(folder.data(), "read-only");
  if (store.ok()) {
    const Appended result = store.append(write_of("b", 1));
    EXPECT_NE(result.what, Appended::What::ok);
    EXPECT_TRUE(says(result.problem, "readonly")) << result.problem;
  } else {
    EXPECT_TRUE(says(store.error().message, "readonly")) << store.error().message;
  }
}

TEST_F(Sqlite, a_disk_that_is_full_for_a_while_fails_appends_and_serves_reads) {
  FailingDisk disk("full");
  Opened store(folder.data(), "full");
  ASSERT_EQ(store.append(write_of("a", 1)).what, Appended::What::ok);
  disk.fail(FailingDisk::Operation::write, SQLITE_FULL, 0, true);
  for (int i = 0; i < 3; ++i) {
    const Appended result = store.append(write_of("a", 2));
    EXPECT_NE(result.what, Appended::What::ok);
    EXPECT_TRUE(says(result.problem, "full")) << result.problem;
    const hub::LogRead read = store.read(0);
    EXPECT_TRUE(read.problem.empty()) << read.problem;
    EXPECT_EQ(read.entries.size(), 1u);
  }
  disk.heal();
  EXPECT_EQ(store.append(write_of("a", 2)).what, Appended::What::ok);
}

struct Failure {
  const char* name;
  FailingDisk::Operation operation;
  int code;
};

// The first, second, third … operation fails, until an append needs fewer. Nothing acknowledged is lost,
// nothing refused is stored, and the unknown is found or not; after each the store goes on.
TEST_F(Sqlite, wherever_the_disk_fails_nothing_acknowledged_is_lost) {
  const Failure failures[] = {{"write full", FailingDisk::Operation::write, SQLITE_FULL},
                              {"write error", FailingDisk::Operation::write, SQLITE_IOERR_WRITE},
                              {"sync error", FailingDisk::Operation::sync, SQLITE_IOERR_FSYNC}};
  FailingDisk disk("failing");
  std::uint64_t failed = 0;
  {
    Opened store(folder.data(), "failing");
    ASSERT_TRUE(store.ok()) << store.error().message;
    model::Version version = 0;
    for (const Failure& failure : failures) {
      for (int skip = 0;; ++skip) {
        disk.fail(failure.operation, failure.code, skip, false);
        const Appended result = store.append(write_of("a", version + 1, 20'000));
        const bool has_failed = disk.has_failed();
        disk.heal();
        failed += has_failed ? 1 : 0;
        SCOPED_TRACE(std::string(failure.name) + " after " + std::to_string(skip) + ": " + result.problem);
        const hub::LogRead read = store.read(version);
        ASSERT_TRUE(read.problem.empty()) << read.problem;
        if (result.what == Appended::What::ok) {
          ASSERT_EQ(read.entries.size(), 1u);
        } else if (result.what != Appended::What::unknown) {
          ASSERT_TRUE(read.entries.empty());
        }
        store.last = read.last_seq;
        version += read.entries.size();
        if (!has_failed) break;
      }
    }
    EXPECT_EQ(store.last, version);
  }
  EXPECT_GT(failed, 8u);
  const auto findings = verify(folder.data());
  ASSERT_TRUE(findings.ok());
  EXPECT_TRUE(findings->is_sound) << findings->lines.back();
}

// ---- killed

// Appends as fast as it can and says what was acknowledged, until it is killed.
[[noreturn]] void append_until_killed(const std::string& folder, int report, std::uint64_t seed) {
  base::Prng prng(seed);
  Opened store(folder);
  if (!store.ok()) _exit(1);
  model::Version version = store.last;
  while (true) {
    hub::Batch batch = write_of("a", version + 1, prng.below(20'000) + 1);
    for (std::uint64_t i = prng.below(5); i > 0; --i) {
      batch.changes.push_back(write_of("b" + std::to_string(i), version + 1, 500).changes[0]);
    }
    const Appended result = store.append(std::move(batch));
    if (result.what != Appended::What::ok) _exit(2);
    version += 1;
    const std::uint64_t acknowledged[] = {result.seq, result.chain};
    if (write(report, acknowledged, sizeof acknowledged) != sizeof acknowledged) _exit(3);
  }
}

TEST_F(Sqlite, killed_at_any_moment_it_loses_nothing_acknowledged) {
  base::Prng prng(17);
  std::map<std::uint64_t, std::uint64_t> acknowledged;  // seq, chain
  for (int kill_number = 0; kill_number < 20; ++kill_number) {
    int report[2];
    ASSERT_EQ(pipe(report), 0);
    const pid_t child = fork();
    if (child == 0) {
      close(report[0]);
      append_until_killed(folder.data(), report[1], static_cast<std::uint64_t>(kill_number));
    }
    close(report[1]);
    std::uint64_t pair[2];
    // The first answer says that it is at work; from then on chance decides.
    bool is_alive = read(report[0], pair, sizeof pair) == sizeof pair;
    ASSERT_TRUE(is_alive) << "the child could not open the store";
    acknowledged[pair[0]] = pair[1];
    std::this_thread::sleep_for(std::chrono::microseconds(prng.below(40'000)));
    kill(child, SIGKILL);
    while (read(report[0], pair, sizeof pair) == sizeof pair) acknowledged[pair[0]] = pair[1];
    close(report[0]);
    waitpid(child, nullptr, 0);

    Opened store(folder.data());
    ASSERT_TRUE(store.ok()) << store.error().message;
    ASSERT_GE(store.last, acknowledged.rbegin()->first);
    // At most the one append that was under way is in the log without having been acknowledged.
    ASSERT_LE(store.last, acknowledged.rbegin()->first + 1);
    const hub::LogRead log = store.read(0);
    ASSERT_EQ(log.entries.size(), store.last);
    for (const auto& [seq, chain] : acknowledged) ASSERT_EQ(log.entries[seq - 1].chain, chain);
  }
  const auto findings = verify(folder.data());
  ASSERT_TRUE(findings.ok());
  EXPECT_TRUE(findings->is_sound) << findings->lines.back();
}

}  // namespace
}  // namespace rockpool::backplane
