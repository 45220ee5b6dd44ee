// `hooks` of the configuration.
#pragma once

#include <string>
#include <vector>

#include "server/config/section.h"
#include "server/hooks/authorizer.h"
#include "server/hooks/hook.h"

namespace rockpool::config {

std::vector<hooks::Hook> read_hooks(Section& root);

hooks::Guard read_webhook(Section section);

// `url` and `secret` of anything the server calls.
net::Url read_call_url(Section& section);
std::string read_call_secret(Section& section);

}  // namespace rockpool::config
