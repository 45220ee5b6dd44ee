#include "core/graphql/values.h"

#include "core/base/text.h"
#include "core/graphql/scalars.h"

namespace rockpool::graphql {
namespace {

using model::Value;

// Makes values of literals. Calls itself no deeper than the document and its types are nested, which parsing
// has bounded.
class Literals {
 public:
  Literals(const Schema& schema, const Document& document, const Variables& variables)
      : schema_(schema), document_(document), variables_(variables) {}

  std::optional<Value> value(Index literal, const TypeUse& use) const;

 private:
  std::optional<Value> list(Index literal, const TypeUse& use) const;
  std::optional<Value> object(Index literal, const Type& type) const;
  std::optional<Value> json(Index literal) const;
  Index field(Index object, std::string_view name) const;
  bool is_missing(Index literal) const {
    return document_[literal].kind == NodeKind::variable && !variables_.contains(document_[literal].name);
  }

  const Schema& schema_;
  const Document& document_;
  const Variables& variables_;
};

std::optional<Value> Literals::value(Index literal, const TypeUse& use) const {
  const Node& node = document_[literal];
  if (node.kind == NodeKind::variable) {
    const auto found = variables_.find(node.name);
    if (found == variables_.end() || (found->second.is_null() && use.is_required())) return std::nullopt;
    return found->second;
  }
  if (node.kind == NodeKind::null) return use.is_required() ? std::nullopt : std::optional<Value>(nullptr);
  if (use.is_list()) return list(literal, use.optional().item());
  const Type& type = schema_.type(use.named);
  if (type.kind == TypeKind::input) return object(literal, type);
  return type.kind == TypeKind::scalar && type.scalar == ScalarKind::json ? json(literal)
                                                                          : leaf_from_literal(type, node);
}

// What is no list counts as one of one element.
std::optional<Value> Literals::list(Index literal, const TypeUse& use) const {
  Value::array_t made;
  if (document_[literal].kind != NodeKind::list) {
    std::optional<Value> only = value(literal, use);
    if (!only) return std::nullopt;
    made.push_back(std::move(*only));
    return Value(std::move(made));
  }
  for (const Index child : document_.children(literal)) {
    if (is_missing(child) && !use.is_required()) {
      made.emplace_back(nullptr);
      continue;
    }
    std::optional<Value> element = value(child, use);
    if (!element) return std::nullopt;
    made.push_back(std::move(*element));
  }
  return Value(std::move(made));
}

Index Literals::field(Index object, std::string_view name) const {
  for (const Index child : document_.children(object)) {
    if (document_[child].name == name) return document_.value(child);
  }
  return no_index;
}

std::optional<Value> Literals::object(Index literal, const Type& type) const {
  if (document_[literal].kind != NodeKind::object) return std::nullopt;
  Value::object_t made;
  for (const Input& input : type.inputs) {
    const Index given = field(literal, input.name);
    if (given == no_index || is_missing(given)) {
      if (input.must_be_given()) return std::nullopt;
      if (input.default_text) made.push_back({input.name, input.default_value});
      continue;
    }
    std::optional<Value> member = value(given, input.type);
    if (!member) return std::nullopt;
    made.push_back({input.name, std::move(*member)});
  }
  return Value(std::move(made));
}

// Where everything is taken, variables are put in too. What is missing is left out, and is null in a list.
std::optional<Value> Literals::json(Index literal) const {
  const Node& node = document_[literal];
  if (node.kind == NodeKind::variable) {
    const auto found = variables_.find(node.name);
    return found == variables_.end() ? Value() : found->second;
  }
  if (node.kind == NodeKind::list) {
    Value::array_t made;
    for (const Index child : document_.children(literal)) made.push_back(*json(child));
    return Value(std::move(made));
  }
  if (node.kind != NodeKind::object) return untyped(node);
  Value::object_t made;
  for (const Index child : document_.children(literal)) {
    const Index member = document_.value(child);
    if (!is_missing(member)) made.push_back({std::string(document_[child].name), *json(member)});
  }
  return Value(std::move(made));
}

// Makes values of JSON. Nested no deeper than JSON may be.
class Inputs {
 public:
  explicit Inputs(const Schema& schema) : schema_(schema) {}

  std::optional<Value> value(const Value& given, const TypeUse& use);
  std::string place;    // in the value, as ".name" and "[0]"
  std::string message;  // what is wrong there

 private:
  std::optional<Value> list(const Value& given, const TypeUse& use);
  std::optional<Value> object(const Value& given, const Type& type);
  std::optional<Value> fail(std::initializer_list<std::string_view> parts) {
    message = join(parts);
    return std::nullopt;
  }

