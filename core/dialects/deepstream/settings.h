// What a mount of deepstream is told by `dialects.deepstream` (docs/operating.md).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/limits.h"
#include "core/dialects/deepstream/permissions.h"

namespace rockpool::dialects::deepstream {

struct Settings {
  // Who may say who it is, and how. Tokens of the server are good with each of them.
  enum class Strategy : std::uint8_t {
    open,     // whoever comes is let in, under the name it gives itself; any token is taken
    users,    // user and password of one of the server's accounts
    jwt,      // a token and nothing else
    webhook,  // what `url` says of it
  };
  struct Webhook {
    std::string url;
    std::vector<int> ok = {200};  // status codes that mean yes
    std::int64_t ms_max = 10'000;
  };

  Strategy strategy = Strategy::users;
  bool anonymous = true;  // who says nothing is let in, as nobody
  bool auth_data = true;  // a batch may carry `authData`
  Webhook webhook;
  std::map<std::string, std::string> client_data;  // of a user, compact JSON of an object
  // Of a user, an object: what rules know of it besides its roles.
  std::map<std::string, std::shared_ptr<const model::Value>> server_data;
  Permissions permissions;
  std::size_t rule_runs_max = 3;  // of one rule, for the records that it refers to
  bool numeric = false;           // errors by number, as the original says them since release 4
  std::int64_t request_ms = 20'000;
  std::int64_t rpc_accept_ms = 1'000;
  std::int64_t rpc_response_ms = 10'000;
  std::size_t json_depth = base::limits::json_depth_max;  // of a body, and of a message's data
  std::size_t array_gap = base::limits::array_gap_max;    // elements that a write makes up to its own
};

// `usage` for what is wrong, with its place in words; a key nobody knows is wrong.
base::Result<Settings> read_settings(std::string_view text);

}  // namespace rockpool::dialects::deepstream
