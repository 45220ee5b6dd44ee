// A body on its way from a connection into the store: gathered in pieces, written on the disk's threads. One
// piece is written while the next one is gathered; beyond that the connection waits. Lives on the thread of
// its loop.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/any_io_executor.hpp>

#include "server/files/intake.h"
#include "server/files/shelf.h"

namespace rockpool::net {

class Upload final : public std::enable_shared_from_this<Upload> {
 public:
  using Executor = boost::asio::any_io_executor;
  struct Wanted {
    dialect::ReadFiles step;
    std::string boundary;
    std::string address;
  };
  // The shelf was entered by the address, and is left when the upload goes.
  Upload(files::Shelf& shelf, Executor executor, Wanted wanted);
  ~Upload();

  // What is to be called, on this thread, whenever there is room again or an outcome.
  void on_moved(std::function<void()> moved) { moved_ = std::move(moved); }
  // Not after end(), abandon() or an outcome.
  void take(std::string_view bytes);
  void end();
  bool is_full() const;
  // Said once; the files are whoever's takes it.
  std::optional<files::Outcome> take_outcome();
  // Nothing of it shall be left.
  void abandon();

 private:
  void work();
  void worked(std::optional<files::Outcome> outcome);

  files::Shelf& shelf_;
  Executor executor_;
  std::string address_;
  std::unique_ptr<files::Intake> intake_;  // while `busy_`, of a disk thread
  std::function<void()> moved_;
  std::string gathered_;
  std::optional<files::Outcome> outcome_;
  bool busy_ = false;
  bool ended_ = false;
  bool over_ = false;
  bool abandoned_ = false;
};

}  // namespace rockpool::net
