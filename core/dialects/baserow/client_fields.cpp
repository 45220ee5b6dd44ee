#include "core/dialects/baserow/client_fields.h"

#include <algorithm>

#include "core/base/text.h"
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
  return {static_cast<std::int64_t>(model::count_member(note, name).value_or(0))};
}

}  // namespace

void take_note(const Value& message, std::size_t at, State& state) {
  const Value* notes = model::member(message, "_rows");
  if (notes == nullptr || at >= notes->elements().size()) return;
  const Value& note = notes->elements()[at];
  state.version = model::count_member(note, "version").value_or(0);
  state.created = instant_in(note, "created");
  state.updated = instant_in(note, "updated");
  if (const std::string* name = model::text_member(note, "name")) state.name = *name;
}

TableFields TableFields::read(std::string_view body) {
  TableFields fields;
  const auto said = read_answer(body);
  if (!said) return fields;
  for (const Value& one : said->elements()) {
    const auto id = model::count_member(one, "id");
    const std::string* name = model::text_member(one, "name");
    const std::string* type = model::text_member(one, "type");
    if (!id || name == nullptr || type == nullptr) continue;
    const Value* preset = model::member(one, "text_default");
    fields.fields_.push_back({.cell = "field_" + base::decimal(*id),
                              .name = *name,
                              .type = *type,
                              .is_read_only = model::bool_member(one, "read_only").value_or(false),
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

TableFields::Row TableFields::row_of(const Value& row, const State* before) const {
  Row made;
  const auto id = model::count_member(row, "id");
  if (!id) return made;
  const auto held = model::read(before == nullptr ? "{}" : before->data);
  Value data = Value::object();
  const Value* order = model::member(row, place);
  if (order == nullptr) order = model::member(*held, place);
  if (order != nullptr) data[place] = order_of(*order);
  for (const Field& field : fields_) {
    const Value* cell = model::member(row, field.cell);
    if (cell == nullptr) cell = model::member(*held, field.name);
    if (cell != nullptr)
      data[field.name] = *cell;
    else
      made.is_whole = false;
  }
  made.state.remote = base::decimal(*id);
  made.state.data = model::write(data);
  return made;
}

bool TableFields::is_so(const std::string& wanted, const std::string& there, bool creates) const {
  if (wanted.empty() || there.empty()) return wanted == there;
  const auto unlike = cells(there, wanted, creates);
  return unlike && unlike->empty();
}

base::Result<std::string> TableFields::cells(const std::string& there, const std::string& wanted,
                                             bool creates) const {
  const auto say = model::read(wanted);
  const auto have = model::read(there.empty() ? "{}" : there);
  if (!say || !say->is_object() || !have)
    return base::Error{.code = base::Code::invalid, .message = "a row is an object of cells", .path = ""};
  for (const auto& [name, value] : say->members()) {
    const Value* kept = model::member(*have, name);
    const bool is_kept = kept != nullptr && *kept == value;
    if (find(name) == nullptr && name != place && !is_kept)
      return base::Error{
          .code = base::Code::invalid, .message = "the table has no field \"" + name + '"', .path = name};
  }
  std::string body;
  for (const Field& field : fields_) {
    const Value* cell = model::member(*say, field.name);
    const Value* kept = model::member(*have, field.name);
    if (cell == nullptr && creates && !there.empty()) cell = &field.preset;
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
