// What the server last told us, and the shown value: that truth with the pending writes folded over it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/sync/views.h"

namespace rockpool::sync {

class Outbox;

// A state of a record on the server. Without data it does not exist (there).
struct Truth {
  model::Version version = 0;
  std::string data;
  Instant created;
  Instant updated;
  std::string remote;  // its id there, of a dialect whose server makes them; empty: the same as here
};

// The state that pending writes were made against, kept once the truth has moved past it: the true common
// ancestor.
struct Ancestor {
  model::Version version = 0;
  std::string data;
};

// A clash that waits for a word of the user or of the app's function.
struct Clash {
  Instant at;
  bool by_user = true;
  // Commutative writes that may already have been applied: only the user knows whether to repeat them.
  bool repeats = false;
  std::vector<std::string> paths;
  std::string merged;
  std::uint64_t ticket = 0;  // of the question to the app's function; not stored
};

// What a record has while there is something local about it.
struct Local {
  std::vector<std::uint64_t> writes;  // numbers of pendings in force (acked but unseen ones too), in order
  std::optional<Ancestor> ancestor;
  std::optional<Clash> clash;
  std::string view;  // truth with `writes` folded over it; empty: shown as deleted
};

struct Row {
  Truth truth;
  std::uint32_t pull = 0;  // the last pull that named it
  // Deleted, known ahead of the feed: kept until the feed gets there, so that nothing older shows up again.
  bool tombstone = false;
  std::unique_ptr<Local> local;

  const std::string& view() const { return local ? local->view : truth.data; }
  Local& own_local() {
    if (!local) local = std::make_unique<Local>();
    return *local;
  }
};

struct Collection {
  std::map<std::string, Row, std::less<>> rows;
  bool kept = false;        // followed on the server
  std::string cursor;       // everything up to here is in `rows`; empty: never pulled
  std::uint32_t pulls = 0;  // number of the latest pull
  std::string pull_cursor;  // of the pull under way, empty: none
  std::string pull_after;   // the last id it brought
  // The server's history changed: what it sends replaces what is here, whatever the versions say.
  bool replacing = false;

  // Not stored:
  bool live = false;                // the server tells us every change
  bool confirmed = false;           // was live in this session
  bool refused = false;             // where collections are let in one by one: on this link
  std::vector<std::string> looked;  // ids asked for one by one, of a dialect that cannot resume
};

enum class FoldPart : std::uint8_t {
  all,
  acked,        // applied by the server, not yet in the truth
  commutative,  // not yet applied, and made against no version
};

struct FoldSpan {
  std::uint64_t after = 0;
  std::uint64_t last = ~std::uint64_t{0};
};

class Replica {
 public:
  using Map = std::map<std::string, Collection, std::less<>>;

  Map& all() { return all_; }
  const Map& all() const { return all_; }
  Collection& collection(const std::string& name) { return all_[name]; }
  Row& row(const Key& key) { return all_[key.collection].rows[key.id]; }
  Row* find(const Key& key);
  const Row* find(const Key& key) const;
  const Collection* find_collection(std::string_view name) const;

  // Computes the view anew. Drops what a row no longer needs; the row itself is gone when nothing is left of
  // it. Returns false when it is gone.
  bool refresh(const Key& key, const Outbox& outbox);

  // Those of `local.writes` whose number is in `span` folded over `data`. A write that does not fit is passed
  // over.
  static std::string fold(std::string data, const Local& local, const Outbox& outbox, FoldPart part,
                          FoldSpan span = {});

 private:
  Map all_;
};

}  // namespace rockpool::sync
