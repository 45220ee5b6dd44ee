// A request as the rest of the dialect looks at it.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/dialects/baserow/books.h"

namespace rockpool::dialects::baserow {

struct Request {
  std::string method;
  std::string base;   // `https://host/mount`, as whoever asked reaches it
  std::string path;   // below that
  std::string query;  // without the `?`
  std::string address;
  bool upgrade = false;
  std::uint64_t content_length = 0;  // as it says
  std::string content_type;          // in lower case, without parameters
  std::string token;                 // of `Authorization: JWT`
  std::string web_socket_id;
};
Request read_request(const dialect::Arrived& arrived, const dialect::MountOptions& options);

// A request whose sender was let in, with its body.
struct Visit {
  CarrierId carrier = 0;
  Instant now;  // when its body was there
  Request asked;
  std::vector<Id> ids;  // in its path
  Pointer<User> user;   // null where anybody may ask
  model::Value body;    // an empty object if there was none
};
using VisitPointer = std::shared_ptr<const Visit>;

}  // namespace rockpool::dialects::baserow
