// Names and ids as RESTED writes them, and addresses.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/prng.h"
#include "core/model/record.h"

namespace rockpool::dialects::rested {

// 5 to 254 lower-case letters, digits, `-` and `/`; neither of these at an end, no `--`.
bool is_endpoint_name(std::string_view name);

// 32 lower-case hex digits.
bool is_unique_id(std::string_view text);
// A random UUID (version 4) without its dashes.
std::string new_unique_id(base::Prng& prng);
// As the record is known here: its id, or one made of its number.
std::string unique_id_of(const model::Record& record);
// The number that such an id was made of; nothing for other ids.
std::optional<std::uint64_t> num_in(std::string_view unique_id);

// What an address below the mount is about.
struct Route {
  enum class Kind : std::uint8_t { unknown, endpoint, manage };
  Kind kind = Kind::unknown;
  std::string endpoint;                 // name; one that cannot be read is empty
  std::vector<std::string> parts = {};  // of the management API, behind its base
};
Route route_of(std::string_view path);

// Each value of the parameter in the query, in their order, decoded; what cannot be decoded stays as it is.
std::vector<std::string> values_of(std::string_view query, std::string_view name);
// Is the parameter `true`?
bool is_set(std::string_view query, std::string_view name);

}  // namespace rockpool::dialects::rested
