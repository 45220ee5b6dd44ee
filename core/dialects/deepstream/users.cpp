#include "core/dialects/deepstream/users.h"

#include "core/dialect/frames.h"
#include "core/dialects/deepstream/codec.h"
#include "core/dialects/deepstream/server.h"
#include "core/model/value.h"

namespace rockpool::dialects::deepstream {
namespace {

constexpr std::string_view here = "{}";

void send(CarrierId socket, Message message, ServerSteps& out) {
  message.topic = Topic::presence;
  out.push_back(
      dialect::SendFrame{.carrier = socket, .bytes = dialect::share(encode(message)), .binary = true});
}

}  // namespace

// ---- coming and going -------------------------------------------------------------------------------------

void Users::arrive(CarrierId socket, const model::Principal& principal, const std::string& name,
                   ServerSteps& out) {
  if (name.empty()) return;
  look(out);
  const std::string member = dialect::member_prefix(socket) + "deepstream";
  desk_.names_of_members[member] = name;
  desk_.ask(
      principal,
      model::SetPresence{.room = std::string(presence_room), .member = member, .state = std::string(here)},
      out);
}

void Users::gone(CarrierId socket) {
  desk_.names_of_members.erase(dialect::member_prefix(socket) + "deepstream");
  subscribers_to_all_.erase(socket);
  const auto held = subscribed_.extract(socket);
  if (held.empty()) return;
  for (const std::string& user : held.mapped()) {
    const auto of_user = subscribers_.find(user);
    of_user->second.erase(socket);
    if (of_user->second.empty()) subscribers_.erase(of_user);
  }
}

// The room is joined with the answer that tells who is in it.
void Users::look(ServerSteps& out) {
  if (std::exchange(looks_, true)) return;
  asked_ =
      desk_.ask({.system = true, .roles = {}}, model::ListPresence{.room = std::string(presence_room)}, out);
}

bool Users::answer(Ticket ticket, const model::Reply& reply, ServerSteps& out) {
  if (ticket != asked_ || asked_ == 0) return false;
  asked_ = 0;
  const auto* present = std::get_if<model::Present>(&reply);
  if (present == nullptr) {
    looks_ = false;
    return true;
  }
  out.push_back(dialect::Join{.carrier = desk_.options.kept,
                              .topic = {.space = desk_.options.space,
                                        .kind = model::Topic::Kind::presence,
                                        .name = std::string(presence_room)}});
  for (const model::Present::Member& member : present->members) moved(member.member, member.user, true, out);
  return true;
}

void Users::deliver(const std::string& bytes, ServerSteps& out) {
  const Moved word = read_moved(bytes);
  moved(word.member, word.user, word.is_there, out);
}

void Users::moved(const std::string& member, const std::string& user, bool is_there, ServerSteps& out) {
  if (is_there) {
    std::string name = desk_.name_of({.member = member, .user = user, .state = {}});
    if (name.empty() || !user_of_.emplace(member, name).second) return;
    std::set<std::string>& members = members_of_[name];
    members.insert(member);
    if (members.size() == 1) tell(name, true, out);
    return;
  }
  const auto held = user_of_.extract(member);
  if (held.empty()) return;
  const auto of_user = members_of_.find(held.mapped());
  of_user->second.erase(member);
  if (!of_user->second.empty()) return;
  members_of_.erase(of_user);
  tell(held.mapped(), false, out);
}

void Users::tell(const std::string& user, bool is_there, ServerSteps& out) const {
  using namespace presence_action;
  if (const auto held = subscribers_.find(user); held != subscribers_.end()) {
    for (const CarrierId socket : held->second)
      send(socket, {.action = is_there ? join : leave, .name = user}, out);
  }
  for (const CarrierId socket : subscribers_to_all_)
    send(socket, {.action = is_there ? join_all : leave_all, .name = user}, out);
}

// ---- asking -----------------------------------------------------------------------------------------------

std::size_t Users::subscriptions(CarrierId socket) const {
  const auto held = subscribed_.find(socket);
  return held == subscribed_.end() ? 0 : held->second.size();
}

std::vector<std::string> Users::online(const std::string& caller) const {
  std::vector<std::string> users;
  for (const auto& [user, members] : members_of_) {
    if (user != caller) users.push_back(user);
  }
  return users;
}

void Users::receive(CarrierId socket, const std::string& caller, const Message& message, ServerSteps& out) {
  using namespace presence_action;
  look(out);
  if (message.action == query_all) {
    return send(
        socket,
        {.action = query_all_response, .correlation_id = message.correlation_id, .names = online(caller)},
        out);
  }
  if (message.action == query) {
    model::Value answer = model::Value::object();
    for (const std::string& user : message.names) answer[user] = is_online(user);
    return send(
        socket,
        {.action = query_response, .data = model::write(answer), .correlation_id = message.correlation_id},
        out);
  }
  if (message.action == subscribe_all) subscribers_to_all_.insert(socket);
  if (message.action == unsubscribe_all) subscribers_to_all_.erase(socket);
  for (const std::string& user : message.names) {
    if (message.action == subscribe) {
      subscribers_[user].insert(socket);
      if (subscribed_[socket].insert(user).second) continue;
      send(socket,
           {.action = multiple_subscriptions, .original_action = subscribe, .is_error = true, .name = user},
           out);
    } else if (const auto held = subscribers_.find(user); held != subscribers_.end()) {
      held->second.erase(socket);
      subscribed_[socket].erase(user);
      if (held->second.empty()) subscribers_.erase(held);
    }
  }
  send(socket, {.action = message.action, .is_ack = true, .correlation_id = message.correlation_id}, out);
}

}  // namespace rockpool::dialects::deepstream
