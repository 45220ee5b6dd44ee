#include "core/dialects/baserow/views.h"

#include <algorithm>
#include <array>

#include "core/dialects/baserow/names.h"
#include "core/dialects/baserow/pages.h"

namespace rockpool::dialects::baserow {
namespace {

constexpr std::array<std::string_view, 1> view_types = {"grid"};
constexpr std::array<std::string_view, 2> filter_types = {"AND", "OR"};
constexpr std::array<std::string_view, 2> row_identifier_types = {"id", "count"};
constexpr std::size_t slug_bytes = 16;

// What a body says of a view; what it leaves out stays.
struct ViewTerms {
  std::optional<std::string> name, filter_type, row_identifier_type;
  std::optional<bool> filters_disabled;

  explicit ViewTerms(Checks& checks)
      : name(checks.maybe_text("name")),
        filter_type(checks.maybe_choice("filter_type", filter_types)),
        row_identifier_type(checks.maybe_choice("row_identifier_type", row_identifier_types)),
        filters_disabled(checks.maybe_flag("filters_disabled")) {
    if (checks.maybe_flag("public").value_or(false))
      checks.wrong("public", "Views cannot be made public on this server.", "not_supported");
  }
  void apply(View& view) const {
    view.name = name.value_or(view.name);
    if (filter_type) view.matches_any = *filter_type == "OR";
    if (row_identifier_type) view.counts_rows = *row_identifier_type == "count";
    view.filters_disabled = filters_disabled.value_or(view.filters_disabled);
  }
};

ViewShapes::With read_include(const Request& asked) {
  const Included included(asked.query);
  return {.filters = included.has("filters"),
          .sortings = included.has("sortings"),
          .decorations = included.has("decorations")};
}

}  // namespace

View new_view(Office& office, Plan& plan, Id table, std::string name) {
  View view{.id = plan.next_id(Kind::view), .table = table, .name = std::move(name)};
  for (const auto& one : office.books.below<View>(Kind::table, table))
    view.order = std::max(view.order, one->order);
  ++view.order;
  view.slug = office.desk.prng.hex(slug_bytes);
  return view;
}

Routes Views::routes() {
  const auto to = [this](auto handler) {
    return [this, handler](const VisitPointer& visit, ServerSteps& out) { (this->*handler)(visit, out); };
  };
  return {{.method = "GET", .path = "database/views/table/#/", .handle = to(&Views::list)},
          {.method = "POST", .path = "database/views/table/#/", .handle = to(&Views::create)},
          {.method = "POST", .path = "database/views/table/#/order/", .handle = to(&Views::order)},
          {.method = "GET", .path = "database/views/#/", .handle = to(&Views::show)},
          {.method = "PATCH", .path = "database/views/#/", .handle = to(&Views::update)},
          {.method = "DELETE", .path = "database/views/#/", .handle = to(&Views::remove)},
          {.method = "POST", .path = "database/views/#/duplicate/", .handle = to(&Views::duplicate)}};
}

std::string Views::shown(const VisitPointer& visit, Id id) const {
  return shapes_.view(*office_.books.find<View>(id), read_include(visit->asked));
}

// ---- looking ----------------------------------------------------------------------------------------------

void Views::list(const VisitPointer& visit, ServerSteps& out) {
  Pointer<Table> table;
  if (const auto fault = reach(office_, visit->user->id, visit->ids.front(), table))
    return out.push_back(refuse(visit->carrier, *fault));
  std::string body;
  dialect::append_list(body, shapes_.views_of(table->id), [&](const Pointer<View>& view) {
    body += shapes_.view(*view, read_include(visit->asked));
  });
  out.push_back(answer(visit->carrier, std::move(body)));
}

void Views::show(const VisitPointer& visit, ServerSteps& out) {
  Pointer<View> view;
  if (const auto fault = reach(office_, visit->user->id, visit->ids.front(), view))
    return out.push_back(refuse(visit->carrier, *fault));
  out.push_back(answer(visit->carrier, shown(visit, view->id)));
}

// ---- changes ----------------------------------------------------------------------------------------------

void Views::create(const VisitPointer& visit, ServerSteps& out) {
  Checks checks(visit->body);
  const std::string name = checks.text("name");
  const std::string type = checks.choice("type", view_types);
  const ViewTerms terms(checks);
  if (const auto fault = checks.fault()) return out.push_back(refuse(visit->carrier, *fault));
  const auto id = std::make_shared<Id>();
  office_.change(
      visit,
      [this, visit, name, type, terms, id](Plan& plan) -> MaybeFault {
        Pointer<Table> table;
        if (auto fault = reach(office_, visit->user->id, visit->ids.front(), table)) return fault;
        View view = new_view(office_, plan, table->id, name);
        view.type = type;
        terms.apply(view);
        *id = view.id;
        plan.put(view);
        return std::nullopt;
      },
      [this, visit, id] { return shown(visit, *id); }, out);
}

void Views::update(const VisitPointer& visit, ServerSteps& out) {
  Checks checks(visit->body);
  const ViewTerms terms(checks);
  if (const auto fault = checks.fault()) return out.push_back(refuse(visit->carrier, *fault));
  const Id id = visit->ids.front();
  office_.change(
      visit,
      [this, visit, terms, id](Plan& plan) -> MaybeFault {
        Pointer<View> before;
        if (auto fault = reach(office_, visit->user->id, id, before)) return fault;
        View view = *before;
        terms.apply(view);
        plan.put(view);
        return std::nullopt;
      },
      [this, visit, id] { return shown(visit, id); }, out);
}

void Views::remove(const VisitPointer& visit, ServerSteps& out) {
  office_.change(
      visit,
      [this, visit](Plan& plan) -> MaybeFault {
        Pointer<View> view;
        if (auto fault = reach(office_, visit->user->id, visit->ids.front(), view)) return fault;
        plan.trash(*view, visit->user->id);
        return std::nullopt;
      },
      [] { return std::string(); }, out);
}

void Views::order(const VisitPointer& visit, ServerSteps& out) {
  Checks checks(visit->body);
  const std::vector<Id> wanted = checks.ids("view_ids");
  if (const auto fault = checks.fault()) return out.push_back(refuse(visit->carrier, *fault));
  office_.change(
      visit,
      [this, visit, wanted](Plan& plan) -> MaybeFault {
        Pointer<Table> table;
        if (auto fault = reach(office_, visit->user->id, visit->ids.front(), table)) return fault;
        std::vector<Id> now;
        for (const auto& view : shapes_.views_of(table->id)) now.push_back(view->id);
        const auto order = new_order(wanted, now);
        if (!order) return Fault{.wrong = Wrong::view_not_in_table};
        std::vector<View> views;
        for (const Id id : *order) views.push_back(*office_.books.find<View>(id));
        plan.put_in_order(std::move(views));
        return std::nullopt;
      },
      [] { return std::string(); }, out);
}

// ---- copies -----------------------------------------------------------------------------------------------

std::string Views::name_of_copy(const View& view) const {
  const auto others = shapes_.views_of(view.table);
  return numbered_name(view.name, [&](std::string_view name) {
    return std::any_of(others.begin(), others.end(), [&](const auto& one) { return one->name == name; });
  });
}

void Views::put_copy(Plan& plan, const View& view, View copy) const {
  copy.copied_from = view.id;
  for (const auto& one : office_.books.present_below<Filter>(Kind::view, view.id)) {
    Filter filter = *one;
    filter.id = plan.next_id(Kind::filter);
    filter.view = copy.id;
    plan.put(filter);
  }
  for (const auto& one : office_.books.present_below<Sort>(Kind::view, view.id)) {
    Sort sort = *one;
    sort.id = plan.next_id(Kind::sort);
    sort.view = copy.id;
    plan.put(sort);
  }
  for (const auto& one : office_.books.present_below<Decoration>(Kind::view, view.id)) {
    Decoration decoration = *one;
    decoration.id = plan.next_id(Kind::decoration);
    decoration.view = copy.id;
    plan.put(decoration);
  }
  std::uint64_t order = 0;
  for (const auto& one : shapes_.views_of(view.table)) {
    View other = *one;
    other.order = ++order;
    if (one->order != order) plan.put(other);
    if (one->id == view.id) copy.order = ++order;
  }
  plan.put(copy);
}

// It stands right behind the one that it is a copy of.
void Views::duplicate(const VisitPointer& visit, ServerSteps& out) {
  const auto id = std::make_shared<Id>();
  office_.change(
      visit,
      [this, visit, id](Plan& plan) -> MaybeFault {
        Pointer<View> view;
        if (auto fault = reach(office_, visit->user->id, visit->ids.front(), view)) return fault;
        View copy = *view;
        const View made = new_view(office_, plan, view->table, name_of_copy(*view));
        *id = copy.id = made.id;
        copy.name = made.name;
        copy.slug = made.slug;
        put_copy(plan, *view, std::move(copy));
        return std::nullopt;
      },
      [this, id] { return shapes_.view(*office_.books.find<View>(*id), ViewShapes::everything); }, out);
}

}  // namespace rockpool::dialects::baserow
