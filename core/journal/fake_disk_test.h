// An edge for tests: files in memory, a store behind them, and syncs that fail in every way the contract
// allows.
#pragma once

#include <map>
#include <string>

#include "core/base/prng.h"
#include "core/journal/journal.h"

namespace rockpool::journal {

class FakeDisk {
 public:
  using Contents = std::map<std::string, std::string>;

  // Applies a step to memory and checks the rules of FileOp: names are never used twice, sealed logs never
  // grow.
  void apply(const FileOps& ops);

  void sync() { stored_ = memory_; }
  // Each file that differs is stored or not; with `tears`, stored up to anywhere and with garbage behind.
  void sync_partly(base::Prng& prng, bool tears);
  void crash() { memory_ = stored_; }

  const Contents& stored() const { return stored_; }
  const Contents& memory() const { return memory_; }
  Files files() const;

 private:
  bool is_sealed(const std::string& log) const;
  void store_partly(const std::string& name, base::Prng& prng, bool tears);

  Contents memory_;
  Contents stored_;
};

Files files_of(const FakeDisk::Contents& contents);
Opened reopen(const FakeDisk::Contents& contents, const Journal::Options& options);

}  // namespace rockpool::journal
