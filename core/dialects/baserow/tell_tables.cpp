// Tables and their order.
#include <set>

#include "core/base/text.h"
#include "core/dialects/baserow/order_ids.h"
#include "core/dialects/baserow/teller.h"

namespace rockpool::dialects::baserow {
namespace {

// Under the seed's name as ids, and under upstream's as that has it.
void tell_order(Telling& telling, const Audience& audience, Id application, CarrierId author) {
  std::vector<Id> order;
  for (const auto& one : telling.shapes.tables_of(application)) order.push_back(one->id);
  if (telling.settings.profile == Profile::seed)
    telling.tell(audience, author,
                 Message("tables_re_ordered").count("database_id", application).ids("order", order).end());
  telling.tell(audience, author,
               Message("tables_reordered")
                   .raw("database_id", shown_id(application, telling.settings.order_ids))
                   .raw("order", shown_ids(order, telling.settings.order_ids))
                   .end());
}

void tell_table(Telling& telling, const Audience& audience, const Moved<Table>& moved, Turn turn) {
  const Table& table = moved.after ? *moved.after : *moved.before;
  if (turn == Turn::deleted)
    return telling.tell(
        audience, moved.author,
        Message("table_deleted").count("database_id", table.application).count("table_id", table.id).end());
  const std::string shown = telling.shapes.table(table);
  if (turn == Turn::changed)
    return telling.tell(audience, moved.author,
                        Message("table_updated")
                            .count("table_id", table.id)
                            .raw("table", shown)
                            .flag("force_table_refresh", false)
                            .end());
  telling.tell(audience, turn == Turn::restored ? 0 : moved.author,
               Message("table_created").raw("table", shown).end());
}

}  // namespace

void tell_tables(Telling& telling) {
  std::set<Id> reordered;  // applications
  for (const Moved<Table>& moved : telling.happened.of<Table>()) {
    const Turn turn = telling.turn_of(moved);
    if (turn == Turn::none) continue;
    const Table& table = moved.after ? *moved.after : *moved.before;
    const Audience audience = to_group(telling.books.find<Application>(table.application)->group);
    if (turn != Turn::changed || !is_placed(*moved.before, table))
      tell_table(telling, audience, moved, turn);
    else if (reordered.insert(table.application).second)
      tell_order(telling, audience, table.application, moved.author);
  }
}

}  // namespace rockpool::dialects::baserow
