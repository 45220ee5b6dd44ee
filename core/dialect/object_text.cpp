#include "core/dialect/object_text.h"

#include "core/base/text.h"
#include "core/model/value.h"

namespace rockpool::dialect {
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
  member(name) += base::decimal(value);
  return *this;
}

ObjectText& ObjectText::integer(std::string_view name, std::int64_t value) {
  member(name) += base::decimal(value);
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
