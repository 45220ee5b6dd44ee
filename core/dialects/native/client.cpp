// The page's end of a link.
//
//         open            opened             welcome
//   idle ──────► opening ────────► greeting ─────────► open
//                   │ 25 s             │ 10 s            │ 25 s silent, garbage, bye, pipe over
//                   └──────────────────┴─────────────────┴──► over
//
// Which binding carries it is the pipe's matter.
#include "core/dialects/native/client.h"

#include <algorithm>
#include <map>

#include "core/base/limits.h"
#include "core/base/text.h"
#include "core/dialect/pulse.h"
#include "core/dialects/native/codec.h"
#include "core/dialects/native/pipe.h"
#include "core/wire/url.h"

namespace rockpool::dialects::native {
namespace {

namespace limits = base::limits;
using base::Code;
using base::Error;
using base::Instant;
using dialect::CarrierId;
using dialect::ClientSteps;

// What a push and its request say around its mutations, besides `except`.
constexpr std::size_t push_frame_bytes = 256;
constexpr std::size_t except_bytes_each = 17;
// A poll that waits is a word of ours for as long, and the server's answer comes before this.
constexpr std::int64_t poll_ping_ms = 20'000;
constexpr std::int64_t poll_dead_ms = 29'000;

class Client final : public dialect::ClientSession {
 public:
  explicit Client(const dialect::ClientOptions& options) : options_(options) {}

  void open(Instant now, dialect::Carrier carrier, const dialect::Greeting& greeting,
            ClientSteps& out) override;
  void ask(Instant now, const dialect::ClientCommand& command, ClientSteps& out) override;
  void flush(Instant now, ClientSteps& out) override;
  void receive(Instant now, CarrierId from, dialect::Arrival arrival, ClientSteps& out) override;
  void close(Instant now, ClientSteps& out) override;
  void wake(Instant now, ClientSteps& out) override;
  std::optional<Instant> next_wake() const override;

 private:
  enum class Phase : std::uint8_t { idle, opening, greeting, open, over };
  struct Sub {
    std::string collection;
    bool live = false;
  };
  using Subs = std::map<std::string, Sub>;

  void say_hello(Instant now, ClientSteps& out);
  void send(Instant now, std::string text, ClientSteps& out);
  void end(wire::CloseCode code, std::string reason, ClientSteps& out);
  void over(std::string reason, ClientSteps& out);
  void spoiled(Error error, ClientSteps& out);

  void ask_one(Instant now, const dialect::Subscribe& subscribe, ClientSteps& out);
  void ask_one(Instant now, const dialect::Unsubscribe& unsubscribe, ClientSteps& out);
  void ask_one(Instant now, const dialect::Push& push, ClientSteps& out);
  void ask_one(Instant now, const dialect::SayPresence& say, ClientSteps& out);
  void ask_one(Instant now, const dialect::WatchPresence& watch, ClientSteps& out);
  void ask_one(Instant now, const dialect::RenewToken& renew, ClientSteps& out);
  void ask_one(Instant now, const dialect::Signal& signal, ClientSteps& out);

  void take(Instant now, Heard heard, ClientSteps& out);
  void on(Welcome welcome, ClientSteps& out);
  void on(Subscribed subscribed, ClientSteps& out);
  void on(Snapshot snapshot, ClientSteps& out);
  void on(Changes changes, ClientSteps& out);
  void on(Reset reset, ClientSteps& out);
  void on(model::Acked acked, ClientSteps& out) { out.push_back(dialect::Settled{acked}); }
  void on(model::Conflicted conflicted, ClientSteps& out) {
    out.push_back(dialect::Settled{std::move(conflicted)});
  }
  void on(model::Held held, ClientSteps& out) { out.push_back(dialect::Settled{held}); }
  void on(model::Declined declined, ClientSteps& out) {
    out.push_back(dialect::Settled{std::move(declined)});
  }
  void on(PresenceList list, ClientSteps& out);
  void on(Pong pong, ClientSteps& out);
  void on(dialect::Signal signal, ClientSteps& out) { out.push_back(std::move(signal)); }
  void on(Problem problem, ClientSteps& out);
  void on(Bye bye, ClientSteps& out);
  Sub* sub_of_topic(const std::string& topic);
  Subs::iterator sub_on(const std::string& collection);

