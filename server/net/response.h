// Responses as the server writes them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/wire/http.h"

namespace rockpool::net {

struct Response {
  wire::ResponseHead head;
  std::shared_ptr<const std::string> body;   // null: none
  std::optional<std::uint64_t> length = {};  // of a body that is sent by other means
};

// Plain text for people and scripts, one line.
Response text_response(int status, std::string_view text);
Response json_response(int status, std::string body);

std::string_view reason_of(int status);

struct Framing {
  bool head_only = false;  // the request was HEAD
  bool keep_alive = false;
};

// Everything that goes before the body. Fields with line breaks in name or value are left out.
std::string write_head(const Response& response, const Framing& framing);
// Of an answer to an upgrade, after which another protocol is spoken.
std::string write_upgrade_head(const wire::ResponseHead& head);
// Of a response whose body is sent as it comes, and ends with the connection.
std::string write_stream_head(const wire::ResponseHead& head, bool chunked);

}  // namespace rockpool::net
