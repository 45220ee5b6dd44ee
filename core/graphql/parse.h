// Text to document.
#pragma once

#include <optional>
#include <string_view>

#include "core/graphql/document.h"

namespace rockpool::graphql {

struct ParseLimits {
  std::size_t bytes_max = 1 << 20;
  std::size_t tokens_max = 50'000;
  std::size_t depth_max = 64;  // of selections, lists and objects in each other
};

// Reads an executable document, or says why it is none, and where. Nothing of `into` is of use then.
std::optional<Error> parse(std::string_view text, Document& into, const ParseLimits& limits = {});

// Reads a value without variables, such as the default of an argument: node 0 of the document.
std::optional<Error> parse_value(std::string_view text, Document& into);

// Reads a type such as `[Int!]!`: node 0 of the document.
std::optional<Error> parse_type(std::string_view text, Document& into);

}  // namespace rockpool::graphql
