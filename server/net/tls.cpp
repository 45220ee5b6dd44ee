#include "server/net/tls.h"

#include <algorithm>
#include <array>
#include <string_view>

#include <openssl/err.h>
#include <openssl/ssl.h>

namespace rockpool::net {
namespace {

// Forward secrecy and authenticated encryption only; those of TLS 1.3 are all such.
constexpr const char* ciphers_of_1_2 = "ECDHE+AESGCM:ECDHE+CHACHA20";
constexpr std::string_view protocol = "http/1.1";

base::Error broken(const std::string& file, const char* what) {
  const unsigned long code = ERR_peek_last_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  ERR_clear_error();
  return {base::Code::usage, file + ": " + what + (reason == nullptr ? "" : std::string(": ") + reason), ""};
}

// RFC 7301: a client that names protocols and not ours is told so, one that names none is taken.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* chosen_size,
                    const unsigned char* offered, unsigned int size, void*) {
  for (unsigned int at = 0; at < size; at += 1u + offered[at]) {
    const std::string_view name(reinterpret_cast<const char*>(offered) + at + 1,
                                std::min<std::size_t>(offered[at], size - at - 1));
    if (name != protocol) continue;
    *chosen = offered + at + 1;
    *chosen_size = offered[at];
    return SSL_TLSEXT_ERR_OK;
  }
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

// A key with a password would make the server wait for somebody to type it.
int no_password(char*, int, int, void*) { return -1; }

void set_rules(SSL_CTX* context) {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(context, ciphers_of_1_2);
  SSL_CTX_set_options(context,
                      SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  // A connection that rests holds no buffers; what a write leaves is held by its Link.
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  // Clients resume by tickets; the server remembers nobody.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
  SSL_CTX_set_default_passwd_cb(context, no_password);
}

}  // namespace

void TlsDeleter::operator()(ssl_st* session) const { SSL_free(session); }

base::Result<TlsIdentity::Context> TlsIdentity::read(const TlsFiles& files) {
  ERR_clear_error();
  const Context context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  if (!context) return broken(files.certificate, "TLS cannot be set up");
  set_rules(context.get());
  if (SSL_CTX_use_certificate_chain_file(context.get(), files.certificate.c_str()) != 1) {
    return broken(files.certificate, "is no certificate in PEM that can be read");
  }
  if (SSL_CTX_use_PrivateKey_file(context.get(), files.key.c_str(), SSL_FILETYPE_PEM) != 1) {
    return broken(files.key,
                  "is no key in PEM without a password that can be read, or not the certificate's");
  }
  if (SSL_CTX_check_private_key(context.get()) != 1) {
    return broken(files.key, "is not the key of the certificate");
  }
  return context;
}

void TlsIdentity::take(Context context) {
  const std::lock_guard lock(mutex_);
  context_ = std::move(context);
}

TlsSession TlsIdentity::session(int descriptor) const {
  TlsSession session;
  {
    const std::lock_guard lock(mutex_);
    session.reset(SSL_new(context_.get()));
  }
  if (!session || SSL_set_fd(session.get(), descriptor) != 1) return nullptr;
  SSL_set_accept_state(session.get());
  return session;
}

}  // namespace rockpool::net
