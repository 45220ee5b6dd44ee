#include "core/graphql/plan.h"

namespace rockpool::graphql {

Selection& Plan::inside(PlannedField& field, TypeIndex object) {
  for (auto& [type, selection] : field.inside) {
    if (type == object) return *selection;
  }
  return *field.inside.emplace_back(object, make(field.nodes, object)).second;
}

bool Plan::is_wanted(Index selected, Selection& into) {
  for (const Index child : document_.children(selected)) {
    const Node& node = document_[child];
    if (node.kind != NodeKind::directive) continue;
    const Directive* directive = schema_.directive(node.name);
    model::Value arguments;
    auto error = coerce_arguments(schema_, document_, child, directive->arguments, variables_, arguments);
    if (error) {
      into.error = std::move(error);
      return false;
    }
    const bool holds = model::bool_member(arguments, "if").value_or(false);
    if (holds == (node.name == "skip")) return false;
  }
  return true;
}

bool Plan::applies(Index condition, TypeIndex object) const {
  const TypeIndex type = schema_.find(document_[condition].name);
  return type == object || schema_.is_possible(type, object);
}

Index Plan::opened(Index selected, TypeIndex object, std::set<Index>& seen, Selection& into) {
  if (!is_wanted(selected, into)) return no_index;
  Index fragment = selected;
  if (document_[selected].kind == NodeKind::spread) {
    fragment = document_.fragment(document_[selected].name);
    if (!seen.insert(fragment).second) return no_index;
  }
  const bool typed = document_[fragment + 1].kind == NodeKind::named_type;
  return !typed || applies(fragment + 1, object) ? fragment : no_index;
}

std::unique_ptr<Selection> Plan::make(const std::vector<Index>& parents, TypeIndex object) {
  auto made = std::make_unique<Selection>();
  std::map<std::string_view, std::size_t> keys;
  std::set<Index> seen;
  struct Open {
    Index next;
    Index end;
  };
  std::vector<Open> open;
  for (auto at = parents.rbegin(); at != parents.rend(); ++at) open.push_back({*at + 1, document_[*at].end});
  while (!open.empty()) {
    const Index selected = open.back().next;
    if (selected == open.back().end) {
      open.pop_back();
      continue;
    }
    const Node& node = document_[selected];
    open.back().next = node.end;
    if (!node.is_selection()) continue;
    if (node.kind != NodeKind::field) {
      const Index inner = opened(selected, object, seen, *made);
      if (inner != no_index) open.push_back({inner + 1, document_[inner].end});
    } else if (is_wanted(selected, *made)) {
      const auto [found, is_new] = keys.emplace(node.alias, made->fields.size());
      if (is_new) made->fields.push_back({.key = node.alias, .field = schema_.field(object, node.name)});
      made->fields[found->second].nodes.push_back(selected);
    }
  }
  for (PlannedField& field : made->fields) {
    field.error = coerce_arguments(schema_, document_, field.nodes[0], field.field->arguments, variables_,
                                   field.arguments);
  }
  return made;
}

}  // namespace rockpool::graphql
