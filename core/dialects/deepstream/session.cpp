#include "core/dialects/deepstream/session.h"

#include "core/dialect/frames.h"
#include "core/dialects/deepstream/codec.h"
#include "core/dialects/deepstream/errors.h"
#include "core/model/value.h"

namespace rockpool::dialects::deepstream {
namespace {

constexpr base::Duration stranger_time = base::seconds(180);
constexpr base::Duration silence = base::seconds(65);  // two of the client's heartbeats, and a little
constexpr base::Duration retry = base::milliseconds(50);
constexpr int refusals_max = 3;
constexpr std::size_t inbox_bytes_max = 4 << 20;
// Of collections that are followed as a whole, each of which counts as one subscription.
constexpr std::size_t within_max = 50'000;

// The numbers of what every topic can say.
struct Common {
  std::int32_t denied, invalid_data, unknown_error, permission_error;
};
Common common_of(Topic topic) {
  switch (topic) {
    case Topic::record:
      return {record_action::message_denied, record_action::invalid_message_data, record_action::update_error,
              record_action::message_permission_error};
    case Topic::rpc:
      return {rpc_action::message_denied, rpc_action::invalid_message_data,
              rpc_action::message_permission_error, rpc_action::message_permission_error};
    case Topic::presence:
      return {presence_action::message_denied, presence_action::invalid_presence_users,
              presence_action::message_permission_error, presence_action::message_permission_error};
    default:
      return {event_action::message_denied, event_action::invalid_message_data,
              event_action::message_permission_error, event_action::message_permission_error};
  }
}

}  // namespace

std::size_t Session::bytes_of(const Message& message) {
  std::size_t bytes = sizeof(Message) + message.data.size() + message.name.size() + message.path.size();
  for (const std::string& name : message.names) bytes += sizeof(name) + name.size();
  return bytes;
}

Session::Session(Instant now, CarrierId carrier, Visitor visitor, House& house)
    : carrier_(carrier),
      visitor_(std::move(visitor)),
      house_(house),
      began_(now),
      heard_(now),
      messages_(house.traffic.limits().messages, now) {}

// ---- saying -----------------------------------------------------------------------------------------------

void Session::send(const Message& message, ServerSteps& out) const {
  out.push_back(
      dialect::SendFrame{.carrier = carrier_, .bytes = dialect::share(encode(message)), .binary = true});
}

void Session::refuse(const Message& message, std::int32_t action, ServerSteps& out, std::string data) const {
  send({.topic = message.topic,
        .action = action,
        .original_action = message.action,
        .is_error = true,
        .is_write_ack = message.is_write_ack,
        .data = std::move(data),
        .correlation_id = message.correlation_id,
        .name = message.name},
       out);
}

void Session::deny(const Message& message, ServerSteps& out) const {
  refuse(message, common_of(message.topic).denied, out);
}

void Session::fail(const Message& message, const base::Error& error, ServerSteps& out) const {
  const Common common = common_of(message.topic);
  switch (error.code) {
    case base::Code::forbidden:
    case base::Code::auth: return refuse(message, common.denied, out);
    // Only somebody who deletes something can help: not to be repeated as what failed in passing is.
    case base::Code::quota:
    case base::Code::invalid:
    case base::Code::too_large: return refuse(message, common.invalid_data, out, model::write(error.message));
    default: return refuse(message, common.unknown_error, out, model::write(error.message));
  }
}

base::Result<std::string> Session::payload(const Message& message) const {
  auto data = model::compact(message.data, {.depth_max = house_.desk.settings.json_depth});
  if (!data && data.error().code == base::Code::too_large) house_.traffic.count("json");
  return data;
}

Message Session::about(const Message& message, const std::string& name) {
  Message one = message;
  one.names.clear();
  one.name = name;
  return one;
}

std::vector<std::string> Session::permitted(const Message& message, Act act, ServerSteps& out) const {
  std::vector<std::string> names;
  for (const std::string& name : message.names) {
    if (permits(about(message, name), act, name, out)) names.push_back(name);
  }
  return names;
}

bool Session::may_subscribe(const Message& one, ServerSteps& out) const {
  const std::size_t count = subscriptions_.size() - within_ + house_.events.subscriptions(carrier_) +
                            house_.users.subscriptions(carrier_);
  const bool is_within = one.topic == Topic::record && is_within_whole(one.name);
  if (is_within ? within_ < within_max : count < house_.traffic.limits().subscriptions) return true;
  house_.traffic.count("subscriptions");
  refuse(one, one.topic == Topic::record ? record_action::load_error : common_of(one.topic).denied, out,
         model::write("this connection has as many subscriptions as it may"));
  return false;
}

// As the original does: with the names that were asked for, denied ones too, but for procedures.
void Session::acknowledge(const Message& message, ServerSteps& out) const {
  send({.topic = message.topic,
        .action = message.action,
        .is_ack = true,
        .correlation_id = message.correlation_id,
        .names = message.topic == Topic::rpc ? std::vector<std::string>() : message.names},
       out);
}

void Session::end(wire::CloseCode code, std::string reason, ServerSteps& out) {
  if (std::exchange(phase_, Phase::over) == Phase::over) return;
  out.push_back(dialect::CloseStream{.carrier = carrier_, .code = code, .reason = std::move(reason)});
}

void Session::ask(Question question, model::Command command, ServerSteps& out) {
  const Ticket ticket = house_.desk.ask(caller_.principal, std::move(command), out);
  house_.asked.emplace(ticket, carrier_);
  questions_.emplace(ticket, std::move(question));
}

bool Session::permits(const Message& message, Act act, const std::string& name, ServerSteps& out) const {
  const Answer answer = judge(message, act, name);
  if (answer != Answer::yes) refuse_for(message, answer, out);
  return answer == Answer::yes;
}

void Session::refuse_for(const Message& message, Answer answer, ServerSteps& out) const {
  if (answer != Answer::failed) return deny(message, out);
  refuse(message, common_of(message.topic).permission_error, out);
}

// ---- hearing ----------------------------------------------------------------------------------------------

void Session::receive(Instant now, const dialect::Frame& frame, ServerSteps& out) {
  heard_ = now;
  if (phase_ == Phase::over) return;
  if (!frame.binary) {
    return end(wire::CloseCode::unsupported_data, "the protocol's frames are binary", out);
  }
  auto messages = decode(frame.bytes);
  if (!messages) {
    send({.topic = Topic::parser,
          .action = parser_action::message_parse_error,
          .is_error = true,
          .data = model::write(messages.error().message)},
         out);
    return end(wire::CloseCode::policy, "a frame makes no sense: " + messages.error().message, out);
  }
  for (Message& message : *messages) {
    inbox_bytes_ += bytes_of(message);
    inbox_.push_back(std::move(message));
  }
  pump(now, out);
  if (inbox_bytes_ > inbox_bytes_max)
    end(wire::CloseCode::policy, "too many messages wait to be served", out);
}

void Session::pump(Instant now, ServerSteps& out) {
  goes_on_.reset();
  while (!inbox_.empty() && phase_ != Phase::over && phase_ != Phase::admitting) {
    if (rule_reads_ > 0) return;
    const bool is_inquired = phase_ == Phase::open && !inquiry_ && this->is_inquired(inbox_.front());
    waits_for_writes_ = is_inquired && !writing_.empty();
    if (waits_for_writes_) return;
    if (phase_ == Phase::open && !inquiry_) {
      const auto verdict = house_.traffic.judge(now, messages_, caller_.principal.user);
      if (verdict != dialect::Traffic::Verdict::fine) {
        goes_on_ = now + retry;
        return;
      }
    }
    if (is_inquired) inquire(out);
    if (rule_reads_ > 0) return;
    Message message = std::move(inbox_.front());
    inbox_.pop_front();
    inbox_bytes_ -= bytes_of(message);
    take(now, std::move(message), out);
    inquiry_.reset();
  }
}

void Session::take(Instant now, Message message, ServerSteps& out) {
  if (message.topic == Topic::connection) return connection(message, out);
  if (phase_ == Phase::fresh) {
    return send({.topic = Topic::connection, .action = connection_action::invalid_message}, out);
  }
  if (message.topic == Topic::auth || phase_ != Phase::open) return authenticate(now, message, out);
  switch (message.topic) {
    case Topic::record: return record(now, std::move(message), out);
    case Topic::event: return event(now, message, out);
    case Topic::rpc: return rpc(message, out);
    case Topic::presence: return presence(message, out);
    default:
      send({.topic = Topic::parser,
            .action = parser_action::unknown_topic,
            .original_topic = message.original_topic,
            .original_action = message.action,
            .is_error = true},
           out);
  }
}

void Session::connection(const Message& message, ServerSteps& out) {
  if (message.action == connection_action::ping) {
    send({.topic = Topic::connection, .action = connection_action::pong}, out);
  } else if (message.action == connection_action::challenge) {
    if (phase_ == Phase::fresh) {
      phase_ = Phase::challenged;
      is_ours_ = message.sdk_type == sdk_of_ours;
    }
    send({.topic = Topic::connection,
          .action = connection_action::accept,
          .data = std::string(is_ours_ ? knows_collections : "")},
         out);
  }
}

// ---- logging in -------------------------------------------------------------------------------------------

void Session::authenticate(Instant now, const Message& message, ServerSteps& out) {
  if (message.topic != Topic::auth || phase_ != Phase::challenged) {
    return send({.topic = Topic::auth, .action = auth_action::invalid_message}, out);
  }
  auto data = model::compact(message.data.empty() ? "{}" : message.data);
  if (message.action != auth_action::request || !data || data->front() != '{') {
    send({.topic = Topic::auth,
          .action = auth_action::invalid_message_data,
          .original_action = message.action},
         out);
    return end(wire::CloseCode::policy, "credentials are a JSON object", out);
  }
  phase_ = Phase::admitting;
  Credentials credentials{.token = {}, .auth_data = *data == "{}" ? std::string() : std::move(*data)};
  auto answer = house_.admission.ask(now, carrier_, std::move(credentials), visitor_, out);
  if (answer) admitted(now, std::move(answer->verdict), out);
}

void Session::admitted(Instant now, Admission::Verdict verdict, ServerSteps& out) {
  if (phase_ != Phase::admitting) return;
  if (auto* caller = std::get_if<Caller>(&verdict)) {
    if (!house_.traffic.enter(caller->principal.user, now)) {
      return end(wire::CloseCode::try_again, "this user has as many connections as there may be", out);
    }
    caller_ = std::move(*caller);
    phase_ = Phase::open;
    send({.topic = Topic::auth,
          .action = auth_action::successful,
          .data = caller_.client_data == "{}" ? std::string() : caller_.client_data},
         out);
    house_.users.arrive(carrier_, caller_.principal, caller_.name, out);
    return pump(now, out);
  }
  phase_ = Phase::challenged;
  const auto* denied = std::get_if<dialect::Denied>(&verdict);
  send({.topic = Topic::auth,
        .action = auth_action::unsuccessful,
        .data = model::write(denied->error.message)},
       out);
  if (++refusals_ < refusals_max) return pump(now, out);
  send({.topic = Topic::auth, .action = auth_action::too_many_attempts}, out);
  end(wire::CloseCode::policy, "too many log-ins failed", out);
}

void Session::review(const dialect::Standing& standing, ServerSteps& out) {
  if (phase_ != Phase::open) return;
  auto principal = standing.renew(caller_.principal);
  if (!principal) return end(wire::CloseCode::policy, principal.error().message, out);
  caller_.principal = std::move(*principal);
}

// ---- time and end -----------------------------------------------------------------------------------------

Instant Session::deadline() const {
  if (phase_ != Phase::open) return began_ + stranger_time;
  Instant at = heard_ + silence;
  if (goes_on_) at = std::min(at, *goes_on_);
  if (caller_.principal.expires_ms > 0) at = std::min(at, Instant{caller_.principal.expires_ms});
  return at;
}

void Session::wake(Instant now, ServerSteps& out) {
  if (phase_ == Phase::over) return;
  if (phase_ != Phase::open) {
    if (now < began_ + stranger_time) return;
    send({.topic = Topic::connection, .action = connection_action::authentication_timeout}, out);
    return end(wire::CloseCode::policy, "nobody logged in within 180 s", out);
  }
  const std::int64_t expires_ms = caller_.principal.expires_ms;
  if (expires_ms > 0 && now.ms >= expires_ms)
    return end(wire::CloseCode::policy, "the token has expired", out);
  if (now >= heard_ + silence) return end(wire::CloseCode::policy, "nothing was heard for 65 s", out);
  if (goes_on_ && now >= *goes_on_) pump(now, out);
}

void Session::gone(Instant now, ServerSteps& out) {
  for (const auto& [ticket, question] : questions_) house_.asked.erase(ticket);
  if (caller_.principal.user.size() > 0) house_.traffic.leave(caller_.principal.user);
  house_.users.gone(carrier_);
  house_.records.gone(now, carrier_, out);
  house_.events.gone(now, carrier_, out);
  phase_ = Phase::over;
}

void Session::answer(Instant now, Ticket ticket, const model::Reply& reply, ServerSteps& out) {
  hear(now, ticket, reply, out);
  if (waits_for_writes_ && writing_.empty()) pump(now, out);
}

void Session::hear(Instant now, Ticket ticket, const model::Reply& reply, ServerSteps& out) {
  const auto held = questions_.find(ticket);
  if (held == questions_.end() || phase_ == Phase::over) return;
  if (dialect::stays_open(reply)) {
    if (std::holds_alternative<model::Accepted>(reply)) return called(held->second, reply, out);
    if (std::get<model::Written>(reply).outcomes.empty()) return;
  }
  const Question question = std::move(questions_.extract(held).mapped());
  using About = Question::About;
  if (question.about == About::rule) return rule_found(now, question.message.name, reply, out);
  if (question.about == About::call) return called(question, reply, out);
  if (question.about == About::whole) return whole_heard(question.message, reply, out);
  if (const auto* found = std::get_if<model::Found>(&reply)) return this->found(now, question, *found, out);
  if (const auto* written = std::get_if<model::Written>(&reply))
    return this->written(now, question, *written, out);
  const auto* failed = std::get_if<model::Failed>(&reply);
  if (failed != nullptr) {
    if (question.about == About::head && question.heads) head_found(question, -1, out);
    fail(question.message, failed->error, out);
    if (question.about == About::listen) house_.events.unsubscribe(carrier_, question.message.name, out);
    if (question.about == About::provide) provided_.erase(question.message.name);
    const bool wrote = question.about == About::write || question.about == About::remove;
    if (wrote || question.about == About::create) settle(now, question.message.name, out);
  } else if (question.about == About::listen &&
             house_.events.is_subscribed(carrier_, question.message.name)) {
    out.push_back(dialect::Join{.carrier = carrier_,
                                .topic = topic_of(model::Topic::Kind::event, question.message.name)});
  }
}

}  // namespace rockpool::dialects::deepstream
