#include "core/graphql/document.h"

namespace rockpool::graphql {

Index Document::fragment(std::string_view name) const {
  const auto found = fragments_.find(name);
  return found == fragments_.end() ? no_index : found->second;
}

Index Document::argument(Index of, std::string_view name) const {
  for (const Index child : children(of)) {
    if (nodes_[child].kind != NodeKind::argument) break;
    if (nodes_[child].name == name) return child;
  }
  return no_index;
}

Index Document::value(Index of) const {
  for (const Index child : children(of)) {
    if (nodes_[child].is_value()) return child;
  }
  return no_index;
}

bool Document::has_selections(Index node) const {
  for (const Index child : children(node)) {
    if (nodes_[child].is_selection()) return true;
  }
  return false;
}

}  // namespace rockpool::graphql
