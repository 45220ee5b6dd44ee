// Things as they are shown, in answers and in messages alike (section 5 of the contract).
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "core/dialects/baserow/books.h"

namespace rockpool::dialects::baserow {

// Writes them from the books, with the keys that the mount was told to use.
class Shapes {
 public:
  Shapes(const Desk& desk, const Books& books) : desk_(desk), books_(books) {}

  // The member that names a group, or says what is in one: `group`, `group_id`, `group_user`; as workspaces,
  // or as both, where that is wanted.
  void add_group_member(dialect::ObjectText& object, std::string_view name, std::string_view json) const;

  std::string public_user(const User& user) const;
  std::string user(const User& user) const;  // of whoever it is himself
  std::string group(const Group& group) const;
  std::string group_user(const Member& member) const;
  // Of somebody who is not one any more: without an id.
  std::string former_group_user(const Member& member, const User& user) const;
  std::string group_user_group(const Group& group, const Member& receiver) const;
  std::string application(const Application& application, bool with_tables) const;
  // Those of the group, as that stands in lists.
  std::vector<Pointer<Application>> applications_of(Id group) const;
  std::vector<Pointer<Table>> tables_of(Id application) const;
  std::string table(const Table& table) const;
  // In the order of the user.
  std::vector<Pointer<Member>> groups_of(Id user) const;
  // For one that comes behind all of them.
  std::uint64_t next_group_order(Id user) const;

 private:
  std::string group_user(const Member& member, const User& user, std::string_view id) const;

  const Desk& desk_;
  const Books& books_;
};

// 2023-01-18T09:30:00.123000Z
std::string shown_time(std::int64_t ms);
std::string_view permissions_of(bool is_admin);

// Those that are there in the order in which they are to be shown.
template <typename T>
void sort_by_order(std::vector<Pointer<T>>& things) {
  std::sort(things.begin(), things.end(), [](const auto& left, const auto& right) {
    return std::pair(left->order, left->id) < std::pair(right->order, right->id);
  });
}

}  // namespace rockpool::dialects::baserow
