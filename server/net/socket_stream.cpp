#include "server/net/socket_stream.h"

#include <algorithm>
#include <array>
#include <utility>

#include <boost/asio/post.hpp>

#include "core/wire/close.h"

namespace rockpool::net {
namespace {

using boost::system::error_code;

constexpr std::size_t piece_bytes = 64 << 10;
// A stream that is sent more lets the others of its thread read too.
constexpr int pieces_in_turn = 8;

}  // namespace

std::size_t SocketStream::write(const std::vector<StreamFrame>& frames) {
  static thread_local std::string out;
  std::size_t gone = 0;
  while (!waits_to_write_ && (gone < frames.size() || !words_.empty() || link_.holds())) {
    fill(out, frames, gone);
    std::size_t count = 0;
    if (!send(out, count)) {
      waits_to_write_ = true;  // for nothing
      boost::asio::post(link_.executor(), [self = shared_from_this()] { self->fail(); });
      break;
    }
    gone += settle(count, frames, gone);
    if (count < out.size() || link_.holds()) wait_writable();
  }
  if (shut_ && words_.empty() && !link_.holds()) link_.shut();
  return gone;
}

// As much of it as is taken now. False: the connection is broken.
bool SocketStream::send(std::string_view bytes, std::size_t& count) {
  error_code problem;
  do {
    count += link_.write(bytes.substr(count), problem);
  } while (!problem && count < bytes.size() && link_.is_tls());  // record by record
  return !problem || Link::would_block(problem);
}

// The next bytes to send: what is left of a frame that is under way, else the words and then frames.
void SocketStream::fill(std::string& out, const std::vector<StreamFrame>& frames, std::size_t from) const {
  out.clear();
  if (sent_ > 0) return add(out, frames[from], sent_);
  out += words_;
  for (std::size_t i = from; i < frames.size() && out.size() < piece_bytes; ++i) add(out, frames[i], 0);
}

void SocketStream::add(std::string& out, const StreamFrame& frame, std::size_t skip) const {
  std::array<char, head_bytes_max> head;
  const std::string_view start(head.data(), write_head(frame, head.data()));
  for (std::string_view part : {start, std::string_view(frame.before), std::string_view(*frame.bytes),
                                std::string_view(frame.after), tail()}) {
    const std::size_t over = std::min(skip, part.size());
    skip -= over;
    const std::size_t room = out.size() < piece_bytes ? piece_bytes - out.size() : 0;
    out.append(part.substr(over, room));
    if (part.size() - over > room) return;
  }
}

// So many bytes have left. How many frames that ends.
std::size_t SocketStream::settle(std::size_t count, const std::vector<StreamFrame>& frames,
                                 std::size_t from) {
  if (sent_ == 0) {
    const std::size_t said = std::min(count, words_.size());
    words_.erase(0, said);
    count -= said;
  }
  std::size_t gone = 0;
  while (count > 0) {
    const StreamFrame& frame = frames[from + gone];
    std::array<char, head_bytes_max> head;
    const std::size_t left = write_head(frame, head.data()) + frame.size() + tail().size() - sent_;
    if (count < left) {
      sent_ += count;
      break;
    }
    count -= left;
    sent_ = 0;
    ++gone;
  }
  return gone;
}

void SocketStream::say(std::string_view words) {
  words_ += words;
  if (!waits_to_write_) write({});
}

void SocketStream::shut() {
  shut_ = true;
  if (!waits_to_write_) write({});
}

void SocketStream::wait_writable() {
  waits_to_write_ = true;
  link_.wait(Link::Way::write, [self = shared_from_this()](error_code problem) {
    if (problem) return self->fail();
    self->waits_to_write_ = false;
    self->events_ != nullptr ? self->events_->on_writable() : void(self->write({}));
  });
}

void SocketStream::receive() {
  if (reads_ || !link_.is_open()) return;
  reads_ = true;
  link_.wait(Link::Way::read, [self = shared_from_this()](error_code problem) {
    self->reads_ = false;
    problem ? self->fail() : self->read_some();
  });
}

void SocketStream::read_some() {
  static thread_local std::array<char, piece_bytes> piece;
  for (int i = 0; i < pieces_in_turn; ++i) {
    error_code problem;
    const std::size_t count = link_.read(piece, problem);
    if (Link::would_block(problem)) break;
    if (problem) return fail();
    if (!take({piece.data(), count})) return;
    if (count < piece.size()) break;
  }
  receive();
}

void SocketStream::abort() {
  link_.close();
  boost::asio::post(link_.executor(), [self = shared_from_this()] { self->fail(); });
}

void SocketStream::let_go() {
  events_ = nullptr;
  link_.close();
}

void SocketStream::fail() {
  link_.close();
  end(static_cast<std::uint16_t>(wire::CloseCode::abnormal), "");
}

void SocketStream::end(std::uint16_t code, std::string reason) {
  if (sent_ > 0) link_.close();  // a frame that nobody brings to its end, so nothing can follow it
  StreamEvents* const events = std::exchange(events_, nullptr);
  if (events != nullptr) events->on_ended(code, std::move(reason));
}

}  // namespace rockpool::net
