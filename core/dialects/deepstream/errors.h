// What deepstream calls its errors: by text, as releases up to 3 and our server do, or by number, as releases
// from 4 on do. Numbers are of their topic: 107 is "not found" for a record and "denied" for an RPC.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/dialects/deepstream/messages.h"

namespace rockpool::dialects::deepstream {

inline constexpr std::string_view request_timeout_event = "HTTP_REQUEST_TIMEOUT";

// "record", "rpc", and so on, in the small letters of `errorTopic`; empty for an unknown topic.
std::string_view topic_text(Topic topic);

// Such as VERSION_EXISTS for the record topic's 102; empty when we have no text for it.
std::string_view event_text(Topic topic, std::int32_t number);
// The other way round, under the names of all releases.
std::optional<std::int32_t> event_number(Topic topic, std::string_view text);

// The sentences that go with them.
std::string version_exists_text(std::string_view name, std::int64_t version);
std::string version_invalid_text(std::string_view name, std::int64_t version);
std::string not_found_text(std::string_view name);
std::string path_text(std::string_view name, std::string_view path);
std::string denied_text(std::string_view action);
std::string permission_error_text(std::string_view action);
std::string no_provider_text(std::string_view name);
inline constexpr std::string_view accept_timeout_text = "An error occurred: ACK_TIMEOUT.";
inline constexpr std::string_view response_timeout_text =
    "The RPC response timeout was exceeded by the provider.";
inline constexpr std::string_view request_timeout_text =
    "Request exceeded timeout before a response was received.";

}  // namespace rockpool::dialects::deepstream
