// One entry of the log: a batch of changes of one space that took effect all or none, and what became of the
// mutations that made them. The stored form is binary and the same for every backplane.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/model/command.h"

namespace rockpool::hub {

// A client in the books of a space, keyed by (user, client id).
struct ClientMark {
  std::string user;
  std::string client;
  std::uint64_t settled = 0;          // outcomes up to here are forgotten,
  std::vector<std::uint64_t> except;  // except these, still open
  std::uint64_t highest = 0;          // highest number ever applied
  base::Instant seen;
  bool operator==(const ClientMark&) const = default;
};

// An applied mutation: stored in the same commit as its change.
struct StoredOutcome {
  std::uint32_t mark = 0;  // index into Batch::marks
  std::uint64_t number = 0;
  model::Version version = 0;
  bool operator==(const StoredOutcome&) const = default;
};

// What is appended at once. `write_id` tells an `unknown` append apart from others; it means nothing else.
// An empty batch is a barrier.
struct Batch {
  std::string space;
  std::string write_id;
  base::Instant time;
  std::vector<model::Change> changes;  // seq not set: it is the entry's
  std::vector<ClientMark> marks;       // marks as they are after this batch
  std::vector<StoredOutcome> outcomes;
  std::vector<model::Hint> hints = {};  // none, or one for each change; not stored
  bool operator==(const Batch&) const = default;
};

struct Entry {
  std::uint64_t seq = 0;
  std::uint64_t chain = 0;  // hash of this entry's bytes seeded with the chain of the entry before
  Batch batch;
};

std::string encode(const Batch& batch);
base::Result<Batch> decode(std::string_view bytes);
std::uint64_t next_chain(std::uint64_t previous_chain, std::string_view batch_bytes);

}  // namespace rockpool::hub
