// For tests: the system's files, with a disk that fails when told to.
#pragma once

#include <atomic>
#include <string>

#include <sqlite3.h>

namespace rockpool::backplane::testing {

// A SQLite file system named `name`, registered while it lives.
class FailingDisk {
 public:
  enum class Operation { write, sync };

  explicit FailingDisk(const char* name);
  ~FailingDisk();
  FailingDisk(const FailingDisk&) = delete;

  // Lets `skip` operations of the kind pass, then fails one, or all that follow, with this SQLite code.
  void fail(Operation operation, int code, int skip, bool forever);
  void heal();
  // Has one failed since the last fail()?
  bool has_failed() const { return has_failed_; }

  int check(Operation operation);  // for the file methods

 private:
  sqlite3_vfs vfs_;
  std::atomic<int> code_{SQLITE_OK};
  std::atomic<int> skip_{0};
  std::atomic<bool> forever_{false};
  std::atomic<bool> has_failed_{false};
  std::atomic<Operation> operation_{Operation::write};
};

}  // namespace rockpool::backplane::testing
