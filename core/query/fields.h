// Several fields of a document, found in one pass over its compact JSON text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rockpool::query {

class Fields {
 public:
  // Each path is the names of members, outermost first, at least one.
  explicit Fields(const std::vector<std::vector<std::string>>& paths);

  // Raw JSON text of each path's value, in the order of the paths, pointing into `json`; empty where there is
  // none. Members of arrays are not looked into. Of repeated keys the last counts.
  void find(std::string_view json, std::vector<std::string_view>& found) const;

 private:
  static constexpr std::size_t no_field = ~std::size_t{0};
  struct Node {
    std::string name;
    std::size_t field = no_field;
    std::vector<Node> inner;
  };
  using Found = std::vector<std::string_view>;

  static const Node* match(const Node& parent, std::string_view raw_key);
  static std::size_t take(std::string_view json, std::size_t at, const Node& node, Found& found);
  static std::size_t walk(std::string_view json, std::size_t at, const Node& parent, Found& found);
  static void clear(const Node& parent, Found& found);

  Node root_;
  std::size_t count_ = 0;
};

}  // namespace rockpool::query
