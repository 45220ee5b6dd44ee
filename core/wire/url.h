// Addresses as users write them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rockpool::wire {

// An http(s) or ws(s) address without query, fragment or trailing slash; nullopt when it is no such address.
std::optional<std::string> base_url(std::string_view url);

// The same address for WebSockets: http becomes ws, https wss. `base` is what base_url gave.
std::string socket_url(std::string_view base);

// Name of the host a request is for, in lower case and without the port; empty without a Host field.
std::string host_name(std::string_view host_field);

}  // namespace rockpool::wire
