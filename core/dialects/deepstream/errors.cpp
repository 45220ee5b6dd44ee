#include "core/dialects/deepstream/errors.h"

#include "core/base/text.h"

namespace rockpool::dialects::deepstream {
namespace {

struct Event {
  Topic topic;
  std::int32_t number;
  std::string_view text;
};

// The first text of a number is ours; others are read.
constexpr Event events[] = {
    {Topic::record, record_action::cache_retrieval_timeout, "CACHE_RETRIEVAL_TIMEOUT"},
    {Topic::record, record_action::storage_retrieval_timeout, "STORAGE_RETRIEVAL_TIMEOUT"},
    {Topic::record, record_action::version_exists, "VERSION_EXISTS"},
    {Topic::record, record_action::load_error, "RECORD_LOAD_ERROR"},
    {Topic::record, record_action::create_error, "RECORD_CREATE_ERROR"},
    {Topic::record, record_action::update_error, "RECORD_UPDATE_ERROR"},
    {Topic::record, record_action::delete_error, "RECORD_DELETE_ERROR"},
    {Topic::record, record_action::not_found, "RECORD_NOT_FOUND"},
    {Topic::record, record_action::invalid_version, "INVALID_VERSION"},
    {Topic::record, record_action::notify_error, "RECORD_NOTIFY_ERROR"},
    {Topic::record, record_action::message_permission_error, "MESSAGE_PERMISSION_ERROR"},
    {Topic::record, record_action::message_denied, "MESSAGE_DENIED"},
    {Topic::record, record_action::invalid_message_data, "INVALID_MESSAGE_DATA"},
    {Topic::rpc, rpc_action::no_rpc_provider, "NO_RPC_PROVIDER"},
    {Topic::rpc, rpc_action::accept_timeout, "ACK_TIMEOUT"},
    {Topic::rpc, rpc_action::accept_timeout, "ACCEPT_TIMEOUT"},
    {Topic::rpc, rpc_action::response_timeout, "RESPONSE_TIMEOUT"},
    {Topic::rpc, rpc_action::message_permission_error, "MESSAGE_PERMISSION_ERROR"},
    {Topic::rpc, rpc_action::message_denied, "MESSAGE_DENIED"},
    {Topic::rpc, rpc_action::invalid_message_data, "INVALID_MESSAGE_DATA"},
    {Topic::event, event_action::message_permission_error, "MESSAGE_PERMISSION_ERROR"},
    {Topic::event, event_action::message_denied, "MESSAGE_DENIED"},
    {Topic::event, event_action::invalid_message_data, "INVALID_MESSAGE_DATA"},
    {Topic::presence, presence_action::message_permission_error, "MESSAGE_PERMISSION_ERROR"},
    {Topic::presence, presence_action::message_denied, "MESSAGE_DENIED"},
};

constexpr std::string_view topics[] = {"",      "parser", "connection", "auth",
                                       "event", "record", "rpc",        "presence"};

// `before` name `after`, the name in quotes.
std::string about(std::string before, std::string_view name, std::string_view after) {
  return before.append(1, '"').append(name).append(1, '"').append(after);
}

}  // namespace

std::string_view topic_text(Topic topic) { return topics[static_cast<std::size_t>(topic)]; }

std::string_view event_text(Topic topic, std::int32_t number) {
  for (const Event& event : events)
    if (event.topic == topic && event.number == number) return event.text;
  return "";
}

std::optional<std::int32_t> event_number(Topic topic, std::string_view text) {
  for (const Event& event : events)
    if (event.topic == topic && event.text == text) return event.number;
  return std::nullopt;
}

std::string version_exists_text(std::string_view name, std::int64_t version) {
  return about("Record update failed. Version " + base::decimal(version) + " exists for record ", name, ".");
}

std::string version_invalid_text(std::string_view name, std::int64_t version) {
  return about("Record update failed. Version " + base::decimal(version) + " is not valid for record ", name,
               ".");
}

std::string not_found_text(std::string_view name) {
  return about("Record read failed. Record ", name, " could not be found.");
}

std::string path_text(std::string_view name, std::string_view path) {
  return about(about("Record update failed. Path ", path, " is not valid for record "), name, ".");
}

std::string denied_text(std::string_view action) {
  return about("Message denied. Action ", action, " is not permitted.");
}

std::string permission_error_text(std::string_view action) {
  return about("Message denied. The rule for action ", action, " could not be evaluated.");
}

std::string no_provider_text(std::string_view name) {
  return about("No provider was available to handle the RPC ", name, ".");
}

}  // namespace rockpool::dialects::deepstream
