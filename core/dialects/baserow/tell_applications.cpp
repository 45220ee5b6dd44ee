// Applications and their order.
#include <set>

#include "core/base/text.h"
#include "core/dialects/baserow/order_ids.h"
#include "core/dialects/baserow/teller.h"

namespace rockpool::dialects::baserow {
namespace {

void tell_changed(Telling& telling, const Moved<Application>& moved) {
  const Application& application = *moved.after;
  telling.tell(to_group(application.group), moved.author,
               Message("application_updated")
                   .count("application_id", application.id)
                   .raw("application", telling.shapes.application(application, false))
                   .end());
}

void tell_order(Telling& telling, Id group, CarrierId author) {
  std::vector<Id> order;
  for (const auto& one : telling.shapes.applications_of(group)) order.push_back(one->id);
  telling.tell(to_group(group), author,
               Message("applications_reordered")
                   .of_group(telling.shapes, "group_id", shown_id(group, OrderIds::plain))
                   .raw("order", shown_ids(order, telling.settings.order_ids))
                   .end());
}

}  // namespace

void tell_applications(Telling& telling) {
  std::set<Id> reordered;  // groups
  for (const Moved<Application>& moved : telling.happened.of<Application>()) {
    const Turn turn = telling.turn_of(moved);
    if (turn == Turn::none) continue;
    const Application& application = moved.after ? *moved.after : *moved.before;
    if (turn == Turn::deleted) {
      telling.tell(to_group(application.group), moved.author,
                   Message("application_deleted").count("application_id", application.id).end());
    } else if (turn != Turn::changed) {
      telling.tell(to_group(application.group), turn == Turn::restored ? 0 : moved.author,
                   Message("application_created")
                       .raw("application", telling.shapes.application(application, true))
                       .end());
    } else if (!is_placed(*moved.before, application)) {
      tell_changed(telling, moved);
    } else if (reordered.insert(application.group).second) {
      tell_order(telling, application.group, moved.author);
    }
  }
}

}  // namespace rockpool::dialects::baserow
