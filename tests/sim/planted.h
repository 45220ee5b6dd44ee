// For tests of the simulator itself: does it find a fault that is planted around the product?
#pragma once

#include <optional>
#include <string>

#include "tests/sim/world.h"

namespace rockpool::sim {

// The invariant that the first failing seed names; empty when none of so many fails. `first`: for a fault
// that few seeds meet, one near those that do.
inline std::string caught(const Faults& faults, std::uint64_t seeds_max = 60,
                          std::optional<Dialect> only = std::nullopt, std::uint64_t first = 1) {
  for (std::uint64_t seed = first; seed < first + seeds_max; ++seed) {
    const Outcome outcome = run_seed(seed, Trace::Text::none, faults, only);
    if (outcome.failure) return outcome.failure->invariant;
  }
  return "";
}

// Does some seed fail by that invariant? For faults that more than one checker sees.
inline bool is_caught_by(const Faults& faults, const std::string& invariant, std::uint64_t seeds_max = 60,
                         std::optional<Dialect> only = std::nullopt) {
  for (std::uint64_t seed = 1; seed <= seeds_max; ++seed) {
    const Outcome outcome = run_seed(seed, Trace::Text::none, faults, only);
    if (outcome.failure && outcome.failure->invariant == invariant) return true;
  }
  return false;
}

}  // namespace rockpool::sim
