#include "server/rows/source.h"

#include <cerrno>
#include <cstring>
#include <utility>

#include <unistd.h>

namespace rockpool::rows {
namespace {

constexpr std::size_t piece_bytes_max = 256 << 10;
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

}  // namespace

Source::Source(ReadPiece read) : read_(std::move(read)) {
  std::string start;
  while (start.size() < byte_order_mark.size() && refill()) start += std::exchange(piece_, "");
  piece_ = start.starts_with(byte_order_mark) ? start.substr(byte_order_mark.size()) : start;
  at_ = 0;
}

bool Source::refill() {
  if (ended_) return false;
  auto piece = read_();
  if (!piece.ok()) problem_ = piece.error();
  ended_ = !piece.ok() || piece->empty();
  if (ended_) return false;
  piece_ = std::move(*piece);
  at_ = 0;
  return true;
}

ReadPiece read_descriptor(int descriptor, std::string name) {
  return [descriptor, name = std::move(name)]() -> base::Result<std::string> {
    std::string piece(piece_bytes_max, '\0');
    ssize_t got = -1;
    do {
      got = ::read(descriptor, piece.data(), piece.size());
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
      return base::Error{base::Code::storage, name + ": cannot be read: " + std::strerror(errno), ""};
    }
    piece.resize(static_cast<std::size_t>(got));
    return piece;
  };
}

ReadPiece read_text(std::string text, std::size_t piece_bytes) {
  return [text = std::move(text), piece_bytes, at = std::size_t{0}]() mutable -> base::Result<std::string> {
    std::string piece = text.substr(at, piece_bytes);
    at += piece.size();
    return piece;
  };
}

}  // namespace rockpool::rows
