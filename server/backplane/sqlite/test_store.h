// For tests: a data folder, a backplane on it, and one answer at a time.
#pragma once

#include <condition_variable>
#include <deque>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>

#include <gtest/gtest.h>

#include "server/backplane/sqlite/sqlite_backplane.h"

namespace rockpool::backplane::testing {

// Gone with the test, under a name of its own.
class Folder {
 public:
  explicit Folder(const std::string& name);
  ~Folder() { std::filesystem::remove_all(path_); }
  const std::string& path() const { return path_; }
  std::string data() const { return path_ + "/data"; }
  std::string file() const { return data() + "/rockpool.db"; }

 private:
  std::string path_;
};

class Opened {
 public:
  explicit Opened(const std::string& folder, const std::string& vfs = "");

  bool ok() const { return backplane_ != nullptr; }
  const base::Error& error() const { return error_; }
  SqliteBackplane& backplane() { return *backplane_; }

  hub::Event wait();
  hub::Appended append_at(std::uint64_t expected_seq, hub::Batch batch);
  // Behind the last entry that was stored.
  hub::Appended append(hub::Batch batch);
  hub::LogRead read(std::uint64_t after);
  hub::Start start();

  std::uint64_t last = 0;

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<hub::Event> events_;
  base::Error error_;
  std::unique_ptr<SqliteBackplane> backplane_;
};

// One record set to `version`, by a client whose number is the version too.
hub::Batch write_of(const std::string& id, model::Version version, std::size_t bytes = 10);

// Runs SQL on the store's file, past all checks.
void damage(const std::string& file, const std::string& sql);

}  // namespace rockpool::backplane::testing
