// How the engine's state lies in the journal: a sequence of items, each the whole present state of one thing.
// What comes later replaces what came before, so replay needs no rules and a torn tail loses whole steps
// only.
//
// item := kind:byte fields        (layout per kind in archive.cpp)
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "core/base/buffer.h"
#include "core/sync/outbox.h"
#include "core/sync/replica.h"

namespace rockpool::sync {

// Facts about the store itself.
struct Identity {
  std::string origin;  // the store's first client id: keys of writes begin with it
  std::string client;  // the present one
  std::string user;
  std::uint64_t epoch = 0;
  std::int64_t synced_ms = 0;  // 0: never
  // The server has applied something of `client`: only then may settled numbers be claimed.
  bool known = false;
  bool paused = false;
  std::uint64_t renewed_after = 0;  // the last number given before `client` was
};

class ArchiveWriter {
 public:
  void identity(const Identity& identity);
  void collection(const std::string& name, const Collection& collection);
  void row(const Key& key, const Row& row);
  void row_gone(const Key& key);
  void pending(const Pending& pending);
  void pending_gone(std::uint64_t number);
  void last_number(std::uint64_t number);
  void tab(const std::string& id, const TabMark& mark);
  // How far a write has got, for followers alone: after a restart it counts as sent.
  void progress(const Pending& pending);
  std::size_t size() const { return buffer_.bytes().size(); }
  std::string take() { return buffer_.take(); }

 private:
  base::BufferWriter buffer_;
};

// Applies one journal entry's items, or what a follower was told. Names the records whose view may be another
// in `touched`, if that is given. False when the bytes are not ours: nothing of this entry should be trusted.
bool replay(std::string_view items, Identity& identity, Replica& replica, Outbox& outbox,
            std::set<Key>* touched = nullptr);

}  // namespace rockpool::sync
