#include "core/dialect/members.h"

#include "core/base/text.h"

namespace rockpool::dialect {

using model::Value;

const Value* Members::find(std::string_view name) const {
  const Value* held = model::member(object_, name);
  return held == nullptr || held->is_null() ? nullptr : held;
}

bool Members::has(std::string_view name) const { return find(name) != nullptr; }

void Members::wrong(std::string_view name, std::string_view what) {
  if (error_) return;
  std::string message(where_);
  message += '.';
  message += name;
  message += ' ';
  message += what;
  error_ = base::Error{.code = base::Code::bad_message, .message = std::move(message), .path = ""};
}

void Members::take_fault(const Members& part) {
  if (!error_) error_ = part.error_;
}

std::string Members::text(std::string_view name) {
  if (const std::string* held = model::text_member(object_, name)) return *held;
  wrong(name, has(name) ? "is no text" : "is missing, give a text");
  return "";
}

std::string Members::text_or(std::string_view name, std::string_view otherwise) {
  return has(name) ? text(name) : std::string(otherwise);
}

std::optional<std::uint64_t> Members::maybe_count(std::string_view name) {
  const Value* held = find(name);
  if (held == nullptr) return std::nullopt;
  const auto value = model::as_count(*held);
  if (value && *value <= count_max) return value;
  wrong(name, "is no whole number from 0 to 2^53-1");
  return 0;
}

std::uint64_t Members::count(std::string_view name) {
  if (!has(name)) wrong(name, "is missing, give a whole number");
  return maybe_count(name).value_or(0);
}

bool Members::flag_or(std::string_view name, bool otherwise) {
  if (!has(name)) return otherwise;
  const auto held = model::bool_member(object_, name);
  if (!held) wrong(name, "is neither true nor false");
  return held.value_or(otherwise);
}

std::vector<std::uint64_t> Members::counts(std::string_view name, std::size_t items_max) {
  std::vector<std::uint64_t> list;
  const Value* held = has(name) ? array(name) : nullptr;
  if (held == nullptr) return list;
  if (held->size() > items_max) {
    wrong(name, "has more than " + base::decimal(std::uint64_t{items_max}) + " numbers");
    return list;
  }
  list.reserve(held->size());
  for (const Value& item : *held) {
    const auto value = model::as_count(item);
    if (!value || *value > count_max) wrong(name, "holds something that is no whole number from 0 to 2^53-1");
    list.push_back(value.value_or(0));
  }
  return list;
}

const Value* Members::array(std::string_view name) {
  const Value* held = find(name);
  if (held != nullptr && held->is_array()) return held;
  wrong(name, held == nullptr ? "is missing, give an array" : "is no array");
  return nullptr;
}

const Value* Members::object(std::string_view name) {
  const Value* held = find(name);
  if (held != nullptr && held->is_object()) return held;
  wrong(name, held == nullptr ? "is missing, give an object" : "is no object");
  return nullptr;
}

}  // namespace rockpool::dialect
