#include "core/dialects/baserow/client_fields.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/dialect/times.h"
#include "core/dialects/baserow/client_words.h"

namespace rockpool::dialects::baserow {
namespace {

using model::Value;

// Where the table has the row: a number, so that records can be ordered by it.
constexpr std::string_view place = "order";

// Nothing there, in whatever way the type of the field says so.
bool is_nothing(const Value* cell) {
  if (cell == nullptr || cell->is_null() || *cell == Value(false)) return true;
  const auto* text = cell->get_ptr<const std::string*>();
  return text != nullptr ? text->empty() : cell->is_array() && cell->empty();
}

// 3, "3" and "3.00" are one number.
std::string digits_of(const Value& cell) {
  const auto* text = cell.get_ptr<const std::string*>();
  std::string digits = text != nullptr ? *text : cell.is_number() ? model::write(cell) : "";
  if (digits.find('.') == std::string::npos) return digits;
  while (digits.ends_with('0')) digits.pop_back();
  if (digits.ends_with('.')) digits.pop_back();
  return digits;
}

bool is_moment(const Value& left, const Value& right) {
  const auto* one = left.get_ptr<const std::string*>();
  const auto* other = right.get_ptr<const std::string*>();
  const auto at = one == nullptr ? std::nullopt : dialect::read_iso(*one);
  return at && other != nullptr && dialect::read_iso(*other) == at;
}

// An option is shown as an object, and may be said by its id, or by its text.
bool is_option(const Value& wanted, const Value& shown) {
  const Value* id = model::member(shown, "id");
  const Value* text = model::member(shown, "value");
  const Value* said = wanted.is_object() ? model::member(wanted, "id") : &wanted;
  if (id == nullptr || said == nullptr) return false;
  return *said == *id || (text != nullptr && *said == *text);
}

bool is_cell(const std::string& type, const Value* wanted, const Value* shown) {
  if (is_nothing(wanted) || is_nothing(shown)) return is_nothing(wanted) && is_nothing(shown);
  if (*wanted == *shown) return true;
  if (type == "number") return !digits_of(*wanted).empty() && digits_of(*wanted) == digits_of(*shown);
  if (type == "date") return is_moment(*wanted, *shown);
  if (type == "single_select") return is_option(*wanted, *shown);
  if (type != "multiple_select" && type != "link_row") return false;
  if (!wanted->is_array() || wanted->size() != shown->size()) return false;
  for (std::size_t i = 0; i < wanted->size(); ++i)
    if (!is_option(wanted->elements()[i], shown->elements()[i])) return false;
  return true;
}

// How a cell is emptied.
std::string_view nothing_of(const std::string& type) {
  if (type == "boolean") return "false";
  return type == "multiple_select" || type == "link_row" || type == "file" ? "[]" : "null";
}

Value order_of(const Value& shown) {
  const auto* text = shown.get_ptr<const std::string*>();
  const auto number = text == nullptr ? base::Result<Value>(shown) : model::read(digits_of(shown));
  return number && number->is_number() ? *number : shown;
}

base::Instant instant_in(const Value& note, std::string_view name) {
  const auto ms = model::count_member(note, name);
  return {ms ? static_cast<std::int64_t>(*ms) : 0};
}

base::Error no_field(const std::string& name) {
  return {.code = base::Code::invalid, .message = "the table has no field \"" + name + '"', .path = name};
}

}  // namespace

void note_state(const Value& note, State& state) {
  state.version = model::count_member(note, "version").value_or(0);
  state.created = instant_in(note, "created");
  state.updated = instant_in(note, "updated");
  if (const std::string* name = model::text_member(note, "name")) state.name = *name;
}

std::optional<TableFields> TableFields::read(std::string_view body) {
  const auto said = read_answer(body);
  if (!said || !said->is_array()) return std::nullopt;
  TableFields fields;
  for (const Value& one : said->elements()) {
    const auto id = model::count_member(one, "id");
    const std::string* name = model::text_member(one, "name");
    const std::string* type = model::text_member(one, "type");
    if (!id || name == nullptr || type == nullptr) return std::nullopt;
    const bool is_counted = *type == "created_on" || *type == "last_modified";
    const Value* preset = model::member(one, "text_default");
    fields.fields_.push_back(
        {.cell = "field_" + base::decimal(*id),
         .name = *name,
         .type = *type,
         .is_read_only = model::bool_member(one, "read_only").value_or(false) || is_counted,
         .preset = preset == nullptr ? Value() : *preset});
  }
  return fields;
}

const TableFields::Field* TableFields::find(std::string_view name) const {
  const auto found =
      std::find_if(fields_.begin(), fields_.end(), [&](const Field& field) { return field.name == name; });
  return found == fields_.end() ? nullptr : &*found;
}

std::string TableFields::name_of(const std::string& member) const {
  for (const Field& field : fields_)
    if (field.cell == member) return field.name;
  return member;
}

// ---- rows as records --------------------------------------------------------------------------------------

std::optional<State> TableFields::state_of(const Value& row, const Value* note, const State* before) const {
  const auto id = model::count_member(row, "id");
  if (!id) return std::nullopt;
  const auto held = model::read(before == nullptr ? "{}" : before->data);
  Value data = Value::object();
  const auto take = [&](std::string_view name, const Value* said) {
    const Value* kept = said == nullptr && held ? model::member(*held, name) : said;
    if (kept != nullptr) data[name] = *kept;
  };
  const Value* order = model::member(row, place);
  const Value number = order == nullptr ? Value() : order_of(*order);
  take(place, order == nullptr ? nullptr : &number);
  for (const Field& field : fields_) take(field.name, model::member(row, field.cell));
  State state{.remote = base::decimal(*id), .data = model::write(data)};
  if (note != nullptr) note_state(*note, state);
  return state;
}

bool TableFields::is_whole(const State& state) const {
  const auto data = model::read(state.data);
  return data && std::all_of(fields_.begin(), fields_.end(),
                             [&](const Field& field) { return model::member(*data, field.name) != nullptr; });
}

bool TableFields::is_so(const std::string& wanted, const std::string& there, bool creates) const {
  if (wanted.empty() || there.empty()) return wanted == there;
  const auto say = model::read(wanted), have = model::read(there);
  if (!say || !have || !say->is_object()) return false;
  for (const Field& field : fields_) {
    if (field.is_read_only) continue;
    const Value* cell = model::member(*say, field.name);
    if (cell == nullptr && creates && !field.preset.is_null()) cell = &field.preset;
    if (!is_cell(field.type, cell, model::member(*have, field.name))) return false;
  }
  return std::all_of(say->members().begin(), say->members().end(), [&](const auto& one) {
    const Value* same = model::member(*have, one.name);
    return one.name == place || find(one.name) != nullptr || (same != nullptr && *same == one.value);
  });
}

std::variant<std::string, base::Error> TableFields::cells(const std::string& there,
                                                          const std::string& wanted) const {
  const auto say = model::read(wanted);
  const auto have = model::read(there.empty() ? "{}" : there);
  if (!say || !say->is_object() || !have)
    return base::Error{.code = base::Code::invalid, .message = "a row is an object of cells", .path = ""};
  std::string body;
  for (const auto& [name, value] : say->members()) {
    const Value* kept = model::member(*have, name);
    const bool is_kept = kept != nullptr && *kept == value;
    if (find(name) == nullptr && name != place && !is_kept) return no_field(name);
  }
  for (const Field& field : fields_) {
    const Value* cell = model::member(*say, field.name);
    const Value* kept = model::member(*have, field.name);
    // What a new row says is said, be it that there is nothing in the cell.
    const bool is_said = there.empty() && cell != nullptr;
    if (field.is_read_only || (!is_said && is_cell(field.type, cell, kept))) continue;
    if (!body.empty()) body += ',';
    body.append(1, '"').append(field.cell).append("\":");
    body.append(cell == nullptr ? nothing_of(field.type) : model::write(*cell));
  }
  return body;
}

}  // namespace rockpool::dialects::baserow
