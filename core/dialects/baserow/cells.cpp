#include "core/dialects/baserow/cells.h"

#include <algorithm>
#include <set>

#include "core/base/text.h"
#include "core/dialect/times.h"
#include "core/dialects/baserow/decimals.h"
#include "core/dialects/baserow/shapes.h"
#include "core/model/position.h"

namespace rockpool::dialects::baserow {
namespace {

using model::Value;
using Cell = std::variant<Value, CellFault>;

constexpr std::size_t number_digits_max = 50;  // before the point
constexpr std::size_t phone_letters_max = 100;
constexpr std::size_t options_max = 1000;  // in one cell
constexpr std::size_t date_letters = 10;   // 2023-04-01

// ---- dates

// 2023-04-01T10:00[:00[.123456]][Z|+02:00], or with a space.
std::optional<base::Instant> read_moment(std::string text) {
  constexpr std::size_t minutes = 16, seconds = 19;
  if (text.size() < minutes || (text[date_letters] != 'T' && text[date_letters] != ' ')) return std::nullopt;
  text[date_letters] = 'T';
  if (text.size() == minutes || text[minutes] != ':') text.insert(minutes, ":00");
  if (text.size() < seconds) return std::nullopt;
  if (text.find_first_of("Z+-", seconds) == std::string::npos) text += 'Z';
  const auto local = dialect::read_iso(text.substr(0, seconds) + 'Z');
  if (!local || dialect::iso_seconds(*local, "") != text.substr(0, seconds)) return std::nullopt;
  return dialect::read_iso(text);
}

std::string shown_moment(base::Instant at) {
  return at.ms % 1000 == 0 ? dialect::iso_seconds(at, "Z") : shown_time(at.ms);
}

std::optional<std::string> shown_date(const Column& column, const std::string& kept) {
  const auto day = read_day(kept);
  const auto moment = day ? day : read_moment(kept);
  if (!moment) return std::nullopt;
  return column.terms.has_time ? shown_moment(*moment) : dialect::iso_seconds(*moment, "").substr(0, 10);
}

Cell read_date(const Column& column, const Value& given) {
  const auto* text = given.get_ptr<const std::string*>();
  if (!column.terms.has_time) {
    if (text != nullptr && read_day(*text)) return Value(*text);
    return CellFault{"Date has wrong format. Use one of these formats instead: YYYY-MM-DD."};
  }
  const auto moment = text == nullptr ? std::nullopt : read_moment(*text);
  if (moment) return Value(shown_moment(*moment));
  return CellFault{
      "Datetime has wrong format. Use one of these formats instead: "
      "YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]."};
}

// ---- texts

bool is_url(std::string_view text) {
  const std::size_t mark = text.find("://");
  if (mark == std::string_view::npos) return false;
  const std::string scheme = lower_case(text.substr(0, mark));
  const std::string_view rest = text.substr(mark + 3);
  const std::string_view host = rest.substr(0, rest.find_first_of("/?#"));
  const bool is_known = scheme == "http" || scheme == "https" || scheme == "ftp" || scheme == "ftps";
  const bool is_plain = std::none_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte <= 0x20 || byte == 0x7f || c == '<' || c == '>' || c == '"';
  });
  return is_known && is_plain && !host.empty() && !host.starts_with('.') && !host.starts_with(':');
}

bool is_phone_number(std::string_view text) {
  return text.size() <= phone_letters_max &&
         text.find_first_not_of("0123456789NnXx,+._*()#=;/ -") == std::string_view::npos;
}

// Why the text is none of that type; empty: it is.
std::string fault_of_text(FieldType type, const std::string& text) {
  if (text.empty()) return {};
  if (type == FieldType::url && !is_url(text)) return "Enter a valid URL.";
  if (type == FieldType::email && !is_email(text)) return "Enter a valid email address.";
  if (type == FieldType::phone_number && !is_phone_number(text)) return "Enter a valid value.";
  return {};
}

