#include "core/dialects/baserow/things.h"

#include "core/base/text.h"

namespace rockpool::dialects::baserow {

std::string record_id(Kind kind, Id id) { return std::string(name_of(kind)) + '/' + base::decimal(id); }
std::string email_record(std::string_view email) { return "email/" + lower_case(email); }
std::string counter_record(Kind kind) { return "counter/" + std::string(name_of(kind)); }

std::string lower_case(std::string_view email) {
  std::string plain(email);
  for (char& c : plain)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  return plain;
}

void ThingWriter::operator()(std::string_view name, const std::string& held) {
  if (!held.empty()) object_.text(name, held);
}
void ThingWriter::operator()(std::string_view name, std::uint64_t held) {
  if (held != 0) object_.count(name, held);
}
void ThingWriter::operator()(std::string_view name, std::int64_t held) {
  if (held != 0) object_.integer(name, held);
}
void ThingWriter::operator()(std::string_view name, bool held) {
  if (held) object_.flag(name, held);
}
void ThingWriter::operator()(std::string_view name, const model::Value& held) {
  if (!held.is_null()) object_.raw(name, model::write(held));
}

void ThingReader::operator()(std::string_view name, std::string& held) {
  const std::string* text = model::text_member(object_, name);
  held = text == nullptr ? std::string() : *text;
}
void ThingReader::operator()(std::string_view name, std::uint64_t& held) {
  held = model::count_member(object_, name).value_or(0);
}
void ThingReader::operator()(std::string_view name, std::int64_t& held) {
  held = static_cast<std::int64_t>(model::count_member(object_, name).value_or(0));
}
void ThingReader::operator()(std::string_view name, bool& held) {
  held = model::bool_member(object_, name).value_or(false);
}
void ThingReader::operator()(std::string_view name, model::Value& held) {
  const model::Value* value = model::member(object_, name);
  held = value == nullptr ? model::Value() : *value;
}

}  // namespace rockpool::dialects::baserow
