// Any document is refused, or has a normal form that is its own, and runs to an end over any answers.
//
// input := variables "\n" document
#include "core/graphql/parse.h"
#include "core/graphql/print.h"
#include "core/graphql/request.h"
#include "core/graphql/schema_builder.h"
#include "tests/fuzz/fuzz.h"

using namespace rockpool;

namespace {

graphql::SchemaPointer make_schema() {
  graphql::SchemaBuilder builder;
  builder.scalar("Json", graphql::ScalarKind::json);
  builder.scalar("Day", graphql::ScalarKind::date_time);
  const graphql::TypeIndex color = builder.enumeration("Color");
  builder.value(color, {.name = "red"});
  const graphql::TypeIndex filter = builder.input("Filter");
  builder.input_field(filter, {.name = "n", .type = "Int!", .default_text = "1"});
  builder.input_field(filter, {.name = "or", .type = "[Filter!]"});
  const std::vector<graphql::InputSpec> arguments = {{.name = "f", .type = "Filter"},
                                                     {.name = "j", .type = "Json"},
                                                     {.name = "c", .type = "[Color]", .default_text = "red"},
                                                     {.name = "i", .type = "ID"},
                                                     {.name = "d", .type = "Day"},
                                                     {.name = "x", .type = "[[Float!]]"}};
  const graphql::TypeIndex node = builder.interface("Node");
  builder.field(node, {.name = "a", .type = "Node"});
  const auto fields = [&](graphql::TypeIndex type, std::string other) {
    builder.implement(type, "Node");
    builder.field(type, {.name = "a", .type = other});
    builder.field(type, {.name = "b", .type = "[[Node!]]!", .arguments = arguments});
    builder.field(type, {.name = "s", .type = "String"});
    builder.field(type, {.name = "t", .type = "[Int!]!"});
    builder.field(type, {.name = "u", .type = "Both"});
  };
  fields(builder.object("Query"), "Other!");
  fields(builder.object("Other"), "Query");
  const graphql::TypeIndex both = builder.union_of("Both");
  builder.member(both, "Query");
  builder.member(both, "Other");
  return *builder.finish();
}

// Answers by chance, which the document decides.
class Chance final : public graphql::Source {
 public:
  explicit Chance(std::uint32_t seed) : state_(seed) {}

  void answer(const graphql::Question& question, graphql::Answer& into) override {
    const auto parts = 1 + roll(6);
    for (std::uint32_t i = 0; i < parts; ++i) part(question, into);
    if (roll(2) == 0) into.end_list();
  }

 private:
  std::uint32_t roll(std::uint32_t sides) {
    state_ = state_ * 1664525 + 1013904223;
    return (state_ >> 16) % sides;
  }
  void part(const graphql::Question& question, graphql::Answer& into) {
    switch (roll(10)) {
      case 0: return into.null();
      case 1: return into.leaf("[1,\"x\",null]");
      case 2: return into.leaf("\"red\"");
      case 3: return into.begin_list();
      case 4: return into.end_list();
      case 5: return into.fail("no");
      case 6: return waited_++ < 3 ? into.missing() : into.null();
      default: return into.object(question.field.type.named % 12, roll(5));
    }
  }

  std::uint32_t state_;
  int waited_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const graphql::SchemaPointer schema = make_schema();
  std::string_view text = fuzz::text(data, size);
  const std::string_view variables = fuzz::next_line(text);
  graphql::Document document;
  if (graphql::parse(text, document)) return 0;
  for (const graphql::Index definition : document.definitions()) {
    if (!document[definition].is_operation()) continue;
    const std::string printed = graphql::print(document, definition);
    graphql::Document again;
    fuzz::claim(!graphql::parse(printed, again));
    fuzz::claim(graphql::print(again, 0) == printed);
  }
  graphql::Request request;
  if (!request.prepare(*schema, {.query = text, .variables = variables}).empty()) return 0;
  Chance source(static_cast<std::uint32_t>(size));
  const graphql::ExecuteLimits limits = {.bytes_max = 1 << 16, .asked_max = 2000};
  graphql::Execution execution({*schema, request.document(), request.operation(), request.variables()},
                               source, limits);
  while (!execution.run()) {
  }
  std::string result;
  execution.append_result(result);
  fuzz::claim(model::read(result).ok());
  return 0;
}
