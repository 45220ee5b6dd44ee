// What carries the messages of one session of the page: a WebSocket, or requests of HTTP. The session above
// does not know which.
//
// Private to the dialect's client half.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/dialect/dialect.h"
#include "core/dialects/native/messages.h"

namespace rockpool::dialects::native {

// What one arrival, or the time, brought.
struct Heard {
  std::vector<DownMessage> messages;
  std::optional<base::Error> wrong;  // the other side does not speak the protocol
  bool opened = false;               // hello may be said
  bool alive = false;                // the server's voice
  bool over = false;                 // nothing follows, and there is nothing to close
  bool spoken = false;               // the server ended it, not the way to it
  std::string reason;
};

class Pipe {
 public:
  virtual ~Pipe() = default;
  // True: hello may be said at once.
  virtual bool open(dialect::ClientSteps& out) = 0;
  virtual void send(base::Instant now, std::string message, dialect::ClientSteps& out) = 0;
  // What was sent and waits for company goes now.
  virtual void flush(base::Instant now, dialect::ClientSteps& out) = 0;
  virtual void receive(base::Instant now, dialect::CarrierId from, dialect::Arrival& arrival, Heard& heard,
                       dialect::ClientSteps& out) = 0;
  virtual void wake(base::Instant now, Heard& heard, dialect::ClientSteps& out) = 0;
  virtual std::optional<base::Instant> next_wake() const = 0;
  virtual void close(wire::CloseCode code, const std::string& reason, dialect::ClientSteps& out) = 0;
};

// `base` is an address as wire::base_url gives it.
std::unique_ptr<Pipe> make_socket_pipe(const std::string& base);
// Down by SSE, or by polls.
std::unique_ptr<Pipe> make_http_pipe(std::string base, bool polls);

}  // namespace rockpool::dialects::native
