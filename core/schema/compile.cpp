#include <algorithm>
#include <map>

#include "core/base/text.h"
#include "core/schema/place.h"
#include "core/schema/program.h"
#include "core/schema/schema.h"

namespace rockpool::schema {
namespace {

using model::Value;

// Schemas that apply to the same value, one inside or behind the other.
constexpr unsigned levels_max = 16;
constexpr std::string_view definitions_prefix = "#/$defs/";

class Compiler {
 public:
  base::Result<Program> compile(const Value& source);

 private:
  using Reader = void (Compiler::*)(Node&, const Value&);
  struct Keyword {
    std::string_view name;
    Reader read;
  };
  static const Keyword keywords[];

  void fail(std::string_view reason);
  void define(const Value& source);
  Index add(const Value& source);
  void fill(Index at, const Value& source);
  void fill_one(Index at, std::string_view name, const Value& value);
  Index inside(std::string_view step, const Value& source);
  std::vector<Index> list(const Value& value);
  std::optional<std::uint64_t> count(const Value& value);
  std::optional<Value> number(const Value& value);
  void check_levels(Index at, std::vector<unsigned>& levels);

  void annotation(Node&, const Value&) {}
  void definitions(Node&, const Value&);
  void type(Node& node, const Value& value);
  void constant(Node& node, const Value& value) { node.constant = value; }
  void options(Node& node, const Value& value);
  void properties(Node& node, const Value& value);
  void required(Node& node, const Value& value);
  void items(Node& node, const Value& value);
  void format(Node& node, const Value& value);
  void reference(Node& node, const Value& value);
  void unique(Node& node, const Value& value);
  void step(Node& node, const Value& value);
  void additional(Node& node, const Value& value) { node.additional = add(value); }
  void negated(Node& node, const Value& value) { node.negated = add(value); }
  void prefix(Node& node, const Value& value) { node.prefix = list(value); }
  void all_of(Node& node, const Value& value) { node.all_of = list(value); }
  void any_of(Node& node, const Value& value) { node.any_of = list(value); }
  void one_of(Node& node, const Value& value) { node.one_of = list(value); }
  void minimum(Node& node, const Value& value) { node.minimum = number(value); }
  void maximum(Node& node, const Value& value) { node.maximum = number(value); }
  void above(Node& node, const Value& value) { node.above = number(value); }
  void below(Node& node, const Value& value) { node.below = number(value); }
  void length_min(Node& node, const Value& value) { node.length.min = count(value); }
  void length_max(Node& node, const Value& value) { node.length.max = count(value); }
  void elements_min(Node& node, const Value& value) { node.elements.min = count(value); }
  void elements_max(Node& node, const Value& value) { node.elements.max = count(value); }
  void members_min(Node& node, const Value& value) { node.members.min = count(value); }
  void members_max(Node& node, const Value& value) { node.members.max = count(value); }

