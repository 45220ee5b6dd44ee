#include "server/net/download.h"

#include <algorithm>

#include <boost/asio/post.hpp>

namespace rockpool::net {
namespace {

constexpr std::uint64_t piece_bytes = 128 << 10;

}  // namespace

Download::Download(files::Shelf& shelf, Executor executor, dialect::RespondFile step)
    : shelf_(shelf),
      executor_(std::move(executor)),
      step_(std::move(step)),
      at_(step_.offset),
      left_(step_.bytes) {
  ++shelf_.counts.downloads;
}

void Download::read(std::function<void(Piece)> came) {
  came_ = std::move(came);
  const auto bytes = static_cast<std::size_t>(std::min(left_, piece_bytes));
  shelf_.run([self = shared_from_this(), bytes] {
    boost::asio::post(self->executor_, [self, bytes, piece = self->read_piece(bytes)] {
      self->at_ += bytes;
      self->left_ -= bytes;
      self->shelf_.counts.download_bytes += bytes;
      if (const auto next = std::exchange(self->came_, nullptr)) next(piece);
    });
  });
}

Download::Piece Download::read_piece(std::size_t bytes) {
  if (!file_) {
    auto opened = shelf_.store().read(step_.file);
    if (!opened) return opened.error();
    file_.emplace(std::move(*opened));
    const bool is_long_enough = at_ <= file_->bytes() && left_ <= file_->bytes() - at_;
    if (!is_long_enough)
      return base::Error{base::Code::storage, "a file is shorter than its record says", ""};
  }
  auto read = file_->read(at_, bytes);
  if (!read) return read.error();
  return std::make_shared<const std::string>(std::move(*read));
}

}  // namespace rockpool::net
