#include "core/dialects/baserow/field_options.h"

#include "core/base/text.h"

namespace rockpool::dialects::baserow {
namespace {

constexpr std::uint64_t width_max = 2'147'483'647;
constexpr std::size_t aggregation_letters_max = 48;

// What is said of one field, added to `held`. The fault's details are of that field alone.
MaybeFault merge_one(const model::Value& said, model::Value& held) {
  Checks checks(said);
  const auto width = checks.maybe_number("width", {.least = 1, .most = width_max});
  const auto hidden = checks.maybe_flag("hidden");
  const auto order = checks.maybe_number("order", {.most = view_order_max});
  const Checks::Text word{.letters_max = aggregation_letters_max, .letters_min = 0};
  const auto aggregation = checks.maybe_text("aggregation_type", word);
  const auto raw_aggregation = checks.maybe_text("aggregation_raw_type", word);
  if (auto fault = checks.fault()) return fault;
  if (held.is_null()) held = model::Value::object();
  if (width) held["width"] = *width;
  if (hidden) held["hidden"] = *hidden;
  if (order) held["order"] = *order;
  if (aggregation) held["aggregation_type"] = *aggregation;
  if (raw_aggregation) held["aggregation_raw_type"] = *raw_aggregation;
  return std::nullopt;
}

// The fault of one field as one of the whole body.
Fault fault_of_field(std::string_view name, Fault fault) {
  std::string of_field = "{";
  model::append_quoted(of_field, name);
  of_field.append(":").append(fault.details).append("}");
  fault.details.clear();
  dialect::ObjectText(fault.details).raw("field_options", of_field).end();
  return fault;
}

}  // namespace

Routes FieldOptions::routes() {
  const auto to = [this](auto handler) {
    return [this, handler](const VisitPointer& visit, ServerSteps& out) { (this->*handler)(visit, out); };
  };
  constexpr std::string_view path = "database/views/#/field-options/";
  return {{.method = "GET", .path = path, .handle = to(&FieldOptions::show)},
          {.method = "PATCH", .path = path, .handle = to(&FieldOptions::update)}};
}

std::string FieldOptions::shown(const View& view) const {
  std::string text;
  dialect::ObjectText(text).raw("field_options", shapes_.field_options(view)).end();
  return text;
}

void FieldOptions::show(const VisitPointer& visit, ServerSteps& out) {
  Pointer<View> view;
  if (const auto fault = reach(office_, visit->user->id, visit->ids.front(), view))
    return out.push_back(refuse(visit->carrier, *fault));
  out.push_back(answer(visit->carrier, shown(*view)));
}

MaybeFault FieldOptions::merge(const model::Value& wanted, View& view) const {
  if (view.field_options.is_null()) view.field_options = model::Value::object();
  for (const auto& [name, said] : wanted.members()) {
    const auto id = base::read_decimal(name);
    const Pointer<Field> field = id ? office_.books.present<Field>(*id) : nullptr;
    if (!field || field->table != view.table)
      return Fault{.wrong = Wrong::field_not_in_table,
                   .detail = "The table of the view has no field " + name + '.'};
    if (const auto fault = merge_one(said, view.field_options[base::decimal(*id)]))
      return fault_of_field(name, *fault);
  }
  return std::nullopt;
}

// Where nothing becomes different, nothing is told.
void FieldOptions::update(const VisitPointer& visit, ServerSteps& out) {
  Checks checks(visit->body);
  checks.object("field_options");
  if (const auto fault = checks.fault()) return out.push_back(refuse(visit->carrier, *fault));
  const Id id = visit->ids.front();
  office_.change(
      visit,
      [this, visit, id](Plan& plan) -> MaybeFault {
        Pointer<View> before;
        if (auto fault = reach(office_, visit->user->id, id, before)) return fault;
        View view = *before;
        if (auto fault = merge(*model::member(visit->body, "field_options"), view)) return fault;
        if (!model::same(view.field_options, before->field_options)) plan.put(view);
        return std::nullopt;
      },
      [this, id] { return shown(*office_.books.find<View>(id)); }, out);
}

}  // namespace rockpool::dialects::baserow
