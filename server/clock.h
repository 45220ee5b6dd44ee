// The one place of the server that reads the time of day and the machine's randomness.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/instant.h"

namespace rockpool::server {

base::Instant now();

// 2026-01-31T12:00:00.000Z
std::string iso_time(base::Instant at);

// A day, or that form without or with the fraction: 2026-01-31, 2026-01-31T12:00:00Z.
std::optional<base::Instant> read_iso_time(std::string_view text);

// Bytes nobody can guess, from the operating system. Ends the process when it has none.
std::string secret_bytes(std::size_t count);
std::uint64_t random_seed();

}  // namespace rockpool::server
