// The network side of the server: takes connections, speaks HTTP and WebSocket, hands the dialects' carriers
// to the hub. Owns its threads.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "server/config/config.h"
#include "server/log.h"
#include "server/net/edge.h"
#include "server/net/site.h"
#include "server/net/tls.h"
#include "server/reload.h"

namespace rockpool::files {
class Shelf;
}

namespace rockpool::net {

struct Settings {
  config::Address listen;
  config::Limits limits;
  std::optional<TlsFiles> tls;
  files::Shelf* files = nullptr;  // null, or not open: there is no place for files
};

class Server final : public Carriers, public server::Reloadable {
 public:
  Server(Settings settings, Site site, const server::Log& log);
  ~Server() override;

  // Reads the certificate and its key again: who connects from then on gets the new one. Any thread.
  base::Result<std::function<void()>> prepare(std::shared_ptr<const config::Config> config) override;
  // Takes the address, so that nobody else can, and gives the real port. Nothing is answered yet.
  base::Result<std::uint16_t> bind();
  // From now on connections are served. The inbox outlives the server's threads.
  void start(Inbox& inbox);

  void perform(std::vector<CarrierStep> steps) override;

  // New connections are no longer taken; those that are there live on.
  void stop_accepting();
  // Sends what is queued, says good-bye to everybody and ends the threads; waits a few seconds at the most.
  void finish();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rockpool::net
