// Bytes of a file to be imported, in pieces, with the line they stand on.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace rockpool::rows {

// Gives the next piece, empty at the end.
using ReadPiece = std::function<base::Result<std::string>()>;

// Byte by byte with one byte of sight ahead. After an error in reading the source ends and `problem` says
// why. A UTF-8 byte order mark at the very start is skipped.
class Source {
 public:
  static constexpr int end = -1;

  explicit Source(ReadPiece read);

  int peek() {
    if (at_ == piece_.size() && !refill()) return end;
    return static_cast<unsigned char>(piece_[at_]);
  }
  int next() {
    const int c = peek();
    if (c == end) return end;
    ++at_;
    ++taken_;
    if (c == '\n') ++line_;
    return c;
  }

  std::size_t line() const { return line_; }  // of the next byte, from 1
  std::uint64_t bytes_taken() const { return taken_; }
  const std::optional<base::Error>& problem() const { return problem_; }

 private:
  bool refill();

  ReadPiece read_;
  std::string piece_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  std::uint64_t taken_ = 0;
  bool ended_ = false;
  std::optional<base::Error> problem_;
};

// The pieces of an open file descriptor, which stays the caller's.
ReadPiece read_descriptor(int descriptor, std::string name);
// The pieces of a text, each `piece_bytes` long.
ReadPiece read_text(std::string text, std::size_t piece_bytes);

}  // namespace rockpool::rows
