// A stored file on its way to a connection: read in pieces on the disk's threads, the next one when the last
// one has left. Lives on the thread of its loop.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/any_io_executor.hpp>

#include "core/dialect/dialect.h"
#include "server/files/shelf.h"

namespace rockpool::net {

class Download final : public std::enable_shared_from_this<Download> {
 public:
  using Executor = boost::asio::any_io_executor;
  Download(files::Shelf& shelf, Executor executor, dialect::RespondFile step);

  // The next piece, none when everything was read. `came` is called on this thread, unless it is forgotten.
  using Piece = base::Result<dialect::Shared>;
  void read(std::function<void(Piece)> came);
  void forget() { came_ = nullptr; }
  bool is_read() const { return left_ == 0; }
  dialect::RespondFile& step() { return step_; }

 private:
  Piece read_piece(std::size_t bytes);

  files::Shelf& shelf_;
  Executor executor_;
  dialect::RespondFile step_;
  std::optional<files::Reader> file_;  // of a disk thread while a piece is being read
  std::function<void(Piece)> came_;
  std::uint64_t at_;
  std::uint64_t left_;
};

}  // namespace rockpool::net
