// Is a document right for a schema? All rules of section 5 of the specification.
#pragma once

#include <vector>

#include "core/graphql/document.h"
#include "core/graphql/schema.h"

namespace rockpool::graphql {

struct ValidateLimits {
  std::size_t fields_max = 10'000;    // of an operation, a fragment counted as often as it is spread
  std::size_t aliases_max = 20;       // keys of one result object that ask for the same field
  std::size_t depth_max = 64;         // of selections in each other, through fragments too
  std::size_t steps_max = 1'000'000;  // what the rules that compare many with many may take
  std::size_t errors_max = 100;
};

// Empty when the document is right. An operation of a document without errors can be executed.
std::vector<Error> validate(const Schema& schema, const Document& document,
                            const ValidateLimits& limits = {});

}  // namespace rockpool::graphql
