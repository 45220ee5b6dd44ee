// The log of one machine: a SQLite file in a data folder. Needs no other process, survives kill -9 and power
// loss.
//
// One thread writes, one reads; results come from them through `deliver`. While the file cannot be written
// (disk full, read-only, I/O error) appends fail and each new one tries again.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/hub/backplane.h"

namespace rockpool::backplane {

struct SqliteOptions {
  // Called on the backplane's threads, after open() and until the destructor returns. The owner hops to its
  // own.
  std::function<void(hub::Event)> deliver;
  // False: commits are not synced one by one, and the last of them may be lost when the power goes.
  bool full_sync = true;
  // Tests alone leave the check of the file at the start out, or put a file system that fails in its place.
  bool check = true;
  std::string vfs;
};

class SqliteBackplane final : public hub::Backplane {
 public:
  // Errors: `refused` when another server holds the folder, `newer_store` for a newer format, `storage` for a
  // folder or file that cannot be used or is damaged; the message says what to do. A store that is a copy
  // (backup, restore) gets a new epoch here.
  static base::Result<std::unique_ptr<SqliteBackplane>> open(const std::string& folder,
                                                             SqliteOptions options);
  ~SqliteBackplane() override;

  void submit(hub::Request request) override;
  base::Result<hub::Start> load(
      const std::function<void(const std::string& space, model::Record)>& record,
      const std::function<void(const std::string& space, hub::ClientMark)>& mark,
      const std::function<void(const std::string& space, const hub::ClientMark& of, std::uint64_t number,
                               model::Version version, std::uint64_t seq)>& outcome) override;

 private:
  class Impl;
  explicit SqliteBackplane(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// A copy of the store in one file, marked as a copy. Works while a server has the folder. An existing file is
// refused.
base::Status backup(const std::string& folder, const std::string& file);

// Makes a store in `folder`, which must not hold one, from a backup.
base::Status restore(const std::string& file, const std::string& folder);

// Every record that exists, of a store's folder or of a backup. Works while a server has the folder.
base::Status read_folder(const std::string& folder, const std::function<void(const model::Record&)>& take);
base::Status read_backup(const std::string& file, const std::function<void(const model::Record&)>& take);

struct Findings {
  bool is_sound = true;
  std::vector<std::string> lines;  // for people: counts, then what is wrong
};
// Reads everything and compares: SQLite's pages, the chain hashes, and the records and books made anew from
// the log. Works while a server has the folder. An error only when the store cannot be read at all.
base::Result<Findings> verify(const std::string& folder);

}  // namespace rockpool::backplane
