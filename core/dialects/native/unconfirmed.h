// What went down in a session and was not confirmed yet, by number.
//
// Private to the dialect's server half.
#pragma once

#include <cstdint>
#include <deque>
#include <string>

#include "core/dialect/dialect.h"

namespace rockpool::dialects::native {

class Unconfirmed {
 public:
  // Gives the frame the next number, 1 at first.
  void add(dialect::Shared frame);
  // All up to `n` came. False: it was never sent.
  bool confirm(std::uint64_t n);

  std::uint64_t confirmed() const { return confirmed_; }
  std::uint64_t last() const { return confirmed_ + frames_.size(); }
  // Of confirmed() < n <= last().
  const dialect::Shared& frame(std::uint64_t n) const { return frames_[n - confirmed_ - 1]; }
  // As the edge will count them.
  std::size_t bytes() const { return bytes_; }

  // The messages behind `n`, which is moved to the last of them: whole frames, at least one, no more once
  // there are `bytes_max` bytes. They stand beside each other, arrays are taken apart.
  std::string messages(std::uint64_t& n, std::size_t bytes_max) const;

 private:
  std::deque<dialect::Shared> frames_;
  std::uint64_t confirmed_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace rockpool::dialects::native
