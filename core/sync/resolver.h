// Three-way reconciliation of one record: a pure function of what was, what I made of it, and what the server
// has.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/sync/policy.h"

namespace rockpool::sync {

// Compact JSON text; empty: absent or deleted on that side.
struct Sides {
  std::string_view base;
  std::string_view mine;
  std::string_view theirs;
};

struct Resolution {
  enum class What : std::uint8_t {
    keep_theirs,  // nothing of mine is left to send
    push,         // send `merged` (empty: delete) on top of theirs
    ask_user,     // a clash under `manual`
    ask_app,      // a clash under a function
  };
  What what = What::push;
  std::string merged;  // mine and theirs; where they collide, what the rule says (for asking: mine)
  std::vector<std::string> paths;  // dotted paths of the collisions; "" is the whole record
  bool clashed() const { return !paths.empty(); }
};

// Field by field, objects recursively, arrays and scalars as a whole. Deletion against an update: under
// `merge` and `set` the deletion wins on either side (nobody resurrects a record by accident), under `client`
// mine, under `server` theirs.
Resolution resolve(const Sides& sides, const Policy& policy);

// A patch (compact text) that makes `after` out of `before`, object members recursively. Neither is empty. A
// merge patch where one can say it, else a JSON Patch.
std::string difference(std::string_view before, std::string_view after);

}  // namespace rockpool::sync
