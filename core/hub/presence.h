// Who is here, room by room. In memory only: a member is there while its connection is.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>

#include "core/hub/state.h"

namespace rockpool::hub {

class Presence {
 public:
  explicit Presence(State& state) : state_(state) {}

  void set(model::Ticket ticket, const std::string& user, const std::string& space,
           const model::SetPresence& command);
  void list(model::Ticket ticket, const std::string& space, const model::ListPresence& command);
  void gone(const std::string& member_prefix);
  std::uint64_t size() const { return size_; }

 private:
  using Room = std::pair<std::string, std::string>;  // space, name
  struct Said {
    std::string user;
    std::string state;
    bool operator==(const Said&) const = default;
  };

  void leave(const Room& room, const std::string& member);
  void tell(const Room& room, const std::string& member, const Said& said);

  State& state_;
  std::map<Room, std::map<std::string, Said>> rooms_;  // none of them empty
  std::map<std::string, std::set<Room>> rooms_of_;     // by member; none of them empty
  std::uint64_t size_ = 0;
};

}  // namespace rockpool::hub
