#include "core/dialects/baserow/checks.h"

#include <algorithm>
#include <set>

#include "core/base/text.h"
#include "core/dialect/members.h"

namespace rockpool::dialects::baserow {
namespace {

constexpr std::string_view whole = "non_field_errors";

std::string_view type_of(const model::Value& value) {
  if (value.is_null()) return "NoneType";
  if (value.is_boolean()) return "bool";
  if (value.is_number_integer()) return "int";
  if (value.is_number()) return "float";
  if (value.is_string()) return "str";
  return value.is_array() ? "list" : "dict";
}

}  // namespace

Checks::Checks(const model::Value& body) : body_(body) {
  if (body.is_object()) return;
  wrong(whole, "Invalid data. Expected a dictionary, but got " + std::string(type_of(body)) + '.');
}

void Checks::wrong(std::string_view name, std::string_view error, std::string_view code) {
  std::string text;
  dialect::ObjectText(text).text("error", error).text("code", code).end();
  faults_.emplace_back(name, std::move(text));
}

MaybeFault Checks::fault(Wrong wrong) const {
  if (faults_.empty()) return std::nullopt;
  Fault fault{.wrong = wrong};
  fault.details = "{";
  for (std::size_t i = 0; i < faults_.size(); ++i) {
    if (i > 0) fault.details += ',';
    model::append_quoted(fault.details, faults_[i].first);
    fault.details.append(":[").append(faults_[i].second).append("]");
  }
  fault.details += '}';
  return fault;
}

const model::Value* Checks::find(std::string_view name, bool is_needed) {
  if (!body_.is_object()) return nullptr;
  const model::Value* value = model::member(body_, name);
  if (value == nullptr) {
    if (is_needed) wrong(name, "This field is required.", "required");
  } else if (value->is_null()) {
    wrong(name, "This field may not be null.", "null");
    return nullptr;
  }
  return value;
}

std::optional<std::string> Checks::read_text(std::string_view name, Text terms, bool is_needed) {
  const model::Value* value = find(name, is_needed);
  if (value == nullptr) return std::nullopt;
  const auto* text = value->get_ptr<const std::string*>();
  const std::size_t count = text == nullptr ? 0 : letters(*text);
  if (text == nullptr)
    wrong(name, "Not a valid string.");
  else if (count == 0 && terms.letters_min > 0)
    wrong(name, "This field may not be blank.", "blank");
  else if (count > terms.letters_max)
    wrong(name,
          "Ensure this field has no more than " + base::decimal(std::uint64_t{terms.letters_max}) +
              " characters.",
          "max_length");
  else if (count < terms.letters_min)
    wrong(
        name,
        "Ensure this field has at least " + base::decimal(std::uint64_t{terms.letters_min}) + " characters.",
        "min_length");
  else
    return *text;
  return std::nullopt;
}

std::string Checks::text(std::string_view name, Text terms) {
  return read_text(name, terms, true).value_or("");
}

std::optional<std::string> Checks::maybe_text(std::string_view name, Text terms) {
  return read_text(name, terms, false);
}

std::optional<std::string> Checks::read_choice(std::string_view name, std::span<const std::string_view> words,
                                               bool is_needed) {
  const model::Value* value = find(name, is_needed);
  if (value == nullptr) return std::nullopt;
  const auto* text = value->get_ptr<const std::string*>();
  if (text != nullptr && std::find(words.begin(), words.end(), *text) != words.end()) return *text;
  wrong(name, '"' + (text == nullptr ? model::write(*value) : *text) + "\" is not a valid choice.",
        "invalid_choice");
  return std::nullopt;
}

std::string Checks::choice(std::string_view name, std::span<const std::string_view> words) {
  return read_choice(name, words, true).value_or("");
}

std::optional<std::string> Checks::maybe_choice(std::string_view name,
                                                std::span<const std::string_view> words) {
  return read_choice(name, words, false);
}

std::optional<Id> Checks::read_id(std::string_view name, bool is_needed) {
  const model::Value* value = find(name, is_needed);
  if (value == nullptr) return std::nullopt;
  auto id = model::as_count(*value);
  if (const auto* text = value->get_ptr<const std::string*>()) id = base::read_decimal(*text);
  if (id && *id <= dialect::count_max) return id;
  wrong(name, "A valid integer is required.");
  return std::nullopt;
}

Id Checks::id(std::string_view name) { return read_id(name, true).value_or(0); }
std::optional<Id> Checks::maybe_id(std::string_view name) { return read_id(name, false); }

std::optional<std::uint64_t> Checks::maybe_number(std::string_view name, Range range) {
  const model::Value* value = find(name, false);
  if (value == nullptr) return std::nullopt;
  const auto number = model::as_count(*value);
  if (!value->is_number_integer())
    wrong(name, "A valid integer is required.");
  else if (!number || *number < range.least)
    wrong(name, "Ensure this value is greater than or equal to " + base::decimal(range.least) + '.',
          "min_value");
  else if (*number > range.most)
    wrong(name, "Ensure this value is less than or equal to " + base::decimal(range.most) + '.', "max_value");
  else
    return number;
  return std::nullopt;
}

std::optional<bool> Checks::maybe_flag(std::string_view name) {
  const model::Value* value = find(name, false);
  if (value == nullptr) return std::nullopt;
  const auto* flag = value->get_ptr<const bool*>();
  if (flag == nullptr) wrong(name, "Must be a valid boolean.");
  return flag == nullptr ? std::nullopt : std::optional(*flag);
}

std::vector<Id> Checks::ids(std::string_view name, std::size_t count_max) {
  std::vector<Id> ids;
  const model::Value* list = array(name);
  if (list == nullptr) return ids;
  if (list->size() > count_max)
    wrong(name,
          "Ensure this field has no more than " + base::decimal(std::uint64_t{count_max}) + " elements.",
          "max_length");
  std::set<Id> seen;
  for (const model::Value& one : list->elements()) {
    const auto id = model::as_count(one);
    const bool is_fine = id && *id <= dialect::count_max;
    if (!is_fine)
      wrong(name, "A valid integer is required.");
    else if (!seen.insert(*id).second)
      wrong(name, "The id " + base::decimal(*id) + " is there more than once.", "unique");
    else
      ids.push_back(*id);
    if (!faults_.empty()) break;
  }
  return ids;
}

const model::Value* Checks::object(std::string_view name) {
  const model::Value* value = find(name, true);
  if (value == nullptr || value->is_object()) return value;
  wrong(name, "Expected a dictionary of items but got type \"" + std::string(type_of(*value)) + "\".",
        "not_a_dict");
  return nullptr;
}

const model::Value* Checks::array(std::string_view name) {
  const model::Value* value = find(name, true);
  if (value == nullptr || value->is_array()) return value;
  wrong(name, "Expected a list of items but got type \"" + std::string(type_of(*value)) + "\".",
        "not_a_list");
  return nullptr;
}

void Checks::only(std::span<const std::string_view> names) {
  for (const auto& [name, value] : body_.members()) {
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    wrong(name, "Your request body had the following unknown attributes: " + name + '.', "invalid");
    return;
  }
}

std::size_t letters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

bool is_email(std::string_view text) {
  const std::size_t at = text.rfind('@');
  if (at == std::string_view::npos || at == 0 || text.size() > 254) return false;
  const std::string_view host = text.substr(at + 1);
  const bool is_plain = std::none_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte <= 0x20 || byte == 0x7f || c == '"' || c == ',' || c == '<' || c == '>' || c == '/';
  });
  return is_plain && text.find('@') == at && host.find('.') != std::string_view::npos &&
         !host.starts_with('.') && !host.ends_with('.') && host.find("..") == std::string_view::npos;
}

}  // namespace rockpool::dialects::baserow
