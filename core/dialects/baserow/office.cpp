#include "core/dialects/baserow/office.h"

#include <algorithm>
#include <set>

namespace rockpool::dialects::baserow {

void Office::change(const VisitPointer& visit, Planned plan, Shown shown, ServerSteps& out) {
  change_as(visit->carrier, visit, std::move(plan), std::move(shown), out);
}

void Office::change_for_all(const VisitPointer& visit, Planned plan, Shown shown, ServerSteps& out) {
  change_as(0, visit, std::move(plan), std::move(shown), out);
}

void Office::change_as(CarrierId author, const VisitPointer& visit, Planned plan, Shown shown,
                       ServerSteps& out) {
  clerk.change(visit->now,
               {.author = author,
                .plan = [this, visit, planned = std::move(plan)](Plan& made) -> MaybeFault {
                  if (visit->user) {
                    const Pointer<User> user = books.find<User>(visit->user->id);
                    if (!user) return Fault{.wrong = Wrong::access_token};
                    if (!user->is_active()) return Fault{.wrong = Wrong::deactivated};
                  }
                  return planned(made);
                },
                .done = [visit, text = std::move(shown)](
                            ServerSteps& steps) { steps.push_back(answer(visit->carrier, text())); },
                .refuse = [visit](const Fault& fault,
                                  ServerSteps& steps) { steps.push_back(refuse(visit->carrier, fault)); }},
               out);
}

MaybeFault Office::check_member(Id group, Id user) const {
  if (!books.is_present(Kind::group, group)) return Fault{.wrong = Wrong::no_group};
  if (!books.member_of(group, user)) return Fault{.wrong = Wrong::not_in_group};
  return std::nullopt;
}

MaybeFault Office::check_admin(Id group, Id user) const {
  if (auto fault = check_member(group, user)) return fault;
  if (!books.member_of(group, user)->is_admin) return Fault{.wrong = Wrong::not_admin};
  return std::nullopt;
}

bool Office::is_last_admin(const Member& member) const {
  const auto members = books.below<Member>(Kind::group, member.group);
  return member.is_admin && std::none_of(members.begin(), members.end(), [&](const auto& one) {
           return one->is_admin && one->id != member.id;
         });
}

std::optional<std::vector<Id>> new_order(std::span<const Id> wanted, std::span<const Id> now) {
  std::set<Id> left(now.begin(), now.end());
  std::vector<Id> order;
  for (const Id id : wanted) {
    if (left.erase(id) == 0) return std::nullopt;
    order.push_back(id);
  }
  for (const Id id : now)
    if (left.contains(id)) order.push_back(id);
  return order;
}

}  // namespace rockpool::dialects::baserow
