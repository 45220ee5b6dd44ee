// The way of a request from its text to an operation that can be run.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/graphql/execute.h"
#include "core/graphql/parse.h"
#include "core/graphql/validate.h"

namespace rockpool::graphql {

struct RequestText {
  std::string_view query;
  std::string_view variables;                      // JSON, or nothing
  std::optional<std::string_view> operation_name;  // empty counts as none
};

struct RequestLimits {
  ParseLimits parse;
  ValidateLimits validate;
};

// A request that is right for its schema.
class Request {
 public:
  // Parses, validates, picks the operation and makes the variables fit. No errors: it can be executed.
  std::vector<Error> prepare(const Schema& schema, const RequestText& text, const RequestLimits& limits = {});

  const Document& document() const { return document_; }
  Index operation() const { return operation_; }
  const Variables& variables() const { return variables_; }
  // Equal for two requests that ask for the same: the normal form of the operation, then the variables.
  std::string key() const;

 private:
  Document document_;
  Index operation_ = no_index;
  Variables variables_;
};

}  // namespace rockpool::graphql
