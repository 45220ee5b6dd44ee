// A WebSocket as a command-line client needs it: one thread, waits where it must.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "core/base/result.h"
#include "core/wire/http.h"

namespace rockpool::net {

class ClientSocket {
 public:
  class Impl;  // over plain TCP or TLS

  // `url` begins with ws://, http://, wss:// or https://, whose certificate has to be right. Waits for the
  // handshake, 10 s at the most.
  static base::Result<std::unique_ptr<ClientSocket>> connect(const std::string& url,
                                                             const std::string& subprotocol,
                                                             const wire::Headers& headers);
  ~ClientSocket();

  // Queues a text message and sends as much as goes without waiting.
  void send(std::shared_ptr<const std::string> bytes);
  // The next message; nothing after `ms_max`. An error when the connection is over.
  base::Result<std::optional<std::string>> receive(std::int64_t ms_max);
  std::size_t queued_bytes() const;
  void close();

 private:
  explicit ClientSocket(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace rockpool::net
