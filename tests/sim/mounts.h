// The ways into the simulated server, one for each dialect, and what its administrator has set up for them.
#pragma once

#include <optional>
#include <string>

#include "core/dialect/dialect.h"
#include "core/hub/entry.h"
#include "tests/sim/setting.h"

namespace rockpool::sim {

const dialect::Dialect& spoken(Dialect dialect);
std::string mount_of(Dialect dialect);
// Where its pages go.
std::string url_of(Dialect dialect);
std::string settings_of(Dialect dialect, const Scenario& scenario);
// What a page of it is let in by, or not.
std::string token_of(Dialect dialect, int client, bool is_good);
// A list, an endpoint and, where there are any, a table over each collection; nullopt: nobody needs them.
std::optional<hub::Batch> facets_of(const Setting& setting);

}  // namespace rockpool::sim
