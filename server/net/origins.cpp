#include "server/net/origins.h"

#include <algorithm>

#include "server/net/request_checks.h"

namespace rockpool::net {
namespace {

// `authority` without the port that its scheme means anyway.
std::string_view without_default_port(std::string_view authority, std::string_view scheme) {
  const std::string_view port = scheme == "https" ? ":443" : ":80";
  if (authority.ends_with(port)) authority.remove_suffix(port.size());
  return authority;
}

// A proxy may have ended TLS before us, so the scheme of the page is taken for the server's own.
bool is_own(std::string_view origin, std::string_view host) {
  const std::size_t mark = origin.find("://");
  if (mark == std::string_view::npos || host.empty()) return false;
  const std::string_view scheme = origin.substr(0, mark);
  if (scheme != "http" && scheme != "https") return false;
  return same_text(without_default_port(origin.substr(mark + 3), scheme), without_default_port(host, scheme));
}

}  // namespace

Origin judge_origin(const wire::RequestHead& head, const gateway::Origins& allowed) {
  const auto is_origin = [](const auto& field) { return same_text(field.first, "Origin"); };
  const auto said = std::count_if(head.headers.begin(), head.headers.end(), is_origin);
  if (said == 0) return Origin::absent;
  const std::string* origin = wire::find_header(head.headers, "Origin");
  const std::string* host = wire::find_header(head.headers, "Host");
  if (said > 1) return Origin::refused;
  if (allowed.any) return Origin::allowed;
  if (host != nullptr && is_own(*origin, *host)) return Origin::allowed;
  const auto matches = [&](const std::string& one) { return same_text(one, *origin); };
  const bool is_listed = std::any_of(allowed.listed.begin(), allowed.listed.end(), matches);
  return is_listed ? Origin::allowed : Origin::refused;
}

void add_cors(const wire::RequestHead& head, const gateway::Mount& mount, wire::Headers& headers) {
  const dialect::Cors* own = mount.dialect->cors;
  if (own != nullptr && mount.origins.any) {
    headers.emplace_back("Access-Control-Allow-Origin", "*");
    return;
  }
  const std::string* origin = wire::find_header(head.headers, "Origin");
  if (origin != nullptr) headers.emplace_back("Access-Control-Allow-Origin", *origin);
  if (origin != nullptr && own != nullptr) headers.emplace_back("Access-Control-Allow-Credentials", "true");
  headers.emplace_back("Vary", "Origin");
}

Response preflight_response(const wire::RequestHead& head, const gateway::Mount& mount) {
  Response response{{204, {}}, nullptr};
  const dialect::Cors* own = mount.dialect->cors;
  const std::string* asked = wire::find_header(head.headers, "Access-Control-Request-Headers");
  const bool takes_all = own == nullptr && mount.origins.any && asked != nullptr;
  add_cors(head, mount, response.head.headers);
  response.head.headers.emplace_back("Access-Control-Allow-Methods",
                                     own != nullptr ? own->methods : "GET, POST, PUT, PATCH, DELETE");
  response.head.headers.emplace_back("Access-Control-Allow-Headers",
                                     own != nullptr ? own->headers
                                     : takes_all
                                         ? *asked
                                         : "authorization, content-type, last-event-id, rockpool-session");
  response.head.headers.emplace_back("Access-Control-Max-Age", "86400");
  return response;
}

}  // namespace rockpool::net
