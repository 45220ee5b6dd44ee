// What each user was last shown of a space. A cursor only says which changes its reader has had; when the
// reader is shown other records than before, what it holds up to there is not what it would hold, and the
// cursor is no good. So the hub writes down, in a collection of its own, since when a user sees what it sees.
#pragma once

#include <string>

#include "core/hub/state.h"

namespace rockpool::hub {

class Writer;

class Sights {
 public:
  Sights(State& state, Writer& writer) : state_(state), writer_(writer) {}

  // The user is here, and sees this (rights::Rights::Mark::seen) from now on.
  void regard(base::Instant now, const std::string& space, const std::string& user, const std::string& seen);
  // Was a cursor at `seq` given to the user while it saw this?
  bool has_seen(const std::string& space, const std::string& user, const std::string& seen,
                std::uint64_t seq) const;

 private:
  struct Since {
    std::string seen;
    std::uint64_t seq = 0;
  };
  Since since(const std::string& space, const std::string& user) const;

  State& state_;
  Writer& writer_;
};

}  // namespace rockpool::hub
