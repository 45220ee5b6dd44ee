// What becomes of a group of mutations: judged against the view and what the draft made of it so far.
//
// In this order (docs/protocol.md, "Exactly once"): settled numbers are ignored; an outcome that is known is
// given again; the rest is tried on the newest state, all or none.
#pragma once

#include <optional>
#include <vector>

#include "core/hub/draft.h"
#include "core/hub/field_rules.h"
#include "core/rights/rights.h"
#include "core/schema/schemas.h"

namespace rockpool::hub {

struct JudgeLimits {
  std::uint64_t space_bytes_max = 0;
  // What one group may make of small mutations, such as patches of large records.
  std::size_t group_bytes_max = 16 << 20;
  const rights::Rights* rights = nullptr;    // outlives the verdict; null: everybody may do everything
  const schema::Schemas* schemas = nullptr;  // outlives the verdict too
  FieldRules* fields = nullptr;              // and so do these; null: no collection has any
};

struct Verdict {
  // One for each mutation, without one for those that are settled. An ack whose seq is 0 takes that of the
  // entry the draft becomes.
  std::vector<std::optional<model::Outcome>> outcomes;
  // Where in the draft each one's change is, if the author wants to be told.
  std::vector<std::optional<std::size_t>> made;
  // A base is above what the view knows: only a view that is proved to be the newest may refuse it, as an
  // append that is stored behind it proves.
  bool unproved = false;
};

// Stages what is applied. `proved`: the view was the newest at some moment after the write came.
Verdict judge(Draft& draft, const JudgeLimits& limits, const Author& author, const model::Group& group,
              bool proved);

// The same outcome for every mutation of the group that has none yet in the books or the draft.
Verdict decline(const Draft& draft, const Author& author, const model::Group& group, const base::Error& why);

}  // namespace rockpool::hub
