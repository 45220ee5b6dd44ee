#include "server/net/upload.h"

#include <boost/asio/post.hpp>

namespace rockpool::net {
namespace {

constexpr std::size_t piece_bytes = 128 << 10;

}  // namespace

Upload::Upload(files::Shelf& shelf, Executor executor, Wanted wanted)
    : shelf_(shelf),
      executor_(std::move(executor)),
      address_(std::move(wanted.address)),
      intake_(std::make_unique<files::Intake>(shelf.store(), std::move(wanted.step), wanted.boundary)) {}

// Files that were begun are taken away where the disk may be waited for.
Upload::~Upload() {
  shelf_.leave(address_);
  shelf_.run([intake = std::shared_ptr<files::Intake>(std::move(intake_))] {});
}

void Upload::take(std::string_view bytes) {
  if (gathered_.capacity() < piece_bytes) gathered_.reserve(piece_bytes);
  gathered_ += bytes;
  work();
}

void Upload::end() {
  ended_ = true;
  work();
}

bool Upload::is_full() const { return busy_ && gathered_.size() >= piece_bytes; }

std::optional<files::Outcome> Upload::take_outcome() { return std::exchange(outcome_, std::nullopt); }

void Upload::abandon() {
  moved_ = nullptr;
  abandoned_ = true;
  gathered_ = {};
  if (!over_) ++shelf_.counts.uploads_failed;
  if (outcome_ && !busy_) worked(std::nullopt);
}

void Upload::work() {
  if (busy_ || over_ || abandoned_ || (gathered_.size() < piece_bytes && !ended_)) return;
  busy_ = true;
  shelf_.run([self = shared_from_this(), bytes = std::exchange(gathered_, {}), is_last = ended_] {
    std::optional<files::Outcome> outcome;
    if (auto refusal = self->intake_->take(bytes)) outcome = std::move(*refusal);
    if (!outcome && is_last) outcome = self->intake_->finish();
    self->shelf_.counts.upload_bytes += bytes.size();
    boost::asio::post(self->executor_,
                      [self, outcome = std::move(outcome)]() mutable { self->worked(std::move(outcome)); });
  });
}

void Upload::worked(std::optional<files::Outcome> outcome) {
  busy_ = false;
  if (abandoned_) {
    shelf_.run([self = shared_from_this()] { self->intake_->discard(); });
    return;
  }
  if (outcome) {
    over_ = true;
    const bool is_stored = std::holds_alternative<dialect::Uploaded>(*outcome);
    ++(is_stored ? shelf_.counts.uploads : shelf_.counts.uploads_failed);
    outcome_ = std::move(outcome);
  } else {
    work();
  }
  // It may be the last that holds what it calls.
  if (const auto moved = moved_) moved();
}

}  // namespace rockpool::net
