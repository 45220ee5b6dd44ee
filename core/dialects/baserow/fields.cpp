#include "core/dialects/baserow/fields.h"

#include <algorithm>

#include "core/dialects/baserow/new_fields.h"
#include "core/dialects/baserow/reach.h"

namespace rockpool::dialects::baserow {

Routes Fields::routes() {
  const auto to = [this](auto handler) {
    return [this, handler](const VisitPointer& visit, ServerSteps& out) { (this->*handler)(visit, out); };
  };
  return {{.method = "GET", .path = "database/fields/table/#/", .handle = to(&Fields::list)},
          {.method = "POST", .path = "database/fields/table/#/", .handle = to(&Fields::create)},
          {.method = "GET", .path = "database/fields/#/", .handle = to(&Fields::show)},
          {.method = "PATCH", .path = "database/fields/#/", .handle = to(&Fields::change)},
          {.method = "DELETE", .path = "database/fields/#/", .handle = to(&Fields::remove)}};
}

// No field is made of others here: none is related to another one.
std::string Fields::shown(Id field) const {
  return shown_field(column_of(office_.books, office_.books.find<Field>(field)), R"(,"related_fields":[])");
}

std::variant<Pointer<Field>, Fault> Fields::find(const Visit& visit) const {
  Pointer<Field> field;
  if (auto fault = reach(office_, visit.user->id, visit.ids.front(), field)) return std::move(*fault);
  return field;
}

MaybeFault Fields::check_name(Id table, const std::string& name, Id own) const {
  if (is_reserved_field_name(name)) return Fault{.wrong = Wrong::reserved_field_name};
  const auto fields = office_.books.present_below<Field>(Kind::table, table);
  const bool is_taken = std::any_of(fields.begin(), fields.end(),
                                    [&](const auto& one) { return one->name == name && one->id != own; });
  return is_taken ? MaybeFault(Fault{.wrong = Wrong::same_name}) : std::nullopt;
}

// ---- looking ----------------------------------------------------------------------------------------------

void Fields::list(const VisitPointer& visit, ServerSteps& out) {
  Pointer<Table> table;
  if (const auto fault = reach(office_, visit->user->id, visit->ids.front(), table))
    return out.push_back(refuse(visit->carrier, *fault));
  std::string body;
  dialect::append_list(body, columns_of(office_.books, table->id),
                       [&](const Column& column) { body += shown_field(column); });
  out.push_back(answer(visit->carrier, std::move(body)));
}

void Fields::show(const VisitPointer& visit, ServerSteps& out) {
  const auto found = find(*visit);
  if (const auto* fault = std::get_if<Fault>(&found)) return out.push_back(refuse(visit->carrier, *fault));
  const Column column = column_of(office_.books, std::get<Pointer<Field>>(found));
  out.push_back(answer(visit->carrier, shown_field(column)));
}

// ---- changing ---------------------------------------------------------------------------------------------

void Fields::create(const VisitPointer& visit, ServerSteps& out) {
  const auto id = std::make_shared<Id>();
  office_.change(
      visit, [this, visit, id](Plan& plan) { return plan_new(*visit, plan, *id); },
      [this, id] { return shown(*id); }, out);
}

MaybeFault Fields::plan_new(const Visit& visit, Plan& plan, Id& id) const {
  Checks checks(visit.body);
  const std::string name = checks.text("name");
  const std::string type = checks.choice("type", field_type_names);
  FieldTerms terms;
  check_terms(checks, field_type_of(type), terms);
  std::vector<WantedOption> options;
  const bool has = has_options(field_type_of(type)) && checks.has("select_options");
  if (has) options = check_options(checks);
  if (auto fault = checks.fault()) return fault;
  Pointer<Table> table;
  if (auto fault = reach(office_, visit.user->id, visit.ids.front(), table)) return fault;
  if (auto fault = check_name(table->id, name, 0)) return fault;
  const auto others = office_.books.below<Field>(Kind::table, table->id);
  if (others.size() >= fields_max) return Fault{.wrong = Wrong::too_many_fields};
  std::uint64_t order = 0;
  for (const auto& other : others) order = std::max(order, other->order + 1);
  id = plan.next_id(Kind::field);
  plan.put(Field{.id = id,
                 .table = table->id,
                 .name = name,
                 .key = key_for(name, id, is_key_taken(office_.books, table->id, name)),
                 .type = type,
                 .order = order,
                 .options = stored_terms(field_type_of(type), terms)});
  put_options(plan, office_.books, id, options);
  return std::nullopt;
}

void Fields::change(const VisitPointer& visit, ServerSteps& out) {
  office_.change(
      visit, [this, visit](Plan& plan) { return plan_change(*visit, plan); },
      [this, visit] { return shown(visit->ids.front()); }, out);
}

// Rows keep what they have: what does not suit the new type is not shown, and is there again with the old
// one.
MaybeFault Fields::plan_change(const Visit& visit, Plan& plan) const {
  const auto found = find(visit);
  if (const auto* fault = std::get_if<Fault>(&found)) return *fault;
  Field field = *std::get<Pointer<Field>>(found);
  Checks checks(visit.body);
  field.name = checks.maybe_text("name").value_or(field.name);
  const std::string before = field.type;
  field.type = checks.maybe_choice("type", field_type_names).value_or(before);
  const FieldType type = field_type_of(field.type);
  FieldTerms terms = field.type == before ? read_terms(field.options) : FieldTerms();
  check_terms(checks, type, terms);
  const bool says_options = has_options(type) && checks.has("select_options");
  const std::vector<WantedOption> options =
      says_options ? check_options(checks) : std::vector<WantedOption>();
  if (auto fault = checks.fault()) return fault;
  if (auto fault = check_name(field.table, field.name, field.id)) return fault;
  field.options = stored_terms(type, terms);
  plan.put(field);
  if (says_options || !has_options(type)) put_options(plan, office_.books, field.id, options);
  return std::nullopt;
}

void Fields::remove(const VisitPointer& visit, ServerSteps& out) {
  office_.change(
      visit,
      [this, visit](Plan& plan) -> MaybeFault {
        const auto found = find(*visit);
        if (const auto* fault = std::get_if<Fault>(&found)) return *fault;
        const Field& field = *std::get<Pointer<Field>>(found);
        if (field.is_primary) return Fault{.wrong = Wrong::primary_field};
        plan.trash(field, visit->user->id);
        return std::nullopt;
      },
      [] { return std::string(R"({"related_fields":[]})"); }, out);
}

}  // namespace rockpool::dialects::baserow