  dialect::ClientOptions options_;
  dialect::Greeting greeting_;
  Phase phase_ = Phase::idle;
  dialect::Pulse pulse_{base::milliseconds(limits::ping_ms), base::milliseconds(limits::dead_ms)};
  Instant welcome_by_;
  std::string peer_;
  std::size_t message_bytes_max_ = limits::message_bytes_max;
  std::size_t push_mutations_max_ = limits::push_mutations_max;
  std::int64_t retry_after_ms_ = 0;
  bool spoken_ = false;  // the server itself ends this
  std::unique_ptr<Pipe> pipe_;
  Subs subs_;                                  // by sub, as on the wire
  std::map<std::string, std::string> topics_;  // topic -> sub
  std::uint64_t last_sub_ = 0;
};

// ---- the pipe ---------------------------------------------------------------------------------------------

void Client::open(Instant now, dialect::Carrier carrier, const dialect::Greeting& greeting,
                  ClientSteps& out) {
  auto base = wire::base_url(options_.url);
  if (!base) {
    const std::string problem =
        "\"" + options_.url + "\" is no address of a server, give one like https://app.example";
    out.push_back(
        dialect::Trouble{.error = {.code = Code::usage, .message = problem, .path = ""}, .fatal = true});
    spoken_ = true;
    return over(problem, out);
  }
  greeting_ = greeting;
  if (greeting_.client.empty()) greeting_.client = options_.client;
  phase_ = Phase::opening;
  const bool polls = carrier == dialect::Carrier::poll;
  pulse_ = dialect::Pulse(base::milliseconds(polls ? poll_ping_ms : limits::ping_ms),
                          base::milliseconds(polls ? poll_dead_ms : limits::dead_ms));
  pulse_.begin(now);
  pipe_ = carrier == dialect::Carrier::websocket ? make_socket_pipe(*base)
                                                 : make_http_pipe(std::move(*base), polls);
  if (pipe_->open(out)) say_hello(now, out);
}

void Client::send(Instant now, std::string text, ClientSteps& out) {
  pulse_.said(now);
  pipe_->send(now, std::move(text), out);
}

void Client::say_hello(Instant now, ClientSteps& out) {
  phase_ = Phase::greeting;
  pulse_.begin(now);
  welcome_by_ = now + base::milliseconds(limits::hello_ms_max);
  send(now,
       encode_up(Hello{.client = greeting_.client,
                       .space = options_.space,
                       .token = greeting_.token,
                       .sdk = options_.sdk,
                       .version = options_.version,
                       .settled = greeting_.settled,
                       .except = greeting_.except,
                       .cursor = greeting_.cursor}),
       out);
}

void Client::over(std::string reason, ClientSteps& out) {
  phase_ = Phase::over;
  out.push_back(
      dialect::Ended{.retry_after_ms = retry_after_ms_, .reason = std::move(reason), .spoken = spoken_});
}

void Client::end(wire::CloseCode code, std::string reason, ClientSteps& out) {
  pipe_->close(code, reason, out);
  over(std::move(reason), out);
}

// What a server says has to be right: with one that does not keep to the protocol nothing can be agreed.
void Client::spoiled(Error error, ClientSteps& out) {
  error.message = "the server sent what is no message of rockpool.v1: " + error.message;
  out.push_back(dialect::Trouble{.error = error});
  end(wire::CloseCode::protocol_error, error.message.substr(0, 100), out);
}

void Client::receive(Instant now, CarrierId from, dialect::Arrival arrival, ClientSteps& out) {
  if (phase_ == Phase::over || phase_ == Phase::idle) return;
  Heard heard;
  pipe_->receive(now, from, arrival, heard, out);
  take(now, std::move(heard), out);
}

void Client::take(Instant now, Heard heard, ClientSteps& out) {
  if (heard.opened && phase_ == Phase::opening) return say_hello(now, out);
  if (heard.alive) pulse_.heard(now);
  if (phase_ == Phase::opening && !heard.over) return;
  bool gave_up = false;
  for (DownMessage& message : heard.messages) {
    if (phase_ == Phase::over) return;
    const auto* problem = std::get_if<Problem>(&message);
    const bool is_early = phase_ == Phase::greeting && problem == nullptr &&
                          !std::holds_alternative<Welcome>(message) && !std::holds_alternative<Bye>(message);
    if (is_early)
      return spoiled({.code = Code::bad_message, .message = "something before welcome", .path = ""}, out);
    gave_up = gave_up || (problem != nullptr && problem->error.code == Code::auth);
    std::visit([&](auto& one) { on(std::move(one), out); }, message);
  }
  if (phase_ == Phase::over) return;
  if (heard.wrong) return spoiled(std::move(*heard.wrong), out);
  if (!heard.over) return;
  spoken_ = spoken_ || heard.spoken;
  phase_ = Phase::over;
  // The engine has let go of a session that said this.
  if (!gave_up) over(std::move(heard.reason), out);
}

void Client::flush(Instant now, ClientSteps& out) {
  if (phase_ == Phase::open) pipe_->flush(now, out);
}

void Client::close(Instant, ClientSteps& out) {
  if (phase_ == Phase::over || phase_ == Phase::idle) return;
  phase_ = Phase::over;
  pipe_->close(wire::CloseCode::normal, "", out);
}

// ---- asking -----------------------------------------------------------------------------------------------

void Client::ask(Instant now, const dialect::ClientCommand& command, ClientSteps& out) {
  if (phase_ != Phase::open) return;
  std::visit([&](const auto& one) { ask_one(now, one, out); }, command);
}

void Client::ask_one(Instant now, const dialect::Subscribe& subscribe, ClientSteps& out) {
  ask_one(now, dialect::Unsubscribe{subscribe.collection}, out);
  Subscribe message{.sub = base::decimal(++last_sub_), .collection = subscribe.collection};
  if (subscribe.cursor.empty()) {
    message.fresh = true;
  } else if (subscribe.after.empty()) {
    message.cursor = subscribe.cursor;
  } else {
    message.snapshot_cursor = subscribe.cursor;
    message.snapshot_after = subscribe.after;
  }
  subs_[message.sub] = {.collection = subscribe.collection};
  send(now, encode_up(message), out);
}

Client::Subs::iterator Client::sub_on(const std::string& collection) {
  return std::find_if(subs_.begin(), subs_.end(),
                      [&](const auto& sub) { return sub.second.collection == collection; });
}

void Client::ask_one(Instant now, const dialect::Unsubscribe& unsubscribe, ClientSteps& out) {
  const auto held = sub_on(unsubscribe.collection);
  if (held == subs_.end()) return;
  std::erase_if(topics_, [&](const auto& topic) { return topic.second == held->first; });
  send(now, encode_up(Unsubscribe{held->first}), out);
  subs_.erase(held);
}

// In as many frames as the server's limits ask for. What cannot be sent at all is answered here.
void Client::ask_one(Instant now, const dialect::Push& push, ClientSteps& out) {
  const std::size_t around = push_frame_bytes + push.except.size() * except_bytes_each;
  std::string groups;
  std::size_t mutations = 0;
  const auto flush = [&] {
    if (mutations > 0) send(now, encode_push(push.settled, push.except, groups), out);
    groups.clear();
    mutations = 0;
  };
  for (const model::Group& group : push.groups) {
    const std::string text = encode_group(group);
    if (text.size() + around > message_bytes_max_ || group.size() > push_mutations_max_) {
      const Error error{
          .code = Code::too_large, .message = "larger than the server takes in one message", .path = ""};
      for (const model::Mutation& mutation : group) {
        out.push_back(dialect::Settled{model::Declined{.number = mutation.number, .error = error}});
      }
      continue;
    }
    const bool fits = groups.size() + text.size() + around < message_bytes_max_ &&
                      mutations + group.size() <= push_mutations_max_;
    if (!fits) flush();
    if (!groups.empty()) groups += ',';
    groups += text;
    mutations += group.size();
  }
  flush();
}

void Client::ask_one(Instant now, const dialect::SayPresence& say, ClientSteps& out) {
  send(now,
       encode_up(Presence{.room = say.room, .state = say.state, .member = say.member, .watch = std::nullopt}),
       out);
}

void Client::ask_one(Instant now, const dialect::WatchPresence& watch, ClientSteps& out) {
  send(now, encode_up(Presence{.room = watch.room, .state = std::nullopt, .member = "", .watch = watch.on}),
       out);
}

void Client::ask_one(Instant now, const dialect::RenewToken& renew, ClientSteps& out) {
  send(now, encode_up(Auth{renew.token}), out);
}

void Client::ask_one(Instant now, const dialect::Signal& signal, ClientSteps& out) {
  send(now, signal.text, out);
}

// ---- hearing ----------------------------------------------------------------------------------------------

void Client::on(Welcome welcome, ClientSteps& out) {
  if (phase_ != Phase::greeting) {
    return spoiled({.code = Code::bad_message, .message = "a second welcome", .path = ""}, out);
  }
  if (welcome.protocol != protocol_version) {
    const std::string problem =
        "the server speaks protocol " + base::decimal(welcome.protocol) + ", this SDK protocol 1";
    out.push_back(dialect::Trouble{
        .error = {.code = Code::unsupported_version, .message = problem, .path = ""}, .fatal = true});
    return end(wire::CloseCode::normal, problem, out);
  }
  phase_ = Phase::open;
  peer_ = welcome.peer;
  message_bytes_max_ = std::min<std::uint64_t>(welcome.message_bytes, limits::message_bytes_max);
  push_mutations_max_ = std::min<std::uint64_t>(welcome.push_mutations, limits::push_mutations_max);
  out.push_back(dialect::Ready{.epoch = welcome.epoch,
                               .user = std::move(welcome.user),
                               .writer = std::move(welcome.writer),
                               .highest = welcome.highest,
                               .forgotten = welcome.forgotten,
                               .expires_in_ms = welcome.expires_in_ms});
}

// Those of a subscription that is not ours any more are still on their way for a moment.
Client::Sub* Client::sub_of_topic(const std::string& topic) {
  const auto named = topics_.find(topic);
  return named == topics_.end() ? nullptr : &subs_[named->second];
}

void Client::on(Subscribed subscribed, ClientSteps&) {
  if (subs_.contains(subscribed.sub)) topics_[subscribed.topic] = subscribed.sub;
}

void Client::on(Snapshot snapshot, ClientSteps& out) {
  const Sub* sub = sub_of_topic(snapshot.topic);
  if (sub == nullptr) return;
  for (model::Record& record : snapshot.records) record.key.collection = sub->collection;
  out.push_back(dialect::Part{.collection = sub->collection,
                              .records = std::move(snapshot.records),
                              .cursor = std::move(snapshot.cursor),
                              .begin = snapshot.begin,
                              .done = snapshot.done});
}

// What one log entry did to several collections comes in one frame with one cursor, and becomes one step.
void Client::on(Changes changes, ClientSteps& out) {
  Sub* sub = sub_of_topic(changes.topic);
  if (sub == nullptr) return;
  auto* before = out.empty() ? nullptr : std::get_if<dialect::ChangedAt>(&out.back());
  if (before == nullptr || before->cursor != changes.cursor) {
    before = std::get_if<dialect::ChangedAt>(&out.emplace_back(dialect::ChangedAt{}));
  }
  before->collections.push_back(sub->collection);
  before->changes.insert(before->changes.end(), std::make_move_iterator(changes.changes.begin()),
                         std::make_move_iterator(changes.changes.end()));
  before->cursor = changes.cursor;
  if (sub->live || changes.more) return;
  sub->live = true;
  out.push_back(dialect::Live{.collection = sub->collection, .cursor = std::move(changes.cursor)});
}

void Client::on(Reset reset, ClientSteps& out) {
  Sub* sub = sub_of_topic(reset.topic);
  if (sub == nullptr) return;
  sub->live = false;
  out.push_back(dialect::Forgot{.collection = sub->collection, .reason = std::move(reset.reason)});
}

// Members of this connection come back under the names they were said with.
void Client::on(PresenceList list, ClientSteps& out) {
  for (model::Present::Member& member : list.members) {
    if (!peer_.empty() && member.member.starts_with(peer_)) member.member.erase(0, peer_.size());
  }
  out.push_back(dialect::PresenceSeen{
      .room = std::move(list.room), .members = std::move(list.members), .whole = list.whole});
}

void Client::on(Pong pong, ClientSteps& out) {
  if (!pong.cursor.empty()) out.push_back(dialect::Progress{std::move(pong.cursor)});
}

void Client::on(Problem problem, ClientSteps& out) {
  const Code code = problem.error.code;
  // A hello that is wrong stays wrong, however often it is said.
  const bool is_hopeless = phase_ == Phase::greeting && !problem.retryable && code != Code::auth;
  if (phase_ == Phase::greeting) {
    retry_after_ms_ = problem.retry_after_ms;
    spoken_ = true;
  }
  if (const auto sub = subs_.find(problem.sub); sub != subs_.end()) {
    problem.error.message = "collection " + sub->second.collection + ": " + problem.error.message;
    problem.error.path = sub->second.collection;
    std::erase_if(topics_, [&](const auto& topic) { return topic.second == sub->first; });
    subs_.erase(sub);
  }
  out.push_back(dialect::Trouble{
      .error = std::move(problem.error), .fatal = is_hopeless, .retry_after_ms = problem.retry_after_ms});
}

void Client::on(Bye bye, ClientSteps& out) {
  retry_after_ms_ = bye.reconnect_after_ms;
  spoken_ = true;
  end(wire::CloseCode::normal, std::move(bye.reason), out);
}

// ---- time -------------------------------------------------------------------------------------------------

void Client::wake(Instant now, ClientSteps& out) {
  if (phase_ == Phase::over || phase_ == Phase::idle) return;
  if (now >= pulse_.dead_at())
    return end(wire::CloseCode::going_away, "the server was not heard for long", out);
  if (phase_ == Phase::greeting && now >= welcome_by_) {
    return end(wire::CloseCode::going_away, "the server did not answer hello within 10 s", out);
  }
  if (phase_ == Phase::open && now >= pulse_.speak_at()) send(now, encode_up(Ping{}), out);
  Heard heard;
  pipe_->wake(now, heard, out);
  take(now, std::move(heard), out);
}

std::optional<Instant> Client::next_wake() const {
  if (phase_ == Phase::over || phase_ == Phase::idle) return std::nullopt;
  Instant at = pulse_.dead_at();
  if (phase_ == Phase::greeting) at = std::min(at, welcome_by_);
  if (phase_ == Phase::open) at = std::min(at, pulse_.speak_at());
  if (const auto next = pipe_->next_wake()) at = std::min(at, *next);
  return at;
}

}  // namespace

std::unique_ptr<dialect::ClientSession> make_client(const dialect::ClientOptions& options, base::Prng) {
  return std::make_unique<Client>(options);
}

}  // namespace rockpool::dialects::native
