// The normal form of an operation.
#pragma once

#include <string>

#include "core/graphql/document.h"

namespace rockpool::graphql {

// The operation with the fragments that it uses, in the order of their first use, on one line: equal for two
// spellings that differ in white space, comments, commas, the way texts are written, or in what is not used.
std::string print(const Document& document, Index operation);

// One value or one type.
void append_value(std::string& out, const Document& document, Index value);
void append_type(std::string& out, const Document& document, Index type);

}  // namespace rockpool::graphql
