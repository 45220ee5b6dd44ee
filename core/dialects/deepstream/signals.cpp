// A session's events, calls and presence.
#include "core/base/limits.h"
#include "core/base/text.h"
#include "core/dialect/frames.h"
#include "core/dialects/deepstream/session.h"
#include "core/model/value.h"

namespace rockpool::dialects::deepstream {

std::string Session::provider() const { return dialect::member_prefix(carrier_) + "deepstream"; }

model::Topic Session::topic_of(model::Topic::Kind kind, std::string name) const {
  return {.space = house_.desk.options.space, .kind = kind, .name = std::move(name)};
}

// ---- events -----------------------------------------------------------------------------------------------

void Session::event(Instant now, const Message& message, ServerSteps& out) {
  using namespace event_action;
  if (message.action == subscribe) return subscribe_events(now, message, out);
  if (message.action == unsubscribe) {
    for (const std::string& name : message.names) {
      if (!house_.events.unsubscribe(carrier_, name, out)) refuse(about(message, name), not_subscribed, out);
      out.push_back(dialect::Leave{.carrier = carrier_, .topic = topic_of(model::Topic::Kind::event, name)});
    }
    return acknowledge(message, out);
  }
  if (message.action == emit) {
    if (!permits(message, Act::publish, message.name, out)) return;
    auto data = message.data.empty() ? base::Result<std::string>(std::string()) : payload(message);
    if (!data) return refuse(message, invalid_message_data, out);
    return ask({.about = Question::About::emit, .message = message},
               model::Emit{.event = message.name, .data = std::move(*data), .author = carrier_}, out);
  }
  if (!permits(message, Act::listen, message.name, out)) return;
  house_.events.receive(now, carrier_, message, out);
}

void Session::subscribe_events(Instant now, const Message& message, ServerSteps& out) {
  for (const std::string& name : permitted(message, Act::subscribe, out)) {
    Message one = about(message, name);
    if (!house_.events.is_subscribed(carrier_, name) && !may_subscribe(one, out)) continue;
    if (!house_.events.subscribe(now, carrier_, name, out)) {
      refuse(one, event_action::multiple_subscriptions, out);
    } else {
      ask({.about = Question::About::listen, .message = std::move(one)}, model::Listen{.event = name}, out);
    }
  }
  acknowledge(message, out);
}

// ---- calls ------------------------------------------------------------------------------------------------

void Session::rpc(const Message& message, ServerSteps& out) {
  using namespace rpc_action;
  switch (message.action) {
    case rpc_action::provide: return provide(message, true, out);
    case unprovide: return provide(message, false, out);
    case accept:
    case reject:
    case response:
    case request_error: return provider_says(message, out);
    case request: break;
    default:
      return send({.topic = Topic::parser,
                   .action = parser_action::unknown_action,
                   .original_topic = static_cast<std::int32_t>(Topic::rpc),
                   .original_action = message.action,
                   .is_error = true},
                  out);
  }
  if (!permits(message, Act::request, message.name, out)) return;
  auto data = message.data.empty() ? base::Result<std::string>(std::string()) : payload(message);
  if (!data) return refuse(message, invalid_message_data, out);
  const Settings& settings = house_.desk.settings;
  ask({.about = Question::About::call, .message = message},
      model::Call{.procedure = message.name,
                  .data = std::move(*data),
                  .caller = provider(),
                  .timeout_ms = settings.rpc_response_ms,
                  .accept_ms = settings.rpc_accept_ms,
                  .wants_accepted = true},
      out);
}

void Session::provide(const Message& message, bool on, ServerSteps& out) {
  const auto names = on ? permitted(message, Act::provide, out) : message.names;
  if (names.empty()) return;
  for (const std::string& name : names) {
    Message one = about(message, name);
    if (on && provided_.size() >= base::limits::procedures_max) {
      deny(one, out);
      continue;
    }
    if (on == provided_.contains(name)) {
      refuse(one, on ? rpc_action::multiple_providers : rpc_action::not_provided, out);
      continue;
    }
    if (on && provided_.empty()) {
      out.push_back(
          dialect::Join{.carrier = carrier_, .topic = topic_of(model::Topic::Kind::call, provider())});
    }
    if (on) {
      provided_.insert(name);
    } else {
      provided_.erase(name);
    }
    ask({.about = Question::About::provide, .message = std::move(one)},
        model::Provide{.procedure = name, .provider = provider(), .on = on, .accepts = true}, out);
  }
  acknowledge(message, out);
}

void Session::provider_says(const Message& message, ServerSteps& out) {
  const auto call = base::read_decimal(message.correlation_id);
  if (!call) return refuse(message, rpc_action::invalid_rpc_correlation_id, out);
  if (message.action == rpc_action::accept) {
    return ask({.message = message}, model::Accept{.provider = provider(), .call = *call}, out);
  }
  model::Return answer{.provider = provider(), .call = *call};
  answer.rejected = message.action == rpc_action::reject;
  if (!message.data.empty()) {
    auto data = payload(message);
    if (!data) return refuse(message, rpc_action::invalid_message_data, out);
    answer.data = std::move(*data);
  }
  if (message.action == rpc_action::request_error) {
    answer.error = answer.data.empty() ? "null" : std::move(answer.data);
    answer.data.clear();
  }
  ask({.message = message}, std::move(answer), out);
}

void Session::called(const Question& question, const model::Reply& reply, ServerSteps& out) {
  using namespace rpc_action;
  const Message& asked = question.message;
  Message answer{.topic = Topic::rpc, .correlation_id = asked.correlation_id, .name = asked.name};
  if (std::holds_alternative<model::Accepted>(reply)) {
    answer.action = accept;
  } else if (const auto* returned = std::get_if<model::Returned>(&reply)) {
    answer.action = returned->error.empty() ? response : request_error;
    answer.data = returned->error.empty() ? returned->data : returned->error;
  } else if (std::holds_alternative<model::Unaccepted>(reply)) {
    answer.action = accept_timeout;
  } else if (const auto* failed = std::get_if<model::Failed>(&reply)) {
    const base::Code code = failed->error.code;
    if (code == base::Code::timeout) {
      answer.action = response_timeout;
    } else if (code == base::Code::not_found || code == base::Code::closed) {
      answer.action = no_rpc_provider;
    } else {
      return fail(asked, failed->error, out);
    }
  }
  send(answer, out);
}

// ---- presence ---------------------------------------------------------------------------------------------

void Session::presence(const Message& message, ServerSteps& out) {
  if (message.action < presence_action::query_all || message.action > presence_action::unsubscribe_all) {
    return send({.topic = Topic::parser,
                 .action = parser_action::unknown_action,
                 .original_topic = static_cast<std::int32_t>(Topic::presence),
                 .original_action = message.action,
                 .is_error = true},
                out);
  }
  const std::size_t count = house_.users.subscriptions(carrier_) + message.names.size();
  if (message.action == presence_action::subscribe && count > house_.traffic.limits().subscriptions) {
    house_.traffic.count("subscriptions");
    return deny(message, out);
  }
  Message allowed = message;
  allowed.names = permitted(message, Act::allow, out);
  const bool is_about_all =
      message.action == presence_action::query_all || message.action == presence_action::subscribe_all;
  if (is_about_all && !permits(message, Act::allow, std::string(all_names), out)) return;
  house_.users.receive(carrier_, caller_.name, allowed, out);
}

}  // namespace rockpool::dialects::deepstream
