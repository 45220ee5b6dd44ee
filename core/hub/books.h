// The books of a space: what is known of each client's writes, so that a resend is recognised.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/hub/entry.h"

namespace rockpool::hub {

using ClientKey = std::pair<std::string, std::string>;  // user, client id

// One client. Settled numbers never become open again, whatever order its claims arrive in.
class Book {
 public:
  struct Applied {
    model::Version version = 0;
    std::uint64_t seq = 0;
  };

  explicit Book(const ClientKey& key) {
    mark_.user = key.first;
    mark_.client = key.second;
  }

  const ClientMark& mark() const { return mark_; }
  const std::map<std::uint64_t, Applied>& open() const { return open_; }
  bool is_settled(std::uint64_t number) const;
  // What became of an applied mutation; null when it was never applied, or is settled and forgotten.
  const Applied* outcome(std::uint64_t number) const;
  bool is_stored() const { return stored_; }

  // The client's own word: outcomes up to `settled` but those in `except` may be forgotten.
  void claim(std::uint64_t settled, std::vector<std::uint64_t> except);
  void seen(base::Instant now);
  // From the log.
  void take(const ClientMark& mark);
  void applied(std::uint64_t number, Applied outcome);

 private:
  ClientMark mark_;
  std::map<std::uint64_t, Applied> open_;
  bool stored_ = false;  // the log knows this client
};

}  // namespace rockpool::hub
