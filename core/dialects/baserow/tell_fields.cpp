// Fields, with what can be chosen in them.
#include <set>

#include "core/base/text.h"
#include "core/dialects/baserow/columns.h"
#include "core/dialects/baserow/teller.h"

namespace rockpool::dialects::baserow {
namespace {

constexpr std::string_view none = "[]";

std::string shown(const Telling& telling, Id field, std::string_view more = {}) {
  return shown_field(column_of(telling.books, telling.books.find<Field>(field)), more);
}

void tell_updated(Telling& telling, const Field& field, CarrierId author) {
  telling.tell(to_table(field.table), author,
               Message("field_updated")
                   .count("field_id", field.id)
                   .raw("field", shown(telling, field.id))
                   .raw("related_fields", none)
                   .end());
}

// What views say of it came back with it.
std::string views_words(const Telling& telling, Id field) {
  return R"(,"filters":)" + telling.view_shapes.parts<Filter>(Kind::field, field) + R"(,"sortings":)" +
         telling.view_shapes.parts<Sort>(Kind::field, field);
}

void tell_field(Telling& telling, const Moved<Field>& moved, Turn turn) {
  const Field& field = moved.after ? *moved.after : *moved.before;
  const Audience audience = to_table(field.table);
  if (turn == Turn::changed) return tell_updated(telling, field, moved.author);
  if (turn == Turn::deleted)
    return telling.tell(audience, moved.author,
                        Message("field_deleted")
                            .count("table_id", field.table)
                            .count("field_id", field.id)
                            .raw("related_fields", none)
                            .end());
  if (turn == Turn::created)
    return telling.tell(
        audience, moved.author,
        Message("field_created").raw("field", shown(telling, field.id)).raw("related_fields", none).end());
  telling.tell(audience, 0,
               Message("field_restored")
                   .raw("field", shown(telling, field.id, views_words(telling, field.id)))
                   .raw("related_fields", none)
                   .end());
}

}  // namespace

void tell_fields(Telling& telling) {
  std::set<Id> told;
  for (const Moved<Field>& moved : telling.happened.of<Field>()) {
    told.insert(moved.after ? moved.after->id : moved.before->id);
    if (const Turn turn = telling.turn_of(moved); turn != Turn::none) tell_field(telling, moved, turn);
  }
  for (const Moved<Option>& moved : telling.happened.of<Option>()) {
    const Id id = moved.after ? moved.after->field : moved.before->field;
    if (telling.turn_of(moved) == Turn::none || !told.insert(id).second) continue;
    tell_updated(telling, *telling.books.find<Field>(id), moved.author);
  }
}

}  // namespace rockpool::dialects::baserow
