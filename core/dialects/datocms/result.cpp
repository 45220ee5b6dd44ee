#include "core/dialects/datocms/result.h"

#include <algorithm>

namespace rockpool::dialects::datocms {

std::string_view Result::data() const {
  constexpr std::size_t at = std::string_view(R"({"data":)").size();
  return std::string_view(text).substr(at, data_bytes);
}

Result evaluate(Content& content, const Types& types, Sight sight, const graphql::Request& request,
                const Bounds& bounds) {
  Evaluation evaluation(content, types, sight, bounds);
  graphql::Execution execution({.schema = *types.schema,
                                .document = request.document(),
                                .operation = request.operation(),
                                .variables = request.variables()},
                               evaluation, bounds.result);
  execution.run();
  const auto is_too_large = [](const graphql::Error& error) { return error.code == "resultTooLarge"; };
  const auto& errors = execution.errors();
  Result result{.data_bytes = execution.data().size(),
                .reads = evaluation.take_reads(),
                .work = evaluation.work() + execution.data().size(),
                .is_past_bounds =
                    evaluation.is_past_bounds() || std::any_of(errors.begin(), errors.end(), is_too_large)};
  execution.append_result(result.text);
  return result;
}

std::string answer_to(const graphql::RequestText& text, Content& content, const Types& types, Sight sight) {
  graphql::Request request;
  const auto errors = request.prepare(*types.schema, text);
  return errors.empty() ? evaluate(content, types, sight, request).text : errors_text(errors);
}

std::string errors_text(const std::vector<graphql::Error>& errors) {
  std::string text = R"({"errors":)";
  graphql::append_errors(text, errors);
  return text += '}';
}

}  // namespace rockpool::dialects::datocms
