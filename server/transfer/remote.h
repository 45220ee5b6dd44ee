// A running server as a target, spoken to as any client would: the native dialect over a WebSocket.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "core/dialect/dialect.h"
#include "server/net/client_socket.h"
#include "server/transfer/target.h"

namespace rockpool::transfer {

class RemoteTarget final : public Target {
 public:
  struct Options {
    std::string url;
    std::string space;
    std::string token;
  };

  static base::Result<std::unique_ptr<RemoteTarget>> open(const dialect::Dialect& dialect,
                                                          const Options& options);
  ~RemoteTarget() override;

  base::Status push(std::vector<model::Group> groups) override;
  base::Result<std::vector<model::Outcome>> wait() override;
  std::size_t row_bytes_max() const override;
  base::Status read(const std::string& collection,
                    const std::function<base::Status(const model::Record&)>& take) override;

 private:
  RemoteTarget() = default;

  // Hands what the session wants to the socket and keeps what it tells.
  base::Status perform(dialect::ClientSteps steps);
  base::Status perform(dialect::ClientStep step);
  // Takes one message in, or lets a little time pass.
  base::Status turn();

  std::unique_ptr<dialect::ClientSession> session_;
  std::unique_ptr<net::ClientSocket> socket_;
  dialect::CarrierId carrier_ = 0;
  bool ready_ = false;
  std::string live_;  // collection whose state is whole
  std::set<std::uint64_t> open_;
  std::uint64_t highest_ = 0;
  std::int64_t quiet_since_ms_ = 0;
  std::vector<model::Outcome> outcomes_;
  std::vector<model::Record> records_;
};

}  // namespace rockpool::transfer
