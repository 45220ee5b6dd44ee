// The few primitives taken from OpenSSL.
#pragma once

#include <string>
#include <string_view>

namespace rockpool::auth {

std::string sha256(std::string_view bytes);
std::string hmac_sha256(std::string_view key, std::string_view bytes);

// Takes the same time whatever they hold and however long they are.
bool same_secret(std::string_view a, std::string_view b);

}  // namespace rockpool::auth
