// Fields that come under the same key of a result have to agree.
//
// Comparing each field with each other one is quadratic, and through fragments worse. Here all fields that
// share a key are put together once, and their selections likewise, level by level:
//   shapes:  whatever the objects are, what is under one key has the same shape;
//   fields:  where the object may be the same, it is the same field with the same arguments.
// The first goes over all fields of a level, the second over those of one object type and of the types that
// it may stand for. What is still to be put together is kept in a list, so nothing is nested.
#include "core/base/sort.h"
#include "core/graphql/validator.h"

namespace rockpool::graphql {
namespace {

bool precedes(const std::string& one, const std::string& other) { return one < other; }

}  // namespace

void Validator::collect_one(Index parent, std::vector<Selected>& into, std::set<Index>& seen) {
  std::vector<Index> parents = {parent};
  while (!parents.empty()) {
    const Index at = parents.back();
    parents.pop_back();
    for (const Index child : document_.children(at)) {
      const Node& one = node(child);
      if (one.kind == NodeKind::field) {
        into.push_back({child, infos_[at].type});
      } else if (one.kind == NodeKind::inline_fragment) {
        parents.push_back(child);
      } else if (one.kind == NodeKind::spread) {
        const Index fragment = document_.fragment(one.name);
        if (seen.insert(fragment).second) parents.push_back(fragment);
      }
    }
  }
}

// Ordered by key.
std::vector<Validator::Selected> Validator::collect(const std::vector<Index>& parents) {
  std::vector<Selected> selected;
  std::set<Index> seen;
  for (const Index parent : parents) collect_one(parent, selected, seen);
  base::sort(selected, [this](const Selected& one, const Selected& other) {
    return std::pair(node(one.node).alias, one.node) < std::pair(node(other.node).alias, other.node);
  });
  return selected;
}

bool Validator::shapes_agree(std::span<const Selected> group) {
  const Field& first = *infos_[group[0].node].field;
  for (const Selected& other : group.subspan(1)) {
    const Field& field = *infos_[other.node].field;
    const bool leaf = schema_.type(first.type.named).is_leaf() || schema_.type(field.type.named).is_leaf();
    if (field.type.lists == first.type.lists && field.type.required == first.type.required &&
        (!leaf || field.type.named == first.type.named)) {
      continue;
    }
    add(other.node, "fieldConflict",
        {"Field '", node(other.node).alias, "' has a return type conflict: ", schema_.name_of(first.type),
         " or ", schema_.name_of(field.type), "?"});
    return false;
  }
  return true;
}

// Fields of an object count as given in any order.
std::string Validator::value_text(Index value) const {
  const Node& one = node(value);
  if (one.kind != NodeKind::list && one.kind != NodeKind::object) {
    const auto kind = static_cast<char>('A' + static_cast<int>(one.kind));
    return std::string(1, kind) + (one.block ? "b" : "") + std::string(one.name) + '\0';
  }
  std::vector<std::string> parts;
  for (const Index child : document_.children(value)) {
    parts.push_back(one.kind == NodeKind::list
                        ? value_text(child)
                        : std::string(node(child).name) + ':' + value_text(document_.value(child)));
  }
  if (one.kind == NodeKind::object) base::sort(parts, precedes);
  std::string text(1, one.kind == NodeKind::list ? '[' : '{');
  for (const std::string& part : parts) text += part;
  return text + ']';
}

std::string Validator::arguments_text(Index field) const {
  std::vector<std::string> parts;
  for (const Index child : document_.children(field)) {
    if (node(child).kind != NodeKind::argument) break;
    parts.push_back(std::string(node(child).name) + ':' + value_text(document_.value(child)));
  }
  base::sort(parts, precedes);
  std::string text;
  for (const std::string& part : parts) text += part;
  return text;
}

bool Validator::fields_agree(const std::vector<Index>& group) {
  if (group.size() == 1) return true;
  const std::string arguments = arguments_text(group[0]);
  for (std::size_t i = 1; i < group.size(); ++i) {
    const Index other = group[i];
    if (!spend(node(other).end - other)) return false;
    if (node(other).name != node(group[0]).name) {
      add(other, "fieldConflict",
          {"Field '", node(other).alias, "' has a field conflict: ", node(group[0]).name, " or ",
           node(other).name, "?"});
      return false;
    }
    if (arguments_text(other) != arguments) {
      add(other, "fieldConflict", {"Field '", node(other).alias, "' has an argument conflict"});
      return false;
    }
  }
  return true;
}

// All fields of `group` have one key.
void Validator::merge_group(std::span<const Selected> group, bool same) {
  std::vector<Index> abstract;
  std::map<TypeIndex, std::vector<Index>> objects;
  for (const Selected& one : group) {
    const bool is_object = same && schema_.type(one.parent).kind == TypeKind::object;
    (is_object ? objects[one.parent] : abstract).push_back(one.node);
  }
  if (objects.empty()) objects.emplace(no_type, std::vector<Index>());
  for (auto& [type, fields] : objects) {
    fields.insert(fields.end(), abstract.begin(), abstract.end());
    if (!spend(fields.size()) || (same && !fields_agree(fields))) return;
    if (infos_[fields[0]].type != no_type) merges_.push_back({std::move(fields), same});
  }
}

// A name of a field that is asked for under many keys costs as much as many fields do.
void Validator::count_aliases(std::span<const Selected> selected) {
  std::map<std::string_view, std::size_t> keys;
  for (std::size_t i = 0; i < selected.size(); ++i) {
    const Node& one = node(selected[i].node);
    if (i > 0 && node(selected[i - 1].node).alias == one.alias) continue;
    if (++keys[one.name] != limits_.aliases_max + 1) continue;
    add(selected[i].node, "tooManyAliases",
        {"Field '", one.name, "' is asked for under more keys than a field may be"});
  }
}

void Validator::merge(Merge&& merge) {
  const std::vector<Selected> selected = collect(merge.fields);
  if (!spend(selected.size())) return;
  if (!merge.same) count_aliases(selected);
  for (std::size_t begin = 0; begin < selected.size();) {
    std::size_t end = begin + 1;
    while (end < selected.size() && node(selected[end].node).alias == node(selected[begin].node).alias) ++end;
    const std::span group(selected.data() + begin, end - begin);
    if (merge.same || shapes_agree(group)) merge_group(group, merge.same);
    begin = end;
  }
}

void Validator::merges() {
  for (const Definition& definition : definitions_) {
    if (!node(definition.node).is_operation()) continue;
    merges_.push_back({{definition.node}, false});
    merges_.push_back({{definition.node}, true});
    while (!merges_.empty() && errors_.empty()) {
      Merge next = std::move(merges_.back());
      merges_.pop_back();
      merge(std::move(next));
    }
  }
}

}  // namespace rockpool::graphql
