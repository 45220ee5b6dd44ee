// Outgoing calls to the owner's back end: POST over HTTP/1.1, with TLS where the URL says https, on a thread
// of its own.
//
// A connection is kept for the next call to the same origin. Certificates are verified against the system's
// (SSL_CERT_FILE and SSL_CERT_DIR work). Redirects are not followed: what they answer is the answer. Each
// call has one time-out for all of it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "core/base/result.h"
#include "core/wire/http.h"
#include "server/net/url.h"

namespace rockpool::net {

struct Call {
  Url url;
  wire::Headers headers;  // besides Host, Content-Length, Content-Type (JSON) and User-Agent
  std::string body;
  std::int64_t ms_max = 10'000;
};

struct Reply {
  int status = 0;
  std::string body;  // at most HttpClient::reply_bytes_max, a longer one fails the call
};

class HttpClient {
 public:
  static constexpr std::size_t reply_bytes_max = 64 << 10;

  HttpClient();
  // Calls under way are given up, nobody is told.
  ~HttpClient();

  using Done = std::function<void(base::Result<Reply>)>;
  // Any thread. `make` and `done` run on the client's thread, so that a large body is made there. Errors:
  // `offline` when nobody answers as HTTP asks, `timeout`.
  void post(std::function<Call()> make, Done done);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rockpool::net
