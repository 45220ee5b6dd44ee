// What requests of the management API say of projects and endpoints.
#pragma once

#include <optional>
#include <string>

#include "core/dialects/rested/resources.h"

namespace rockpool::dialects::rested {

// The keys that a project is to get besides.
struct WantedKeys {
  bool api = false;                 // a new one
  std::optional<bool> master = {};  // whether it is to have one
};

// Over what is there, member by member. A sentence: what is wrong, and nothing of it is to be used.
std::optional<std::string> read_project_body(const model::Value& body, bool is_new, Project& project,
                                             WantedKeys& keys);
// `collection` is that of the body, which only a new one may have.
std::optional<std::string> read_endpoint_body(const model::Value& body, bool is_new, Endpoint& endpoint,
                                              std::optional<std::string>& collection);

}  // namespace rockpool::dialects::rested
