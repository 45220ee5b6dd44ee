// What is asked of an object of one type: selections put together, arguments made. Private to the module.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "core/graphql/values.h"

namespace rockpool::graphql {

struct Selection;

// All fields of one key.
struct PlannedField {
  std::string_view key;
  const Field* field = nullptr;
  std::vector<Index> nodes;
  model::Value arguments;
  std::optional<Error> error;  // why there are no arguments
  // What is selected inside, for each type of object that has been met.
  std::vector<std::pair<TypeIndex, std::unique_ptr<Selection>>> inside;
};

struct Selection {
  std::vector<PlannedField> fields;
  std::optional<Error> error;  // of a directive
};

// Made once for an operation and kept over all its runs.
class Plan {
 public:
  Plan(const Schema& schema, const Document& document, Index operation, const Variables& variables)
      : schema_(schema), document_(document), variables_(variables) {
    top_ = make({operation}, schema.query());
  }

  Selection& top() { return *top_; }
  Selection& inside(PlannedField& field, TypeIndex object);

 private:
  std::unique_ptr<Selection> make(const std::vector<Index>& parents, TypeIndex object);
  // The node whose selections are to be taken in at this place; no_index when there is none.
  Index opened(Index selected, TypeIndex object, std::set<Index>& seen, Selection& into);
  bool is_wanted(Index selected, Selection& into);
  bool applies(Index condition, TypeIndex object) const;

  const Schema& schema_;
  const Document& document_;
  const Variables& variables_;
  std::unique_ptr<Selection> top_;
};

}  // namespace rockpool::graphql
