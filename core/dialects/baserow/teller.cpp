#include "core/dialects/baserow/teller.h"

#include "core/base/text.h"
#include "core/dialect/frames.h"

namespace rockpool::dialects::baserow {
namespace {

template <typename T>
bool moved_in_or_out(const AllMoved<T>& all, Kind kind, Id id) {
  if (T::kind != kind) return false;
  for (const Moved<T>& moved : all) {
    if ((moved.after ? moved.after : moved.before)->id != id) continue;
    const bool was = moved.before && !is_trashed(*moved.before);
    const bool is = moved.after && !is_trashed(*moved.after);
    if (was != is) return true;
  }
  return false;
}

}  // namespace

// Things stand a few steps below groups and users, which stand below nothing.
bool Telling::came_or_went(Kind kind, Id id) const {
  const bool itself =
      std::apply([&](const auto&... all) { return (moved_in_or_out(all, kind, id) || ...); }, happened.moved);
  if (itself) return true;
  for (const auto& [above, parent] : books.parents(kind, id))
    if (came_or_went(above, parent)) return true;
  return false;
}

std::vector<Id> Telling::members_before(Id group) const {
  std::vector<Id> users;
  for (const auto& member : books.below<Member>(Kind::group, group)) users.push_back(member->user);
  for (const auto& moved : happened.of<Member>())
    if (moved.before && moved.before->group == group) users.push_back(moved.before->user);
  return users;
}

void Telling::tell(Audience audience, CarrierId author, std::string body) {
  const auto known = authors_.find(author);
  body.pop_back();  // the closing brace, before which more may come
  events.push_back({.audience = std::move(audience),
                    .excluded = known == authors_.end() ? Author() : known->second,
                    .body = dialect::share(std::move(body)),
                    .at = {}});
}

Message& Message::ids(std::string_view name, const std::vector<Id>& ids) {
  dialect::append_list(object_.member(name), ids, [&](Id id) { text_ += base::decimal(id); });
  return *this;
}

std::vector<Event> tell(const Desk& desk, const Books& books, const Authors& authors,
                        const Happened& happened) {
  Telling telling(desk, books, authors, happened);
  tell_users(telling);
  tell_groups(telling);
  tell_members(telling);
  tell_applications(telling);
  tell_views(telling);
  tell_view_parts(telling);
  tell_comments(telling);
  return std::move(telling.events);
}

}  // namespace rockpool::dialects::baserow
