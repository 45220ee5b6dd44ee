// What the handlers of requests work with.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/dialects/baserow/answers.h"
#include "core/dialects/baserow/checks.h"
#include "core/dialects/baserow/clerk.h"
#include "core/dialects/baserow/requests.h"

namespace rockpool::dialects::baserow {

// Who made the requests that are under way: their own sockets need not be told what they did.
struct Author {
  Id user = 0;
  std::string web_socket_id;
  std::uint64_t before_row = 0;  // that new rows are put before, 0: behind all
};
using Authors = std::map<CarrierId, Author>;

class Office {
 public:
  Desk& desk;
  Books& books;
  Clerk& clerk;

  // ---- the usual changes of structure
  using Planned = std::function<MaybeFault(Plan&)>;
  // The answer's body, once the books have the change; empty: 204.
  using Shown = std::function<std::string()>;
  // `plan` is made up as often as it takes, while whoever asked is still let in.
  void change(const VisitPointer& visit, Planned plan, Shown shown, ServerSteps& out);

  // A change of which everybody is told, also on the socket of who asked for it.
  void change_for_all(const VisitPointer& visit, Planned plan, Shown shown, ServerSteps& out);

  // ---- what may be refused
  // Nothing: the user is in the group, which is not in the trash.
  MaybeFault check_member(Id group, Id user) const;
  MaybeFault check_admin(Id group, Id user) const;
  // Nobody else is admin of the group.
  bool is_last_admin(const Member& member) const;

 private:
  void change_as(CarrierId author, const VisitPointer& visit, Planned plan, Shown shown, ServerSteps& out);
};

// As the things of a list are to stand from now on: `wanted` first, in that order, then those that it leaves
// out, in the order that they have. Nothing: `wanted` names one that is not in the list.
std::optional<std::vector<Id>> new_order(std::span<const Id> wanted, std::span<const Id> now);

// ---- which handler a request is for

struct Route {
  std::string_view method;
  std::string_view path;  // below /api/; `#` stands for an id
  std::function<void(const VisitPointer&, ServerSteps&)> handle;
  bool is_open = false;  // anybody may ask
};
using Routes = std::vector<Route>;

}  // namespace rockpool::dialects::baserow
