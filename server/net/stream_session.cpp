#include "server/net/stream_session.h"

#include <utility>

namespace rockpool::net {

StreamSession::StreamSession(CarrierId carrier, std::shared_ptr<Stream> stream, Inbox& inbox,
                             Counters& counters, const QueueLimits& limits)
    : carrier_(carrier), stream_(std::move(stream)), inbox_(inbox), counters_(counters), limits_(limits) {
  stream_->listen(*this);
  ++counters_.streams;
}

StreamSession::~StreamSession() {
  stream_->let_go();
  --counters_.streams;
}

void StreamSession::accept(const std::string& subprotocol, const wire::Headers& headers) {
  stream_->accept(subprotocol, headers);
}

void StreamSession::on_opened() {
  open_ = true;
  ++counters_.streams_opened;
  read_on();
  flush();
}

void StreamSession::read_on() {
  if (!open_ || reading_ || ended_ || close_said_ || unhandled_bytes_ > unhandled_bytes_max) return;
  reading_ = true;
  stream_->read();
}

void StreamSession::on_message(std::string bytes, bool binary) {
  reading_ = false;
  pings_owed_ = 0;
  ++counters_.messages_in;
  counters_.bytes_in += bytes.size();
  if (closing_) return read_on();  // the answer to our good-bye is still to come
  unhandled_bytes_ += bytes.size();
  inbox_.receive(carrier_, dialect::Frame{std::move(bytes), binary});
  read_on();
}

void StreamSession::handled(std::size_t bytes) {
  unhandled_bytes_ -= std::min(bytes, unhandled_bytes_);
  read_on();
}

bool StreamSession::send(StreamFrame frame) {
  if (closing_ || ended_ || frame.bytes == nullptr) return false;
  // A single message may be as large as it likes; what counts is what already waits, and not for this turn.
  if (queued_bytes_ > limits_.bytes_hard) flush();
  if (queued_bytes_ > limits_.bytes_hard) {
    counters_.limits.add(Limit::queue_hard);
    drop_slow("too slow: the queue is full");
    return false;
  }
  queued_bytes_ += frame.size();
  queue_.push_back(std::move(frame));
  return !std::exchange(asked_to_flush_, true);
}

void StreamSession::flush() {
  asked_to_flush_ = false;
  if (!open_ || ended_) return;
  const auto gone = static_cast<std::ptrdiff_t>(stream_->write(queue_));
  for (auto frame = queue_.begin(); frame != queue_.begin() + gone; ++frame) {
    ++counters_.messages_out;
    counters_.bytes_out += frame->size();
    queued_bytes_ -= frame->size();
    tells_ = tells_ || frame->tells;
    moved_ = true;
  }
  queue_.erase(queue_.begin(), queue_.begin() + gone);
  if (!queue_.empty()) return look_whether_stalled();
  if (queue_.capacity() > queue_frames_kept) queue_ = {};
  const bool was_stalled = std::exchange(stalled_, false);
  if ((std::exchange(tells_, false) || was_stalled) && !closing_) {
    inbox_.receive(carrier_, dialect::Drained{});
  }
  if (!closing_ || std::exchange(close_said_, true)) return;
  stream_->close(close_code_, close_reason_);
}

// Whoever has a place in the log stops filling the queue, and goes on from there once it is empty.
void StreamSession::look_whether_stalled() {
  if (closing_ || queued_bytes_ <= limits_.bytes || std::exchange(stalled_, true)) return;
  counters_.limits.add(Limit::queue);
  inbox_.receive(carrier_, dialect::Stalled{});
}

void StreamSession::on_writable() {
  moved_ = true;
  flush();
}

void StreamSession::close(std::uint16_t code, const std::string& reason) {
  if (closing_ || ended_) return;
  closing_ = true;
  close_code_ = code;
  close_reason_ = reason;
  flush();
}

// The client comes back with its cursor and takes up what it missed from the log, so the queue may go.
void StreamSession::drop_slow(const char* why) {
  ++counters_.slow_closed;
  queue_.resize(stream_->is_amid() ? 1 : 0);
  queued_bytes_ = queue_.empty() ? 0 : queue_.front().size();
  close(static_cast<std::uint16_t>(wire::CloseCode::try_again), why);
}

void StreamSession::tick(std::int64_t now_ms) {
  if (ended_) return;
  if (moved_ || queued_bytes_ <= limits_.bytes) stalled_since_ms_ = now_ms;
  moved_ = false;
  if (!closing_ || closing_since_ms_ == 0) closing_since_ms_ = now_ms;
  if (!closing_ && now_ms - stalled_since_ms_ > limits_.stalled_ms_max) {
    counters_.limits.add(Limit::queue_time);
    drop_slow("too slow: no progress");
  }
  if (closing_ && now_ms - closing_since_ms_ > closing_ms_max) return stream_->abort();
  if (ping_ms_ > 0 && open_ && !closing_) look_whether_alive(now_ms);
}

void StreamSession::look_whether_alive(std::int64_t now_ms) {
  if (pinged_at_ms_ == 0) pinged_at_ms_ = now_ms;
  if (now_ms - pinged_at_ms_ < ping_ms_) return;
  if (pings_owed_ >= pings_owed_max) return stream_->abort();
  pinged_at_ms_ = now_ms;
  ++pings_owed_;
  stream_->ping();
}

void StreamSession::on_ended(std::uint16_t code, std::string reason) {
  if (std::exchange(ended_, true)) return;
  queue_.clear();
  queued_bytes_ = 0;
  inbox_.receive(carrier_, dialect::Closed{code, std::move(reason)});
}

}  // namespace rockpool::net
