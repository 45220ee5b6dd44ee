// Users, groups and who is in them.
#include "core/base/text.h"
#include "core/dialects/baserow/teller.h"

namespace rockpool::dialects::baserow {
namespace {

// Everybody in a group that the user is in, himself too.
std::vector<Id> company_of(const Telling& telling, Id user) {
  std::vector<Id> users;
  for (const auto& own : telling.books.present_below<Member>(Kind::user, user))
    for (const auto& member : telling.books.below<Member>(Kind::group, own->group))
      users.push_back(member->user);
  return users;
}

// Those in whose groups he was.
std::vector<Id> former_company_of(const Telling& telling, Id user) {
  std::vector<Id> users;
  for (const auto& moved : telling.happened.of<Member>()) {
    if (!moved.before || moved.after || moved.before->user != user) continue;
    for (const auto& member : telling.books.below<Member>(Kind::group, moved.before->group))
      users.push_back(member->user);
  }
  return users;
}

std::string restored_group(const Telling& telling, const Group& group, const Member& member) {
  const Shapes& shapes = telling.shapes;
  std::string applications;
  dialect::append_list(applications, shapes.applications_of(group.id),
                       [&](const auto& one) { applications += shapes.application(*one, true); });
  return Message("group_restored")
      .of_group(shapes, "group_id", base::decimal(group.id))
      .of_group(shapes, "group", shapes.group_user_group(group, member))
      .raw("applications", applications)
      .end();
}

void tell_deleted_group(Telling& telling, const Moved<Group>& moved) {
  const Id id = moved.before->id;
  const std::string number = base::decimal(id);
  const Audience audience = to_users(telling.members_before(id));
  if (telling.settings.profile == Profile::seed)
    telling.tell(audience, moved.author,
                 Message("before_group_deleted")
                     .of_group(telling.shapes, "group_id", number)
                     .of_group(telling.shapes, "group", telling.shapes.group(*moved.before))
                     .end());
  telling.tell(audience, moved.author,
               Message("group_deleted").of_group(telling.shapes, "group_id", number).end());
}

}  // namespace

void tell_users(Telling& telling) {
  for (const Moved<User>& moved : telling.happened.of<User>()) {
    if (!moved.before) continue;
    const Id id = moved.before->id;
    if (!moved.after) {
      telling.tell(to_users(former_company_of(telling, id)), 0,
                   Message("user_permanently_deleted").count("user_id", id).end());
      continue;
    }
    const bool was_active = moved.before->is_active(), is_active = moved.after->is_active();
    const std::string_view type = was_active == is_active ? "user_updated"
                                  : is_active             ? "user_restored"
                                                          : "user_deleted";
    telling.tell(to_users(company_of(telling, id)), was_active == is_active ? moved.author : 0,
                 Message(type).raw("user", telling.shapes.public_user(*moved.after)).end());
  }
}

void tell_groups(Telling& telling) {
  for (const Moved<Group>& moved : telling.happened.of<Group>()) {
    const Turn turn = telling.turn_of(moved);
    const Shapes& shapes = telling.shapes;
    if (turn == Turn::deleted) tell_deleted_group(telling, moved);
    if (turn == Turn::created)
      telling.tell(to_group(moved.after->id), moved.author,
                   Message("group_created").of_group(shapes, "group", shapes.group(*moved.after)).end());
    if (turn == Turn::changed)
      telling.tell(to_group(moved.after->id), moved.author,
                   Message("group_updated")
                       .of_group(shapes, "group_id", base::decimal(moved.after->id))
                       .of_group(shapes, "group", shapes.group(*moved.after))
                       .end());
    if (turn != Turn::restored) continue;
    for (const auto& member : telling.books.below<Member>(Kind::group, moved.after->id))
      telling.tell(to_users({member->user}), 0, restored_group(telling, *moved.after, *member));
  }
}

}  // namespace rockpool::dialects::baserow
