#include "core/dialects/deepstream/listening.h"

#include <algorithm>

#include "core/dialect/frames.h"
#include "core/dialects/deepstream/codec.h"

namespace rockpool::dialects::deepstream {
namespace {

constexpr base::Duration response_time = base::milliseconds(500);
constexpr std::size_t patterns_of_a_socket_max = 100;

// The two topics number the same acts differently.
struct Actions {
  std::int32_t listen, unlisten, accept, reject, found, removed, invalid, timeout;
};
Actions actions_of(Topic topic) {
  if (topic == Topic::record) {
    using namespace record_action;
    return {listen,        unlisten,        listen_accept,        listen_reject,
            pattern_found, pattern_removed, invalid_listen_regex, listen_response_timeout};
  }
  using namespace event_action;
  return {listen,        unlisten,        listen_accept,        listen_reject,
          pattern_found, pattern_removed, invalid_listen_regex, listen_response_timeout};
}

template <typename Map>
void erase_one(Map& map, CarrierId socket, const std::string& name) {
  const auto held = map.find(socket);
  if (held == map.end()) return;
  held->second.erase(name);
  if (held->second.empty()) map.erase(held);
}

}  // namespace

void Listening::send(CarrierId socket, Message message, ServerSteps& out) const {
  message.topic = topic_;
  out.push_back(
      dialect::SendFrame{.carrier = socket, .bytes = dialect::share(encode(message)), .binary = true});
}

void Listening::tell(const Candidate& candidate, const std::string& name, bool is_found,
                     ServerSteps& out) const {
  const Actions actions = actions_of(topic_);
  send(
      candidate.socket,
      {.action = is_found ? actions.found : actions.removed, .name = candidate.pattern, .subscription = name},
      out);
}

// ---- subscribers ------------------------------------------------------------------------------------------

bool Listening::is_subscribed(CarrierId socket, const std::string& name) const {
  const auto held = names_.find(name);
  return held != names_.end() && held->second.subscribers.contains(socket);
}

std::size_t Listening::subscriptions(CarrierId socket) const {
  const auto held = subscribed_.find(socket);
  return held == subscribed_.end() ? 0 : held->second.size();
}

bool Listening::subscribe(Instant now, CarrierId socket, const std::string& name, ServerSteps& out) {
  Name& held = names_[name];
  if (!held.subscribers.insert(socket).second) return false;
  subscribed_[socket].insert(name);
  if (held.provider) {
    if (topic_ == Topic::record) send(socket, {.action = record_action::has_provider, .name = name}, out);
  } else if (held.subscribers.size() == 1) {
    search(now, name, held, out);
  }
  return true;
}

bool Listening::unsubscribe(CarrierId socket, const std::string& name, ServerSteps& out) {
  const auto held = names_.find(name);
  if (held == names_.end() || held->second.subscribers.erase(socket) == 0) return false;
  erase_one(subscribed_, socket, name);
  if (!held->second.subscribers.empty()) return true;
  if (held->second.provider) tell(*held->second.provider, name, false, out);
  stop_asking(name, held->second);
  names_.erase(held);
  return true;
}

// ---- providers --------------------------------------------------------------------------------------------

void Listening::receive(Instant now, CarrierId socket, const Message& message, ServerSteps& out) {
  const Actions actions = actions_of(topic_);
  if (message.action == actions.listen) return listen(now, socket, message, out);
  if (message.action == actions.unlisten) {
    unlisten(now, socket, message.name, out);
    return send(socket, {.action = message.action, .is_ack = true, .name = message.name}, out);
  }
  respond(now, socket, message, out);
}

void Listening::listen(Instant now, CarrierId socket, const Message& message, ServerSteps& out) {
  auto pattern = base::RegularExpression::read(message.name, {});
  const auto mine = listened_.find(socket);
  const bool has_too_many = mine != listened_.end() && mine->second.size() >= patterns_of_a_socket_max;
  if (!pattern || message.name.empty() || has_too_many) {
    return send(socket,
                {.action = actions_of(topic_).invalid,
                 .is_error = true,
                 .data = pattern ? std::string() : model::write(pattern.error().message),
                 .name = message.name},
                out);
  }
  send(socket, {.action = message.action, .is_ack = true, .name = message.name}, out);
  const auto [held, is_new] =
      patterns_.try_emplace(message.name, Listeners{.pattern = std::move(*pattern), .sockets = {}});
  if (!held->second.sockets.insert(socket).second) return;
  listened_[socket].insert(message.name);
  for (auto& [name, subscribed] : names_) {
    if (subscribed.provider || !held->second.pattern.matches(name)) continue;
    subscribed.next.push_back({.socket = socket, .pattern = message.name});
    if (!subscribed.asked) ask_next(now, name, subscribed, out);
  }
}

void Listening::search(Instant now, const std::string& name, Name& held, ServerSteps& out) {
  for (const auto& [pattern, listeners] : patterns_) {
    if (!listeners.pattern.matches(name)) continue;
    for (const CarrierId socket : listeners.sockets)
      held.next.push_back({.socket = socket, .pattern = pattern});
  }
  ask_next(now, name, held, out);
}

void Listening::ask_next(Instant now, const std::string& name, Name& held, ServerSteps& out) {
  stop_asking(name, held);
  if (held.next.empty()) return;
  held.asked = std::move(held.next.front());
  held.next.pop_front();
  held.deadline = now + response_time;
  deadlines_.emplace(held.deadline, name);
  tell(*held.asked, name, true, out);
}

void Listening::stop_asking(const std::string& name, Name& held) {
  if (held.asked) deadlines_.erase({held.deadline, name});
  held.asked.reset();
}

void Listening::respond(Instant now, CarrierId socket, const Message& message, ServerSteps& out) {
  const auto held = names_.find(message.subscription);
  const Candidate answered{.socket = socket, .pattern = message.name};
  if (held == names_.end() || held->second.asked != answered) return;
  if (message.action == actions_of(topic_).reject) return ask_next(now, held->first, held->second, out);
  held->second.provider = answered;
  stop_asking(held->first, held->second);
  held->second.next.clear();
  provided(held->first, held->second, true, out);
}

void Listening::provided(const std::string& name, Name& held, bool is_provided, ServerSteps& out) const {
  if (topic_ != Topic::record) return;
  for (const CarrierId socket : held.subscribers) {
    send(socket,
         {.action = is_provided ? record_action::has_provider : record_action::has_no_provider, .name = name},
         out);
  }
}

void Listening::withdraw(Instant now, const Candidate& candidate, ServerSteps& out) {
  for (auto& [name, held] : names_) {
    std::erase(held.next, candidate);
    if (held.provider == candidate) {
      held.provider.reset();
      provided(name, held, false, out);
      search(now, name, held, out);
    } else if (held.asked == candidate) {
      ask_next(now, name, held, out);
    }
  }
}

void Listening::unlisten(Instant now, CarrierId socket, const std::string& pattern, ServerSteps& out) {
  const auto held = patterns_.find(pattern);
  if (held == patterns_.end() || held->second.sockets.erase(socket) == 0) return;
  if (held->second.sockets.empty()) patterns_.erase(held);
  erase_one(listened_, socket, pattern);
  withdraw(now, {.socket = socket, .pattern = pattern}, out);
}

void Listening::gone(Instant now, CarrierId socket, ServerSteps& out) {
  if (const auto held = listened_.find(socket); held != listened_.end()) {
    for (const std::string& pattern : std::set<std::string>(held->second))
      unlisten(now, socket, pattern, out);
  }
  if (const auto held = subscribed_.find(socket); held != subscribed_.end()) {
    for (const std::string& name : std::set<std::string>(held->second)) unsubscribe(socket, name, out);
  }
}

// ---- time -------------------------------------------------------------------------------------------------

void Listening::wake(Instant now, ServerSteps& out) {
  while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
    const std::string name = deadlines_.begin()->second;
    Name& held = names_[name];
    send(held.asked->socket,
         {.action = actions_of(topic_).timeout, .name = held.asked->pattern, .subscription = name}, out);
    ask_next(now, name, held, out);
  }
}

std::optional<Instant> Listening::next_wake() const {
  return deadlines_.empty() ? std::nullopt : std::optional(deadlines_.begin()->first);
}

}  // namespace rockpool::dialects::deepstream
