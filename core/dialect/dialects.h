// The list of dialects. `core/dialects/dialects.cpp` is the one file that names them all.
#pragma once

#include <span>
#include <string_view>

namespace rockpool::dialect {

struct Dialect;

std::span<const Dialect* const> dialects();

// nullptr when there is none of that name.
const Dialect* find_dialect(std::string_view name);

}  // namespace rockpool::dialect
