#include "server/auth/public_key.h"

#include <array>

#include <openssl/bio.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

namespace rockpool::auth {
namespace {

constexpr std::size_t signature_bytes = 64;
constexpr std::string_view begin_mark = "-----BEGIN PUBLIC KEY-----";

template <auto release>
struct Release {
  template <typename T>
  void operator()(T* held) const {
    release(held);
  }
};
using Bio = std::unique_ptr<BIO, Release<BIO_free>>;
using Key = std::unique_ptr<EVP_PKEY, Release<EVP_PKEY_free>>;
using Context = std::unique_ptr<EVP_MD_CTX, Release<EVP_MD_CTX_free>>;
using Signature = std::unique_ptr<ECDSA_SIG, Release<ECDSA_SIG_free>>;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

base::Error bad(std::string what) { return {base::Code::usage, std::move(what), ""}; }

bool fits(const EVP_PKEY* key, Algorithm algorithm) {
  if (algorithm == Algorithm::eddsa) return EVP_PKEY_is_a(key, "ED25519") == 1;
  std::array<char, 32> group{};
  std::size_t length = 0;
  return EVP_PKEY_is_a(key, "EC") == 1 &&
         EVP_PKEY_get_group_name(key, group.data(), group.size(), &length) == 1 &&
         std::string_view(group.data(), length) == "prime256v1";
}

std::string der_of(EVP_PKEY* key) {
  unsigned char* made = nullptr;
  const int length = i2d_PUBKEY(key, &made);
  std::string der(reinterpret_cast<const char*>(made), length > 0 ? static_cast<std::size_t>(length) : 0);
  OPENSSL_free(made);
  return der;
}

// Two numbers of 32 bytes as OpenSSL wants them; empty when they are none of a signature.
std::string der_signature(std::string_view raw) {
  const Signature signature(ECDSA_SIG_new());
  BIGNUM* const r = BN_bin2bn(bytes_of(raw), signature_bytes / 2, nullptr);
  BIGNUM* const s = BN_bin2bn(bytes_of(raw) + signature_bytes / 2, signature_bytes / 2, nullptr);
  ECDSA_SIG_set0(signature.get(), r, s);  // which owns them now
  if (BN_is_zero(r) || BN_is_zero(s)) return "";
  unsigned char* made = nullptr;
  const int length = i2d_ECDSA_SIG(signature.get(), &made);
  std::string der(reinterpret_cast<const char*>(made), length > 0 ? static_cast<std::size_t>(length) : 0);
  OPENSSL_free(made);
  return der;
}

}  // namespace

class PublicKey::Handle {
 public:
  explicit Handle(Key key) : key_(std::move(key)) {}
  EVP_PKEY* get() const { return key_.get(); }

 private:
  Key key_;
};

std::string_view name_of(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::hs256: return "HS256";
    case Algorithm::es256: return "ES256";
    case Algorithm::eddsa: return "EdDSA";
  }
  return "";
}

PublicKey::PublicKey(std::unique_ptr<Handle> handle, Algorithm algorithm, std::string der)
    : handle_(std::move(handle)), algorithm_(algorithm), der_(std::move(der)) {}
PublicKey::~PublicKey() = default;

base::Result<std::shared_ptr<const PublicKey>> PublicKey::read(std::string_view pem, Algorithm algorithm) {
  if (pem.find(begin_mark) == std::string_view::npos) {
    return bad("is no public key in PEM form, which begins with " + std::string(begin_mark));
  }
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  Key key(PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr));
  if (!key) return bad("is no public key that can be read; make it anew by `openssl pkey -pubout`");
  if (!fits(key.get(), algorithm)) {
    return bad("is a key of another kind: " + std::string(name_of(algorithm)) + " needs one of " +
               (algorithm == Algorithm::es256 ? "P-256" : "Ed25519"));
  }
  std::string der = der_of(key.get());
  return std::shared_ptr<const PublicKey>(
      new PublicKey(std::make_unique<Handle>(std::move(key)), algorithm, std::move(der)));
}

bool PublicKey::verifies(std::string_view bytes, std::string_view signature) const {
  if (signature.size() != signature_bytes) return false;
  const bool is_ecdsa = algorithm_ == Algorithm::es256;
  const std::string told = is_ecdsa ? der_signature(signature) : std::string(signature);
  if (told.empty()) return false;
  const Context context(EVP_MD_CTX_new());
  const EVP_MD* const hash = is_ecdsa ? EVP_sha256() : nullptr;
  return EVP_DigestVerifyInit(context.get(), nullptr, hash, nullptr, handle_->get()) == 1 &&
         EVP_DigestVerify(context.get(), bytes_of(told), told.size(), bytes_of(bytes), bytes.size()) == 1;
}

}  // namespace rockpool::auth
