// A long-lived carrier of the server, a WebSocket or a response that never ends, without saying whose codec
// speaks. All calls and events on its connection's thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "core/dialect/dialect.h"

namespace rockpool::net {

struct StreamFrame {
  dialect::Shared bytes;
  bool binary = false;
  std::string before, after;
  std::size_t size() const { return before.size() + bytes->size() + after.size(); }
};

// What a stream tells. After `ended` nothing more comes.
class StreamEvents {
 public:
  virtual ~StreamEvents() = default;
  virtual void on_opened() = 0;
  virtual void on_message(std::string bytes, bool binary) = 0;  // answers one read()
  virtual void on_written() = 0;                                // answers one write()
  virtual void on_ended(std::uint16_t code, std::string reason) = 0;
};

// Frames that break RFC 6455 or its limits are answered by the stream itself, with the close code the RFC
// names.
class Stream {
 public:
  virtual ~Stream() = default;
  // Before anything else; the events stay alive until the stream is destroyed.
  virtual void listen(StreamEvents& events) = 0;
  virtual void accept(const std::string& subprotocol, const wire::Headers& headers) = 0;
  // Asks for one message. Not again before it came.
  virtual void read() = 0;
  // One at a time.
  virtual void write(StreamFrame frame) = 0;
  // Says good-bye; not while a write runs. `ended` follows.
  virtual void close(std::uint16_t code, const std::string& reason) = 0;
  // Ends at once, without a word. `ended` follows.
  virtual void abort() = 0;
};

}  // namespace rockpool::net
