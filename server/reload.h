// What takes a new configuration while the server runs.
#pragma once

#include <functional>
#include <memory>

#include "server/config/config.h"

namespace rockpool::server {

// On SIGHUP the configuration is read again and every part is asked. When all are ready, each takes its part;
// when one is not, nothing has changed. Called on the main thread; parts hand it on to their own.
class Reloadable {
 public:
  virtual ~Reloadable() = default;
  // What is to be done to take it, or why it cannot be taken.
  virtual base::Result<std::function<void()>> prepare(std::shared_ptr<const config::Config> config) = 0;
};

}  // namespace rockpool::server
