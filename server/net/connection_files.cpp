// The part of a connection that takes bodies to disk and answers from there.
#include <algorithm>

#include "server/files/shelf.h"
#include "server/net/connection.h"
#include "server/net/download.h"

namespace rockpool::net {
namespace {

// Of a body besides its files: what stands around and between them.
constexpr std::uint64_t frame_bytes_max = 1 << 20;
constexpr std::int64_t day_ms = 24ll * 3600 * 1000;
constexpr std::int64_t busy_retry_ms = 5000;

files::Refusal refused(int status, std::string reason, std::optional<Limit> limit = {}) {
  return {.answer = {.status = status, .reason = std::move(reason)}, .limit = limit};
}

}  // namespace

// ---- uploads ----------------------------------------------------------------------------------------------

void Connection::read_files(const dialect::ReadFiles& step) {
  if (auto refusal = begin_upload(step)) {
    if (files::Shelf* const shelf = loop_.shared().settings.files) ++shelf->counts.uploads_failed;
    return finish_upload(std::move(*refusal));
  }
  upload_->on_moved([weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->on_upload_moved();
  });
  const config::Limits& limits = loop_.shared().settings.limits;
  // How long it takes is a matter of its size: the rate is what counts.
  const std::uint64_t bytes_max = step.files_max * std::min(step.file_bytes_max, limits.file_bytes);
  expect_body(bytes_max + frame_bytes_max,
              {.ms_max = 365 * day_ms, .bytes_per_second = limits.body_bytes_per_second},
              &Connection::continue_files);
}

// Everything that can be known before the first byte is read.
std::optional<files::Refusal> Connection::begin_upload(const dialect::ReadFiles& step) {
  const Settings& settings = loop_.shared().settings;
  files::Shelf* const shelf = settings.files;
  if (shelf == nullptr || !shelf->is_open()) {
    return refused(501,
                   "this server keeps its data in memory and takes no files; start it with a data folder");
  }
  const std::string* type = wire::find_header(parser_.head().headers, "Content-Type");
  auto boundary = wire::boundary_of(type == nullptr ? "" : *type);
  if (!boundary) return files::refusal_of(boundary.error());
  if (!parser_.has_body()) return refused(400, "the body is empty");
  Upload::Wanted wanted{.step = step, .boundary = std::move(*boundary), .address = visitor_.address};
  wanted.step.file_bytes_max = std::min(step.file_bytes_max, settings.limits.file_bytes);
  const std::uint64_t length = parser_.body_length().value_or(0);
  if (length > wanted.step.files_max * wanted.step.file_bytes_max + frame_bytes_max) {
    return refused(413, "the body is larger than all files that may be in it", Limit::file);
  }
  if (const auto room = shelf->store().has_room(length); !room) return files::refusal_of(room.error());
  const files::Shelf::Entry entry = shelf->enter(visitor_.address);
  if (entry != files::Shelf::Entry::welcome) {
    const bool is_full = entry == files::Shelf::Entry::full;
    auto refusal = refused(is_full ? 503 : 429, "too many uploads at once; try again later",
                           is_full ? Limit::uploads : Limit::uploads_per_address);
    refusal.answer.retry_after_ms = busy_retry_ms;
    return refusal;
  }
  upload_ = std::make_shared<Upload>(*shelf, link_.executor(), std::move(wanted));
  return std::nullopt;
}

void Connection::continue_files() {
  const auto progress = parser_.read_body(body_bytes_max_);
  if (progress == RequestParser::Progress::failed) {
    if (parser_.fault().status != 413) {
      leave_carrier(true);
      return refuse(parser_.fault());
    }
    std::exchange(upload_, nullptr)->abandon();
    return finish_upload(refused(413, "the body is larger than all files that may be in it", Limit::file));
  }
  upload_->take(parser_.take_body());
  body_read_ = progress == RequestParser::Progress::done;
  waiting_ = Waiting::hub;
  set_deadline(never);
  if (body_read_) {
    upload_->end();
    return notice_end();
  }
  if (upload_->is_full()) {
    paused_at_ = Clock::now();
    return;
  }
  waiting_ = Waiting::body;
  set_deadline(time_of(pace_.due_ms()));
  read_more(&Connection::continue_files);
}

void Connection::on_upload_moved() {
  if (ended_ || !upload_) return;
  if (auto outcome = upload_->take_outcome()) {
    upload_ = nullptr;
    return finish_upload(std::move(*outcome));
  }
  if (!paused_at_) return;
  pace_.paused(ms_of(Clock::now()) - ms_of(*std::exchange(paused_at_, std::nullopt)));
  waiting_ = Waiting::body;
  set_deadline(time_of(pace_.due_ms()));
  read_more(&Connection::continue_files);
}

// What comes now, if it is refused, is read by nobody.
void Connection::finish_upload(files::Outcome outcome) {
  Shared& shared = loop_.shared();
  paused_at_ = std::nullopt;
  waiting_ = Waiting::hub;
  set_deadline(never);
  if (auto* uploaded = std::get_if<dialect::Uploaded>(&outcome)) {
    return shared.inbox->receive(carrier_, std::move(*uploaded));
  }
  ++turn_;
  auto& refusal = std::get<files::Refusal>(outcome);
  if (refusal.limit) count(*refusal.limit);
  if (refusal.answer.status == 500) {
    shared.log.error("an upload could not be stored", {{"problem", refusal.answer.reason}});
    refusal.answer.reason = "the file could not be stored";
  }
  shared.inbox->receive(carrier_, std::move(refusal.answer));
}

// ---- downloads --------------------------------------------------------------------------------------------

void Connection::respond_file(dialect::RespondFile step) {
  leave_carrier(false);
  set_deadline(never);
  files::Shelf* const shelf = loop_.shared().settings.files;
  if (shelf == nullptr || !shelf->is_open()) return answer(refusal(404, "the file is not there"));
  Response response = dress(std::move(step.head));
  response.length = step.bytes;
  download_ = std::make_shared<Download>(*shelf, link_.executor(), std::move(step));
  // Its head is written when the file is known to be there.
  download_->read([self = shared_from_this(), response = std::move(response)](Download::Piece piece) mutable {
    self->begin_file(std::move(response), std::move(piece));
  });
}

void Connection::begin_file(Response response, base::Result<dialect::Shared> first) {
  if (!first) {
    const bool is_gone = first.error().code == base::Code::not_found;
    if (!is_gone) loop_.shared().log.error("a file cannot be read", {{"problem", first.error().message}});
    download_ = nullptr;
    return answer(is_gone ? refusal(404, "the file is not there any more")
                          : refusal(500, "the file cannot be read"));
  }
  response.body = std::move(*first);
  const bool keep_alive = !last_ && body_read_ && parser_.keep_alive();
  const bool is_whole = download_->is_read() || parser_.head().method == "HEAD";
  if (is_whole) download_ = nullptr;
  write(std::move(response), keep_alive, is_whole ? &Connection::on_written : &Connection::send_file);
}

// Each piece has its time, so that a slow reader of a large file is waited for as long as it reads.
void Connection::send_file() {
  if (download_->is_read()) {
    download_ = nullptr;
    return on_written();
  }
  set_deadline(never);
  download_->read([self = shared_from_this()](const Download::Piece& piece) {
    if (!piece) {
      self->loop_.shared().log.error("a file cannot be read", {{"problem", piece.error().message}});
      return self->end();
    }
    self->set_deadline(Clock::now() + write_time);
    self->send({}, *piece, &Connection::send_file);
  });
}

}  // namespace rockpool::net
