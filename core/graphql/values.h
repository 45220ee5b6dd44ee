// Values as they come in: literals of a document and variables of a request, made fit for their types.
#pragma once

#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "core/graphql/document.h"
#include "core/graphql/schema.h"

namespace rockpool::graphql {

// By the names in the document, which has to outlive them. What was neither given nor has a default is
// absent.
using Variables = std::map<std::string_view, model::Value>;

// An enumeration's value is its name, as a text; an id is a text always. Nothing when the literal does not
// fit. Members of objects come in the order of the type, defaults filled in.
std::optional<model::Value> from_literal(const Schema& schema, const Document& document, Index literal,
                                         const TypeUse& use, const Variables& variables);

// Does a literal without lists, objects and variables, or any where a scalar takes them, fit this type?
bool fits_leaf(const Document& document, Index literal, const Type& type);

// The type that a document writes, for a variable. Not known() when there is none of that name.
TypeUse use_of(const Schema& schema, const Document& document, Index type);

// `text` is JSON: an object, null or nothing. Errors name the variable and the place in it.
std::vector<Error> coerce_variables(const Schema& schema, const Document& document, Index operation,
                                    std::string_view text, Variables& into);

// The arguments that a field or a directive is called with, as an object in the order of their definition.
// What was not given and has no default is absent.
std::optional<Error> coerce_arguments(const Schema& schema, const Document& document, Index called,
                                      const std::vector<Input>& defined, const Variables& variables,
                                      model::Value& into);

}  // namespace rockpool::graphql
