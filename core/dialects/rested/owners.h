// Whose a record is, and who may therefore do what with it: the last of the contract's checks.
#pragma once

#include "core/dialects/rested/door.h"

namespace rockpool::dialects::rested {

// Whose record it is decides, or a switch of the endpoint.
bool may(const Caller& caller, const model::Record& record, bool others_may);
bool may_read(const Caller& caller, const model::Record& record);

Refusal foreign();
// If-Match names another state of it.
Refusal other_record();

}  // namespace rockpool::dialects::rested
