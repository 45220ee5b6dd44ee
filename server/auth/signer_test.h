// The other end of a public key: what an issuer of tokens has.
#pragma once

#include <memory>
#include <string>

#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "core/base/text.h"
#include "server/auth/public_key.h"

namespace rockpool::auth {

class Signer {
 public:
  explicit Signer(Algorithm algorithm, const char* curve = "P-256")
      : algorithm_(algorithm),
        key_(algorithm == Algorithm::eddsa ? EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")
                                           : EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", curve)) {}
  ~Signer() { EVP_PKEY_free(key_); }
  Signer(const Signer&) = delete;
  Signer& operator=(const Signer&) = delete;

  std::string pem(bool secret = false) const {
    BIO* const out = BIO_new(BIO_s_mem());
    secret ? PEM_write_bio_PrivateKey(out, key_, nullptr, nullptr, 0, nullptr, nullptr)
           : PEM_write_bio_PUBKEY(out, key_);
    char* text = nullptr;
    const long length = BIO_get_mem_data(out, &text);
    std::string made(text, static_cast<std::size_t>(length));
    BIO_free(out);
    return made;
  }

  // As OpenSSL gives it: DER for ECDSA.
  std::string sign_plain(const std::string& bytes) const {
    EVP_MD_CTX* const context = EVP_MD_CTX_new();
    EVP_DigestSignInit(context, nullptr, algorithm_ == Algorithm::es256 ? EVP_sha256() : nullptr, nullptr,
                       key_);
    std::size_t length = 256;
    std::string made(length, '\0');
    EVP_DigestSign(context, data(made), &length, data(bytes), bytes.size());
    EVP_MD_CTX_free(context);
    made.resize(length);
    return made;
  }

  // As tokens have it.
  std::string sign(const std::string& bytes) const {
    const std::string plain = sign_plain(bytes);
    if (algorithm_ == Algorithm::eddsa) return plain;
    const unsigned char* at = data(plain);
    ECDSA_SIG* const read = d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(plain.size()));
    std::string made(64, '\0');
    BN_bn2binpad(ECDSA_SIG_get0_r(read), data(made), 32);
    BN_bn2binpad(ECDSA_SIG_get0_s(read), data(made) + 32, 32);
    ECDSA_SIG_free(read);
    return made;
  }

  std::string token(const std::string& header, const std::string& payload) const {
    const std::string text = base::base64url(header) + "." + base::base64url(payload);
    return text + "." + base::base64url(sign(text));
  }

 private:
  static const unsigned char* data(const std::string& text) {
    return reinterpret_cast<const unsigned char*>(text.data());
  }
  static unsigned char* data(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

  Algorithm algorithm_;
  EVP_PKEY* key_;
};

}  // namespace rockpool::auth
