// Who the server says it is: its certificate, read anew when the operator says so, and sessions made by it.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "core/base/result.h"

struct ssl_ctx_st;
struct ssl_st;

namespace rockpool::net {

struct TlsDeleter {
  void operator()(ssl_st* session) const;
};
using TlsSession = std::unique_ptr<ssl_st, TlsDeleter>;

struct TlsFiles {
  std::string certificate;  // PEM, its chain behind it
  std::string key;          // PEM, without a password
};

// TLS 1.2 and 1.3. Any thread.
class TlsIdentity {
 public:
  using Context = std::shared_ptr<ssl_ctx_st>;

  // What the files hold, ready to be taken.
  static base::Result<Context> read(const TlsFiles& files);
  // From now on.
  void take(Context context);
  // The server's side of a connection on this descriptor; null when there is no memory for it. Connections go
  // on with the certificate they began with.
  TlsSession session(int descriptor) const;

 private:
  mutable std::mutex mutex_;
  Context context_;
};

}  // namespace rockpool::net