Cell read_text(const Column& column, const Value& given) {
  std::string text;
  if (given.is_number())
    text = model::write(given);
  else if (const auto* held = given.get_ptr<const std::string*>())
    text = *held;
  else
    return CellFault{"Not a valid string."};
  std::string fault = fault_of_text(column.type, text);
  if (!fault.empty()) return CellFault{std::move(fault)};
  return Value(std::move(text));
}

// ---- numbers and flags

Cell read_number(const Column& column, const Value& given) {
  const auto number = Decimal::of(given);
  if (!number) return CellFault{"A valid number is required."};
  if (number->places() > column.terms.places)
    return CellFault{"Ensure that there are no more than " +
                         base::decimal(std::uint64_t{column.terms.places}) + " decimal places.",
                     "max_decimal_places"};
  if (number->digits() > number_digits_max + number->places())
    return CellFault{"Ensure that there are no more than 50 digits before the decimal point.",
                     "max_whole_digits"};
  if (number->is_negative() && !column.terms.may_be_negative)
    return CellFault{"Ensure this value is greater than or equal to 0.", "min_value"};
  return number->value();
}

Cell read_flag(const Value& given) {
  if (given.is_boolean()) return given;
  std::string text;
  if (given.is_number()) text = model::write(given);
  if (const auto* held = given.get_ptr<const std::string*>()) text = lower_case(*held);
  if (text == "true" || text == "1") return Value(true);
  if (text == "false" || text == "0") return Value(false);
  return CellFault{"Must be a valid boolean."};
}

// ---- options

// By its id, by its text, or by an object that has the id.
Cell read_option(const Column& column, const Value& given) {
  const Value* id = given.is_object() ? model::member(given, "id") : &given;
  const auto number = id == nullptr ? std::nullopt : model::as_count(*id);
  if (number && column.options.contains(*number)) return Value(*number);
  if (const auto* text = given.get_ptr<const std::string*>())
    for (const auto& [known, option] : column.options)
      if (option->value == *text) return Value(known);
  return CellFault{"The provided value " + model::write(given) + " is not a valid select option.",
                   "does_not_exist"};
}

Cell read_options(const Column& column, const Value& given) {
  if (!given.is_array()) return CellFault{"Expected a list of items.", "not_a_list"};
  if (given.size() > options_max)
    return CellFault{"Ensure this field has no more than 1000 elements.", "max_length"};
  Value chosen = Value::array();
  std::set<Id> seen;
  for (const Value& one : given) {
    Cell option = read_option(column, one);
    if (std::holds_alternative<CellFault>(option)) return option;
    if (seen.insert(*model::as_count(std::get<Value>(option))).second)
      chosen.push_back(std::move(std::get<Value>(option)));
  }
  return chosen;
}

const Option* option_of(const Column& column, const Value& kept) {
  const auto id = model::as_count(kept);
  const auto found = id ? column.options.find(*id) : column.options.end();
  return found == column.options.end() ? nullptr : found->second.get();
}

void append_option(std::string& out, const Option& option) {
  dialect::ObjectText(out)
      .count("id", option.id)
      .text("value", option.value)
      .text("color", option.color)
      .end();
}

void append_options(std::string& out, const Column& column, const Value& kept) {
  std::vector<const Option*> chosen;
  for (const Value& one : kept)
    if (const Option* option = option_of(column, one)) chosen.push_back(option);
  dialect::append_list(out, chosen, [&](const Option* option) { append_option(out, *option); });
}

void append_text_cell(std::string& out, const Column& column, const Value& kept) {
  const auto* text = kept.get_ptr<const std::string*>();
  const bool is_empty_by_default = column.type == FieldType::url || column.type == FieldType::email ||
                                   column.type == FieldType::phone_number;
  if (text != nullptr && fault_of_text(column.type, *text).empty())
    model::append_quoted(out, *text);
  else
    out += kept.is_null() && is_empty_by_default ? "\"\"" : "null";
}

}  // namespace

