// Events and calls in a session: passed on, in either direction, at most once.
#include "core/base/text.h"
#include "core/dialect/frames.h"
#include "core/dialect/object_text.h"
#include "core/dialects/native/session.h"
#include "core/dialects/native/shape.h"
#include "core/model/names.h"

namespace rockpool::dialects::native {

using base::Code;
using base::Error;
using dialect::Members;
using dialect::ObjectText;
using model::Topic;

namespace {

std::string payload_of(Members& members, std::string_view name) {
  return members.has(name) ? members.text(name) : std::string();
}

// What a call's end says that no provider gave.
std::string error_text(const Error& error) {
  std::string out;
  ObjectText(out).text("code", base::name_of(error.code)).text("message", error.message).end();
  return out;
}

void put_payload(ObjectText& text, const std::string& data, const std::string& user) {
  if (!data.empty()) text.raw("data", data);
  if (!user.empty()) text.text("user", user);
  text.end();
}

}  // namespace

std::string event_text(const std::string& event, const model::Emitted& emitted) {
  std::string out;
  ObjectText text(out);
  text.text("type", "event").text("event", event);
  put_payload(text, emitted.data, emitted.user);
  return out;
}

std::string rpc_text(const model::Called& called) {
  std::string out;
  ObjectText text(out);
  text.text("type", "rpc").count("id", called.call).text("rpc", called.procedure);
  put_payload(text, called.data, called.user);
  return out;
}

Topic Session::signal_topic(Topic::Kind kind, std::string name) const {
  return {.space = hello_.space, .kind = kind, .name = std::move(name)};
}

void Session::on(Instant, dialect::Signal signal, ServerSteps& out) {
  const auto value = read_frame(signal.text, base::limits::message_bytes_max);
  if (!value) return bad_message(value.error(), out);
  const std::string type = *model::text_member(*value, "type");
  Members members(*value, type);
  const std::string data = payload_of(members, "data");
  const std::string error = payload_of(members, "error");
  for (const std::string& payload : {data, error}) {
    if (auto refused = refuse_payload(payload)) return bad_message(*refused, out);
  }
  const bool is_event = type == "emit" || type == "subscribe";
  std::string name = type == "result" ? "" : members.text(is_event ? "event" : "rpc");
  const bool has_id = type == "call" || type == "result";
  const std::uint64_t id = has_id ? members.count("id") : 0;
  if (members.error()) return bad_message(*members.error(), out);
  if (type == "emit") return say_signal(model::Emit{.event = std::move(name), .data = data}, out);
  if (type == "subscribe") return listen(read_sub(*value, members), name, out);
  if (type == "provide") return provide(std::move(name), members.flag_or("on", true), out);
  if (type == "call") {
    const auto timeout_ms = static_cast<std::int64_t>(members.count_or("timeout", 0));
    return call(id, {.procedure = std::move(name), .data = data, .caller = {}, .timeout_ms = timeout_ms},
                out);
  }
  say_signal(model::Return{.provider = dialect::member_prefix(carrier_),
                           .call = id,
                           .data = data,
                           .error = error == "null" ? "" : error},
             out);
}

void Session::say_signal(model::Command command, ServerSteps& out) {
  ask({.about = Question::About::signal}, std::move(command), out);
}

void Session::listen(const std::string& sub, const std::string& event, ServerSteps& out) {
  if (auto fine = model::check_event(event); !fine) return complain(fine.error(), sub, out);
  const auto refuse = [&](Code code, std::string message) {
    complain({.code = code, .message = std::move(message), .path = ""}, sub, out);
  };
  if (events_.contains(sub) || pulls_.has(sub)) {
    return refuse(Code::exists, "sub is in use, unsubscribe it first or choose another");
  }
  if (pulls_.size() + events_.size() >= desk_.options.limits.subscriptions) {
    desk_.traffic.count("subscriptions");
    return refuse(Code::quota, subscriptions_full);
  }
  events_.emplace(sub, event);
  ask({.about = Question::About::listen, .sub = sub, .event = event}, model::Listen{event}, out);
}

void Session::listened(const Question& question, const model::Reply& reply, ServerSteps& out) {
  const auto held = events_.find(question.sub);
  if (held == events_.end() || held->second != question.event) return;  // not any more
  if (const auto* failed = std::get_if<model::Failed>(&reply)) {
    events_.erase(held);
    return complain(failed->error, question.sub, out);
  }
  send(Subscribed{.sub = question.sub, .topic = "e:" + question.event, .collection = ""}, out);
  out.push_back(
      dialect::Join{.carrier = carrier_, .topic = signal_topic(Topic::Kind::event, question.event)});
}

void Session::mute(const std::string& sub, ServerSteps& out) {
  const std::string event = std::move(events_.extract(sub).mapped());
  for (const auto& [other, of] : events_) {
    if (of == event) return;
  }
  out.push_back(dialect::Leave{.carrier = carrier_, .topic = signal_topic(Topic::Kind::event, event)});
}

void Session::provide(std::string procedure, bool on, ServerSteps& out) {
  const std::string self = dialect::member_prefix(carrier_);
  if (on && !std::exchange(provides_, true)) {
    out.push_back(dialect::Join{.carrier = carrier_, .topic = signal_topic(Topic::Kind::call, self)});
  }
  say_signal(model::Provide{.procedure = std::move(procedure), .provider = self, .on = on}, out);
}

void Session::call(std::uint64_t id, model::Call call, ServerSteps& out) {
  for (const auto& [ticket, open] : questions_) {
    if (open.about != Question::About::call || open.call != id) continue;
    return complain(
        {.code = Code::exists, .message = "a call of this id is open, choose another", .path = ""}, "", out);
  }
  call.caller = dialect::member_prefix(carrier_);
  ask({.about = Question::About::call, .call = id}, std::move(call), out);
}

void Session::called(const Question& question, const model::Reply& reply, ServerSteps& out) {
  std::string result;
  ObjectText text(result);
  text.text("type", "result").count("id", question.call);
  if (const auto* returned = std::get_if<model::Returned>(&reply)) {
    if (!returned->error.empty()) {
      text.raw("error", returned->error);
    } else if (!returned->data.empty()) {
      text.raw("data", returned->data);
    }
  } else if (const auto* failed = std::get_if<model::Failed>(&reply)) {
    if (failed->error.code == Code::quota) desk_.traffic.count("calls");
    text.raw("error", error_text(failed->error));
  } else if (std::holds_alternative<model::Unaccepted>(reply)) {
    text.raw("error", error_text({.code = Code::timeout,
                                  .message = "who provides it did not say in time that it will do it",
                                  .path = {}}));
  }
  text.end();
  send(dialect::Signal{std::move(result)}, out);
}

}  // namespace rockpool::dialects::native
