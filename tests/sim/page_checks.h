// What must hold for pages that speak another dialect than ours.
#pragma once

#include <string>

#include "tests/sim/client.h"
#include "tests/sim/lineage.h"
#include "tests/sim/network.h"

namespace rockpool::sim {

// The first thing in which the page differs from the server, empty: none. Ids are the server's, as the page
// is shown them.
std::string other_disagreement(const Client& client, const Lineage& lineage, const Setting& setting);

// What a row was written on is what it was: the answer to a write on a version has the next one. Empty: so it
// is, or nothing is said of it.
std::string blind_write(const Link& request, const dialect::Body& answer);

}  // namespace rockpool::sim
