#include "core/journal/fake_disk_test.h"

#include <algorithm>
#include <utility>

#include <gtest/gtest.h>

namespace rockpool::journal {

bool FakeDisk::is_sealed(const std::string& log) const {
  for (const auto& [name, bytes] : memory_) {
    const auto manifest = decode_manifest(bytes);
    if (!manifest) continue;
    for (const LogFile& sealed : manifest->sealed) {
      if (sealed.name() == log) return true;
    }
  }
  return false;
}

void FakeDisk::apply(const FileOps& ops) {
  for (const FileOp& op : ops) {
    const bool exists = memory_.contains(op.name);
    switch (op.kind) {
      case FileOp::Kind::append:
        ASSERT_TRUE(exists) << op.name;
        ASSERT_FALSE(is_sealed(op.name)) << op.name;
        memory_[op.name] += op.bytes;
        break;
      case FileOp::Kind::create:
        ASSERT_FALSE(exists || stored_.contains(op.name)) << op.name;
        memory_[op.name] = op.bytes;
        break;
      case FileOp::Kind::remove:
        ASSERT_TRUE(exists) << op.name;
        memory_.erase(op.name);
        break;
    }
  }
}

void FakeDisk::sync_partly(base::Prng& prng, bool tears) {
  Contents names = memory_;
  names.insert(stored_.begin(), stored_.end());
  for (const auto& [name, bytes] : names) {
    if (prng.once_in(2)) store_partly(name, prng, tears);
  }
}

void FakeDisk::store_partly(const std::string& name, base::Prng& prng, bool tears) {
  const auto after = memory_.find(name);
  if (after == memory_.end()) {
    stored_.erase(name);
    return;
  }
  std::string& bytes = stored_[name];
  if (!tears || bytes == after->second || prng.once_in(2)) {
    bytes = after->second;
    return;
  }
  // A torn earlier attempt may have left garbage: what is written now overwrites it.
  std::size_t kept = 0;
  while (kept < std::min(bytes.size(), after->second.size()) && bytes[kept] == after->second[kept]) ++kept;
  bytes = after->second.substr(0, kept + prng.below(after->second.size() - kept + 1));
  const bool zeros = prng.once_in(2);
  for (std::uint64_t garbage = prng.below(30); garbage > 0; --garbage) {
    bytes += zeros ? '\0' : static_cast<char>(prng.next());
  }
}

Files files_of(const FakeDisk::Contents& contents) {
  Files files;
  for (const auto& [name, bytes] : contents) files.push_back({name, bytes});
  return files;
}

Files FakeDisk::files() const { return files_of(stored_); }

Opened reopen(const FakeDisk::Contents& contents, const Journal::Options& options) {
  auto opened = Journal::recover(files_of(contents), options);
  EXPECT_TRUE(opened.ok());
  return std::move(*opened);
}

}  // namespace rockpool::journal
