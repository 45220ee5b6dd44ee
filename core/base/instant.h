// Time as a value. Core never reads a clock: whoever calls says what time it is.
#pragma once

#include <compare>
#include <cstdint>

namespace rockpool::base {

// Milliseconds. A difference of two instants.
struct Duration {
  std::int64_t ms = 0;
  auto operator<=>(const Duration&) const = default;
};

// Milliseconds since 1970-01-01T00:00:00Z. Below 2^53, so that JavaScript holds it exactly.
struct Instant {
  std::int64_t ms = 0;
  auto operator<=>(const Instant&) const = default;
};

constexpr Instant operator+(Instant at, Duration by) { return {at.ms + by.ms}; }
constexpr Duration operator-(Instant later, Instant earlier) { return {later.ms - earlier.ms}; }
constexpr Duration milliseconds(std::int64_t n) { return {n}; }
constexpr Duration seconds(std::int64_t n) { return {n * 1000}; }

}  // namespace rockpool::base
