#include <gtest/gtest.h>

#include "core/graphql/schema_builder.h"

namespace rockpool::graphql {
namespace {

// A schema that is right, for a test to spoil.
SchemaBuilder small() {
  SchemaBuilder builder;
  const TypeIndex named = builder.interface("Named");
  builder.field(named,
                {.name = "name", .type = "String", .arguments = {{.name = "short", .type = "Boolean"}}});
  const TypeIndex person = builder.object("Person", "Somebody");
  builder.implement(person, "Named");
  builder.field(person,
                {.name = "name", .type = "String!", .arguments = {{.name = "short", .type = "Boolean"}}});
  const TypeIndex order = builder.enumeration("Order");
  builder.value(order, {.name = "name_ASC"});
  const TypeIndex filter = builder.input("Filter");
  builder.input_field(filter, {.name = "limit", .type = "Int!", .default_text = "20"});
  builder.input_field(filter, {.name = "OR", .type = "[Filter]"});
  const TypeIndex query = builder.object("Query");
  builder.field(query, {.name = "people",
                        .type = "[Person!]!",
                        .arguments = {{.name = "filter", .type = "Filter", .default_text = "{ }"},
                                      {.name = "by", .type = "[Order]", .default_text = "[name_ASC]"}}});
  return builder;
}

std::string error_of(SchemaBuilder builder) {
  const base::Result<SchemaPointer> made = builder.finish();
  return made ? "" : made.error().message;
}

// What finish() says of the small schema after a change.
template <typename Change>
std::string after(Change change) {
  SchemaBuilder builder = small();
  change(builder);
  return error_of(std::move(builder));
}

TEST(Schema, types_and_fields_are_found_by_name) {
  SchemaBuilder builder = small();
  const base::Result<SchemaPointer> made = builder.finish();
  ASSERT_TRUE(made.ok()) << made.error().message;
  const Schema& schema = **made;
  const Field* people = schema.field(schema.query(), "people");
  ASSERT_NE(people, nullptr);
  EXPECT_EQ(schema.name_of(people->type), "[Person!]!");
  EXPECT_EQ(schema.field(schema.query(), "nobody"), nullptr);
  EXPECT_NE(schema.field(schema.query(), "__schema"), nullptr);
  EXPECT_EQ(schema.field(schema.find("Person"), "__schema"), nullptr);
  EXPECT_NE(schema.field(schema.find("Person"), "__typename"), nullptr);
  EXPECT_TRUE(schema.is_possible(schema.find("Named"), schema.find("Person")));
}

TEST(Schema, defaults_are_coerced_and_written_in_normal_form) {
  SchemaBuilder builder = small();
  const base::Result<SchemaPointer> made = builder.finish();
  ASSERT_TRUE(made.ok());
  const std::vector<Input>& arguments = (*made)->field((*made)->query(), "people")->arguments;
  EXPECT_EQ(arguments[0].default_text, "{}");
  EXPECT_EQ(model::write(arguments[0].default_value), "{\"limit\":20}");
  EXPECT_EQ(model::write(arguments[1].default_value), "[\"name_ASC\"]");
}

TEST(Schema, what_graphql_does_not_allow_is_refused) {
  const auto field = [](std::string of, FieldSpec spec) {
    return after([&](SchemaBuilder& b) { b.field(b.object(std::move(of)), std::move(spec)); });
  };
  EXPECT_EQ(field("A", {.name = "b", .type = "Nobody"}),
            "The type of A.b is \"Nobody\", of which nothing is known");
  EXPECT_EQ(field("A", {.name = "b", .type = "Filter"}), "The type of A.b must be an output type");
  EXPECT_EQ(field("A", {.name = "__b", .type = "Int"}),
            "\"__b\" begins with \"__\", which introspection has, in A");
  EXPECT_EQ(field("A", {.name = "1b", .type = "Int"}), "\"1b\" cannot be a name, in A");
  EXPECT_EQ(field("A", {.name = "b", .type = "Int", .arguments = {{.name = "c", .type = "Person"}}}),
            "The type of A.b.c must be an input type");
  EXPECT_EQ(field("Person", {.name = "b", .type = "Int"}), "There is more than one type \"Person\"");
  EXPECT_EQ(
      field("A",
            {.name = "b", .type = "Int", .arguments = {{.name = "c", .type = "Int!", .deprecation = "no"}}}),
      "A.b.c is required and cannot be deprecated");
  EXPECT_EQ(
      field("A",
            {.name = "b", .type = "Int", .arguments = {{.name = "c", .type = "Int", .default_text = "x"}}}),
      "The default of A.c does not fit its type");
}

TEST(Schema, types_without_content_are_refused) {
  EXPECT_EQ(after([](SchemaBuilder& b) { b.object("A"); }), "Type A must define one or more fields");
  EXPECT_EQ(after([](SchemaBuilder& b) { b.interface("A"); }), "Type A must define one or more fields");
  EXPECT_EQ(after([](SchemaBuilder& b) { b.input("A"); }), "Input type A must define one or more fields");
  EXPECT_EQ(after([](SchemaBuilder& b) { b.enumeration("A"); }),
            "Enum type A must define one or more values");
  EXPECT_EQ(after([](SchemaBuilder& b) { b.union_of("A"); }), "Union type A must define one or more members");
  EXPECT_EQ(after([](SchemaBuilder& b) { b.query("Nobody"); }), "There is no type for queries");
  EXPECT_EQ(after([](SchemaBuilder& b) { b.query("Order"); }), "The type of queries must be an object");
}

TEST(Schema, an_object_has_to_be_what_its_interfaces_say) {
  const auto implement = [](FieldSpec spec) {
    return after([&](SchemaBuilder& b) {
      const TypeIndex a = b.object("A");
      b.field(a, std::move(spec));
      b.implement(a, "Named");
    });
  };
  EXPECT_EQ(implement({.name = "b", .type = "Int"}), "Interface field Named.name is not provided by A");
  EXPECT_EQ(implement({.name = "name", .type = "Int"}),
            "Interface field Named.name expects type String but A gives Int");
  EXPECT_EQ(implement({.name = "name", .type = "String"}),
            "Argument short of interface field Named.name is not that of A");
  EXPECT_EQ(implement({.name = "name",
                       .type = "String",
                       .arguments = {{.name = "short", .type = "Boolean"}, {.name = "c", .type = "Int!"}}}),
            "Argument c of A is required, but not by Named.name");
}

TEST(Schema, an_input_that_requires_itself_is_refused) {
  EXPECT_EQ(after([](SchemaBuilder& b) {
              b.input_field(b.input("A"), {.name = "b", .type = "B!"});
              b.input_field(b.input("B"), {.name = "a", .type = "A!"});
            }),
            "Input type A can never be given: it requires itself");
  EXPECT_EQ(after([](SchemaBuilder& b) { b.input_field(b.input("A"), {.name = "a", .type = "[A!]!"}); }), "");
}

TEST(Schema, unions_have_different_objects) {
  const auto members = [](std::string one, std::string other) {
    return after([&](SchemaBuilder& b) {
      const TypeIndex a = b.union_of("A");
      b.member(a, std::move(one));
      b.member(a, std::move(other));
    });
  };
  EXPECT_EQ(members("Person", "Query"), "");
  EXPECT_EQ(members("Person", "Person"), "Union type A can only include Person once");
  EXPECT_EQ(members("Person", "Named"), "Union type A can only include objects, it cannot include Named");
}

}  // namespace
}  // namespace rockpool::graphql
