// The ways into the simulated server, one for each dialect, and what its administrator has set up for them.
#pragma once

#include <optional>
#include <string>

#include "core/dialect/dialect.h"
#include "core/hub/entry.h"
#include "tests/sim/scenario.h"

namespace rockpool::sim {

const dialect::Dialect& spoken(Dialect dialect);
std::string mount_of(Dialect dialect);
std::string settings_of(Dialect dialect, const Scenario& scenario);
// What a page of it is let in by, or not.
std::string token_of(Dialect dialect, bool is_good);
// A list and an endpoint over each collection; nullopt: nobody needs them.
std::optional<hub::Batch> facets_of(const Scenario& scenario);

}  // namespace rockpool::sim
