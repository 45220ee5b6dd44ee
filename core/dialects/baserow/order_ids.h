// Ids in messages on the order of things: since 1.14 as hashes, so that they tell nothing of things that one
// may not see.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/dialects/baserow/settings.h"
#include "core/dialects/baserow/things.h"

namespace rockpool::dialects::baserow {

// SHA-256 (FIPS 180-4) as 64 lower-case hex digits. Only for this: it is slow.
std::string sha256_hex(std::string_view bytes);

// As JSON.
std::string shown_id(Id id, OrderIds how);
std::string shown_ids(const std::vector<Id>& ids, OrderIds how);

}  // namespace rockpool::dialects::baserow