  Program program_;
  std::vector<std::string> places_;  // of each node
  std::map<std::string, Index, std::less<>> definitions_;
  Place place_;
  std::optional<base::Error> error_;
};

const Compiler::Keyword Compiler::keywords[] = {
    {"$schema", &Compiler::annotation},
    {"$id", &Compiler::annotation},
    {"$comment", &Compiler::annotation},
    {"title", &Compiler::annotation},
    {"description", &Compiler::annotation},
    {"default", &Compiler::annotation},
    {"examples", &Compiler::annotation},
    {"deprecated", &Compiler::annotation},
    {"readOnly", &Compiler::annotation},
    {"writeOnly", &Compiler::annotation},
    {"$defs", &Compiler::definitions},
    {"$ref", &Compiler::reference},
    {"type", &Compiler::type},
    {"const", &Compiler::constant},
    {"enum", &Compiler::options},
    {"properties", &Compiler::properties},
    {"required", &Compiler::required},
    {"additionalProperties", &Compiler::additional},
    {"minProperties", &Compiler::members_min},
    {"maxProperties", &Compiler::members_max},
    {"items", &Compiler::items},
    {"prefixItems", &Compiler::prefix},
    {"minItems", &Compiler::elements_min},
    {"maxItems", &Compiler::elements_max},
    {"uniqueItems", &Compiler::unique},
    {"minLength", &Compiler::length_min},
    {"maxLength", &Compiler::length_max},
    {"format", &Compiler::format},
    {"minimum", &Compiler::minimum},
    {"maximum", &Compiler::maximum},
    {"exclusiveMinimum", &Compiler::above},
    {"exclusiveMaximum", &Compiler::below},
    {"multipleOf", &Compiler::step},
    {"allOf", &Compiler::all_of},
    {"anyOf", &Compiler::any_of},
    {"oneOf", &Compiler::one_of},
    {"not", &Compiler::negated},
};

base::Result<Program> Compiler::compile(const Value& source) {
  program_.nodes.emplace_back();
  places_.emplace_back();
  define(source);
  fill(0, source);
  std::vector<unsigned> levels(program_.nodes.size(), 0);
  for (Index at = 0; at < program_.nodes.size() && !error_; ++at) check_levels(at, levels);
  if (error_) return *error_;
  return std::move(program_);
}

void Compiler::fail(std::string_view reason) {
  if (error_) return;
  std::string message = place_.pointer().empty() ? "the schema" : place_.pointer();
  message += ": ";
  message += reason;
  error_ = base::Error{base::Code::usage, std::move(message), place_.pointer()};
}

// Numbers for all definitions first, so that each may refer to any other.
void Compiler::define(const Value& source) {
  const Value* all = model::member(source, "$defs");
  if (all == nullptr) return;
  for (const auto& [name, schema] : all->members()) {
    definitions_.emplace(name, static_cast<Index>(program_.nodes.size()));
    program_.nodes.emplace_back();
    places_.emplace_back();
  }
  const Place::Step defs(place_, "$defs");
  if (!all->is_object()) return fail("must be an object of schemas");
  for (const auto& [name, schema] : all->members()) {
    const Place::Step step(place_, name);
    fill(definitions_.find(name)->second, schema);
  }
}

Index Compiler::add(const Value& source) {
  const auto at = static_cast<Index>(program_.nodes.size());
  program_.nodes.emplace_back();
  places_.emplace_back();
  fill(at, source);
  return at;
}

Index Compiler::inside(std::string_view step, const Value& source) {
  const Place::Step into(place_, step);
  return add(source);
}

void Compiler::fill(Index at, const Value& source) {
  places_[at] = place_.pointer();
  if (const bool* all = source.get_ptr<const bool*>()) {
    program_.nodes[at].is_never = !*all;
    return;
  }
  if (!source.is_object()) return fail("a schema is an object, or true or false");
  for (const auto& [name, value] : source.members()) fill_one(at, name, value);
}

void Compiler::fill_one(Index at, std::string_view name, const Value& value) {
  const Place::Step into(place_, name);
  for (const Keyword& keyword : keywords) {
    if (keyword.name != name) continue;
    Node node = std::move(program_.nodes[at]);  // what is inside adds nodes, so no reference stays good
    (this->*keyword.read)(node, value);
    program_.nodes[at] = std::move(node);
    return;
  }
  const bool is_pattern = name == "pattern" || name == "patternProperties";
  fail(is_pattern ? "regular expressions are not available; use enum, format, minLength and maxLength"
                  : "is no keyword of the JSON Schema subset that docs/operating.md lists");
}

void Compiler::definitions(Node&, const Value&) {
  if (std::count(place_.pointer().begin(), place_.pointer().end(), '/') > 1) fail("belongs at the root");
}

std::vector<Index> Compiler::list(const Value& value) {
  std::vector<Index> all;
  if (!value.is_array() || value.empty()) fail("must be a list of schemas that is not empty");
  for (const Value& schema : value) all.push_back(inside(base::decimal(std::uint64_t{all.size()}), schema));
  return all;
}

std::optional<std::uint64_t> Compiler::count(const Value& value) {
  const auto read = model::as_count(value);
  if (!read) fail("must be a whole number of 0 or more");
  return read;
}

std::optional<Value> Compiler::number(const Value& value) {
  if (value.is_number()) return value;
  fail("must be a number");
  return std::nullopt;
}

void Compiler::step(Node& node, const Value& value) {
  node.step = number(value);
  if (node.step && number_of(value) <= 0) fail("must be above 0");
}

void Compiler::type(Node& node, const Value& value) {
  const auto take = [&](const Value& one) {
    const std::string* name = one.get_ptr<const std::string*>();
    const auto* found = std::find(type_names.begin(), type_names.end(), name == nullptr ? "" : *name);
    if (found == type_names.end()) {
      return fail("must be null, boolean, integer, number, string, array or object, or a list of them");
    }
    node.types |= static_cast<std::uint8_t>(1u << (found - type_names.begin()));
  };
  if (!value.is_array()) return take(value);
  for (const Value& one : value) take(one);
  if (value.empty()) fail("names no type");
}

void Compiler::options(Node& node, const Value& value) {
  if (!value.is_array()) return fail("must be a list of values");
  node.options.emplace(value.begin(), value.end());
}

void Compiler::properties(Node& node, const Value& value) {
  if (!value.is_object()) return fail("must be an object of schemas");
  for (const auto& [name, schema] : value.members()) node.properties.emplace_back(name, inside(name, schema));
  std::sort(node.properties.begin(), node.properties.end());
}

void Compiler::required(Node& node, const Value& value) {
  if (!value.is_array()) return fail("must be a list of names");
  for (const Value& one : value) {
    const std::string* name = one.get_ptr<const std::string*>();
    if (name == nullptr) return fail("must be a list of names");
    node.required.push_back(*name);
  }
}

void Compiler::items(Node& node, const Value& value) {
  if (value.is_array()) return fail("must be one schema; a list of them is called prefixItems");
  node.items = add(value);
}

void Compiler::unique(Node& node, const Value& value) {
  const bool* wanted = value.get_ptr<const bool*>();
  if (wanted == nullptr) return fail("must be true or false");
  node.is_unique = *wanted;
}

void Compiler::format(Node& node, const Value& value) {
  const std::string* name = value.get_ptr<const std::string*>();
  node.format = name == nullptr ? std::nullopt : format_of(*name);
  if (!node.format) fail("must be date-time, date, email, uri or uuid");
}

void Compiler::reference(Node& node, const Value& value) {
  const std::string* target = value.get_ptr<const std::string*>();
  if (target == nullptr) return fail("must be text");
  if (*target == "#") {
    node.reference = 0;
    return;
  }
  if (!target->starts_with(definitions_prefix)) return fail("must be # or #/$defs/NAME");
  const auto name = unescaped(std::string_view(*target).substr(definitions_prefix.size()));
  const auto found = name ? definitions_.find(*name) : definitions_.end();
  if (found == definitions_.end()) return fail("there is no such definition in $defs");
  node.reference = found->second;
}

// How many schemas stand behind each other for one value: `levels` has it plus one, 0 for not yet known.
void Compiler::check_levels(Index at, std::vector<unsigned>& levels) {
  constexpr unsigned under_way = ~0u;
  if (levels[at] != 0 || error_) return;
  levels[at] = under_way;
  const Node& node = program_.nodes[at];
  std::vector<Index> next;
  for (const auto* list : {&node.all_of, &node.any_of, &node.one_of}) {
    next.insert(next.end(), list->begin(), list->end());
  }
  for (const auto& one : {node.negated, node.reference}) {
    if (one) next.push_back(*one);
  }
  unsigned deepest = 0;
  for (const Index inner : next) {
    check_levels(inner, levels);
    const bool is_circle = levels[inner] == under_way;
    deepest = std::max(deepest, is_circle ? 0 : levels[inner]);
    if (error_ || (!is_circle && deepest < levels_max)) continue;
    place_ = Place(places_[at]);
    return fail(is_circle ? "refers to itself without a member or an element between"
                          : "more than 16 schemas stand behind each other");
  }
  levels[at] = deepest + 1;
}

}  // namespace

long double number_of(const Value& value) {
  if (const auto* natural = value.get_ptr<const std::uint64_t*>()) return *natural;
  if (const auto* integer = value.get_ptr<const std::int64_t*>()) return *integer;
  return value.as_real();
}

base::Result<Schema> Schema::compile(const Value& source) {
  auto program = Compiler().compile(source);
  if (!program) return program.error();
  return Schema(std::make_shared<const Program>(std::move(*program)));
}

}  // namespace rockpool::schema
