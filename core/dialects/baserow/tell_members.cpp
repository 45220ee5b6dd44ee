// Who is in which group, and in which order a user has the groups.
#include <set>

#include "core/base/text.h"
#include "core/dialects/baserow/order_ids.h"
#include "core/dialects/baserow/teller.h"

namespace rockpool::dialects::baserow {
namespace {

std::string member_message(const Telling& telling, std::string_view type, const Member& member,
                           const std::string& shown) {
  return Message(type)
      .count("id", member.id)
      .of_group(telling.shapes, "group_id", base::decimal(member.group))
      .of_group(telling.shapes, "group_user", shown)
      .end();
}

bool is_only_moved(const Moved<Member>& moved) {
  return moved.before && moved.after && is_placed(*moved.before, *moved.after) &&
         moved.before->is_admin == moved.after->is_admin;
}

// Whoever is removed hears it, too.
void tell_removed(Telling& telling, const Moved<Member>& moved) {
  const Member& member = *moved.before;
  const Pointer<User> user = telling.books.find<User>(member.user);
  if (!user) return;
  telling.tell(
      to_users(telling.members_before(member.group)), moved.author,
      member_message(telling, "group_user_deleted", member, telling.shapes.former_group_user(member, *user)));
}

}  // namespace

void tell_members(Telling& telling) {
  std::set<Id> reordered;  // users
  for (const Moved<Member>& moved : telling.happened.of<Member>()) {
    const Turn turn = telling.turn_of(moved);
    if (turn == Turn::deleted) tell_removed(telling, moved);
    if (turn != Turn::created && turn != Turn::changed) continue;
    const Member& member = *moved.after;
    if (is_only_moved(moved)) {
      if (!reordered.insert(member.user).second) continue;
      std::vector<Id> groups;
      for (const auto& one : telling.shapes.groups_of(member.user)) groups.push_back(one->group);
      telling.tell(to_users({member.user}), moved.author,
                   Message("groups_reordered")
                       .of_group(telling.shapes, "group_ids", shown_ids(groups, OrderIds::plain))
                       .end());
      continue;
    }
    telling.tell(to_group(member.group), moved.author,
                 member_message(telling, turn == Turn::created ? "group_user_added" : "group_user_updated",
                                member, telling.shapes.group_user(member)));
  }
}

}  // namespace rockpool::dialects::baserow
