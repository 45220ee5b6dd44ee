// Who is online: whoever is in the presence room of deepstream, under a name. A user is there from the first
// of its members to the last.
//
// The mount listens to that room on a carrier of its own, since it has to count members before anybody can be
// told of a user.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/dialects/deepstream/desk.h"
#include "core/dialects/deepstream/messages.h"

namespace rockpool::dialects::deepstream {

class Users {
 public:
  explicit Users(Desk& desk) : desk_(desk) {}

  // Of the socket that has logged in. Nobody who has no name.
  void arrive(CarrierId socket, const model::Principal& principal, const std::string& name, ServerSteps& out);
  void gone(CarrierId socket);

  // SUBSCRIBE, UNSUBSCRIBE and both for all, and the queries; they are allowed.
  void receive(CarrierId socket, const std::string& caller, const Message& message, ServerSteps& out);

  std::size_t subscriptions(CarrierId socket) const;
  bool is_online(const std::string& user) const { return members_of_.contains(user); }
  // All of them, without the caller itself.
  std::vector<std::string> online(const std::string& caller) const;

  // Who is in the room, when the mount begins to look; false: not its question.
  bool answer(Ticket ticket, const model::Reply& reply, ServerSteps& out);
  // A word from the room.
  void deliver(const std::string& bytes, ServerSteps& out);

 private:
  void look(ServerSteps& out);
  void moved(const std::string& member, const std::string& user, bool is_there, ServerSteps& out);
  void tell(const std::string& user, bool is_there, ServerSteps& out) const;

  Desk& desk_;
  bool looks_ = false;
  Ticket asked_ = 0;
  std::map<std::string, std::string> user_of_;               // by member
  std::map<std::string, std::set<std::string>> members_of_;  // by user; none of them empty
  std::map<std::string, std::set<CarrierId>> subscribers_;   // by user; none of them empty
  std::map<CarrierId, std::set<std::string>> subscribed_;
  std::set<CarrierId> subscribers_to_all_;
};

}  // namespace rockpool::dialects::deepstream
