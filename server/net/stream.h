// A long-lived carrier of the server, a WebSocket or a response that never ends, without saying whose codec
// speaks. All calls and events on its connection's thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/dialect/dialect.h"

namespace rockpool::net {

struct StreamFrame {
  dialect::Shared bytes;
  bool binary = false;
  bool tells = false;  // whoever sent it wants to know when it has left
  std::string before, after;
  std::size_t size() const { return before.size() + bytes->size() + after.size(); }
};

// What a stream tells. After `ended` nothing more comes.
class StreamEvents {
 public:
  virtual ~StreamEvents() = default;
  virtual void on_opened() = 0;
  virtual void on_message(std::string bytes, bool binary) = 0;  // answers one read(); text is UTF-8
  virtual void on_heard() {}                                    // a sign of life that is no message
  virtual void on_writable() = 0;                               // a write() that left something may go on
  virtual void on_ended(std::uint16_t code, std::string reason) = 0;
};

// Frames that break RFC 6455 or its limits are answered by the stream itself, with the close code the RFC
// names.
class Stream {
 public:
  virtual ~Stream() = default;
  // Before anything else; the events stay alive until let_go().
  virtual void listen(StreamEvents& events) = 0;
  virtual void accept(const std::string& subprotocol, const wire::Headers& headers) = 0;
  // Asks for one message. Not again before it came.
  virtual void read() = 0;
  // Sends what the socket takes now. How many of the frames have left whole; unless all have, on_writable()
  // follows, and the next write begins with the others.
  virtual std::size_t write(const std::vector<StreamFrame>& frames) = 0;
  // A part of the first frame that is left has left.
  virtual bool is_amid() const = 0;
  // Asks for a sign of life, where the codec can.
  virtual void ping() {}
  // Says good-bye, after a write that left nothing. `ended` follows.
  virtual void close(std::uint16_t code, const std::string& reason) = 0;
  // Ends at once, without a word. `ended` follows.
  virtual void abort() = 0;
  // Nobody listens any more.
  virtual void let_go() = 0;
};

}  // namespace rockpool::net
