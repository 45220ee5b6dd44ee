// What must hold for pages that speak another dialect than ours.
#pragma once

#include <string>

#include "tests/sim/client.h"
#include "tests/sim/lineage.h"

namespace rockpool::sim {

// The first thing in which the page differs from the server, empty: none. Ids are the server's, as the page
// is shown them.
std::string other_disagreement(const Client& client, const Lineage& lineage, const Scenario& scenario);

}  // namespace rockpool::sim
