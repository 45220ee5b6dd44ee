#include "core/hub/presence.h"

#include "core/base/text.h"

namespace rockpool::hub {
namespace {

using base::Code;

base::Error error(Code code, std::string message) {
  return {.code = code, .message = std::move(message), .path = {}};
}

base::Status check_name(const std::string& what, const std::string& name) {
  if (!name.empty() && name.size() <= base::limits::name_bytes_max) return base::done();
  return error(Code::invalid,
               what + " has " + base::decimal(std::uint64_t{name.size()}) + " bytes; it takes 1 to 256");
}

}  // namespace

void Presence::set(model::Ticket ticket, const std::string& user, const std::string& space,
                   const model::SetPresence& command) {
  const Room room(space, command.room);
  for (const auto& fine :
       {check_name("the room's name", command.room), check_name("the member", command.member)}) {
    if (!fine) return state_.fail(ticket, fine.error());
  }
  if (command.state.size() > base::limits::presence_state_bytes_max) {
    return state_.fail(ticket, error(Code::too_large, "a presence state takes at most 4 KiB"));
  }
  const auto mine = rooms_of_.find(command.member);
  const bool is_in = mine != rooms_of_.end() && mine->second.contains(room);
  if (!is_in && !command.state.empty() && mine != rooms_of_.end() &&
      mine->second.size() >= base::limits::presence_rooms_max) {
    return state_.fail(ticket, error(Code::quota, "a member is in at most 100 rooms; leave one first"));
  }
  const model::Present::Member member{.member = command.member, .user = user, .state = command.state};
  state_.answer(ticket, model::Present{.room = command.room, .members = {member}});
  if (command.state.empty()) {
    if (is_in) leave(room, command.member);
    return;
  }
  Said& held = rooms_[room][command.member];
  const Said said{.user = user, .state = command.state};
  if (held == said) return;
  held = said;
  if (rooms_of_[command.member].insert(room).second) size_ += 1;
  tell(room, command.member, said);
}

void Presence::list(model::Ticket ticket, const std::string& space, const model::ListPresence& command) {
  model::Present present{.room = command.room, .members = {}};
  const auto room = rooms_.find({space, command.room});
  if (room != rooms_.end()) {
    for (const auto& [member, said] : room->second) {
      present.members.push_back({.member = member, .user = said.user, .state = said.state});
    }
  }
  state_.answer(ticket, std::move(present));
}

void Presence::gone(const std::string& member_prefix) {
  while (true) {
    const auto found = rooms_of_.lower_bound(member_prefix);
    if (found == rooms_of_.end() || !found->first.starts_with(member_prefix)) return;
    const std::string member = found->first;
    const std::set<Room> rooms = found->second;
    for (const Room& room : rooms) leave(room, member);
  }
}

void Presence::leave(const Room& room, const std::string& member) {
  const auto held = rooms_.find(room);
  const std::string user = held->second[member].user;
  held->second.erase(member);
  if (held->second.empty()) rooms_.erase(held);
  const auto mine = rooms_of_.find(member);
  mine->second.erase(room);
  if (mine->second.empty()) rooms_of_.erase(mine);
  size_ -= 1;
  tell(room, member, {.user = user, .state = {}});
}

void Presence::tell(const Room& room, const std::string& member, const Said& said) {
  Tell tell;
  tell.notices.emplace_back(
      model::Topic{.space = room.first, .kind = model::Topic::Kind::presence, .name = room.second},
      model::PresenceMoved{{.member = member, .user = said.user, .state = said.state}});
  state_.out.push_back(std::move(tell));
}

}  // namespace rockpool::hub
