// Which pages may talk to the server from a browser.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/gateway/gateway.h"
#include "core/wire/http.h"
#include "server/net/response.h"

namespace rockpool::net {

enum class Origin : unsigned char {
  absent,  // not a browser, or a page of this server that needs not say
  allowed,
  refused,
};

// Allowed: the server's own origin, told by `Host`, and those the mount lists. `null` is only where any is.
Origin judge_origin(const wire::RequestHead& head, const gateway::Origins& allowed);

// Lets the page that asked read the answer. Only after `judge_origin` said allowed, or absent where the
// dialect says it with every answer.
void add_cors(const wire::RequestHead& head, const gateway::Mount& mount, wire::Headers& headers);

// Answer to a preflight request.
Response preflight_response(const wire::RequestHead& head, const gateway::Mount& mount);

}  // namespace rockpool::net
