// One stream between its codec and the hub: checks text, keeps the queue of what is to be sent within its
// bounds, stops reading from a client that sends faster than the hub works.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "server/net/edge.h"
#include "server/net/stream.h"

namespace rockpool::net {

struct QueueLimits {
  std::size_t bytes = 256 << 10;     // above it the client must make progress
  std::size_t bytes_hard = 1 << 20;  // above it nothing more is queued
  std::int64_t stalled_ms_max = 10'000;
};

class StreamSession final : public StreamEvents {
 public:
  static constexpr std::size_t unhandled_bytes_max = 256 << 10;
  static constexpr std::int64_t closing_ms_max = 5'000;
  static constexpr std::size_t queue_frames_kept = 4;
  static constexpr int pings_owed_max = 2;

  StreamSession(CarrierId carrier, std::shared_ptr<Stream> stream, Inbox& inbox, Counters& counters,
                const QueueLimits& limits);
  ~StreamSession() override;

  // The other side is asked for a sign of life so often, and given up when it owes two. 0: never.
  void ping_every(std::int64_t ms) { ping_ms_ = ms; }
  void accept(const std::string& subprotocol, const wire::Headers& headers);
  // To the queue; true: it is to be flushed, and that was not asked for yet.
  bool send(StreamFrame frame);
  // Once for all that was sent in a turn.
  void flush();
  // What is queued leaves first.
  void close(std::uint16_t code, const std::string& reason);
  void handled(std::size_t bytes);
  // Time passes: about once a second, `now_ms` never goes back.
  void tick(std::int64_t now_ms);

  CarrierId carrier() const { return carrier_; }
  bool has_ended() const { return ended_; }
  std::size_t queued_bytes() const { return queued_bytes_; }

  void on_opened() override;
  void on_message(std::string bytes, bool binary) override;
  void on_heard() override { pings_owed_ = 0; }
  void on_writable() override;
  void on_ended(std::uint16_t code, std::string reason) override;

 private:
  void read_on();
  void look_whether_stalled();
  void look_whether_alive(std::int64_t now_ms);
  void drop_slow(const char* why);

  CarrierId carrier_;
  std::shared_ptr<Stream> stream_;
  Inbox& inbox_;
  Counters& counters_;
  QueueLimits limits_;

  std::vector<StreamFrame> queue_;
  std::size_t queued_bytes_ = 0;
  std::size_t unhandled_bytes_ = 0;
  bool open_ = false;
  bool reading_ = false;
  bool asked_to_flush_ = false;
  bool stalled_ = false;     // the hub was told that more waits than should
  bool tells_ = false;       // a frame has left whose sender is to know when nothing waits
  bool closing_ = false;     // close() was asked for, or the client is dropped
  bool close_said_ = false;  // the codec was told
  bool ended_ = false;
  std::uint16_t close_code_ = 0;
  std::string close_reason_;
  bool moved_ = false;  // something was written since the last tick
  std::int64_t stalled_since_ms_ = 0;
  std::int64_t closing_since_ms_ = 0;
  std::int64_t ping_ms_ = 0;
  std::int64_t pinged_at_ms_ = 0;  // or since when that counts, 0: not yet
  int pings_owed_ = 0;             // without an answer
};

}  // namespace rockpool::net
