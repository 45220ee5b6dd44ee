#include "core/dialects/baserow/teller.h"

#include "core/base/text.h"
#include "core/dialect/frames.h"

namespace rockpool::dialects::baserow {
namespace {

template <typename T>
void add_moved(const AllMoved<T>& all, std::set<std::pair<Kind, Id>>& came_or_went) {
  for (const Moved<T>& moved : all) {
    const bool was = moved.before && !is_trashed(*moved.before);
    const bool is = moved.after && !is_trashed(*moved.after);
    if (was != is) came_or_went.emplace(T::kind, (moved.after ? moved.after : moved.before)->id);
  }
}

}  // namespace

Telling::Telling(const Desk& desk, const Books& all_books, const Authors& authors, const Happened& all)
    : settings(desk.settings),
      happened(all),
      books(all_books),
      shapes(desk, all_books),
      view_shapes(desk, all_books),
      authors_(authors) {
  std::apply([&](const auto&... of_kind) { (add_moved(of_kind, came_or_went_), ...); }, happened.moved);
}

// Things stand a few steps below groups and users, which stand below nothing.
bool Telling::came_or_went(Kind kind, Id id) const {
  if (came_or_went_.empty()) return false;
  if (came_or_went_.contains({kind, id})) return true;
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

void Telling::tell(Audience audience, CarrierId author, std::string body, std::string notes) {
  const auto known = authors_.find(author);
  body.pop_back();  // the closing brace, before which more may come
  events.push_back({.audience = std::move(audience),
                    .excluded = known == authors_.end() ? Author() : known->second,
                    .body = dialect::share(std::move(body)),
                    .notes = std::move(notes),
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
  tell_tables(telling);
  tell_fields(telling);
  tell_views(telling);
  tell_view_parts(telling);
  tell_rows(telling);
  tell_comments(telling);
  return std::move(telling.events);
}

}  // namespace rockpool::dialects::baserow
