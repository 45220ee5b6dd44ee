// Finds what a request names for the user who asks: what is there, and stands below a group of his.
#pragma once

#include "core/dialects/baserow/office.h"

namespace rockpool::dialects::baserow {

// What is said where nothing of that kind is found.
Wrong missing(Kind kind);

// The group that it stands below, in the trash or not; 0: there is none.
Id group_above(const Books& books, Kind kind, Id id);

// Nothing: it is `found`.
template <typename T>
MaybeFault reach(const Office& office, Id user, Id id, Pointer<T>& found) {
  found = office.books.present<T>(id);
  if (!found) return Fault{.wrong = missing(T::kind)};
  return office.check_member(group_above(office.books, T::kind, id), user);
}

}  // namespace rockpool::dialects::baserow
