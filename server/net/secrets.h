// Addresses of requests as they may stand in a log.
#pragma once

#include <string>
#include <string_view>

namespace rockpool::net {

// Path and query without the values of keys that carry tokens or names of sessions, and without names of
// channels.
std::string without_secrets(std::string_view path, std::string_view query);

}  // namespace rockpool::net
