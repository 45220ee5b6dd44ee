// Where an outgoing call goes.
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"

namespace rockpool::net {

struct Url {
  bool is_secure = false;
  std::string host;    // without the brackets of an IPv6 address
  std::string port;    // digits
  std::string target;  // path and query, begins with a slash

  // Of the Host field; the port only where it is not the scheme's own.
  std::string authority() const;
  // What connections are shared by.
  std::string origin() const;
};

// http:// and https:// without user, password and fragment. `usage` says what is wrong, without the URL
// itself: its query may hold a secret.
base::Result<Url> read_url(std::string_view text);

}  // namespace rockpool::net
