#include "core/dialects/baserow/shapes.h"

#include "core/base/text.h"
#include "core/dialect/times.h"

namespace rockpool::dialects::baserow {

using dialect::ObjectText;

std::string shown_time(std::int64_t ms) {
  std::string text = dialect::iso_milliseconds({ms});
  text.insert(text.size() - 1, "000");
  return text;
}

std::string_view permissions_of(bool is_admin) { return is_admin ? "ADMIN" : "MEMBER"; }

void Shapes::add_group_member(ObjectText& object, std::string_view name, std::string_view json) const {
  if (desk_.settings.keys != Keys::workspace) object.raw(name, json);
  if (desk_.settings.keys == Keys::group) return;
  object.raw("workspace" + std::string(name.substr(std::string_view("group").size())), json);
}

std::string Shapes::public_user(const User& user) const {
  std::string text;
  ObjectText(text).count("id", user.id).text("username", user.email).text("first_name", user.name).end();
  return text;
}

std::string Shapes::user(const User& user) const {
  std::string text;
  ObjectText(text)
      .text("first_name", user.name)
      .text("username", user.email)
      .flag("is_staff", false)
      .count("id", user.id)
      .text("language", user.language)
      .end();
  return text;
}

std::string Shapes::group(const Group& group) const {
  std::string text;
  ObjectText(text).count("id", group.id).text("name", group.name).end();
  return text;
}

std::string Shapes::group_user(const Member& member, const User& user, std::string_view id) const {
  std::string text;
  ObjectText object(text);
  object.raw("id", id).text("name", user.name).text("email", user.email);
  add_group_member(object, "group", base::decimal(member.group));
  object.text("permissions", permissions_of(member.is_admin))
      .text("created_on", shown_time(member.created_ms))
      .count("user_id", user.id)
      .flag("to_be_deleted", !user.is_active())
      .end();
  return text;
}

std::string Shapes::group_user(const Member& member) const {
  const Pointer<User> user = books_.find<User>(member.user);
  return group_user(member, user ? *user : User{}, base::decimal(member.id));
}

std::string Shapes::former_group_user(const Member& member, const User& user) const {
  return group_user(member, user, "null");
}

std::string Shapes::group_user_group(const Group& group, const Member& receiver) const {
  std::string text;
  ObjectText object(text);
  object.count("id", group.id).text("name", group.name);
  dialect::append_list(object.member("users"), books_.present_below<Member>(Kind::group, group.id),
                       [&](const Pointer<Member>& one) { text += group_user(*one); });
  object.count("order", receiver.order).text("permissions", permissions_of(receiver.is_admin)).end();
  return text;
}

std::vector<Pointer<Application>> Shapes::applications_of(Id group) const {
  auto applications = books_.present_below<Application>(Kind::group, group);
  sort_by_order(applications);
  return applications;
}

std::vector<Pointer<Table>> Shapes::tables_of(Id application) const {
  auto tables = books_.present_below<Table>(Kind::application, application);
  sort_by_order(tables);
  return tables;
}

std::vector<Pointer<Member>> Shapes::groups_of(Id user) const {
  auto members = books_.present_below<Member>(Kind::user, user);
  sort_by_order(members);
  return members;
}

std::uint64_t Shapes::next_group_order(Id user) const {
  const auto members = groups_of(user);
  return members.empty() ? 1 : members.back()->order + 1;
}

std::string Shapes::table(const Table& table) const {
  std::string text;
  ObjectText(text)
      .count("id", table.id)
      .text("name", table.name)
      .count("order", table.order)
      .count("database_id", table.application)
      .end();
  return text;
}

std::string Shapes::application(const Application& application, bool with_tables) const {
  std::string text;
  ObjectText object(text);
  object.count("id", application.id).text("name", application.name).count("order", application.order);
  object.text("type", "database");
  const Pointer<Group> of = books_.find<Group>(application.group);
  add_group_member(object, "group", of ? group(*of) : "null");
  if (with_tables) {
    dialect::append_list(object.member("tables"), tables_of(application.id),
                         [&](const Pointer<Table>& one) { text += table(*one); });
  }
  object.end();
  return text;
}

}  // namespace rockpool::dialects::baserow
