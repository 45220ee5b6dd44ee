// Who may do what: rules by name, as the configuration states them (docs/operating.md, "Rights").
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/pattern.h"

namespace rockpool::rights {

enum class Verb : std::uint8_t {
  read,       // records as they are
  create,     //
  update,     //
  remove,     // "delete" in the configuration
  subscribe,  // what becomes of records, events, or who is in a room
  emit,       // an event
  call,       // a procedure
  provide,    // a procedure
  presence,   // say that one is in a room
  drafts,     // records that are not published, for dialects that tell them apart
};
inline constexpr std::array<std::string_view, 10> verb_names = {
    "read", "create", "update", "delete", "subscribe", "emit", "call", "provide", "presence", "drafts"};
inline std::string_view name_of(Verb verb) { return verb_names[static_cast<std::size_t>(verb)]; }

// What has rules of its own.
enum class Kind : std::uint8_t { collection, event, procedure, room };
std::string_view name_of(Kind kind);

// Any of them may.
struct Who {
  bool anyone = false;  // without a name, too
  bool user = false;    // whoever has one
  bool owner = false;   // of the record
  std::vector<std::string> users;
  std::vector<std::string> roles;
  bool operator==(const Who&) const = default;
};
using Verbs = std::map<Verb, Who>;

// For all names that fit a pattern, in which `*` stands for any text. Verbs that are not named: `subscribe`
// is as `read` or `presence`; every other one is anybody's in an open space and nobody's elsewhere.
struct NameRules {
  std::string pattern;
  Verbs verbs;
  // Collections: the member of a record that names its owner. Empty: whoever created it.
  std::string owner;
  // Collections: other rules for records whose id fits, the first that does; what they leave out is as above.
  std::vector<std::pair<std::string, Verbs>> records;
  bool operator==(const NameRules&) const = default;
};

// Names without rules: anybody's in an open space, any user's in a closed one, nobody's otherwise. In the
// last kind of space there are no rules, and an authorization service is asked about each name.
enum class Access : std::uint8_t { open, closed, rules, service };

struct SpaceRules {
  Access access = Access::open;
  std::map<Kind, std::vector<NameRules>> names;
};

using base::matches;

}  // namespace rockpool::rights
