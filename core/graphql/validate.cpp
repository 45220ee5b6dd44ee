#include "core/graphql/validate.h"

#include <algorithm>

#include "core/graphql/validator.h"

namespace rockpool::graphql {

void Validator::add(Index at, std::string_view code, std::string message) {
  if (errors_.size() >= limits_.errors_max) return;
  errors_.push_back(
      {.message = std::move(message), .code = code, .locations = {node(at).at}, .fields = fields_of(at)});
}

void Validator::add(Index at, std::string_view code, std::initializer_list<std::string_view> parts) {
  add(at, code, join(parts));
}

std::vector<std::string> Validator::fields_of(Index index) const {
  std::vector<std::string> fields;
  for (; index != no_index; index = infos_[index].parent) {
    const Node& one = node(index);
    constexpr std::string_view words[] = {"query", "mutation", "subscription", "fragment"};
    if (one.kind <= NodeKind::fragment) {
      const std::string_view word = words[static_cast<std::size_t>(one.kind)];
      fields.push_back(one.name.empty() ? std::string(word) : join({word, " ", one.name}));
    } else if (one.kind == NodeKind::field) {
      fields.emplace_back(one.alias);
    } else if (one.kind == NodeKind::argument || one.kind == NodeKind::object_field) {
      fields.emplace_back(one.name);
    } else if (one.kind == NodeKind::inline_fragment) {
      const bool typed = node(index + 1).kind == NodeKind::named_type;
      fields.push_back(typed ? join({"... on ", node(index + 1).name}) : "...");
    }
  }
  std::reverse(fields.begin(), fields.end());
  return fields;
}

bool Validator::spend(std::size_t steps) {
  if (steps_ > limits_.steps_max) return false;
  steps_ += steps;
  if (steps_ <= limits_.steps_max) return true;
  add(0, "queryTooComplex", "The document takes more work to check than a document may");
  return false;
}

void Validator::check_unique(Index of, NodeKind kind, std::string_view what, std::string_view code) {
  std::set<std::string_view> names;
  for (const Index child : document_.children(of)) {
    if (node(child).kind == kind && !names.insert(node(child).name).second)
      add(child, code, {"There can be only one ", what, " named '", node(child).name, "'"});
  }
}

void Validator::definitions() {
  std::set<std::string_view> names;
  std::size_t operations = 0;
  for (const Index index : document_.definitions()) {
    const Node& one = node(index);
    const std::size_t at = definitions_.size();
    definitions_.emplace_back().node = index;
    if (one.kind == NodeKind::fragment) {
      if (!fragments_.emplace(one.name, at).second)
        add(index, "fragmentNotUnique", {"There can be only one fragment named '", one.name, "'"});
      continue;
    }
    ++operations;
    if (!one.name.empty() && !names.insert(one.name).second)
      add(index, "uniquelyNamedOperations", {"There can be only one operation named '", one.name, "'"});
  }
  if (operations < 2) return;
  for (const Index index : document_.definitions()) {
    if (node(index).is_operation() && node(index).name.empty())
      add(index, "uniquelyNamedOperations", "An operation without a name must be the only one");
  }
}

std::vector<Error> Validator::run() {
  definitions();
  walk();
  fragments();
  variables();
  // What is compared next is only safe and worth comparing when everything has its type.
  if (errors_.empty()) measure();
  if (errors_.empty()) merges();
  return std::move(errors_);
}

std::vector<Error> validate(const Schema& schema, const Document& document, const ValidateLimits& limits) {
  return Validator(schema, document, limits).run();
}

}  // namespace rockpool::graphql
