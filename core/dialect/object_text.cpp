#include "core/dialect/object_text.h"

#include <charconv>

#include "core/model/value.h"

namespace rockpool::dialect {
namespace {

template <typename Number>
void append_number(std::string& out, Number value) {
  char digits[24];
  const auto [end, error] = std::to_chars(digits, digits + sizeof digits, value);
  if (error == std::errc()) out.append(digits, end);
}

}  // namespace

std::string& ObjectText::member(std::string_view name) {
  if (!first_) out_ += ',';
  first_ = false;
  out_ += '"';
  out_ += name;
  out_ += "\":";
  return out_;
}

ObjectText& ObjectText::text(std::string_view name, std::string_view value) {
  model::append_quoted(member(name), value);
  return *this;
}

ObjectText& ObjectText::count(std::string_view name, std::uint64_t value) {
  append_number(member(name), value);
  return *this;
}

ObjectText& ObjectText::integer(std::string_view name, std::int64_t value) {
  append_number(member(name), value);
  return *this;
}

ObjectText& ObjectText::flag(std::string_view name, bool value) {
  member(name) += value ? "true" : "false";
  return *this;
}

ObjectText& ObjectText::raw(std::string_view name, std::string_view json) {
  member(name) += json;
  return *this;
}

}  // namespace rockpool::dialect
