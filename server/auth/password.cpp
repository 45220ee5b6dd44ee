#include "server/auth/password.h"

#include <array>
#include <cstdio>
#include <cstdlib>

#include <sodium.h>

namespace rockpool::auth {
namespace {

constexpr unsigned long long passes = 2;
constexpr std::size_t memory_bytes = 64 << 20;
constexpr std::string_view algorithm_mark = "$argon2id$";

void prepare() {
  // May be called by any thread, as often as one likes.
  if (sodium_init() < 0) std::abort();
}

}  // namespace

std::string hash_password(std::string_view password) {
  prepare();
  std::array<char, crypto_pwhash_STRBYTES> hash{};
  if (crypto_pwhash_str(hash.data(), password.data(), password.size(), passes, memory_bytes) != 0) {
    std::fputs("rockpool: 64 MiB of memory for hashing a password are not to be had\n", stderr);
    std::abort();
  }
  return hash.data();
}

bool is_password(std::string_view password, const std::string& hash) {
  prepare();
  return crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
}

bool is_password_hash(const std::string& text) {
  prepare();
  if (!text.starts_with(algorithm_mark) || text.size() >= crypto_pwhash_STRBYTES) return false;
  return crypto_pwhash_str_needs_rehash(text.c_str(), passes, memory_bytes) != -1;
}

const std::string& nobodys_hash() {
  static const std::string hash =
      "$argon2id$v=19$m=65536,t=2,p=1$E2ZbDUu5lbhrdVr1X0XwAg$BdrG82FXo4C2AQ/5Ujnfm3k1ZglygFcYPcMe04ru5yY";
  return hash;
}

}  // namespace rockpool::auth
