// Performs a journal's file operations on a directory, by POSIX calls: under IDBFS in the page, on disk in Node.
//
// IDBFS compares modification times in milliseconds and copies only files whose time differs, so each change gives a
// file a time above all it had before, whatever the clock says.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>

#include "core/base/instant.h"
#include "core/base/result.h"
#include "core/journal/journal.h"

namespace rockpool::wasm {

class CacheFiles {
 public:
  // Every file of `folder`, which must exist; no sub-folders are looked into. Error: `storage`.
  base::Result<journal::Files> read(const std::string& folder);

  // To be done by the next perform().
  void add(journal::FileOps ops);
  // Performs everything added, in order. After an error what is not done stays for the next call, at the byte where it
  // stopped. Error: `storage`, or `quota` when the disk is full.
  base::Status perform(base::Instant now);

 private:
  base::Status perform_next(base::Instant now);
  base::Status write_rest(const journal::FileOp& op);
  void touch(const std::string& name, base::Instant now);

  std::string folder_;
  std::deque<journal::FileOp> left_;
  std::size_t written_ = 0;  // bytes of left_.front() that are in the file already
  std::map<std::string, std::int64_t> changed_ms_;
};

}  // namespace rockpool::wasm
