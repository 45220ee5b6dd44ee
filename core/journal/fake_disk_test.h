// An edge for tests and the simulator: files in memory, a store behind them, and syncs that fail in every way
// the contract allows.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/prng.h"
#include "core/journal/format.h"
#include "core/journal/journal.h"

namespace rockpool::journal {

class FakeDisk {
 public:
  using Contents = std::map<std::string, std::string>;

  // Applies a step to memory. Empty, or what of it broke the rules of FileOp: names are never used twice,
  // only files that are there and not sealed grow.
  std::string apply(const FileOps& ops);

  void sync() { stored_ = memory_; }
  // Each file that differs is stored or not; with `tears`, stored up to anywhere and with garbage behind.
  void sync_partly(base::Prng& prng, bool tears);
  void crash() { memory_ = stored_; }
  void become(Contents stored) { stored_ = memory_ = std::move(stored); }

  const Contents& stored() const { return stored_; }
  const Contents& memory() const { return memory_; }

 private:
  bool is_sealed(const std::string& log) const;
  void store_partly(const std::string& name, base::Prng& prng, bool tears);

  Contents memory_;
  Contents stored_;
};

inline Files files_of(const FakeDisk::Contents& contents) {
  Files files;
  for (const auto& [name, bytes] : contents) files.push_back({name, bytes});
  return files;
}

inline bool FakeDisk::is_sealed(const std::string& log) const {
  for (const auto& [name, bytes] : memory_) {
    const auto manifest = decode_manifest(bytes);
    if (!manifest) continue;
    for (const LogFile& sealed : manifest->sealed) {
      if (sealed.name() == log) return true;
    }
  }
  return false;
}

inline std::string FakeDisk::apply(const FileOps& ops) {
  using Kind = FileOp::Kind;
  for (const FileOp& op : ops) {
    const bool exists = memory_.contains(op.name);
    if (op.kind == Kind::create && (exists || stored_.contains(op.name))) return "created twice: " + op.name;
    if (op.kind != Kind::create && !exists) return "not there: " + op.name;
    if (op.kind == Kind::append && is_sealed(op.name)) return "sealed: " + op.name;
    if (op.kind == Kind::remove)
      memory_.erase(op.name);
    else
      memory_[op.name] += op.bytes;
  }
  return {};
}

inline void FakeDisk::sync_partly(base::Prng& prng, bool tears) {
  Contents names = memory_;
  names.insert(stored_.begin(), stored_.end());
  for (const auto& [name, bytes] : names) {
    if (prng.once_in(2)) store_partly(name, prng, tears);
  }
}

inline void FakeDisk::store_partly(const std::string& name, base::Prng& prng, bool tears) {
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

}  // namespace rockpool::journal
