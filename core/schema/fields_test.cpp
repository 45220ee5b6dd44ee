#include "core/schema/fields.h"

#include <gtest/gtest.h>

namespace rockpool::schema {
namespace {

// Of one field called `a`: what is said of that value; empty: nothing.
std::string said(const std::string& field, const std::string& value, const std::string& before = "") {
  const Fields fields = Fields::read(R"({"name":"x","fields":[{"key":"a",)" + field + "}]}");
  const auto data = model::read(R"({"other":[],"a":)" + value + "}");
  const auto was = model::read(R"({"a":)" + (before.empty() ? "null" : before) + "}");
  const auto status = fields.admit(*data, before.empty() ? nullptr : &*was);
  return status ? "" : status.error().message;
}

TEST(Fields, of_a_collection_take_what_is_of_their_type) {
  EXPECT_EQ(said(R"("type":"text")", R"("x")"), "");
  EXPECT_EQ(said(R"("type":"text")", "1"), "/a: a field of the collection; must be a string");
  EXPECT_EQ(said(R"("type":"number")", "-1.5"), "");
  EXPECT_EQ(said(R"("type":"number")", R"("-90071992547409931.25")"), "");
  EXPECT_EQ(said(R"("type":"number")", R"("x")"), "/a: a field of the collection; must be a number");
  EXPECT_EQ(said(R"("type":"number")", R"("1.")"), "/a: a field of the collection; must be a number");
  for (const char* value : {"-1", R"("-1")"})
    EXPECT_EQ(said(R"("type":"number","options":{"min":0})", value),
              "/a: a field of the collection; must be a number that is not negative");
  for (const char* value : {"3", "-3", "3.0", R"("90071992547409931")"})
    EXPECT_EQ(said(R"("type":"integer")", value), "") << value;
  for (const char* value : {"3.5", R"("3.5")", R"("x")", "true"})
    EXPECT_EQ(said(R"("type":"integer")", value), "/a: a field of the collection; must be a whole number");
  EXPECT_EQ(said(R"("type":"texts")", R"(["x","y"])"), "");
  for (const char* value : {R"("x")", "[1]", R"(["x",null])"})
    EXPECT_EQ(said(R"("type":"texts")", value), "/a: a field of the collection; must be an array of strings");
  EXPECT_EQ(said(R"("type":"boolean")", "true"), "");
  EXPECT_EQ(said(R"("type":"boolean")", "1"), "/a: a field of the collection; must be true or false");
  EXPECT_EQ(said(R"("type":"date")", R"("2023-04-01")"), "");
  EXPECT_EQ(said(R"("type":"date")", R"("2023-04-01T10:00:00Z")"), "");
  EXPECT_EQ(said(R"("type":"date")", R"("2023-02-30")"),
            "/a: a field of the collection; must be a date, such as 2023-04-01");
  EXPECT_EQ(said(R"("type":"option","options":{"ids":[1,2]})", "2"), "");
  EXPECT_EQ(said(R"("type":"option","options":{"ids":[1,2]})", "3"),
            "/a: a field of the collection; must be the id of one of its options");
  EXPECT_EQ(said(R"("type":"options","options":{"ids":[1,2]})", "[2,1]"), "");
  for (const char* value : {"[3]", "1", R"(["1"])"})
    EXPECT_EQ(said(R"("type":"options","options":{"ids":[1,2]})", value),
              "/a: a field of the collection; must be an array of ids of its options");
}

TEST(Fields, of_a_collection_may_be_null_or_missing) {
  for (const char* type : {"text", "number", "boolean", "date", "option", "options"})
    EXPECT_EQ(said(R"("type":")" + std::string(type) + '"', "null"), "");
  const Fields fields = Fields::read(R"({"fields":[{"key":"a","type":"text"}]})");
  EXPECT_TRUE(fields.admit(*model::read("{}"), nullptr));
}

TEST(Fields, of_a_collection_leave_what_was_there) {
  EXPECT_EQ(said(R"("type":"text")", "1", "1"), "");
  EXPECT_EQ(said(R"("type":"text")", "2", "1"), "/a: a field of the collection; must be a string");
}

TEST(Fields, of_a_collection_are_members_of_objects) {
  const Fields fields = Fields::read(R"({"fields":[{"key":"a/b","type":"text"}]})");
  EXPECT_EQ(fields.admit(*model::read("7"), nullptr).error().message,
            "the value: must be an object: the collection has fields");
  EXPECT_EQ(fields.admit(*model::read(R"({"a/b":1})"), nullptr).error().path, "/a~1b");
}

TEST(Fields, are_none_where_nothing_is_said_of_them) {
  for (const char* collection :
       {"", "{}", "[]", R"({"fields":7})", R"({"fields":[7,{"key":"a"},{"type":"text"}]})",
        R"({"fields":[{"key":"a","type":"another"}]})"})
    EXPECT_TRUE(Fields::read(collection).empty()) << collection;
}

}  // namespace
}  // namespace rockpool::schema
