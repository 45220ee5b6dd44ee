// What tables demand of their collections' records, in the words that all dialects are held to
// (core/schema/fields.h).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/dialects/baserow/books.h"

namespace rockpool::dialects::baserow {

// What has to be written along with these records of `$baserow` (by name; empty: they go), so that the facets
// of the tables that they change, and their fields, are as those will be.
std::vector<model::Mutation> collection_fields(const Books& books,
                                               const std::map<std::string, std::string>& written);

}  // namespace rockpool::dialects::baserow
