#include "core/graphql/print.h"

#include <set>

#include "core/model/value.h"

namespace rockpool::graphql {
namespace {

// Walks the nodes as they begin and keeps what has still to be written when each of them ends.
class Printer {
 public:
  explicit Printer(const Document& document) : document_(document) {}

  void definition(Index node);
  void tree(Index first);
  std::string take() { return std::move(out_); }
  const std::vector<std::string_view>& spread() const { return spread_; }

 private:
  enum class Group : std::uint8_t { none, variables, arguments, selections, list, object };
  struct Open {
    Index node;
    Group group;  // of its children that is open now
  };

  void begin(Index index);
  void begin_value(const Node& node);
  void separate(const Node& node);
  void close();
  static Group group_of(const Node& node, Group parent);
  static std::string_view closing_of(Group group);
  void add(std::string_view text) { out_ += text; }

  const Document& document_;
  std::string out_;
  std::vector<Open> open_;
  std::vector<std::string_view> spread_;  // names, in the order in which they are met
};

Printer::Group Printer::group_of(const Node& node, Group parent) {
  if (node.is_selection()) return Group::selections;
  if (node.kind == NodeKind::argument) return Group::arguments;
  if (node.kind == NodeKind::variable_definition) return Group::variables;
  return parent == Group::list || parent == Group::object ? parent : Group::none;
}

std::string_view Printer::closing_of(Group group) {
  if (group == Group::variables || group == Group::arguments) return ")";
  return group == Group::selections ? "}" : "";
}

// What stands between a node and the one before it: a bracket where a group begins or ends, or a comma.
void Printer::separate(const Node& node) {
  Open& parent = open_.back();
  const Group group = group_of(node, parent.group);
  if (group == Group::list || group == Group::object) {
    if (out_.back() != '[' && out_.back() != '{') add(",");
  } else if (group == parent.group) {
    if (group == Group::selections) add(" ");
    if (group == Group::variables || group == Group::arguments) add(",");
  } else {
    add(closing_of(parent.group));
    if (group == Group::selections) add("{");
    if (group == Group::variables || group == Group::arguments) add("(");
    parent.group = group;
  }
}

void Printer::begin_value(const Node& node) {
  switch (node.kind) {
    case NodeKind::variable: add("$"), add(node.name); break;
    case NodeKind::text: model::append_quoted(out_, node.name); break;
    case NodeKind::list: add("["); break;
    case NodeKind::object: add("{"); break;
    default: add(node.name);
  }
}

void Printer::begin(Index index) {
  const Node& node = document_[index];
  Group group = Group::none;
  switch (node.kind) {
    case NodeKind::variable_definition: add("$"), add(node.name), add(":"); break;
    case NodeKind::field:
      if (node.alias != node.name) add(node.alias), add(":");
      add(node.name);
      break;
    case NodeKind::spread:
      spread_.push_back(node.name);
      add("..."), add(node.name);
      break;
    case NodeKind::inline_fragment: add("..."); break;
    case NodeKind::directive: add("@"), add(node.name); break;
    case NodeKind::argument:
    case NodeKind::object_field: add(node.name), add(":"); break;
    case NodeKind::list_type: add("["); break;
    case NodeKind::required_type: break;
    default:
      begin_value(node);
      if (node.kind == NodeKind::list) group = Group::list;
      if (node.kind == NodeKind::object) group = Group::object;
  }
  open_.push_back({index, group});
}

void Printer::close() {
  add(closing_of(open_.back().group));
  switch (document_[open_.back().node].kind) {
    case NodeKind::list_type:
    case NodeKind::list: add("]"); break;
    case NodeKind::object: add("}"); break;
    case NodeKind::required_type: add("!"); break;
    default: break;
  }
  open_.pop_back();
}

void Printer::tree(Index first) {
  const std::size_t outside = open_.size();
  const Index end = document_[first].end;
  for (Index index = first; index < end; ++index) {
    const Node& node = document_[index];
    while (open_.size() > outside && document_[open_.back().node].end <= index) close();
    if (!open_.empty()) {
      const NodeKind parent = document_[open_.back().node].kind;
      separate(node);
      if (node.is_type() && parent == NodeKind::inline_fragment) add("on ");
      if (node.is_type() && parent == NodeKind::fragment) add(" on ");
      if (node.is_value() && parent == NodeKind::variable_definition) add("=");
    }
    begin(index);
  }
  while (open_.size() > outside) close();
}

void Printer::definition(Index index) {
  const Node& node = document_[index];
  constexpr std::string_view keywords[] = {"query", "mutation", "subscription", "fragment"};
  add(keywords[static_cast<std::size_t>(node.kind)]);
  if (!node.name.empty()) add(" "), add(node.name);
  open_.push_back({index, Group::none});
  for (const Index child : document_.children(index)) tree(child);
  close();
}

}  // namespace

std::string print(const Document& document, Index operation) {
  Printer printer(document);
  printer.definition(operation);
  std::set<std::string_view> seen;
  // Grows while it is gone through: a fragment may spread others.
  for (std::size_t i = 0; i < printer.spread().size(); ++i) {
    const std::string_view name = printer.spread()[i];
    const Index fragment = document.fragment(name);
    if (fragment != no_index && seen.insert(name).second) printer.definition(fragment);
  }
  return printer.take();
}

void append_value(std::string& out, const Document& document, Index value) {
  Printer printer(document);
  printer.tree(value);
  out += printer.take();
}

void append_type(std::string& out, const Document& document, Index type) {
  append_value(out, document, type);
}

}  // namespace rockpool::graphql
