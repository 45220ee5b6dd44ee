#include "core/dialects/baserow/reach.h"

namespace rockpool::dialects::baserow {

Wrong missing(Kind kind) {
  switch (kind) {
    case Kind::group: return Wrong::no_group;
    case Kind::member: return Wrong::no_member;
    case Kind::invitation: return Wrong::no_invitation;
    case Kind::application: return Wrong::no_application;
    case Kind::table: return Wrong::no_table;
    case Kind::field: return Wrong::no_field;
    case Kind::view: return Wrong::no_view;
    case Kind::filter: return Wrong::no_filter;
    case Kind::sort: return Wrong::no_sort;
    case Kind::decoration: return Wrong::no_decoration;
    case Kind::trashed_row: return Wrong::no_row;
    default: return Wrong::no_path;
  }
}

// The first thing that another one belongs to is always the one above it on the way to the group.
Id group_above(const Books& books, Kind kind, Id id) {
  while (kind != Kind::group) {
    const Parents parents = books.parents(kind, id);
    if (parents.empty()) return 0;
    kind = parents.front().first;
    id = parents.front().second;
  }
  return id;
}

}  // namespace rockpool::dialects::baserow
