// A small schema and a source for tests.
#pragma once

#include <functional>
#include <map>

#include <gtest/gtest.h>

#include "core/graphql/request.h"
#include "core/graphql/schema_builder.h"

namespace rockpool::graphql {

// type Query { person(id: ItemId, by: Filter): Person, people: [Person!]!, named: Named }
// type Person implements Named { name: String!, age: IntType, friend: Person, friends: [Person],
//                                grid: [[Person!]], tags: [String!] }
inline SchemaPointer small_schema() {
  SchemaBuilder builder;
  builder.scalar("IntType", ScalarKind::whole);
  builder.scalar("ItemId", ScalarKind::id);
  const TypeIndex named = builder.interface("Named");
  builder.field(named, {.name = "name", .type = "String"});
  const TypeIndex filter = builder.input("Filter");
  builder.input_field(filter, {.name = "age", .type = "IntType!"});
  builder.input_field(filter, {.name = "OR", .type = "[Filter!]"});
  const TypeIndex person = builder.object("Person");
  builder.implement(person, "Named");
  builder.field(person, {.name = "name", .type = "String!"});
  builder.field(person, {.name = "age", .type = "IntType"});
  builder.field(person, {.name = "friend", .type = "Person"});
  builder.field(person, {.name = "friends", .type = "[Person]"});
  builder.field(person, {.name = "grid", .type = "[[Person!]]"});
  builder.field(person, {.name = "tags", .type = "[String!]"});
  const TypeIndex query = builder.object("Query");
  builder.field(query, {.name = "person",
                        .type = "Person",
                        .arguments = {{.name = "id", .type = "ItemId"}, {.name = "by", .type = "Filter"}}});
  builder.field(query, {.name = "people", .type = "[Person!]!"});
  builder.field(query, {.name = "named", .type = "Named"});
  base::Result<SchemaPointer> made = builder.finish();
  EXPECT_TRUE(made.ok()) << (made ? "" : made.error().message);
  return *made;
}

// Answers with functions by the name of the field; every other field with its own name as a text.
class Answers final : public Source {
 public:
  using Function = std::function<void(const Question&, Answer&)>;

  void answer(const Question& question, Answer& into) override {
    ++asked;
    const auto found = functions.find(question.field.name);
    if (found != functions.end()) return found->second(question, into);
    into.leaf('"' + question.field.name + '"');
  }

  std::map<std::string, Function> functions;
  int asked = 0;
};

inline std::vector<Error> errors_of(std::string_view query, const RequestLimits& limits = {}) {
  const SchemaPointer schema = small_schema();
  Request request;
  return request.prepare(*schema, {.query = query}, limits);
}

// The message of the only error, empty when there is none.
inline std::string error_of(std::string_view query, const RequestLimits& limits = {}) {
  const std::vector<Error> errors = errors_of(query, limits);
  EXPECT_LE(errors.size(), 1u);
  return errors.empty() ? "" : errors[0].message;
}

}  // namespace rockpool::graphql