std::optional<base::Instant> read_day(std::string_view text) {
  if (text.size() != date_letters) return std::nullopt;
  std::string midnight(text);
  midnight += "T00:00:00Z";
  const auto at = dialect::read_iso(midnight);
  return at && dialect::iso_seconds(*at, "").starts_with(text) ? at : std::nullopt;
}

Cell read_cell(const Column& column, const Value& given) {
  if (given.is_null()) {
    if (column.type == FieldType::boolean) return CellFault{"This field may not be null.", "null"};
    if (column.type == FieldType::multiple_select) return Value(Value::array());
    return Value();
  }
  switch (column.type) {
    case FieldType::number: return read_number(column, given);
    case FieldType::boolean: return read_flag(given);
    case FieldType::date: return read_date(column, given);
    case FieldType::single_select: return read_option(column, given);
    case FieldType::multiple_select: return read_options(column, given);
    default: return read_text(column, given);
  }
}

bool suits(const Column& column, const Value& kept) {
  if (kept.is_null()) return true;
  const auto* text = kept.get_ptr<const std::string*>();
  switch (column.type) {
    case FieldType::number: {
      const auto number = Decimal::of(kept);
      return number && (column.terms.may_be_negative || !number->is_negative());
    }
    case FieldType::boolean: return kept.is_boolean();
    case FieldType::date: return text != nullptr && shown_date(column, *text).has_value();
    case FieldType::single_select: return option_of(column, kept) != nullptr;
    case FieldType::multiple_select:
      return kept.is_array() && std::all_of(kept.begin(), kept.end(), [&](const Value& one) {
               return option_of(column, one) != nullptr;
             });
    case FieldType::created_on:
    case FieldType::last_modified: return true;
    default: return text != nullptr && fault_of_text(column.type, *text).empty();
  }
}

void append_cell(std::string& out, const Column& column, const model::Record& row, const Value* held) {
  static const Value nothing = nullptr;
  const Value& kept = held == nullptr ? nothing : *held;
  const auto* text = kept.get_ptr<const std::string*>();
  switch (column.type) {
    case FieldType::number: {
      const auto number = suits(column, kept) ? Decimal::of(kept) : std::nullopt;
      if (!number) return void(out += "null");
      return void(out.append(1, '"').append(number->with_places(column.terms.places)) += '"');
    }
    case FieldType::boolean: return void(out += kept == Value(true) ? "true" : "false");
    case FieldType::date: {
      const auto shown = text == nullptr ? std::nullopt : shown_date(column, *text);
      return void(shown ? out.append(1, '"').append(*shown) += '"' : out += "null");
    }
    case FieldType::single_select: {
      const Option* option = option_of(column, kept);
      return option == nullptr ? void(out += "null") : append_option(out, *option);
    }
    case FieldType::multiple_select: return append_options(out, column, kept);
    case FieldType::created_on:
    case FieldType::last_modified: {
      const auto at = column.type == FieldType::created_on ? row.created : row.updated;
      const std::string shown = shown_time(at.ms);
      return void(out.append(1, '"').append(column.terms.has_time ? shown : shown.substr(0, 10)) += '"');
    }
    default: return append_text_cell(out, column, kept);
  }
}

std::string cell_name(const Column& column, Named named) {
  return named == Named::by_name ? column.field->name : "field_" + base::decimal(column.field->id);
}

std::string shown_row(const Columns& columns, const model::Record& row, Named named) {
  const auto data = model::read(row.data);
  std::string text;
  dialect::ObjectText object(text);
  object.count("id", row.num).text("order", model::position_of(row).text());
  for (const Column& column : columns) {
    text += ',';
    model::append_quoted(text, cell_name(column, named));
    text += ':';
    append_cell(text, column, row, data ? model::member(*data, column.key()) : nullptr);
  }
  object.end();
  return text;
}

}  // namespace rockpool::dialects::baserow
