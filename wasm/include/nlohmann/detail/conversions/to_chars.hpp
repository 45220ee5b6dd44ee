// In the place of nlohmann's own: JavaScript knows the shortest digits of a double already, and the tables to
// find them would be 3 KB of what a page loads.
#pragma once

#include <nlohmann/detail/abi_macros.hpp>

NLOHMANN_JSON_NAMESPACE_BEGIN
namespace detail {

// wasm/libc.cpp. The text at `first` is the one nlohmann would write; `last` leaves room for all of them.
char* to_chars(char* first, const char* last, double value);

}  // namespace detail
NLOHMANN_JSON_NAMESPACE_END
