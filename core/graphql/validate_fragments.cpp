// Which fragments spread which, and how much that makes in all.
#include <algorithm>

#include "core/graphql/validator.h"

namespace rockpool::graphql {
namespace {

constexpr std::size_t meta_lists_max = 2;
constexpr std::size_t much = 1'000'000'000;  // counted no further

bool is_meta_list(std::string_view name) {
  return name == "fields" || name == "interfaces" || name == "possibleTypes" || name == "inputFields";
}

}  // namespace

// Past all definitions when there is none of that name.
std::size_t Validator::fragment_of(Index spread) const {
  const auto found = fragments_.find(node(spread).name);
  return found == fragments_.end() ? definitions_.size() : found->second;
}

bool Validator::enter(std::vector<std::size_t>& path, std::size_t definition) {
  if (definition == definitions_.size()) return true;
  Definition& one = definitions_[definition];
  if (one.visit == Definition::Visit::open) return false;
  if (one.visit == Definition::Visit::unseen) {
    one.visit = Definition::Visit::open;
    path.push_back(definition);
  }
  return true;
}

// Goes down from one definition; what is met again while it is still open spreads itself.
void Validator::find_cycles(std::size_t first) {
  std::vector<std::size_t> path;
  std::vector<std::size_t> next;  // spread of each definition on the path
  enter(path, first);
  while (!path.empty()) {
    next.resize(path.size());
    const std::size_t at = path.back();
    Definition& definition = definitions_[at];
    if (next.back() == definition.spreads.size()) {
      definition.visit = Definition::Visit::done;
      order_.push_back(at);
      path.pop_back();
      next.pop_back();
      continue;
    }
    const Index spread = definition.spreads[next.back()++];
    if (enter(path, fragment_of(spread))) continue;
    cyclic_ = true;
    add(spread, "infiniteLoop", {"Fragment ", node(spread).name, " contains an infinite loop"});
  }
}

void Validator::fragments() {
  // Operations first, so that what they reach is what is used.
  for (std::size_t i = 0; i < definitions_.size(); ++i) {
    if (node(definitions_[i].node).is_operation()) find_cycles(i);
  }
  for (std::size_t i = 0; i < definitions_.size(); ++i) {
    Definition& definition = definitions_[i];
    if (definition.visit != Definition::Visit::unseen) continue;
    const Index index = definition.node;
    add(index, "useAndDefineFragment", {"Fragment ", node(index).name, " was defined, but not used"});
    find_cycles(i);
  }
}

// Each node is behind its parent: from the end, a node is complete before it is added to its parent.
void Validator::measure_node(Index index) {
  Measure& own = measures_[index];
  const Node& one = node(index);
  if (one.kind == NodeKind::spread) own = fragment_measures_[fragment_of(index)];
  if (one.kind == NodeKind::field) {
    ++own.fields;
    const TypeIndex parent = info_of_parent(index).type;
    if (schema_.is_meta(parent) && is_meta_list(one.name)) ++own.meta_lists;
  }
  const bool nests = one.kind != NodeKind::spread && infos_[index].type != no_type;
  if (nests) ++own.depth;
  const Index parent = infos_[index].parent;
  if (parent == no_index) return;
  Measure& above = measures_[parent];
  above.fields = std::min(above.fields + own.fields, much);
  above.depth = std::max(above.depth, own.depth);
  above.meta_lists = std::max(above.meta_lists, own.meta_lists);
}

Validator::Measure Validator::measure(const Definition& definition) {
  for (Index index = node(definition.node).end; index-- > definition.node;) {
    if (node(index).is_selection() || index == definition.node) measure_node(index);
  }
  return measures_[definition.node];
}

void Validator::measure() {
  measures_.assign(infos_.size(), {});
  fragment_measures_.assign(definitions_.size(), {});
  for (const std::size_t at : order_) {
    const Definition& definition = definitions_[at];
    const Measure made = measure(definition);
    fragment_measures_[at] = made;
    if (made.depth > limits_.depth_max)
      return add(definition.node, "queryTooDeep", "The document is nested deeper than a document may be");
    if (made.fields > limits_.fields_max)
      return add(definition.node, "queryTooLarge",
                 "The operation asks for more fields than an operation may");
    if (made.meta_lists > meta_lists_max)
      return add(definition.node, "introspectionTooDeep", "Maximum introspection depth exceeded");
  }
}

}  // namespace rockpool::graphql
