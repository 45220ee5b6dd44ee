// Heads of HTTP requests and responses, without a socket.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rockpool::wire {

using Headers = std::vector<std::pair<std::string, std::string>>;

// First header of that name, compared without case (RFC 9110 section 5.1).
const std::string* find_header(const Headers& headers, std::string_view name);

// `path` is percent-decoded only by whoever needs it; `query` is what follows the `?`, without it.
struct RequestHead {
  std::string method;
  std::string path;
  std::string query;
  Headers headers;
  bool upgrade = false;  // asks for a WebSocket
};

struct ResponseHead {
  int status = 200;
  Headers headers;
};

// application/x-www-form-urlencoded value of `name`; nullopt when absent or badly encoded.
std::optional<std::string> query_value(std::string_view query, std::string_view name);

// Percent-decoding (RFC 3986); nullopt for a broken escape.
std::optional<std::string> percent_decode(std::string_view text);
std::string percent_encode(std::string_view text);

}  // namespace rockpool::wire
