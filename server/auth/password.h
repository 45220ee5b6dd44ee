// Passwords: Argon2id through libsodium, 2 passes over 64 MiB. Each of these takes some 100 ms and 64 MiB, so
// never on a thread that serves; password_pool.h has threads for it.
#pragma once

#include <string>
#include <string_view>

namespace rockpool::auth {

inline constexpr std::size_t password_bytes_max = 1024;

std::string hash_password(std::string_view password);
// `hash` as hash_password made it.
bool is_password(std::string_view password, const std::string& hash);
bool is_password_hash(const std::string& text);

// Of no password anybody knows: checked for accounts that do not exist, so that they take as long.
const std::string& nobodys_hash();

}  // namespace rockpool::auth
