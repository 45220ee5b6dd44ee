// The few forms of JSONata that are worthwhile over HTTP: `$[a="x"]`, `$[a.b=1]` and `$count($)`.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/value.h"

namespace rockpool::dialects::rested {

struct Expression {
  bool counts = false;
  std::vector<std::string> path;  // to what is compared; empty: everything fits
  model::Value wanted;
};

// Nothing: it is of another form.
std::optional<Expression> read_expression(std::string_view text);

// Is what the path leads to equal to what is wanted? Arrays on the way are gone through, as JSONata does;
// several things are equal to nothing.
bool fits(const Expression& expression, const model::Value& element);

}  // namespace rockpool::dialects::rested
