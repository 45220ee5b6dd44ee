#include "core/graphql/request.h"

#include "core/graphql/print.h"

namespace rockpool::graphql {
namespace {

// The operation of that name, or the only one without a name to look for.
Index pick(const Document& document, std::string_view name, Error& error) {
  Index found = no_index;
  for (const Index index : document.definitions()) {
    if (!document[index].is_operation()) continue;
    if (!name.empty() && document[index].name == name) return index;
    if (!name.empty()) continue;
    if (found != no_index) {
      error = {.message = "Several operations: operationName has to say which",
               .code = "operationNameMissing"};
      return no_index;
    }
    found = index;
  }
  if (found != no_index) return found;
  error.message =
      name.empty() ? "The document has no operation" : join({"No operation named \"", name, "\""});
  error.code = "operationNotFound";
  return no_index;
}

}  // namespace

std::vector<Error> Request::prepare(const Schema& schema, const RequestText& text,
                                    const RequestLimits& limits) {
  std::vector<Error> errors;
  variables_.clear();
  if (auto error = parse(text.query, document_, limits.parse)) {
    errors.push_back(std::move(*error));
    return errors;
  }
  errors = validate(schema, document_, limits.validate);
  if (!errors.empty()) return errors;
  Error unpicked;
  operation_ = pick(document_, text.operation_name.value_or(""), unpicked);
  if (operation_ == no_index) {
    errors.push_back(std::move(unpicked));
    return errors;
  }
  return coerce_variables(schema, document_, operation_, text.variables, variables_);
}

std::string Request::key() const {
  std::string key = print(document_, operation_);
  for (const auto& [name, value] : variables_) {
    key += '\n';
    key += name;
    key += '=';
    key += model::canonical(value);
  }
  return key;
}

}  // namespace rockpool::graphql
