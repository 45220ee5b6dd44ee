// What several verbs share: the configuration with what the command line says on top, and an open store.
#pragma once

#include <functional>
#include <memory>

#include "core/hub/hub.h"
#include "server/config/config.h"
#include "server/verbs/arguments.h"

namespace rockpool::verbs {

// `--config`, then `--data` and `--listen` over it.
base::Result<config::Config> read_settings(const Arguments& arguments);

// The data folder that `--data` or `--config` names, else the one that `serve` would take.
base::Result<std::string> read_folder(const Arguments& arguments);

// `--role a,b`.
std::vector<std::string> read_roles(const Arguments& arguments);

hub::Limits hub_limits(const config::Limits& limits);

// An open backplane together with what it stands on.
class Store {
 public:
  virtual ~Store() = default;
  virtual hub::Backplane& backplane() = 0;
};

// `deliver` gets the results of requests on any thread, never before the first request.
base::Result<std::unique_ptr<Store>> open_store(const config::Config& config,
                                                std::function<void(hub::Event)> deliver);

// The verb's error with the name of the file or folder in front.
base::Error about(const std::string& what, const base::Error& error);

}  // namespace rockpool::verbs
