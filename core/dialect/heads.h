// What dialects look for in the heads of requests.
#pragma once

#include <string>
#include <string_view>

#include "core/wire/http.h"

namespace rockpool::dialect {

// Empty when it was not sent.
std::string header_of(const wire::RequestHead& head, std::string_view name);

// Are the secrets the same? The time it takes says nothing but how long they are.
bool is_same_secret(std::string_view a, std::string_view b);

}  // namespace rockpool::dialect
