// Does each literal fit the place where it stands?
#include "core/graphql/print.h"
#include "core/graphql/validator.h"

namespace rockpool::graphql {

void Validator::visit_variable_definition(Index index) {
  check_unique(index, NodeKind::directive, "directive", "directiveNotUniqueForLocation");
  const TypeUse use = use_of(schema_, document_, index + 1);
  if (!use.known()) return;
  if (schema_.type(use.named).is_input()) {
    infos_[index].input = use;
  } else {
    add(index, "variableRequiresValidType",
        {schema_.type(use.named).name, " isn't a valid input type (on $", node(index).name, ")"});
  }
}

void Validator::wrong_value(Index index, const TypeUse& expected) {
  constexpr std::size_t shown_max = 80;
  std::string shown;
  append_value(shown, document_, index);
  if (shown.size() > shown_max) {
    std::size_t end = shown_max;
    while ((shown[end] & 0xc0) == 0x80) --end;  // no character is cut in two
    shown.resize(end);
    shown += "...";
  }
  const Index parent = infos_[index].parent;
  const bool named = node(parent).kind == NodeKind::argument || node(parent).kind == NodeKind::object_field;
  add(index, "argumentLiteralsIncompatible",
      {named ? "Argument '" : "A value", named ? node(parent).name : "", named ? "'" : "",
       " has an invalid value (", shown, "). Expected type '", schema_.name_of(expected), "'"});
}

void Validator::visit_value(Index index) {
  const Node& literal = node(index);
  if (literal.kind == NodeKind::object)
    check_unique(index, NodeKind::object_field, "field", "inputFieldNotUnique");
  const TypeUse expected = info_of_parent(index).input;
  if (!expected.known() || literal.kind == NodeKind::variable) return;
  if (literal.kind == NodeKind::null) {
    if (expected.is_required()) wrong_value(index, expected);
    return;
  }
  if (literal.kind == NodeKind::list) return visit_list(index, expected);
  if (literal.kind == NodeKind::object) return visit_object(index, expected);
  const Type& type = schema_.type(expected.named);
  if (type.kind == TypeKind::input || !fits_leaf(document_, index, type)) wrong_value(index, expected);
}

void Validator::visit_list(Index index, const TypeUse& expected) {
  const Type& type = schema_.type(expected.named);
  if (expected.is_list()) {
    infos_[index].input = expected.item();
  } else if (type.kind != TypeKind::input && fits_leaf(document_, index, type)) {
    infos_[index].input = expected.optional();
  } else {
    wrong_value(index, expected);
  }
}

void Validator::visit_object(Index index, const TypeUse& expected) {
  const Type& type = schema_.type(expected.named);
  if (type.kind != TypeKind::input) {
    if (!fits_leaf(document_, index, type)) wrong_value(index, expected);
    return;
  }
  infos_[index].input = {.named = expected.named};
  std::set<std::string_view> given;
  for (const Index child : document_.children(index)) given.insert(node(child).name);
  for (const Input& input : type.inputs) {
    if (!input.must_be_given() || given.contains(input.name)) continue;
    add(index, "missingRequiredInputObjectAttribute",
        {"Argument '", input.name, "' on InputObject '", type.name, "' is required. Expected type ",
         schema_.name_of(input.type)});
  }
}

void Validator::visit_object_field(Index index) {
  const TypeUse object = info_of_parent(index).input;
  if (!object.known()) return;
  const Type& type = schema_.type(object.named);
  const Input* input = type.input(node(index).name);
  if (input == nullptr) {
    return add(index, "argumentNotAccepted",
               {"InputObject '", type.name, "' doesn't accept argument '", node(index).name, "'"});
  }
  infos_[index].input = input->type;
  infos_[index].has_default = input->default_text.has_value();
}

}  // namespace rockpool::graphql
