#include "core/dialects/native/session.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/dialect/frames.h"
#include "core/model/names.h"

namespace rockpool::dialects::native {
namespace {

namespace limits = base::limits;
using base::Code;
using base::Error;

constexpr std::size_t member_bytes_max = 64;
constexpr std::size_t room_bytes_max = limits::name_bytes_max;
constexpr std::size_t session_id_bytes = 16;
// A fleet told to come back after a restart spreads out over this time.
constexpr std::int64_t reconnect_ms_min = 500;
constexpr std::uint64_t reconnect_ms_spread = 4500;
// Those whose rights changed at once come back over this time.
constexpr std::uint64_t rights_reconnect_ms_spread = 1000;

Error error_of(Code code, std::string message) {
  return {.code = code, .message = std::move(message), .path = ""};
}

std::vector<std::uint64_t> numbers_of(const Push& push) {
  std::vector<std::uint64_t> numbers;
  for (const model::Group& group : push.groups) {
    for (const model::Mutation& mutation : group) numbers.push_back(mutation.number);
  }
  return numbers;
}

}  // namespace

Session::Session(Instant now, CarrierId carrier, Visitor visitor, Desk& desk)
    : carrier_(carrier),
      visitor_(std::move(visitor)),
      desk_(desk),
      began_(now),
      heard_(now),
      messages_(desk.options.limits.messages, now),
      pulls_(carrier, desk.options.space, desk.options.limits.subscriptions) {}

Session::~Session() {
  if (number_ == 0) return;
  const auto held = desk_.clients.find(client());
  held->second.erase(number_);
  desk_.traffic.leave(principal_.user);
  if (held->second.empty()) desk_.clients.erase(held);
}

// ---- saying -----------------------------------------------------------------------------------------------

void Session::send(const DownMessage& message, ServerSteps& out) const {
  out.push_back(dialect::SendFrame{.carrier = carrier_, .bytes = dialect::share(encode_down(message))});
}

void Session::complain(Error error, std::string sub, ServerSteps& out, std::int64_t retry_after_ms) {
  complaint_ = error.code;
  const bool retryable = is_retryable(error.code);
  send(Problem{.error = std::move(error),
               .retryable = retryable,
               .retry_after_ms = retry_after_ms,
               .sub = std::move(sub)},
       out);
}

void Session::bad_message(const Error& error, ServerSteps& out) {
  if (error.code == Code::too_large) desk_.traffic.count("json");
  complain(error_of(Code::bad_message, error.message), "", out);
  if (++bad_messages_ >= limits::bad_messages_max) end(wire::CloseCode::policy, "too many bad messages", out);
}

void Session::end(wire::CloseCode code, std::string reason, ServerSteps& out) {
  phase_ = Phase::over;
  out.push_back(dialect::CloseStream{.carrier = carrier_, .code = code, .reason = std::move(reason)});
}

void Session::drain(ServerSteps& out) {
  const auto spread = static_cast<std::int64_t>(desk_.prng.below(reconnect_ms_spread));
  send(Bye{.reason = "the server is going down", .reconnect_after_ms = reconnect_ms_min + spread}, out);
}

void Session::ask(Question question, model::Command command, ServerSteps& out) {
  const Ticket ticket = desk_.open(carrier_);
  questions_.emplace(ticket, std::move(question));
  out.push_back(dialect::Asked{
      .ticket = ticket, .principal = principal_, .space = hello_.space, .command = std::move(command)});
}

void Session::identify(Question::About about, const std::string& token, ServerSteps& out) {
  const Ticket ticket = desk_.open(carrier_);
  questions_.emplace(ticket, Question{.about = about});
  dialect::Identify question{.ticket = ticket,
                             .token = token,
                             .origin = visitor_.origin,
                             .space = hello_.space,
                             .address = visitor_.address};
  // Those of the request are for hello alone; what renews them is said.
  if (about == Question::About::hello) std::exchange(visitor_.credentials, {}).fill(question);
  out.push_back(std::move(question));
}

// ---- hearing ----------------------------------------------------------------------------------------------

void Session::receive(Instant now, const dialect::Frame& frame, ServerSteps& out) {
  if (is_over()) return;
  heard_ = now;
  if (frame.binary) return bad_message(error_of(Code::bad_message, "a binary frame, messages are text"), out);
  auto messages = decode_up(frame.bytes);
  if (!messages) return bad_message(messages.error(), out);
  receive(now, std::move(*messages), frame.bytes.size(), out);
}

void Session::receive(Instant now, UpMessages messages, std::size_t bytes, ServerSteps& out) {
  heard_ = now;
  const auto verdict = desk_.traffic.judge(now, messages_, number_ == 0 ? std::string() : principal_.user);
  if (verdict != dialect::Traffic::Verdict::fine) {
    turn_down(std::move(messages), out);
    if (verdict == dialect::Traffic::Verdict::for_too_long) {
      end(wire::CloseCode::policy, "too many messages for too long", out);
    }
    return;
  }
  if (phase_ == Phase::naming || phase_ == Phase::greeting) early_bytes_ += bytes;
  for (auto& message : messages) {
    if (is_over()) return;
    if (!message) {
      bad_message(message.error(), out);
    } else {
      take(now, std::move(*message), out);
    }
  }
}

void Session::take(Instant now, UpMessage message, ServerSteps& out) {
  const bool is_hello = std::holds_alternative<Hello>(message);
  if (phase_ == Phase::fresh && !is_hello) {
    return bad_message(error_of(Code::bad_message, "the first message is hello"), out);
  }
  if (phase_ != Phase::fresh && is_hello) {
    return bad_message(error_of(Code::bad_message, "hello is said once, renew a token with auth"), out);
  }
  if (phase_ == Phase::naming || phase_ == Phase::greeting) {
    early_.push_back(std::move(message));
    if (early_bytes_ > limits::message_bytes_max) {
      end(wire::CloseCode::policy, "more than 1 MiB before welcome", out);
    }
    return;
  }
  // A client that only looks whether a better carrier gets through goes on over the older connection.
  if (phase_ == Phase::open && !std::exchange(has_spoken_, true)) take_over();
  std::visit([&](auto& one) { on(now, std::move(one), out); }, message);
}

void Session::on(Instant, Hello hello, ServerSteps& out) {
  Error wrong;
  bool fine = false;
  if (hello.protocol != protocol_version) {
    wrong = error_of(Code::unsupported_version, "this server speaks protocol 1, not " +
                                                    base::decimal(hello.protocol) +
                                                    ": use an SDK of the same age");
  } else if (auto client = model::check_client(hello.client); !client) {
    wrong = client.error();
  } else if (auto space = model::check_space(hello.space); !space) {
    wrong = space.error();
  } else if (desk_.draining) {
    wrong = error_of(Code::overloaded, "the server is going down, come back in a few seconds");
  } else {
    fine = true;
  }
  if (!fine) {
    complain(std::move(wrong), "", out);
    return end(wire::CloseCode::policy, "hello was refused", out);
  }
  hello_ = std::move(hello);
  pulls_.set_space(hello_.space);
  phase_ = Phase::naming;
  identify(Question::About::hello, hello_.token, out);
}

void Session::on(Instant now, Subscribe subscribe, ServerSteps& out) {
  if (subscribe.filtered) {
    return complain(
        error_of(Code::unsupported, "filter, orderBy and limit are not served yet: subscribe to the whole"),
        subscribe.sub, out);
  }
  if (events_.contains(subscribe.sub)) {
    return complain(error_of(Code::exists, "sub is in use, unsubscribe it first or choose another"),
                    subscribe.sub, out);
  }
  if (auto done = pulls_.subscribe(subscribe, hello_.cursor, out); !done) {
    if (done.error().code == Code::quota) desk_.traffic.count("subscriptions");
    return complain(done.error(), subscribe.sub, out);
  }
  pump(now, out);
}

void Session::on(Instant now, Unsubscribe unsubscribe, ServerSteps& out) {
  if (events_.contains(unsubscribe.sub)) return mute(unsubscribe.sub, out);
  pulls_.unsubscribe(unsubscribe.sub, out);
  pump(now, out);
}

void Session::on(Instant, Push push, ServerSteps& out) {
  Question question{
      .about = Question::About::push, .numbers = numbers_of(push), .refused = std::move(push.refused)};
  ask(std::move(question),
      model::Write{.client = hello_.client,
                   .settled = push.settled,
                   .except = std::move(push.except),
                   .groups = std::move(push.groups)},
      out);
}

void Session::on(Instant, Auth auth, ServerSteps& out) { identify(Question::About::auth, auth.token, out); }

// Where the log stands is only asked: by the time the answer is here, everything before it has been told.
void Session::on(Instant, Ping, ServerSteps& out) {
  if (!pulls_.is_level()) return send(Pong{}, out);
  ask({.about = Question::About::ping},
      model::CatchUp{.collection = pulls_.some_collection(), .cursor = std::nullopt, .bytes_max = 1}, out);
}

// ---- presence ---------------------------------------------------------------------------------------------

void Session::on(Instant, Presence presence, ServerSteps& out) {
  if (presence.room.empty() || presence.room.size() > room_bytes_max ||
      presence.member.size() > member_bytes_max) {
    return complain(error_of(Code::invalid, "presence: a room has 1 to 256 bytes, a member at most 64"), "",
                    out);
  }
  if (presence.state) say_presence(presence, out);
  if (presence.watch) watch_presence(presence.room, *presence.watch, out);
}

void Session::say_presence(const Presence& presence, ServerSteps& out) {
  if (presence.state->size() > limits::presence_state_bytes_max) {
    return complain(error_of(Code::too_large, "presence: a state has at most 4096 bytes"), "", out);
  }
  const std::pair place(presence.room, presence.member);
  if (presence.state->empty()) {
    if (said_.erase(place) == 0) return;
  } else if (said_.size() < limits::presence_rooms_max || said_.contains(place)) {
    said_.insert(place);
  } else {
    desk_.traffic.count("presence_rooms");
    return complain(error_of(Code::quota, "presence: a connection is in at most 100 rooms, leave one first"),
                    "", out);
  }
  ask({.about = Question::About::presence},
      model::SetPresence{.room = presence.room,
                         .member = dialect::member_prefix(carrier_) + presence.member,
                         .state = *presence.state},
      out);
}

void Session::watch_presence(const std::string& room, bool on, ServerSteps& out) {
  if (!on) {
    if (watched_.erase(room) == 0) return;
    out.push_back(
        dialect::Leave{.carrier = carrier_,
                       .topic = {.space = hello_.space, .kind = model::Topic::Kind::presence, .name = room}});
    return;
  }
  if (watched_.size() >= limits::presence_rooms_max && !watched_.contains(room)) {
    desk_.traffic.count("presence_rooms");
    return complain(error_of(Code::quota, "presence: a connection watches at most 100 rooms"), "", out);
  }
  watched_.insert(room);
  ask({.about = Question::About::room, .room = room}, model::ListPresence{.room = room}, out);
}

void Session::watched(const Question& question, const model::Reply& reply, ServerSteps& out) {
  const auto* present = std::get_if<model::Present>(&reply);
  if (present == nullptr) {
    watched_.erase(question.room);
    return;
  }
  if (!watched_.contains(question.room)) return;  // not any more
  send(PresenceList{.room = question.room, .members = present->members, .whole = true}, out);
  out.push_back(dialect::Join{
      .carrier = carrier_,
      .topic = {.space = hello_.space, .kind = model::Topic::Kind::presence, .name = question.room}});
}

// ---- answers ----------------------------------------------------------------------------------------------

void Session::identified(Instant now, Ticket ticket, dialect::Identity identity, ServerSteps& out) {
  const auto asked = questions_.find(ticket);
  if (is_over() || asked == questions_.end()) return;
  const Question::About about = asked->second.about;
  questions_.erase(asked);
  if (about == Question::About::auth) return renewed(std::move(identity), out);
  if (const auto* denied = std::get_if<dialect::Denied>(&identity)) {
    complain(denied->error, "", out, denied->retry_after_ms);
    return end(wire::CloseCode::policy, "hello was refused", out);
  }
  auto& known = *std::get_if<dialect::Identified>(&identity);
  if (!desk_.traffic.enter(known.principal.user, now)) {
    complain(error_of(Code::overloaded, "this user has as many connections as there may be: close one first"),
             "", out);
    return end(wire::CloseCode::try_again, "too many connections of this user", out);
  }
  principal_ = std::move(known.principal);
  name_ = known.secret.empty() ? desk_.prng.hex(session_id_bytes) : std::move(known.secret);
  phase_ = Phase::greeting;
  number_ = ++desk_.last_number;
  desk_.clients[client()].emplace(number_, carrier_);
  ask({.about = Question::About::greet},
      model::Greet{.client = hello_.client, .settled = hello_.settled, .except = hello_.except}, out);
}

// What an older one still brings was sent before answers that this one will give.
void Session::take_over() {
  for (const auto& [number, carrier] : desk_.clients.find(client())->second) {
    if (number < number_) desk_.replaced.push_back(carrier);
  }
}

void Session::replaced(ServerSteps& out) {
  if (!is_over()) end(wire::CloseCode::policy, "the client has a newer connection", out);
}

// One that waits to be identified is told the newest anyway.
void Session::review(const dialect::Standing& standing, ServerSteps& out) {
  if (phase_ != Phase::greeting && phase_ != Phase::open) return;
  auto principal = standing.renew(principal_);
  if (principal) {
    principal_ = std::move(*principal);
    if (phase_ == Phase::open) ask({.about = Question::About::regard}, model::Regard{}, out);
    return;
  }
  complain(principal.error(), "", out);
  end(wire::CloseCode::policy, "not let in any more", out);
}

// What it subscribed to may be more or less than it sees now: it comes again, and both sides begin anew from
// its cursor.
void Session::regarded(const model::Reply& reply, ServerSteps& out) {
  const auto* regarded = std::get_if<model::Regarded>(&reply);
  if (regarded == nullptr || regarded->rights == rights_) return;
  const auto spread = static_cast<std::int64_t>(desk_.prng.below(rights_reconnect_ms_spread));
  send(Bye{.reason = "your rights have changed", .reconnect_after_ms = spread}, out);
  end(wire::CloseCode::restart, "your rights have changed", out);
}

void Session::renewed(dialect::Identity identity, ServerSteps& out) {
  if (const auto* denied = std::get_if<dialect::Denied>(&identity)) return complain(denied->error, "", out);
  const auto* known = std::get_if<dialect::Identified>(&identity);
  if (known->principal.user != principal_.user) {
    return complain(error_of(Code::auth, "the token is another user's: connect anew for that user"), "", out);
  }
  principal_ = known->principal;
  if (phase_ == Phase::open) ask({.about = Question::About::regard}, model::Regard{}, out);
}

void Session::answer(Instant now, Ticket ticket, model::Reply reply, ServerSteps& out) {
  const auto asked = questions_.find(ticket);
  if (is_over() || asked == questions_.end()) return;
  Question question = std::move(asked->second);
  questions_.erase(asked);
  const bool more = dialect::stays_open(reply);
  using enum Question::About;
  const auto* failed = std::get_if<model::Failed>(&reply);
  switch (question.about) {
    case push:
      written(question, std::move(reply), out);
      if (more && !is_over()) questions_.emplace(ticket, std::move(question));
      return;
    case pull: return pulled(now, question, std::move(reply), out);
    case ping: {
      const auto* since = std::get_if<model::Since>(&reply);
      return send(Pong{.cursor = since != nullptr && pulls_.is_level() ? since->cursor : ""}, out);
    }
    case greet:
      if (const auto* greeted_now = std::get_if<model::Greeted>(&reply))
        return greeted(now, *greeted_now, out);
      if (failed != nullptr) complain(failed->error, "", out);
      return end(wire::CloseCode::try_again, "not now", out);
    case regard: return regarded(reply, out);
    case listen: return listened(question, reply, out);
    case call: return called(question, reply, out);
    case signal:
    case room:
    case presence:
      if (failed != nullptr) complain(failed->error, "", out);
      if (question.about == room) watched(question, reply, out);
      return;
    case hello:
    case auth: return;  // answered by identified()
  }
}

void Session::greeted(Instant now, const model::Greeted& greeted, ServerSteps& out) {
  phase_ = Phase::open;
  rights_ = greeted.rights;
  send(
      Welcome{.session = name_,
              .peer = dialect::member_prefix(carrier_),
              .epoch = greeted.epoch,
              .user = principal_.user,
              .writer = greeted.writer,
              .highest = greeted.highest,
              .forgotten = greeted.forgotten,
              .server = desk_.options.server,
              .message_bytes = limits::message_bytes_max,
              .push_mutations = limits::push_mutations_max,
              .expires_in_ms =
                  principal_.expires_ms == 0 ? 0 : std::max(principal_.expires_ms - now.ms, std::int64_t{1})},
      out);
  for (UpMessage& message : std::exchange(early_, {})) {
    if (!is_over()) take(now, std::move(message), out);
  }
}

// Every mutation asked for gets an answer: what the hub could not even take is refused with the hub's reason,
// which for reasons that pass means "send it again later". A client that the hub does not know any more has
// to say hello again.
void Session::written(Question& question, model::Reply reply, ServerSteps& out) {
  std::vector<model::Outcome> outcomes;
  if (auto* written = std::get_if<model::Written>(&reply)) outcomes = std::move(written->outcomes);
  for (model::Declined& declined : std::exchange(question.refused, {}))
    outcomes.emplace_back(std::move(declined));
  if (const auto* failed = std::get_if<model::Failed>(&reply)) {
    if (failed->error.code == Code::unsynced) {
      complain(failed->error, "", out);
      return end(wire::CloseCode::policy, "the client is not known any more", out);
    }
    for (const std::uint64_t number : question.numbers) {
      outcomes.emplace_back(model::Declined{.number = number, .error = failed->error});
    }
  }
  if (outcomes.empty()) return;
  out.push_back(dialect::SendFrame{.carrier = carrier_, .bytes = dialect::share(encode_outcomes(outcomes))});
}

void Session::pulled(Instant now, const Question& question, model::Reply reply, ServerSteps& out) {
  if (auto ended = pulls_.answer(now, question.pull, std::move(reply), out)) {
    complain(std::move(ended->error), std::move(ended->sub), out);
  }
  pump(now, out);
}

void Session::pump(Instant now, ServerSteps& out) {
  if (auto next = pulls_.next(now)) {
    ask({.about = Question::About::pull, .pull = next->pull}, std::move(next->command), out);
  }
}

// ---- time -------------------------------------------------------------------------------------------------

void Session::drained(Instant now, std::size_t unsent_bytes, ServerSteps& out) {
  if (is_over()) return;
  pulls_.unsent(unsent_bytes);
  pump(now, out);
}

void Session::stalled(Instant now, ServerSteps& out) {
  if (is_over()) return;
  pulls_.stall();
  pump(now, out);
}

Instant Session::deadline() const {
  if (phase_ == Phase::fresh) return began_ + base::milliseconds(limits::hello_ms_max);
  Instant at = heard_ + base::milliseconds(limits::dead_ms);
  if (principal_.expires_ms != 0) at = std::min(at, Instant{principal_.expires_ms});
  if (const auto retry = pulls_.retry_at()) at = std::min(at, *retry);
  return at;
}

void Session::wake(Instant now, ServerSteps& out) {
  if (is_over()) return;
  if (phase_ == Phase::fresh && now >= deadline()) {
    return end(wire::CloseCode::policy, "no hello within 10 s", out);
  }
  if (now >= heard_ + base::milliseconds(limits::dead_ms)) {
    return end(wire::CloseCode::going_away, "nothing was heard for 25 s", out);
  }
  if (principal_.expires_ms != 0 && now.ms >= principal_.expires_ms) {
    complain(error_of(Code::auth, "the token has expired, get a new one"), "", out);
    return end(wire::CloseCode::policy, "the token has expired", out);
  }
  if (phase_ == Phase::open) pump(now, out);
}

}  // namespace rockpool::dialects::native
