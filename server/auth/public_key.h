// Public keys of issuers of tokens, as OpenSSL holds them.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace rockpool::auth {

// The algorithm belongs to a key, never to a token (RFC 8725 section 3.1).
enum class Algorithm : unsigned char { hs256, es256, eddsa };

// As `alg` names it.
std::string_view name_of(Algorithm algorithm);

// A key of P-256 for ES256 or of Ed25519 for EdDSA. May be used from any thread.
class PublicKey {
 public:
  // From PEM text, "-----BEGIN PUBLIC KEY-----". The error says what is wrong and holds nothing of the text.
  static base::Result<std::shared_ptr<const PublicKey>> read(std::string_view pem, Algorithm algorithm);
  ~PublicKey();
  PublicKey(const PublicKey&) = delete;
  PublicKey& operator=(const PublicKey&) = delete;

  // `signature` as RFC 7518 section 3.4 and RFC 8037 section 3.1 have it: 64 bytes, no DER.
  bool verifies(std::string_view bytes, std::string_view signature) const;
  // The key itself, in the one form that all ways to write it down have.
  const std::string& der() const { return der_; }

 private:
  class Handle;
  PublicKey(std::unique_ptr<Handle> handle, Algorithm algorithm, std::string der);

  std::unique_ptr<Handle> handle_;
  Algorithm algorithm_;
  std::string der_;
};

}  // namespace rockpool::auth
