// Makes messages of what the log says: of nothing else, so that whoever writes, and in whatever dialect, is
// told of in the same way, in the order of commits.
//
// Each subject has a function of its own. What comes, goes or comes back together with what it belongs to is
// not told by itself: of a new table its fields are not told.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/dialects/baserow/events.h"
#include "core/dialects/baserow/view_shapes.h"

namespace rockpool::dialects::baserow {

// What became of a thing, for those who look at it.
enum class Turn : std::uint8_t {
  none,      // nothing that is told by itself
  created,   // it is there for the first time
  restored,  // it came back from the trash
  changed,
  deleted  // to the trash, or for good
};

class Telling {
 public:
  Telling(const Desk& desk, const Books& all_books, const Authors& authors, const Happened& all);

  // Of what was deleted with what it belongs to, or belongs to something that is not there, it is `none`.
  template <typename T>
  Turn turn_of(const Moved<T>& moved) const {
    const bool was = moved.before && !is_trashed(*moved.before);
    const bool is = moved.after && !is_trashed(*moved.after);
    if (!was && !is) return Turn::none;
    for (const auto& [kind, id] : (is ? *moved.after : *moved.before).parents())
      if (!books.is_present(kind, id) || came_or_went(kind, id)) return Turn::none;
    if (was && is) return Turn::changed;
    if (was) return Turn::deleted;
    return moved.before ? Turn::restored : Turn::created;
  }
  // In this entry; or something that it belongs to.
  bool came_or_went(Kind kind, Id id) const;

  // The users who are in the group, and those who were before this entry.
  std::vector<Id> members_before(Id group) const;

  // The row that the request puts new ones before, 0: none.
  std::uint64_t before_row(CarrierId author) const {
    const auto known = authors_.find(author);
    return known == authors_.end() ? 0 : known->second.before_row;
  }

  // `body` is the whole message. `author`: who made the request, whose socket is not told; 0: all are.
  // `notes`: further members for who resumes.
  void tell(Audience audience, CarrierId author, std::string body, std::string notes = {});

  const Settings& settings;
  const Happened& happened;
  const Books& books;
  const Shapes shapes;
  const ViewShapes view_shapes;
  std::vector<Event> events;

 private:
  const Authors& authors_;
  std::set<std::pair<Kind, Id>> came_or_went_;  // by themselves
};

// A message, member by member: Message("table_updated").count("table_id", 7)….end()
class Message {
 public:
  explicit Message(std::string_view type) { object_.text("type", type); }
  Message& text(std::string_view name, std::string_view value) { return object_.text(name, value), *this; }
  Message& count(std::string_view name, std::uint64_t value) { return object_.count(name, value), *this; }
  Message& flag(std::string_view name, bool value) { return object_.flag(name, value), *this; }
  Message& raw(std::string_view name, std::string_view json) { return object_.raw(name, json), *this; }
  // A list of ids.
  Message& ids(std::string_view name, const std::vector<Id>& ids);
  // `group`, `group_id` or `group_user`, by the names that the mount was told to use.
  Message& of_group(const Shapes& shapes, std::string_view name, std::string_view json) {
    return shapes.add_group_member(object_, name, json), *this;
  }
  std::string end() { return object_.end(), std::move(text_); }

 private:
  std::string text_;
  dialect::ObjectText object_{text_};
};

// ---- the subjects, in the order in which an entry's messages are told
void tell_users(Telling& telling);
void tell_groups(Telling& telling);
void tell_members(Telling& telling);
void tell_applications(Telling& telling);
void tell_tables(Telling& telling);
void tell_fields(Telling& telling);
void tell_views(Telling& telling);
void tell_view_parts(Telling& telling);
void tell_rows(Telling& telling);
void tell_comments(Telling& telling);

// All messages of an entry.
std::vector<Event> tell(const Desk& desk, const Books& books, const Authors& authors,
                        const Happened& happened);

}  // namespace rockpool::dialects::baserow
