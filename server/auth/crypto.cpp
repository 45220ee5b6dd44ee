#include "server/auth/crypto.h"

#include <cassert>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "core/base/text.h"

namespace rockpool::auth {
namespace {

constexpr std::size_t sha1_bytes = 20;
constexpr std::size_t digest_bytes = 32;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

std::string digest(const char* name, std::size_t size, std::string_view bytes) {
  std::string digest(size, '\0');
  std::size_t length = 0;
  const int done =
      EVP_Q_digest(nullptr, name, nullptr, bytes.data(), bytes.size(), bytes_of(digest), &length);
  assert(done == 1 && length == size);
  return digest;
}

}  // namespace

std::string sha1(std::string_view bytes) { return digest("SHA1", sha1_bytes, bytes); }
std::string sha256(std::string_view bytes) { return digest("SHA256", digest_bytes, bytes); }

std::string hex(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) text += base::hex(static_cast<unsigned char>(byte), 2);
  return text;
}

std::string short_hash(std::string_view secret) {
  constexpr std::size_t bytes = 8;
  return hex(sha256(secret).substr(0, bytes));
}

std::string base64(std::string_view bytes) {
  // With the zero that it ends with.
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  EVP_EncodeBlock(bytes_of(text), bytes_of(bytes), static_cast<int>(bytes.size()));
  text.pop_back();
  return text;
}

std::string hmac_sha256(std::string_view key, std::string_view bytes) {
  std::string digest(digest_bytes, '\0');
  std::size_t length = 0;
  const unsigned char* const done =
      EVP_Q_mac(nullptr, "HMAC", nullptr, "SHA256", nullptr, key.data(), key.size(), bytes_of(bytes),
                bytes.size(), bytes_of(digest), digest.size(), &length);
  assert(done != nullptr && length == digest_bytes);
  return digest;
}

bool same_secret(std::string_view a, std::string_view b) {
  return CRYPTO_memcmp(sha256(a).data(), sha256(b).data(), digest_bytes) == 0;
}

}  // namespace rockpool::auth
