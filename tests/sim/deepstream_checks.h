// What must hold for those who look at the world through deepstream.
#pragma once

#include <set>
#include <string>

#include "tests/sim/client.h"
#include "tests/sim/lineage.h"

namespace rockpool::sim {

// That dialect cannot list: a page's collection is what the record of the collection's own name names.
std::set<std::string> listed_ids(const Lineage& lineage, const std::string& collection);

// The first thing in which a page that speaks deepstream differs from the server, empty: none. It shows all
// that is there, what it shows is there as it shows it. In a world of lists all that is listed and there, and
// whatever it knows of is listed, so that others who cannot list see it too; unless the space is too small
// for the list.
std::string deepstream_disagreement(const Client& client, const Lineage& lineage, const Scenario& scenario);

}  // namespace rockpool::sim
