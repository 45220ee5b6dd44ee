// Records as our SDK is told them, and what follows from that: all of a model piece by piece, or what was
// touched.
#pragma once

#include <string>

#include "core/dialects/datocms/library.h"
#include "core/dialects/datocms/sdk_feed.h"

namespace rockpool::dialects::datocms {

// {"id": number, "name"?: ..., "version", "createdAt", "updatedAt", "data": {...}}
std::string record_text(const Content& content, std::size_t model, const Row& row,
                        const Row::Version& version);

// What is asked of one model's records.
struct Followed {
  const Library& library;
  const Environment& environment;
  std::size_t model = 0;
  Sight sight;
};

// {"type": "records", ...}: those behind `after` as far as one message goes.
struct RecordsPiece {
  std::string text;
  std::uint64_t last = 0;  // number of the last one
  bool is_done = false;
};
// `seq`: of the log entry from which on what happened is still to be told.
RecordsPiece records_piece(const Followed& followed, std::uint64_t after, std::uint64_t seq);

// {"type": "changes", ...}: the newest state of what was touched from `at` on, as far as one message goes.
struct ChangesPiece {
  Shared text;
  Feed::Place next = 0;
  bool is_empty = true;
};
// Who is told knows all before `from` and up to the entry `seq`.
struct Known {
  Feed::Place from = 0;
  std::uint64_t seq = 0;
  auto operator<=>(const Known&) const = default;
};
ChangesPiece changes_piece(const Followed& followed, const Feed& feed, const Known& known, Feed::Place at);

}  // namespace rockpool::dialects::datocms
