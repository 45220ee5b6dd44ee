// Asks an owner's back end whether somebody may do something, in spaces that leave their rights to it. What
// is asked and what is an answer: docs/protocol.md, "Authorization webhook". The gateway remembers the
// answers.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "core/gateway/permits.h"
#include "server/net/http_client.h"

namespace rockpool::hooks {

struct Guard {
  net::Url url;
  std::string secret;
  std::uint64_t ms_max = 2'000;
  std::uint64_t cache_seconds = 10;
};

std::string body_of(const gateway::Authorize& question);

// A clear yes or no with status 200. Anything else is no answer: `overloaded`, to be asked again later.
base::Result<gateway::Permitted> answer_of(const Guard& guard, const base::Result<net::Reply>& reply);

// `done` is called on the client's thread.
using Authorized = std::function<void(base::Result<gateway::Permitted>)>;
void ask(net::HttpClient& client, Guard guard, const gateway::Authorize& question, Authorized done);

}  // namespace rockpool::hooks
