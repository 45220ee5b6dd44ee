// The walk over all nodes: what is selected, and which directives stand where.
#include "core/graphql/validator.h"

namespace rockpool::graphql {
namespace {

Place place_of(NodeKind kind) {
  switch (kind) {
    case NodeKind::query: return Place::query;
    case NodeKind::mutation: return Place::mutation;
    case NodeKind::subscription: return Place::subscription;
    case NodeKind::fragment: return Place::fragment;
    case NodeKind::spread: return Place::spread;
    case NodeKind::inline_fragment: return Place::inline_fragment;
    case NodeKind::variable_definition: return Place::variable;
    default: return Place::field;
  }
}

}  // namespace

void Validator::walk() {
  const auto count = static_cast<Index>(infos_.size());
  std::size_t definition = 0;
  for (Index index = 0; index < count; ++index) {
    while (!open_.empty() && node(open_.back()).end <= index) open_.pop_back();
    infos_[index].parent = open_.empty() ? no_index : open_.back();
    while (definition + 1 < definitions_.size() && definitions_[definition + 1].node <= index) ++definition;
    if (node(index).kind == NodeKind::spread) definitions_[definition].spreads.push_back(index);
    visit(index);
    if (node(index).kind == NodeKind::variable) {
      const Info& place = info_of_parent(index);
      definitions_[definition].variables.push_back({index, place.input, place.has_default});
    }
    open_.push_back(index);
  }
}

void Validator::visit(Index index) {
  switch (node(index).kind) {
    case NodeKind::query:
    case NodeKind::mutation:
    case NodeKind::subscription: return visit_operation(index);
    case NodeKind::fragment: return visit_fragment(index);
    case NodeKind::variable_definition: return visit_variable_definition(index);
    case NodeKind::field: return visit_field(index);
    case NodeKind::spread: return visit_spread(index);
    case NodeKind::inline_fragment: return visit_inline_fragment(index);
    case NodeKind::directive: return visit_directive(index);
    case NodeKind::argument: return visit_argument(index);
    case NodeKind::object_field: return visit_object_field(index);
    case NodeKind::named_type: return visit_named_type(index);
    case NodeKind::list_type:
    case NodeKind::required_type: return;
    default: return visit_value(index);
  }
}

void Validator::visit_operation(Index index) {
  if (node(index).kind == NodeKind::mutation)
    add(index, "missingMutationConfiguration", "Schema is not configured for mutations");
  if (node(index).kind == NodeKind::subscription)
    add(index, "missingSubscriptionConfiguration", "Schema is not configured for subscriptions");
  if (node(index).kind == NodeKind::query) infos_[index].type = schema_.query();
  check_unique(index, NodeKind::variable_definition, "variable", "variableNotUnique");
  check_unique(index, NodeKind::directive, "directive", "directiveNotUniqueForLocation");
}

// The type that a fragment is for, no_type when it cannot have fields.
TypeIndex Validator::condition_of(Index index) {
  const Node& condition = node(index + 1);
  const TypeIndex type = schema_.find(condition.name);
  if (type == no_type || schema_.type(type).is_composite()) return type;
  add(index, "fragmentOnNonCompositeType",
      {"Invalid fragment on type '", condition.name, "' (must be Union, Interface or Object)"});
  return no_type;
}

void Validator::visit_fragment(Index index) {
  infos_[index].type = condition_of(index);
  check_unique(index, NodeKind::directive, "directive", "directiveNotUniqueForLocation");
}

void Validator::check_overlap(Index index, TypeIndex condition) {
  const TypeIndex parent = info_of_parent(index).type;
  if (condition == no_type || parent == no_type || schema_.overlap(condition, parent)) return;
  add(index, "cannotSpreadFragment",
      {"A fragment on ", schema_.type(condition).name, " can't be spread inside ",
       schema_.type(parent).name});
}

void Validator::visit_inline_fragment(Index index) {
  if (node(index + 1).kind == NodeKind::named_type) {
    infos_[index].type = condition_of(index);
    check_overlap(index, infos_[index].type);
  } else {
    infos_[index].type = info_of_parent(index).type;
  }
  check_unique(index, NodeKind::directive, "directive", "directiveNotUniqueForLocation");
}

void Validator::visit_spread(Index index) {
  check_unique(index, NodeKind::directive, "directive", "directiveNotUniqueForLocation");
  const Index fragment = document_.fragment(node(index).name);
  if (fragment == no_index)
    return add(index, "useAndDefineFragment", {"Fragment ", node(index).name, " was used, but not defined"});
  const TypeIndex condition = schema_.find(node(fragment + 1).name);
  if (condition != no_type && schema_.type(condition).is_composite()) check_overlap(index, condition);
}

void Validator::visit_named_type(Index index) {
  if (schema_.find(node(index).name) == no_type)
    add(index, "undefinedType", {"No such type ", node(index).name});
}

void Validator::visit_field(Index index) {
  check_unique(index, NodeKind::argument, "argument", "argumentNotUnique");
  check_unique(index, NodeKind::directive, "directive", "directiveNotUniqueForLocation");
  const TypeIndex parent = info_of_parent(index).type;
  if (parent == no_type) return;
  const Field* field = schema_.field(parent, node(index).name);
  if (field == nullptr) {
    return add(index, "undefinedField",
               {"Field '", node(index).name, "' doesn't exist on type '", schema_.type(parent).name, "'"});
  }
  infos_[index].field = field;
  infos_[index].arguments = &field->arguments;
  check_required(index, field->arguments);
  visit_selections(index, schema_.type(field->type.named));
}

void Validator::visit_selections(Index index, const Type& type) {
  if (type.is_composite()) infos_[index].type = schema_.index_of(type);
  if (document_.has_selections(index) == type.is_composite()) return;
  const std::string_view name = node(index).name;
  if (type.is_composite()) {
    add(index, "selectionMismatch",
        {"Field must have selections (field '", name, "' returns ", type.name, " but has no selections)"});
  } else {
    add(index, "selectionMismatch",
        {"Selections can't be made on scalars (field '", name, "' returns ", type.name, ")"});
  }
}

void Validator::check_required(Index index, const std::vector<Input>& defined) {
  for (const Input& input : defined) {
    if (!input.must_be_given() || document_.argument(index, input.name) != no_index) continue;
    const bool is_field = node(index).kind == NodeKind::field;
    add(index, "missingRequiredArguments",
        {is_field ? "Field '" : "Directive '", node(index).name,
         "' is missing required arguments: ", input.name});
  }
}

void Validator::visit_directive(Index index) {
  check_unique(index, NodeKind::argument, "argument", "argumentNotUnique");
  const Directive* directive = schema_.directive(node(index).name);
  if (directive == nullptr)
    return add(index, "undefinedDirective", {"Directive @", node(index).name, " is not defined"});
  if (!directive->may_stand(place_of(node(infos_[index].parent).kind)))
    add(index, "directiveCannotBeApplied", {"'@", directive->name, "' can't be applied here"});
  infos_[index].arguments = &directive->arguments;
  check_required(index, directive->arguments);
}

void Validator::visit_argument(Index index) {
  const std::vector<Input>* arguments = info_of_parent(index).arguments;
  if (arguments == nullptr) return;
  for (const Input& input : *arguments) {
    if (input.name != node(index).name) continue;
    infos_[index].input = input.type;
    infos_[index].has_default = input.default_text.has_value();
    return;
  }
  const Node& parent = node(infos_[index].parent);
  add(index, "argumentNotAccepted",
      {parent.kind == NodeKind::field ? "Field '" : "Directive '", parent.name, "' doesn't accept argument '",
       node(index).name, "'"});
}

}  // namespace rockpool::graphql
