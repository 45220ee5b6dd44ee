#include "core/dialects/deepstream/client_signals.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/dialect/object_text.h"

namespace rockpool::dialects::deepstream {
namespace {

using base::Code;
using dialect::ClientSteps;
using dialect::ObjectText;
using model::Value;

// The room whose members are the users online.
constexpr std::string_view users_room = "deepstream";

std::string text_of(const Value& message, std::string_view name) {
  const std::string* text = model::text_member(message, name);
  return text == nullptr ? "" : *text;
}

// The member as JSON text, empty when it is missing.
std::string json_of(const Value& message, std::string_view name) {
  const Value* value = model::member(message, name);
  return value == nullptr ? "" : model::write(*value);
}

// By what a subscription is called on the page: a text or a number.
std::string sub_of(const Value& message) { return json_of(message, "sub"); }

dialect::Signal told(std::string text) { return dialect::Signal{std::move(text)}; }

dialect::Signal result(std::uint64_t id, std::string_view member, const std::string& json) {
  std::string out;
  ObjectText text(out);
  text.text("type", "result").count("id", id);
  if (!json.empty()) text.raw(member, json);
  text.end();
  return told(std::move(out));
}

std::string error_text(Code code, std::string_view message) {
  std::string out;
  ObjectText(out).text("code", base::name_of(code)).text("message", message).end();
  return out;
}

}  // namespace

std::string ClientSignals::correlation() { return base::decimal(++last_correlation_); }

void ClientSignals::ask(const dialect::Signal& signal, ClientSteps& out) {
  const auto message = model::read(signal.text);
  if (!message) return;
  const std::string type = text_of(*message, "type");
  if (type == "subscribe" || type == "unsubscribe") return listen(*message, type == "subscribe");
  if (type == "emit") return emit(text_of(*message, "event"), json_of(*message, "data"), out);
  if (type == "result") return answer(*message);
  if (type == "provide") {
    const bool on = model::bool_member(*message, "on").value_or(true);
    say_.push_back({.topic = Topic::rpc,
                    .action = on ? rpc_action::provide : rpc_action::unprovide,
                    .correlation_id = correlation(),
                    .names = {text_of(*message, "rpc")}});
  } else if (type == "call") {
    say_.push_back({.topic = Topic::rpc,
                    .action = rpc_action::request,
                    .data = json_of(*message, "data"),
                    .correlation_id = json_of(*message, "id"),
                    .name = text_of(*message, "rpc")});
  }
}

// Several subscriptions of one event are one on the wire.
void ClientSignals::listen(const Value& message, bool on) {
  std::string event = text_of(message, "event");
  if (!on) {
    const auto held = events_.find(sub_of(message));
    if (held == events_.end()) return;
    event = std::move(held->second);
    events_.erase(held);
  }
  const bool other =
      std::any_of(events_.begin(), events_.end(), [&](const auto& one) { return one.second == event; });
  if (on) events_[sub_of(message)] = event;
  if (other) return;
  say_.push_back({.topic = Topic::event,
                  .action = on ? event_action::subscribe : event_action::unsubscribe,
                  .correlation_id = correlation(),
                  .names = {std::move(event)}});
}

// The server does not tell the one who emits.
void ClientSignals::emit(const std::string& event, const std::string& data, ClientSteps& out) {
  Message message{.topic = Topic::event, .action = event_action::emit, .data = data, .name = event};
  on_event(message, out);
  say_.push_back(std::move(message));
}

void ClientSignals::answer(const Value& message) {
  const auto asked = asked_.find(model::count_member(message, "id").value_or(0));
  if (asked == asked_.end()) return;
  const std::string error = json_of(message, "error");
  say_.push_back({.topic = Topic::rpc,
                  .action = error.empty() ? rpc_action::response : rpc_action::request_error,
                  .data = error.empty() ? json_of(message, "data") : error,
                  .correlation_id = asked->second.correlation,
                  .name = asked->second.procedure});
  asked_.erase(asked);
}

void ClientSignals::watch(const dialect::WatchPresence& watch, ClientSteps& out) {
  if (watch.room != users_room) {
    const std::string problem = "deepstream has one room, \"deepstream\", whose members are the users online";
    out.push_back(dialect::Trouble{.error = {.code = Code::unsupported, .message = problem, .path = ""}});
    return;
  }
  using namespace presence_action;
  say_.push_back({.topic = Topic::presence, .action = watch.on ? subscribe_all : unsubscribe_all});
  if (watch.on) say_.push_back({.topic = Topic::presence, .action = query_all});
}

// ---- hearing ----------------------------------------------------------------------------------------------

void ClientSignals::hear(const Message& message, ClientSteps& out) {
  if (message.is_ack) return;
  if (message.topic == Topic::event && message.action == event_action::emit) on_event(message, out);
  if (message.topic == Topic::rpc) on_rpc(message, out);
  if (message.topic == Topic::presence) on_presence(message, out);
}

void ClientSignals::on_event(const Message& message, ClientSteps& out) {
  const bool wanted = std::any_of(events_.begin(), events_.end(),
                                  [&](const auto& one) { return one.second == message.name; });
  if (!wanted) return;
  std::string text;
  ObjectText object(text);
  object.text("type", "event").text("event", message.name);
  if (!message.data.empty()) object.raw("data", message.data);
  object.end();
  out.push_back(told(std::move(text)));
}

void ClientSignals::on_rpc(const Message& message, ClientSteps& out) {
  using namespace rpc_action;
  if (message.action == request) {
    say_.push_back({.topic = Topic::rpc,
                    .action = accept,
                    .correlation_id = message.correlation_id,
                    .name = message.name});
    asked_[++last_asked_] = {.procedure = message.name, .correlation = message.correlation_id};
    std::string text;
    ObjectText object(text);
    object.text("type", "rpc").count("id", last_asked_).text("rpc", message.name);
    if (!message.data.empty()) object.raw("data", message.data);
    if (!message.requestor_name.empty()) object.text("user", message.requestor_name);
    object.end();
    out.push_back(told(std::move(text)));
    return;
  }
  const auto id = base::read_decimal(message.correlation_id);
  if (!id || message.action == accept || message.original_action == provide) return;
  if (message.action == response) {
    out.push_back(result(*id, "data", message.data));
  } else if (message.action == request_error) {
    out.push_back(result(*id, "error", message.data.empty() ? "null" : message.data));
  } else if (message.action == no_rpc_provider) {
    out.push_back(result(*id, "error", error_text(Code::not_found, "nobody provides " + message.name)));
  } else if (message.action == accept_timeout || message.action == response_timeout) {
    out.push_back(
        result(*id, "error", error_text(Code::timeout, message.name + " was not answered in time")));
  } else if (message.action == message_denied || message.action == message_permission_error) {
    out.push_back(result(*id, "error", error_text(Code::forbidden, "the server does not allow it")));
  }
}

void ClientSignals::on_presence(const Message& message, ClientSteps& out) {
  using namespace presence_action;
  dialect::PresenceSeen seen{.room = std::string(users_room), .members = {}};
  seen.whole = message.action == query_all_response;
  const auto add = [&](const std::string& user, bool online) {
    seen.members.push_back({.member = user, .user = user, .state = online ? "{}" : ""});
  };
  if (seen.whole) {
    for (const std::string& user : message.names) add(user, true);
  } else if (message.action == join_all || message.action == leave_all) {
    add(message.name, message.action == join_all);
  } else {
    return;
  }
  out.push_back(std::move(seen));
}

}  // namespace rockpool::dialects::deepstream
