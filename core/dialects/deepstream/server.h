// The server half of deepstream.
#pragma once

#include <memory>
#include <string>

#include "core/dialect/dialect.h"

namespace rockpool::dialects::deepstream {

base::Result<std::unique_ptr<dialect::ServerDialect>> make_server(const dialect::MountOptions& options,
                                                                  base::Prng prng);
std::string encode_notice(const model::Topic& topic, const model::Notice& notice);
// A record that is gone has no subscribers.
bool ends_topic(const model::Topic& topic, const model::Notice& notice);

// As `encode_notice` has it for the mount's own use: a socket's word about who is in the room.
struct Moved {
  std::string member, user;
  bool is_there = false;
};
Moved read_moved(const std::string& bytes);

}  // namespace rockpool::dialects::deepstream
