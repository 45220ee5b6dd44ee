// A bar on a terminal; nothing where standard error is none.
#pragma once

#include <cstdint>
#include <string>

#include "core/base/instant.h"

namespace rockpool::transfer {

class Progress {
 public:
  // `total` bytes, 0 when nobody knows.
  explicit Progress(std::uint64_t total);
  ~Progress();

  // Draws at most ten times a second.
  void at(std::uint64_t bytes, std::uint64_t rows);
  std::int64_t elapsed_ms() const;

 private:
  std::uint64_t total_;
  base::Instant started_;
  base::Instant drawn_;
  bool shown_;
};

// 1234567 as 1,234,567.
std::string grouped(std::uint64_t number);
// Milliseconds as seconds with one place.
std::string in_seconds(std::int64_t ms);

}  // namespace rockpool::transfer
