// What is wrong with a request, as GraphQL answers it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rockpool::graphql {

// Both counted from 1; columns in code points. CRLF, CR and LF are one line end each.
struct Location {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
  bool operator==(const Location&) const = default;
};

// A step into a result: the key in an object, or the index in a list when the key is empty.
struct PathStep {
  std::string key;
  std::uint32_t index = 0;
  bool operator==(const PathStep&) const = default;
};

struct Error {
  std::string message;
  std::string_view code;  // of `extensions`: a constant such as "undefinedField"
  std::vector<Location> locations;
  std::vector<std::string> fields;  // of a validation error: "query NAME", field, argument
  std::vector<PathStep> path;       // of an execution error
};

// Appends `[{"message":…},…]`.
void append_errors(std::string& out, std::span<const Error> errors);

// Texts joined, for messages: each part is one of ours or a name out of the document.
std::string join(std::initializer_list<std::string_view> parts);

}  // namespace rockpool::graphql
