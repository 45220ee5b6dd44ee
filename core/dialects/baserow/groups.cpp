#include "core/dialects/baserow/groups.h"

#include <algorithm>

namespace rockpool::dialects::baserow {

Routes Groups::routes() {
  const auto to = [this](auto handler) {
    return [this, handler](const VisitPointer& visit, ServerSteps& out) { (this->*handler)(visit, out); };
  };
  return {{.method = "GET", .path = "groups/", .handle = to(&Groups::list)},
          {.method = "POST", .path = "groups/", .handle = to(&Groups::create)},
          {.method = "PATCH", .path = "groups/#/", .handle = to(&Groups::rename)},
          {.method = "DELETE", .path = "groups/#/", .handle = to(&Groups::remove)},
          {.method = "POST", .path = "groups/order/", .handle = to(&Groups::order)},
          {.method = "POST", .path = "groups/#/leave/", .handle = to(&Groups::leave)}};
}

void Groups::list(const VisitPointer& visit, ServerSteps& out) {
  std::string body;
  dialect::append_list(body, shapes_.groups_of(visit->user->id), [&](const Pointer<Member>& member) {
    body += shapes_.group_user_group(*office_.books.find<Group>(member->group), *member);
  });
  out.push_back(answer(visit->carrier, std::move(body)));
}

void Groups::create(const VisitPointer& visit, ServerSteps& out) {
  Checks checks(visit->body);
  const std::string name = checks.text("name");
  if (const auto fault = checks.fault()) return out.push_back(refuse(visit->carrier, *fault));
  const auto member = std::make_shared<Member>();
  office_.change(
      visit,
      [this, visit, name, member](Plan& plan) -> MaybeFault {
        const Group group{.id = plan.next_id(Kind::group), .name = name, .created_ms = plan.now.ms};
        plan.put(group);
        *member = {.id = plan.next_id(Kind::member),
                   .group = group.id,
                   .user = visit->user->id,
                   .is_admin = true,
                   .order = shapes_.next_group_order(visit->user->id),
                   .created_ms = plan.now.ms};
        plan.put(*member);
        return std::nullopt;
      },
      [this, member] { return shapes_.group_user_group(*office_.books.find<Group>(member->group), *member); },
      out);
}

void Groups::rename(const VisitPointer& visit, ServerSteps& out) {
  Checks checks(visit->body);
  const std::string name = checks.text("name");
  if (const auto fault = checks.fault()) return out.push_back(refuse(visit->carrier, *fault));
  const Id id = visit->ids.front();
  office_.change(
      visit,
      [this, visit, name, id](Plan& plan) -> MaybeFault {
        if (auto fault = office_.check_admin(id, visit->user->id)) return fault;
        Group group = *office_.books.find<Group>(id);
        group.name = name;
        plan.put(group);
        return std::nullopt;
      },
      [this, id] { return shapes_.group(*office_.books.find<Group>(id)); }, out);
}

void Groups::remove(const VisitPointer& visit, ServerSteps& out) {
  const Id id = visit->ids.front();
  office_.change(
      visit,
      [this, visit, id](Plan& plan) -> MaybeFault {
        if (auto fault = office_.check_admin(id, visit->user->id)) return fault;
        plan.trash(*office_.books.find<Group>(id), visit->user->id);
        return std::nullopt;
      },
      [] { return std::string(); }, out);
}

void Groups::order(const VisitPointer& visit, ServerSteps& out) {
  Checks checks(visit->body);
  const bool is_new = office_.desk.settings.keys != Keys::group && checks.has("workspaces");
  const std::vector<Id> wanted = checks.ids(is_new ? "workspaces" : "groups");
  if (const auto fault = checks.fault()) return out.push_back(refuse(visit->carrier, *fault));
  office_.change(
      visit,
      [this, visit, wanted](Plan& plan) -> MaybeFault {
        std::vector<Id> now;
        for (const auto& member : shapes_.groups_of(visit->user->id)) now.push_back(member->group);
        const auto order = new_order(wanted, now);
        if (!order) return Fault{.wrong = Wrong::not_in_group};
        std::vector<Member> members;
        for (const Id id : *order) members.push_back(*office_.books.member_of(id, visit->user->id));
        plan.put_in_order(std::move(members));
        return std::nullopt;
      },
      [] { return std::string(); }, out);
}

void Groups::leave(const VisitPointer& visit, ServerSteps& out) {
  const Id id = visit->ids.front();
  office_.change(
      visit,
      [this, visit, id](Plan& plan) -> MaybeFault {
        if (auto fault = office_.check_member(id, visit->user->id)) return fault;
        const Pointer<Member> member = office_.books.member_of(id, visit->user->id);
        if (office_.is_last_admin(*member)) return Fault{.wrong = Wrong::last_admin};
        plan.remove(*member);
        return std::nullopt;
      },
      [] { return std::string(); }, out);
}

}  // namespace rockpool::dialects::baserow
