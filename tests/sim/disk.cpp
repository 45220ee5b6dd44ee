#include "tests/sim/disk.h"

#include <algorithm>

namespace rockpool::sim {

std::string Disk::apply(const journal::FileOps& ops) {
  using Kind = journal::FileOp::Kind;
  for (const journal::FileOp& op : ops) {
    const bool exists = memory_.contains(op.name);
    if (op.kind == Kind::create && (exists || stored_.contains(op.name))) return "created twice: " + op.name;
    if (op.kind != Kind::create && !exists) return "not there: " + op.name;
    if (op.kind == Kind::remove)
      memory_.erase(op.name);
    else
      memory_[op.name] += op.bytes;
  }
  return {};
}

void Disk::sync_partly(base::Prng& prng, bool tears) {
  Contents names = memory_;
  names.insert(stored_.begin(), stored_.end());
  for (const auto& [name, bytes] : names) {
    if (prng.once_in(2)) store_partly(name, prng, tears);
  }
}

void Disk::store_partly(const std::string& name, base::Prng& prng, bool tears) {
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

journal::Files Disk::files() const {
  journal::Files files;
  for (const auto& [name, bytes] : stored_) files.push_back({name, bytes});
  return files;
}

}  // namespace rockpool::sim
