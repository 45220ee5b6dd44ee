#include "core/dialects/baserow/tables.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/dialects/baserow/first_rows.h"
#include "core/dialects/baserow/new_fields.h"
#include "core/dialects/baserow/reach.h"
#include "core/dialects/baserow/views.h"
#include "core/model/names.h"
#include "core/model/position.h"

namespace rockpool::dialects::baserow {
namespace {

// Keys of the fields, in their order.
std::vector<std::string> put_fields(Plan& plan, Id table, const std::vector<FirstField>& fields) {
  std::vector<std::string> keys;
  for (const FirstField& field : fields) {
    const Id id = plan.next_id(Kind::field);
    keys.push_back(key_for(field.name, id, false));
    plan.put(Field{.id = id,
                   .table = table,
                   .name = field.name,
                   .key = keys.back(),
                   .type = field.type,
                   .order = keys.size() - 1,
                   .is_primary = keys.size() == 1,
                   .options = stored_terms(field_type_of(field.type), {})});
  }
  return keys;
}

void add_rows(Plan& plan, const std::string& collection, const std::vector<std::string>& keys,
              const std::vector<std::vector<std::string>>& rows) {
  for (std::size_t at = 0; at < rows.size(); ++at) {
    model::Value data = model::Value::object();
    for (std::size_t i = 0; i < rows[at].size(); ++i)
      if (!rows[at][i].empty()) data[keys[i]] = rows[at][i];
    std::string meta;
    dialect::ObjectText(meta).text("order", model::Position::of_whole(at + 1).text()).end();
    plan.add({.key = {collection, ""},
              .op = model::Op::put,
              .data = model::write(data),
              .meta = std::move(meta),
              .counted = true});
  }
}

// The collection that the body names; nothing: it names none.
std::optional<std::string> check_collection(Checks& checks) {
  auto name = checks.maybe_text("collection", {.letters_max = base::limits::name_bytes_max});
  if (!name) return std::nullopt;
  if (const auto fine = model::check_collection(*name); !fine)
    checks.wrong("collection", fine.error().message);
  return name;
}

}  // namespace

Routes Tables::routes() {
  const auto to = [this](auto handler) {
    return [this, handler](const VisitPointer& visit, ServerSteps& out) { (this->*handler)(visit, out); };
  };
  return {{.method = "GET", .path = "database/tables/database/#/", .handle = to(&Tables::list)},
          {.method = "POST", .path = "database/tables/database/#/", .handle = to(&Tables::create)},
          {.method = "POST", .path = "database/tables/database/#/order/", .handle = to(&Tables::order)},
          {.method = "GET", .path = "database/tables/#/", .handle = to(&Tables::show)},
          {.method = "PATCH", .path = "database/tables/#/", .handle = to(&Tables::rename)},
          {.method = "DELETE", .path = "database/tables/#/", .handle = to(&Tables::remove)}};
}

std::variant<Pointer<Table>, Fault> Tables::find(const Visit& visit) const {
  Pointer<Table> table;
  if (auto fault = reach(office_, visit.user->id, visit.ids.front(), table)) return std::move(*fault);
  return table;
}

// ---- looking ----------------------------------------------------------------------------------------------

void Tables::list(const VisitPointer& visit, ServerSteps& out) {
  Pointer<Application> application;
  if (const auto fault = reach(office_, visit->user->id, visit->ids.front(), application))
    return out.push_back(refuse(visit->carrier, *fault));
  std::string body;
  dialect::append_list(body, shapes_.tables_of(application->id),
                       [&](const auto& one) { body += shapes_.table(*one); });
  out.push_back(answer(visit->carrier, std::move(body)));
}

void Tables::show(const VisitPointer& visit, ServerSteps& out) {
  const auto found = find(*visit);
  if (const auto* fault = std::get_if<Fault>(&found)) return out.push_back(refuse(visit->carrier, *fault));
  out.push_back(answer(visit->carrier, shapes_.table(*std::get<Pointer<Table>>(found))));
}

// ---- changing ---------------------------------------------------------------------------------------------

void Tables::create(const VisitPointer& visit, ServerSteps& out) {
  const auto id = std::make_shared<Id>();
  office_.change(
      visit, [this, visit, id](Plan& plan) { return plan_new(*visit, plan, *id); },
      [this, id] { return shapes_.table(*office_.books.find<Table>(*id)); }, out);
}

MaybeFault Tables::plan_new(const Visit& visit, Plan& plan, Id& id) const {
  Checks checks(visit.body);
  const std::string name = checks.text("name");
  const auto collection = check_collection(checks);
  const bool has_names = checks.maybe_flag("first_row_header").value_or(false);
  const model::Value* data = checks.has("data") ? checks.array("data") : nullptr;
  if (auto fault = checks.fault()) return fault;
  Pointer<Application> application;
  if (auto fault = reach(office_, visit.user->id, visit.ids.front(), application)) return fault;
  FirstRows first = usual_rows();
  if (data != nullptr) {
    auto read = read_rows(*data, has_names);
    if (auto* fault = std::get_if<Fault>(&read)) return std::move(*fault);
    first = std::move(std::get<FirstRows>(read));
  } else if (collection) {
    first.rows.clear();  // those that the collection has are the rows
  }
  const auto others = shapes_.tables_of(application->id);
  const std::string owner = base::decimal(application->group);
  if (collection && office_.books.facets().find(*collection, owner) != nullptr) {
    checks.wrong("collection", "A table of the group shows that collection already, in the trash or not.");
    return checks.fault();
  }
  id = plan.next_id(Kind::table);
  const Table table{.id = id,
                    .application = application->id,
                    .name = name,
                    .order = others.empty() ? 1 : others.back()->order + 1,
                    .collection = office_.books.facets().collection_for(
                        owner, collection.value_or("table_" + base::decimal(id)))};
  plan.put(table);
  plan.put(new_view(office_, plan, id, "Grid"));
  add_rows(plan, table.collection, put_fields(plan, id, first.fields), first.rows);
  return std::nullopt;
}

void Tables::rename(const VisitPointer& visit, ServerSteps& out) {
  Checks checks(visit->body);
  const std::string name = checks.text("name");
  if (const auto fault = checks.fault()) return out.push_back(refuse(visit->carrier, *fault));
  office_.change(
      visit,
      [this, visit, name](Plan& plan) -> MaybeFault {
        const auto found = find(*visit);
        if (const auto* fault = std::get_if<Fault>(&found)) return *fault;
        Table table = *std::get<Pointer<Table>>(found);
        table.name = name;
        plan.put(table);
        return std::nullopt;
      },
      [this, visit] { return shapes_.table(*office_.books.find<Table>(visit->ids.front())); }, out);
}

void Tables::remove(const VisitPointer& visit, ServerSteps& out) {
  office_.change(
      visit,
      [this, visit](Plan& plan) -> MaybeFault {
        const auto found = find(*visit);
        if (const auto* fault = std::get_if<Fault>(&found)) return *fault;
        plan.trash(*std::get<Pointer<Table>>(found), visit->user->id);
        return std::nullopt;
      },
      [] { return std::string(); }, out);
}

void Tables::order(const VisitPointer& visit, ServerSteps& out) {
  Checks checks(visit->body);
  const std::vector<Id> wanted = checks.ids("table_ids");
  if (const auto fault = checks.fault()) return out.push_back(refuse(visit->carrier, *fault));
  office_.change(
      visit,
      [this, visit, wanted](Plan& plan) -> MaybeFault {
        Pointer<Application> application;
        if (auto fault = reach(office_, visit->user->id, visit->ids.front(), application)) return fault;
        std::vector<Id> now;
        for (const auto& table : shapes_.tables_of(application->id)) now.push_back(table->id);
        const auto order = new_order(wanted, now);
        if (!order) return Fault{.wrong = Wrong::table_not_in_database};
        std::vector<Table> tables;
        for (const Id id : *order) tables.push_back(*office_.books.find<Table>(id));
        plan.put_in_order(std::move(tables));
        return std::nullopt;
      },
      [] { return std::string(); }, out);
}

}  // namespace rockpool::dialects::baserow
