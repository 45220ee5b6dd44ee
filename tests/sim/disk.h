// A client's store: files in memory, what of them is on the disk, and syncs that fail in every way the
// journal's contract allows.
#pragma once

#include <map>
#include <string>

#include "core/base/prng.h"
#include "core/journal/journal.h"

namespace rockpool::sim {

class Disk {
 public:
  using Contents = std::map<std::string, std::string>;

  // Empty, or what of a FileOp broke the rules: names are never used twice, only files that are there grow.
  std::string apply(const journal::FileOps& ops);

  void sync() { stored_ = memory_; }
  // Each file that differs is stored or not, or (`tears`) up to anywhere, with garbage behind.
  void sync_partly(base::Prng& prng, bool tears);
  void crash() { memory_ = stored_; }

  journal::Files files() const;
  std::size_t file_count() const { return memory_.size(); }
  const Contents& stored() const { return stored_; }
  void become(Contents stored) { stored_ = memory_ = std::move(stored); }

 private:
  void store_partly(const std::string& name, base::Prng& prng, bool tears);

  Contents memory_;
  Contents stored_;
};

}  // namespace rockpool::sim
