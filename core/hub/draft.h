// A batch that is being formed: what its changes make of the view, before the log has accepted them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/hub/view.h"

namespace rockpool::hub {

// Who writes. The client id is empty for a dialect without client numbers.
struct Author {
  ClientKey key;
  std::string alias;  // public name of the client, empty without one
  model::Principal principal;
  std::uint64_t carrier = 0;  // that is not told of its own writes, 0: it is
  std::size_t array_gap_max = base::limits::array_gap_max;
  bool owns = false;   // model::Write has it
  bool tells = false;  // the same

  bool is_numbered() const { return !key.second.empty(); }
};

class Draft {
 public:
  // The view must outlive the draft and not change meanwhile.
  Draft(const View& view, std::string space, base::Instant now);

  // The record as it will be, tombstones too; null when it never existed. Valid until the next stage or
  // rollback.
  const model::Record* find(const model::Key& key) const;
  const Book* book(const Author& author) const;
  // The version that a mutation of this draft makes.
  std::optional<model::Version> version_of(const Author& author, std::uint64_t number) const;
  std::size_t open_of(const Author& author) const;
  std::uint64_t space_bytes() const;
  const std::string& space() const { return space_; }

  // The next version of the record, with `data` (empty: a tombstone) and `meta`. Returns the version.
  model::Version stage(const model::Mutation& mutation, const Author& author, std::string data,
                       std::string meta);
  // Says of the changes after the first `size` that they clear their collection.
  void stage_clears(std::size_t size, model::Hint::Clears clears);
  // The number that the next new record gets.
  std::uint64_t next_num() const;
  // Those that exist once the draft is stored, at most `keys_max`.
  std::vector<model::Key> keys(const std::string& collection, std::size_t keys_max) const;

  std::size_t size() const { return changes_.size(); }
  std::size_t bytes() const { return bytes_; }
  // Takes back what was staged after the first `size` changes.
  void rollback(std::size_t size);

  using Numbers = std::map<std::pair<ClientKey, std::uint64_t>, model::Version>;
  const Numbers& numbers() const { return numbers_; }
  Batch batch(std::string write_id, base::Instant time) const;

 private:
  struct Staged {
    std::optional<std::size_t> before;  // the change it replaces within this draft
    std::optional<ClientKey> client;
    std::uint64_t num_before;
    std::int64_t growth;
  };

  const View& view_;
  const Space* in_;
  std::string space_;
  base::Instant now_;
  std::vector<model::Change> changes_;
  std::vector<Staged> staged_;      // one for each change
  std::vector<model::Hint> hints_;  // one for each change
  std::map<model::Key, std::size_t> newest_;
  Numbers numbers_;
  std::map<ClientKey, std::size_t> open_;
  std::uint64_t last_num_;
  std::int64_t growth_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace rockpool::hub
