// The messages of deepstream's binary protocol: topics, actions, and one struct that holds them all.
//
// A message is a topic, an action and whatever fields that pair needs. `data` is JSON text everywhere, and so
// is `requestor_data`; no JSON text is empty, so empty means absent, as it does for every other text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace rockpool::dialects::deepstream {

// `unknown` is none of the wire's: what came is in `original_topic`, its fields were not read.
enum class Topic : std::uint8_t { unknown, parser, connection, auth, event, record, rpc, presence };

struct Message {
  Topic topic = Topic::unknown;
  std::int32_t action = 0;  // one of the constants below, or a number that the other side made up
  std::int32_t original_topic = 0;
  std::int32_t original_action = 0;
  std::optional<std::int32_t> version = {};  // 0 is a version
  bool is_error = false;
  bool is_ack = false;
  bool is_write_ack = false;
  std::string data = {};
  std::string correlation_id = {};
  std::string name = {};
  std::string subscription = {};
  std::string pattern = {};
  std::string path = {};
  std::string url = {};
  std::string protocol_version = {};
  std::string sdk_version = {};
  std::string sdk_type = {};
  std::string requestor_name = {};
  std::string requestor_data = {};
  std::vector<std::string> names = {};
  std::vector<std::pair<std::string, std::int32_t>> versions = {};

  bool operator==(const Message&) const = default;
};

namespace parser_action {
inline constexpr std::int32_t unknown_topic = 1, unknown_action = 2, invalid_message = 3,
                              message_parse_error = 4, maximum_message_size_exceeded = 5, error = 6,
                              invalid_meta_params = 7;
}  // namespace parser_action

namespace connection_action {
inline constexpr std::int32_t error = 1, ping = 2, pong = 3, accept = 4, challenge = 5, reject = 6,
                              redirect = 7, closing = 8, closed = 9;
inline constexpr std::int32_t authentication_timeout = 100, invalid_message = 101;
}  // namespace connection_action

namespace auth_action {
inline constexpr std::int32_t error = 1, request = 2, successful = 3, unsuccessful = 4;
inline constexpr std::int32_t too_many_attempts = 100, invalid_message = 101, invalid_message_data = 102;
}  // namespace auth_action

namespace event_action {
inline constexpr std::int32_t error = 1, emit = 2, subscribe = 3, unsubscribe = 4, listen = 5, unlisten = 6,
                              listen_accept = 7, listen_reject = 8, has_provider = 9, has_no_provider = 10,
                              pattern_found = 11, pattern_removed = 12;
inline constexpr std::int32_t invalid_listen_regex = 100, listen_response_timeout = 101,
                              listen_unsuccessful = 102, message_permission_error = 103, message_denied = 104,
                              invalid_message_data = 105, multiple_subscriptions = 106, not_subscribed = 107;
}  // namespace event_action

// Beyond the original, between our two ends: what the client calls itself, and what the server's accept then
// says in `data`.
inline constexpr std::string_view sdk_of_ours = "rockpool", knows_collections = "\"collections\"";

namespace record_action {
inline constexpr std::int32_t error = 1, notify = 2, read = 3, read_response = 4, head = 5, head_response = 6,
                              head_bulk = 7, head_response_bulk = 8, remove = 9, remove_success = 10,
                              remove_bulk = 11, remove_bulk_success = 12, removed = 13, write_ack = 14,
                              create = 15, create_and_update = 16, create_and_patch = 17, update = 18,
                              patch = 19, erase = 20, subscribe_and_head = 21, subscribe_and_read = 22,
                              subscribe_create_and_read = 23, subscribe_create_and_update = 24,
                              subscribe = 25, unsubscribe = 26, listen = 27, unlisten = 28,
                              listen_accept = 29, listen_reject = 30, has_provider = 31, has_no_provider = 32,
                              pattern_found = 33, pattern_removed = 34;
inline constexpr std::int32_t cache_retrieval_timeout = 100, storage_retrieval_timeout = 101,
                              version_exists = 102, load_error = 103, create_error = 104, update_error = 105,
                              delete_error = 106, not_found = 107, invalid_version = 108,
                              invalid_patch_on_hotpath = 109, invalid_listen_regex = 110,
                              listen_response_timeout = 111, listen_unsuccessful = 112, notify_error = 113,
                              message_permission_error = 114, message_denied = 115,
                              invalid_message_data = 116, multiple_subscriptions = 117, not_subscribed = 118;
}  // namespace record_action

namespace rpc_action {
inline constexpr std::int32_t error = 1, request = 2, accept = 4, response = 5, reject = 6, request_error = 7,
                              provide = 8, unprovide = 9;
inline constexpr std::int32_t no_rpc_provider = 100, accept_timeout = 101, multiple_accept = 102,
                              invalid_rpc_correlation_id = 103, response_timeout = 104,
                              multiple_response = 105, message_permission_error = 106, message_denied = 107,
                              invalid_message_data = 108, multiple_providers = 109, not_provided = 110;
}  // namespace rpc_action

namespace presence_action {
inline constexpr std::int32_t error = 1, query_all = 2, query_all_response = 3, query = 4, query_response = 5,
                              join = 6, join_all = 7, leave = 8, leave_all = 9, subscribe = 10,
                              unsubscribe = 11, subscribe_all = 12, unsubscribe_all = 13;
inline constexpr std::int32_t invalid_presence_users = 100, message_permission_error = 101,
                              message_denied = 102, multiple_subscriptions = 103, not_subscribed = 104;
}  // namespace presence_action

}  // namespace rockpool::dialects::deepstream
