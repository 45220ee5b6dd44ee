// Which values scalars and enumerations take. Private to the module.
#pragma once

#include <optional>
#include <string_view>

#include "core/graphql/document.h"
#include "core/graphql/schema.h"

namespace rockpool::graphql {

// 2024-02-29, a day that exists.
bool is_date(std::string_view text);
// A day, `T`, a time of at least hours and minutes, and `Z` or an offset such as +02:00.
bool is_date_time(std::string_view text);

// From JSON, and from a literal that is neither a list nor an object nor a variable.
std::optional<model::Value> leaf_from_json(const Type& type, const model::Value& value);
std::optional<model::Value> leaf_from_literal(const Type& type, const Node& literal);

// What a literal of any kind is when nothing is known of its type.
model::Value untyped(const Node& literal);

// Appends `text`, a leaf as JSON, the way its type answers it; false when it does not fit.
bool append_leaf(std::string& out, const Type& type, std::string_view text);

}  // namespace rockpool::graphql
