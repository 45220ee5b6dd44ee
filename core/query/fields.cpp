#include "core/query/fields.h"

#include <algorithm>

#include "core/query/scan.h"

namespace rockpool::query {

Fields::Fields(const std::vector<std::vector<std::string>>& paths) : count_(paths.size()) {
  for (std::size_t field = 0; field < paths.size(); ++field) {
    Node* node = &root_;
    for (const std::string& step : paths[field]) {
      auto next =
          std::find_if(node->inner.begin(), node->inner.end(), [&](const Node& n) { return n.name == step; });
      if (next == node->inner.end()) next = node->inner.insert(next, Node{step, no_field, {}});
      node = &*next;
    }
    node->field = field;
  }
}

void Fields::find(std::string_view json, Found& found) const {
  found.assign(count_, {});
  if (json.starts_with('{') && count_ > 0) walk(json, 0, root_, found);
}

const Fields::Node* Fields::match(const Node& parent, std::string_view raw_key) {
  std::string scratch;
  const std::string_view key = unescaped(raw_key, scratch);
  for (const Node& node : parent.inner) {
    if (node.name == key) return &node;
  }
  return nullptr;
}

void Fields::clear(const Node& parent, Found& found) {
  for (const Node& node : parent.inner) {
    if (node.field != no_field) found[node.field] = {};
    clear(node, found);
  }
}

// Reads the value at `at`, which `node` wants; gives where it ends.
std::size_t Fields::take(std::string_view json, std::size_t at, const Node& node, Found& found) {
  clear(node, found);
  const bool inside = !node.inner.empty() && at < json.size() && json[at] == '{';
  const std::size_t end = inside ? walk(json, at, node, found) : behind_value(json, at);
  if (node.field != no_field) found[node.field] = json.substr(at, end - at);
  return end;
}

std::size_t Fields::walk(std::string_view json, std::size_t at, const Node& parent, Found& found) {
  for (++at; at < json.size() && json[at] == '"';) {
    const std::size_t colon = behind_string(json, at);
    const Node* node = match(parent, json.substr(at, colon - at));
    const std::size_t value = std::min(colon + 1, json.size());
    at = node == nullptr ? behind_value(json, value) : take(json, value, *node, found);
    if (at < json.size() && json[at] == ',') ++at;
  }
  return std::min(at + 1, json.size());
}

}  // namespace rockpool::query
