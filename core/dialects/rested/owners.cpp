#include "core/dialects/rested/owners.h"

namespace rockpool::dialects::rested {
namespace {

std::string owner_of(const Caller& caller, const model::Record& record) {
  return caller.endpoint->authentication ? unique_id_of(record) : read_beside(record.meta).owner;
}

}  // namespace

bool may(const Caller& caller, const model::Record& record, bool others_may) {
  const Endpoint& endpoint = *caller.endpoint;
  if (caller.is_master || !endpoint.needs_token()) return true;
  if (others_may && !endpoint.authentication) return true;
  return !caller.user().empty() && owner_of(caller, record) == caller.user();
}

bool may_read(const Caller& caller, const model::Record& record) {
  return may(caller, record, caller.endpoint->read_by_others);
}

Refusal foreign() { return {403, "the record belongs to somebody else"}; }

Refusal other_record() { return {412, "the record is not the one that If-Match names any more"}; }

}  // namespace rockpool::dialects::rested
