// Views, what is in them, and comments.
#include <map>

#include "core/base/text.h"
#include "core/dialects/baserow/teller.h"
#include "core/dialects/baserow/view_shapes.h"

namespace rockpool::dialects::baserow {
namespace {

void tell_deleted(Telling& telling, const Moved<View>& moved) {
  const View& view = *moved.before;
  telling.tell(to_table(view.table), moved.author,
               Message("view_deleted").count("table_id", view.table).count("view_id", view.id).end());
}

void tell_changed(Telling& telling, const ViewShapes& shapes, const Moved<View>& moved) {
  const View& view = *moved.after;
  const bool is_of_fields = !model::same(moved.before->field_options, view.field_options);
  Message message(is_of_fields ? "view_field_options_updated" : "view_updated");
  message.count("view_id", view.id);
  if (is_of_fields)
    message.raw("field_options", shapes.field_options(view));
  else
    message.raw("view", shapes.view(view, {}));
  telling.tell(to_table(view.table), moved.author, message.end());
}

void tell_order(Telling& telling, const ViewShapes& shapes, Id table, CarrierId author) {
  std::vector<Id> order;
  for (const auto& view : shapes.views_of(table)) order.push_back(view->id);
  telling.tell(to_table(table), author,
               Message("views_reordered").count("table_id", table).ids("order", order).end());
}

// Filters, sortings or decorations; `name` is what messages call one.
template <typename T>
void tell_parts(Telling& telling, const std::string& name) {
  for (const Moved<T>& moved : telling.happened.of<T>()) {
    const Turn turn = telling.turn_of(moved);
    if (turn == Turn::none) continue;
    const T& part = moved.after ? *moved.after : *moved.before;
    const Pointer<View> view = telling.books.find<View>(part.view);
    Message message(name + (turn == Turn::deleted   ? "_deleted"
                            : turn == Turn::changed ? "_updated"
                                                    : "_created"));
    if (turn == Turn::deleted) message.count("view_id", part.view);
    if (turn == Turn::deleted || turn == Turn::changed) message.count(name + "_id", part.id);
    if (turn != Turn::deleted) message.raw(name, telling.view_shapes.part(part));
    telling.tell(to_table(view->table), moved.author, message.end());
  }
}

}  // namespace

void tell_views(Telling& telling) {
  const ViewShapes& shapes = telling.view_shapes;
  std::map<Id, CarrierId> reordered;  // tables
  for (const Moved<View>& moved : telling.happened.of<View>()) {
    const Turn turn = telling.turn_of(moved);
    if (turn == Turn::none) continue;
    if (turn == Turn::deleted) {
      tell_deleted(telling, moved);
      continue;
    }
    const View& view = *moved.after;
    if (turn != Turn::changed)
      telling.tell(to_table(view.table), turn == Turn::restored ? 0 : moved.author,
                   Message("view_created").raw("view", shapes.view(view, ViewShapes::everything)).end());
    else if (!is_placed(*moved.before, view))
      tell_changed(telling, shapes, moved);
    if ((turn == Turn::created && view.copied_from != 0) ||
        (turn == Turn::changed && is_placed(*moved.before, view)))
      reordered.emplace(view.table, moved.author);
  }
  for (const auto& [table, author] : reordered) tell_order(telling, shapes, table, author);
}

void tell_view_parts(Telling& telling) {
  tell_parts<Filter>(telling, "view_filter");
  tell_parts<Sort>(telling, "view_sort");
  tell_parts<Decoration>(telling, "view_decoration");
}

void tell_comments(Telling& telling) {
  for (const Moved<Comment>& moved : telling.happened.of<Comment>()) {
    if (telling.turn_of(moved) != Turn::created) continue;
    telling.tell(
        to_table(moved.after->table), moved.author,
        Message("row_comment_created").raw("row_comment", telling.view_shapes.comment(*moved.after)).end());
  }
}

}  // namespace rockpool::dialects::baserow
