// A request as the rest of the dialect looks at it.
#pragma once

#include <string>
#include <string_view>

#include "core/dialect/dialect.h"
#include "core/dialects/rested/names.h"

namespace rockpool::dialects::rested {

struct Request {
  std::string method;
  Route route;
  std::string query;
  std::string origin;
  bool has_origin = false;
  std::string address;
  bool upgrade = false;
  std::uint64_t content_length = 0;  // as it says
  std::string content_type;          // in lower case, without parameters
  std::string if_match, if_none_match, range, if_range;
  std::string bearer;  // of `Authorization: Bearer`
  std::string cookie;  // the access token in it
};
Request read_request(const dialect::Arrived& arrived);
inline bool is_got(const Request& request) { return request.method == "GET" || request.method == "HEAD"; }
// Its body has files in it.
inline bool is_upload(const Request& request) { return request.content_type == "multipart/form-data"; }

inline constexpr std::string_view cookie_name = "__Secure-rested-access-token";

// Is the tag in a field such as If-Match?
bool names_tag(std::string_view field, std::string_view tag);

// Takes a time that says nothing of where they differ.
bool is_same_secret(std::string_view given, std::string_view known);

}  // namespace rockpool::dialects::rested
