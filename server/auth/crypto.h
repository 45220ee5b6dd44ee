// The few primitives taken from OpenSSL.
#pragma once

#include <string>
#include <string_view>

namespace rockpool::auth {

// For protocols that ask for it; it keeps no secret.
std::string sha1(std::string_view bytes);
std::string sha256(std::string_view bytes);
std::string hmac_sha256(std::string_view key, std::string_view bytes);

std::string hex(std::string_view bytes);
// Names a secret in books and in memory without telling it: 16 hex digits of its SHA-256.
std::string short_hash(std::string_view secret);

// With padding (RFC 4648 section 4).
std::string base64(std::string_view bytes);

// Takes the same time whatever they hold and however long they are.
bool same_secret(std::string_view a, std::string_view b);

}  // namespace rockpool::auth
