// Which schema the records of a collection have to fit.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/schema/schema.h"

namespace rockpool::schema {

class Schemas {
 public:
  // `pattern`: the name of a collection, `*` for any part of one.
  void add(const std::string& space, const std::string& pattern, Schema schema);
  // Of the pattern that says most: a whole name before any other, then the longest. Null: anything goes.
  const Schema* find(std::string_view space, std::string_view collection) const;
  bool empty() const { return by_space_.empty(); }

 private:
  using ByPattern = std::vector<std::pair<std::string, Schema>>;  // what says most comes first
  std::map<std::string, ByPattern, std::less<>> by_space_;
};

}  // namespace rockpool::schema
