// What a schema is compiled to: nodes that name each other by number. Private to the module.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/model/value.h"
#include "core/schema/formats.h"

namespace rockpool::schema {

using Index = std::uint32_t;

// Bits of Node::types.
inline constexpr std::array<std::string_view, 7> type_names = {"null",   "boolean", "integer", "number",
                                                               "string", "array",   "object"};
inline constexpr unsigned type_integer = 2;
inline constexpr unsigned type_number = 3;

struct Bounds {
  std::optional<std::uint64_t> min, max;
};

struct Node {
  bool is_never = false;   // the schema `false`
  std::uint8_t types = 0;  // 0: any
  std::optional<model::Value> constant;
  std::optional<std::vector<model::Value>> options;

  std::optional<model::Value> minimum, maximum, above, below, step;

  Bounds length;
  std::optional<Format> format;

  std::vector<Index> prefix;
  std::optional<Index> items;
  Bounds elements;
  bool is_unique = false;

  std::vector<std::pair<std::string, Index>> properties;  // by name
  std::optional<Index> additional;
  std::vector<std::string> required;
  Bounds members;

  std::vector<Index> all_of, any_of, one_of;
  std::optional<Index> negated;
  std::optional<Index> reference;
};

struct Program {
  std::vector<Node> nodes;  // the first is the root
};

// Exact for every number that a Value holds: 64 bits of it are digits.
long double number_of(const model::Value& value);

}  // namespace rockpool::schema
