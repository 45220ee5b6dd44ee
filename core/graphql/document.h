// A parsed document: its nodes in the order in which they begin, each with the index behind its last
// descendant. A walk over everything is a loop, and nothing that is nested needs a stack of the machine.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string_view>
#include <vector>

#include "core/graphql/error.h"

namespace rockpool::graphql {

using Index = std::uint32_t;
inline constexpr Index no_index = 0xffff'ffff;

// operation           := variable_definition* directive* selection+
// fragment            := named_type directive* selection+
// variable_definition := type value? directive*
// selection           := field | spread | inline_fragment
// field               := argument* directive* selection*
// spread              := directive*
// inline_fragment     := named_type? directive* selection+
// directive           := argument*
// argument            := value
// list                := value*
// object              := object_field*
// object_field        := value
// list_type           := type
// required_type       := named_type | list_type
enum class NodeKind : std::uint8_t {
  query,
  mutation,
  subscription,
  fragment,
  variable_definition,
  field,
  spread,
  inline_fragment,
  directive,
  argument,
  object_field,
  named_type,
  list_type,
  required_type,
  // Values.
  variable,
  integer,
  real,
  text,
  boolean,
  null,
  enumeration,
  list,
  object,
};

struct Node {
  NodeKind kind = NodeKind::query;
  bool block = false;  // a text written as a block
  Location at;
  Index end = 0;
  std::string_view name;   // of what has one; the digits of a number, the content of a text
  std::string_view alias;  // of a field: its key in the result, which is its name when it has no alias

  bool is_operation() const { return kind <= NodeKind::subscription; }
  bool is_selection() const { return kind >= NodeKind::field && kind <= NodeKind::inline_fragment; }
  bool is_value() const { return kind >= NodeKind::variable; }
  bool is_type() const { return kind >= NodeKind::named_type && kind <= NodeKind::required_type; }
};

// The nodes of one parent, as indexes.
class Children {
 public:
  class Iterator {
   public:
    Iterator(const Node* nodes, Index at) : nodes_(nodes), at_(at) {}
    Index operator*() const { return at_; }
    Iterator& operator++() {
      at_ = nodes_[at_].end;
      return *this;
    }
    bool operator!=(const Iterator& other) const { return at_ != other.at_; }

   private:
    const Node* nodes_;
    Index at_;
  };

  Children(const Node* nodes, Index first, Index end) : nodes_(nodes), first_(first), end_(end) {}
  Iterator begin() const { return {nodes_, first_}; }
  Iterator end() const { return {nodes_, end_}; }

 private:
  const Node* nodes_;
  Index first_;
  Index end_;
};

// Owns the text that its nodes are views into.
class Document {
 public:
  Document() = default;
  Document(Document&&) = default;
  Document& operator=(Document&&) = default;

  std::span<const Node> nodes() const { return nodes_; }
  const Node& operator[](Index node) const { return nodes_[node]; }
  Children definitions() const { return {nodes_.data(), 0, static_cast<Index>(nodes_.size())}; }
  Children children(Index node) const { return {nodes_.data(), node + 1, nodes_[node].end}; }
  // The fragment of that name, the first one of several; no_index without one.
  Index fragment(std::string_view name) const;
  // The argument of that name, of a field or a directive; no_index without one.
  Index argument(Index of, std::string_view name) const;
  // The only value below an argument, an object field or a variable definition; no_index without one.
  Index value(Index of) const;
  bool has_selections(Index node) const;

 private:
  friend class Parser;

  std::vector<char> source_;
  std::vector<char> decoded_;  // texts that are written with escapes; never grows past its first capacity
  std::vector<Node> nodes_;
  std::map<std::string_view, Index> fragments_;
};

}  // namespace rockpool::graphql
