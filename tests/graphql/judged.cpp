// Runs requests of GraphQL for tests/graphql/graphql.test.mjs, which has graphql-js judge them.
//
// lines in  := records, then requests: {"query": text, "variables": object?, "operationName": text?}
// lines out := for each request {"errors": […]}, or {"key", "printed", "result", "rounds"}
#include <cstdio>
#include <string>

#include "core/base/text.h"
#include "core/graphql/print.h"
#include "core/graphql/request.h"
#include "tests/graphql/records.h"
#include "tests/graphql/schema.h"

using namespace rockpool;

namespace {

bool read_line(std::string& line) {
  line.clear();
  int c = 0;
  while ((c = std::getchar()) != EOF && c != '\n') line += static_cast<char>(c);
  return c != EOF || !line.empty();
}

void write_member(std::string& out, std::string_view name, std::string_view text) {
  if (out.back() != '{') out += ',';
  model::append_quoted(out, name);
  out += ':';
  model::append_quoted(out, text);
}

std::string answer(const graphql::Schema& schema, graphql::Records& records, const model::Value& request) {
  const std::string* query = model::text_member(request, "query");
  const model::Value* variables = model::member(request, "variables");
  const std::string* name = model::text_member(request, "operationName");
  const std::string given = variables == nullptr ? "" : model::write(*variables);
  graphql::Request prepared;
  const std::vector<graphql::Error> errors = prepared.prepare(
      schema, {.query = *query, .variables = given, .operation_name = name == nullptr ? "" : *name});
  std::string out = "{";
  if (!errors.empty()) {
    out += "\"errors\":";
    graphql::append_errors(out, errors);
    return out + '}';
  }
  graphql::Execution execution({schema, prepared.document(), prepared.operation(), prepared.variables()},
                               records);
  std::uint64_t rounds = 1;
  records.forget();
  for (; !execution.run(); ++rounds) records.bring();
  write_member(out, "key", prepared.key());
  write_member(out, "printed", graphql::print(prepared.document(), prepared.operation()));
  out += ",\"result\":";
  execution.append_result(out);
  return out + ",\"rounds\":" + base::decimal(rounds) + '}';
}

}  // namespace

int main() {
  const graphql::SchemaPointer schema = graphql::judged_schema();
  std::string line;
  if (!read_line(line)) return 1;
  const base::Result<model::Value> data = model::read(line);
  if (!data) return 1;
  graphql::Records records(*schema, *data);
  while (read_line(line)) {
    const base::Result<model::Value> request = model::read(line);
    if (!request || model::text_member(*request, "query") == nullptr) return 1;
    std::printf("%s\n", answer(*schema, records, *request).c_str());
  }
}
