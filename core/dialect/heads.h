// What dialects look for in the heads of requests.
#pragma once

#include <string>
#include <string_view>

#include "core/dialect/dialect.h"

namespace rockpool::dialect {

// Empty when it was not sent.
std::string header_of(const wire::RequestHead& head, std::string_view name);

// `https://host/mount`, as whoever asked reaches it.
std::string base_url(const Arrived& arrived, const MountOptions& options);

// Are the secrets the same? The time it takes says nothing but how long they are.
bool is_same_secret(std::string_view a, std::string_view b);

}  // namespace rockpool::dialect
