#include <algorithm>

#include "core/base/fold.h"
#include "core/model/value.h"
#include "core/query/query.h"

namespace rockpool::query {
namespace {

std::size_t index_of_id(const Spec& spec) {
  const auto found = std::find(spec.paths.begin(), spec.paths.end(), std::vector<std::string>{"id"});
  return static_cast<std::size_t>(found - spec.paths.begin());
}

std::string canonical_of(std::string_view raw) {
  const auto value = model::read(raw);
  return value ? model::canonical(*value) : std::string(raw);
}

bool is_boolean(Type type) { return type == Type::boolean_false || type == Type::boolean_true; }

}  // namespace

void append_text_key(std::string& out, std::string_view text) {
  std::size_t copied = 0;
  for (std::size_t nul = text.find('\0'); nul != std::string_view::npos; nul = text.find('\0', copied)) {
    out.append(text, copied, nul - copied).append("\0\xff", 2);
    copied = nul + 1;
  }
  out.append(text, copied).append("\0\x01", 2);
}

Judge::Judge(Spec spec) : spec_(std::move(spec)), fields_(spec_.paths), id_path_(index_of_id(spec_)) {}

Type Judge::type_of(std::string_view raw) {
  switch (raw.empty() ? 'n' : raw[0]) {
    case 'n': return Type::null;
    case 'f': return Type::boolean_false;
    case 't': return Type::boolean_true;
    case '"': return Type::text;
    case '[': return Type::array;
    case '{': return Type::object;
    default: return Type::number;
  }
}

Judge::Field Judge::field(std::size_t path) const {
  if (path == id_path_) return {.type = Type::text, .missing = false, .plain = true, .raw = id_};
  const std::string_view raw = found_[path];
  return {.type = type_of(raw), .missing = raw.empty(), .plain = false, .raw = raw};
}

std::string_view Judge::text_of(const Field& field) {
  return field.plain ? field.raw : unescaped(field.raw, scratch_);
}

bool Judge::fits(std::string_view id, std::string_view json) {
  id_ = id;
  fields_.find(json, found_);
  return holds(spec_.where);
}

bool Judge::holds(const Condition& condition) {
  const auto part_holds = [this](const Condition& part) { return holds(part); };
  switch (condition.kind) {
    case Condition::Kind::all: return std::all_of(condition.parts.begin(), condition.parts.end(), part_holds);
    case Condition::Kind::any: return std::any_of(condition.parts.begin(), condition.parts.end(), part_holds);
    case Condition::Kind::none:
      return std::none_of(condition.parts.begin(), condition.parts.end(), part_holds);
    case Condition::Kind::test: break;
  }
  return passes(field(condition.path), condition);
}

bool Judge::passes(const Field& field, const Condition& condition) {
  const std::vector<Operand>& operands = condition.operands;
  switch (condition.test) {
    case Operator::eq: return equals(field, operands[0]);
    case Operator::ne: return !equals(field, operands[0]);
    case Operator::in:
      return std::any_of(operands.begin(), operands.end(),
                         [&](const Operand& o) { return equals(field, o); });
    case Operator::has: return contains(field, operands[0]);
    case Operator::text: return has_text(field, operands[0]);
    case Operator::exists: return field.missing == (operands[0].type == Type::boolean_false);
    default: return in_order(field, condition.test, operands[0]);
  }
}

bool Judge::equals(const Field& field, const Operand& operand) {
  if (field.type != operand.type) return false;
  if (field.type == Type::number) return Number::of(field.raw) == operand.number;
  if (field.type == Type::text) return text_of(field) == operand.text;
  if (field.type < Type::number) return true;
  return canonical_of(field.raw) == operand.text;
}

bool Judge::in_order(const Field& field, Operator test, const Operand& operand) {
  const bool comparable = field.type == operand.type || (is_boolean(field.type) && is_boolean(operand.type));
  if (!comparable) return false;
  auto order = field.type <=> operand.type;
  if (field.type == Type::number) order = Number::of(field.raw) <=> operand.number;
  if (field.type == Type::text) order = text_of(field).compare(operand.text) <=> 0;
  switch (test) {
    case Operator::gt: return order > 0;
    case Operator::gte: return order >= 0;
    case Operator::lt: return order < 0;
    default: return order <= 0;
  }
}

bool Judge::contains(const Field& array, const Operand& operand) {
  if (array.type != Type::array) return false;
  for (std::size_t at = 1; at + 1 < array.raw.size();) {
    const std::size_t end = behind_value(array.raw, at);
    const std::string_view raw = array.raw.substr(at, end - at);
    if (equals({.type = type_of(raw), .missing = false, .plain = false, .raw = raw}, operand)) return true;
    at = end + 1;
  }
  return false;
}

bool Judge::has_text(const Field& field, const Operand& operand) {
  if (field.type != Type::text) return false;
  folded_.clear();
  base::append_folded(folded_, text_of(field));
  return folded_.find(operand.text) != std::string::npos;
}

void Judge::append_key(std::string& out) {
  for (const Order& order : spec_.order) {
    const std::size_t begin = out.size();
    append_field(out, field(order.path), order.nocase);
    if (!order.desc) continue;
    for (std::size_t i = begin; i < out.size(); ++i)
      out[i] = static_cast<char>(~static_cast<unsigned char>(out[i]));
  }
  out += id_;
}

void Judge::append_field(std::string& out, const Field& field, bool nocase) {
  out += static_cast<char>(field.type);
  if (field.type == Type::number) return Number::of(field.raw).append_key(out);
  if (field.type == Type::array || field.type == Type::object)
    return append_text_key(out, canonical_of(field.raw));
  if (field.type != Type::text) return;
  std::string_view text = text_of(field);
  if (nocase) {
    folded_.clear();
    base::append_folded(folded_, text);
    text = folded_;
  }
  append_text_key(out, text);
}

}  // namespace rockpool::query
