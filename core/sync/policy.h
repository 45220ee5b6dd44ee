// What happens to a field that was changed on both sides.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace rockpool::sync {

// `set` unites arrays and is meant for fields; elsewhere it acts as `merge`.
enum class Rule : std::uint8_t { merge, server, client, manual, function, set };

// `fields` are dotted paths; the longest one at or above a clashing field wins over `standard`.
struct Policy {
  Rule standard = Rule::merge;
  std::map<std::string, Rule> fields;
};

}  // namespace rockpool::sync