  const Schema& schema_;
};

std::optional<Value> Inputs::value(const Value& given, const TypeUse& use) {
  if (given.is_null()) {
    if (!use.is_required()) return Value();
    return fail({"Expected non-nullable type \"", schema_.name_of(use), "\" not to be null"});
  }
  if (use.is_list()) return list(given, use.optional().item());
  const Type& type = schema_.type(use.named);
  if (type.kind == TypeKind::input) return object(given, type);
  std::optional<Value> made = leaf_from_json(type, given);
  return made ? std::move(made) : fail({"Expected type \"", type.name, "\""});
}

std::optional<Value> Inputs::list(const Value& given, const TypeUse& use) {
  Value::array_t made;
  const std::size_t outside = place.size();
  const std::span<const Value> elements = given.is_array() ? given.elements() : std::span(&given, 1);
  for (const Value& element : elements) {
    if (given.is_array()) place += join({"[", base::decimal(std::uint64_t{made.size()}), "]"});
    std::optional<Value> one = value(element, use);
    if (!one) return std::nullopt;
    made.push_back(std::move(*one));
    place.resize(outside);
  }
  return Value(std::move(made));
}

std::optional<Value> Inputs::object(const Value& given, const Type& type) {
  if (!given.is_object()) return fail({"Expected type \"", type.name, "\" to be an object"});
  for (const Value::Item& item : given.members()) {
    if (type.input(item.name) == nullptr)
      return fail({"Field \"", item.name, "\" is not defined by type \"", type.name, "\""});
  }
  Value::object_t made;
  const std::size_t outside = place.size();
  for (const Input& input : type.inputs) {
    const Value* member = model::member(given, input.name);
    if (member == nullptr) {
      if (input.must_be_given()) {
        return fail({"Field \"", input.name, "\" of required type \"", schema_.name_of(input.type),
                     "\" was not provided"});
      }
      if (input.default_text) made.push_back({input.name, input.default_value});
      continue;
    }
    place += join({".", input.name});
    std::optional<Value> one = value(*member, input.type);
    if (!one) return std::nullopt;
    made.push_back({input.name, std::move(*one)});
    place.resize(outside);
  }
  return Value(std::move(made));
}

Error variable_error(const Node& definition, std::string message) {
  return {.message = std::move(message), .code = "variableInvalid", .locations = {definition.at}};
}

std::optional<Error> coerce_variable(const Schema& schema, const Document& document, Index definition,
                                     const Value& given, Variables& into) {
  const Node& node = document[definition];
  const TypeUse use = use_of(schema, document, definition + 1);
  const Value* value = model::member(given, node.name);
  if (!use.known() || !schema.type(use.named).is_input())
    return variable_error(node, join({"Variable \"$", node.name, "\" has a type that it cannot have"}));
  if (value == nullptr) {
    const Index literal = document.value(definition);
    if (literal != no_index) {
      std::optional<Value> made = from_literal(schema, document, literal, use, into);
      if (made) into[node.name] = std::move(*made);
      return std::nullopt;
    }
    if (!use.is_required()) return std::nullopt;
    return variable_error(node, join({"Variable \"$", node.name, "\" of required type \"",
                                      schema.name_of(use), "\" was not provided"}));
  }
  Inputs inputs(schema);
  std::optional<Value> made = inputs.value(*value, use);
  if (!made) {
    constexpr std::size_t shown_max = 80;
    std::string shown = model::write(*value);
    if (shown.size() > shown_max) shown = "of " + base::decimal(std::uint64_t{shown.size()}) + " bytes";
    const std::string at = inputs.place.empty() ? "" : join({" at \"", node.name, inputs.place, "\""});
    return variable_error(
        node, join({"Variable \"$", node.name, "\" got invalid value ", shown, at, "; ", inputs.message}));
  }
  into[node.name] = std::move(*made);
  return std::nullopt;
}

}  // namespace

std::optional<Value> from_literal(const Schema& schema, const Document& document, Index literal,
                                  const TypeUse& use, const Variables& variables) {
  return Literals(schema, document, variables).value(literal, use);
}

bool fits_leaf(const Document& document, Index literal, const Type& type) {
  if (type.kind == TypeKind::scalar && type.scalar == ScalarKind::json) return true;
  return leaf_from_literal(type, document[literal]).has_value();
}

TypeUse use_of(const Schema& schema, const Document& document, Index type) {
  TypeUse use;
  bool is_required = false;
  for (;; ++type) {
    const NodeKind kind = document[type].kind;
    if (kind == NodeKind::required_type) {
      is_required = true;
      continue;
    }
    use.required = use.required << 1 | (is_required ? 1 : 0);
    is_required = false;
    if (kind == NodeKind::named_type) break;
    ++use.lists;
  }
  use.named = schema.find(document[type].name);
  return use;
}

std::vector<Error> coerce_variables(const Schema& schema, const Document& document, Index operation,
                                    std::string_view text, Variables& into) {
  std::vector<Error> errors;
  Value given;
  if (!text.empty()) {
    base::Result<Value> read = model::read(text);
    if (!read || (!read->is_object() && !read->is_null())) {
      const std::string reason = read ? std::string("they are no object") : read.error().message;
      errors.push_back(
          {.message = join({"The variables cannot be read: ", reason}), .code = "variableInvalid"});
      return errors;
    }
    given = std::move(*read);
  }
  for (const Index child : document.children(operation)) {
    if (document[child].kind != NodeKind::variable_definition) break;
    if (auto error = coerce_variable(schema, document, child, given, into))
      errors.push_back(std::move(*error));
  }
  return errors;
}

std::optional<Error> coerce_arguments(const Schema& schema, const Document& document, Index called,
                                      const std::vector<Input>& defined, const Variables& variables,
                                      Value& into) {
  Value::object_t made;
  const auto wrong = [&](const Input& input, std::string_view reason, Index at) {
    return Error{.message = join(
                     {"Argument \"", input.name, "\" of type \"", schema.name_of(input.type), "\" ", reason}),
                 .code = "argumentInvalid",
                 .locations = {document[at].at}};
  };
  for (const Input& input : defined) {
    const Index argument = document.argument(called, input.name);
    const Index literal = argument == no_index ? no_index : document.value(argument);
    const bool missing = literal == no_index || (document[literal].kind == NodeKind::variable &&
                                                 !variables.contains(document[literal].name));
    if (missing) {
      if (input.must_be_given()) return wrong(input, "was not provided", called);
      if (input.default_text) made.push_back({input.name, input.default_value});
      continue;
    }
    std::optional<Value> value = from_literal(schema, document, literal, input.type, variables);
    if (!value) return wrong(input, "has an invalid value", literal);
    made.push_back({input.name, std::move(*value)});
  }
  into = Value(std::move(made));
  return std::nullopt;
}

}  // namespace rockpool::graphql
