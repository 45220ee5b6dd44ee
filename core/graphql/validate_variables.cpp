// Variables: declared, used, and fit for where they are used, through all fragments of an operation.
#include "core/graphql/validator.h"

namespace rockpool::graphql {

void Validator::declare(Index operation, std::map<std::string_view, Declared>& declared) {
  for (const Index child : document_.children(operation)) {
    if (node(child).kind != NodeKind::variable_definition) break;
    const Index value = document_.value(child);
    declared.emplace(node(child).name,
                     Declared{.node = child,
                              .type = use_of(schema_, document_, child + 1),
                              .has_default = value != no_index && node(value).kind != NodeKind::null});
  }
}

bool Validator::is_allowed(const Declared& declared, const Variable& variable) const {
  if (!declared.type.known() || !variable.type.known()) return true;
  if (variable.type.is_required() && !declared.type.is_required()) {
    if (!declared.has_default && !variable.has_default) return false;
    return schema_.is_subtype(declared.type, variable.type.optional());
  }
  return schema_.is_subtype(declared.type, variable.type);
}

bool Validator::use(const Definition& where, std::map<std::string_view, Declared>& declared,
                    Index operation) {
  for (const Variable& variable : where.variables) {
    const std::string_view name = node(variable.node).name;
    const auto found = declared.find(name);
    if (found == declared.end()) {
      const std::string_view of = node(operation).name;
      add(variable.node, "variableNotDefined",
          {"Variable $", name, " is used by ", of.empty() ? "anonymous query" : of, " but not declared"});
      continue;
    }
    found->second.used = true;
    if (!is_allowed(found->second, variable)) {
      add(variable.node, "variableMismatch",
          {"Type mismatch on variable $", name, " (", schema_.name_of(found->second.type), " / ",
           schema_.name_of(variable.type), ")"});
    }
  }
  return spend(where.variables.size() + 1);
}

void Validator::variables_of(std::size_t operation) {
  std::map<std::string_view, Declared> declared;
  const Index index = definitions_[operation].node;
  declare(index, declared);
  std::vector<std::size_t> reached = {operation};
  while (!reached.empty()) {
    const Definition& where = definitions_[reached.back()];
    reached.pop_back();
    if (!use(where, declared, index) || !spend(where.spreads.size())) return;
    for (const Index spread : where.spreads) {
      const std::size_t fragment = fragment_of(spread);
      if (fragment == definitions_.size() || definitions_[fragment].seen_by == operation + 1) continue;
      definitions_[fragment].seen_by = operation + 1;
      reached.push_back(fragment);
    }
  }
  for (const auto& [name, one] : declared) {
    if (one.used) continue;
    const std::string_view of = node(index).name;
    add(one.node, "variableNotUsed",
        {"Variable $", name, " is declared by ", of.empty() ? "anonymous query" : of, " but not used"});
  }
}

void Validator::variables() {
  for (std::size_t i = 0; i < definitions_.size(); ++i) {
    if (node(definitions_[i].node).is_operation()) variables_of(i);
  }
}

}  // namespace rockpool::graphql
