// What a request says of who sends it, beside what hello says.
//
// Private to the dialect's server half.
#pragma once

#include <string>
#include <string_view>

#include "core/dialect/dialect.h"

namespace rockpool::dialects::native {

inline constexpr std::string_view cookie_name = "__Host-rockpool";

struct Credentials {
  std::string token;  // of `Authorization: Bearer`, else of the cookie where the request may use it
  bool by_cookie = false;
  bool by_password = false;  // `Authorization: Basic`
  std::string user;
  std::string password;

  // What has not been said otherwise is taken from here.
  void fill(dialect::Identify& question) const;
};

// A browser sends its cookies with whatever page asks for. Only a page that the edge let pass by its Origin,
// or one that the browser says is ours, may use them (docs/protocol.md, "Who it is").
Credentials credentials_of(const wire::RequestHead& head);

// Who comes, before anything is said.
struct Visitor {
  std::string origin;
  std::string address;
  Credentials credentials;
};
Visitor visitor_of(const dialect::Arrived& arrived);

}  // namespace rockpool::dialects::native
