#include <gtest/gtest.h>

#include "core/schema/schema.h"

namespace rockpool::schema {
namespace {

std::string path_of_mistake(std::string_view text) {
  const auto source = model::read(text);
  EXPECT_TRUE(source.ok()) << text;
  const auto schema = Schema::compile(*source);
  if (schema.ok()) return "none";
  EXPECT_EQ(schema.error().code, base::Code::usage);
  return schema.error().path;
}

TEST(SchemaCompile, refuses_unknown_words_by_their_place) {
  EXPECT_EQ(path_of_mistake(R"({"propertys":{}})"), "/propertys");
  EXPECT_EQ(path_of_mistake(R"({"properties":{"a/b":{"items":{"minimun":3}}}})"),
            "/properties/a~1b/items/minimun");
  EXPECT_EQ(path_of_mistake(R"({"anyOf":[{},{"if":{}}]})"), "/anyOf/1/if");
  EXPECT_EQ(path_of_mistake(R"({"$defs":{"x":{"contains":{}}}})"), "/$defs/x/contains");
}

TEST(SchemaCompile, says_that_regular_expressions_are_left_out) {
  const auto schema = Schema::compile(*model::read(R"({"pattern":"^a"})"));
  ASSERT_FALSE(schema.ok());
  EXPECT_EQ(schema.error().message,
            "/pattern: regular expressions are not available; use enum, format, minLength and maxLength");
  EXPECT_EQ(path_of_mistake(R"({"patternProperties":{"a":{}}})"), "/patternProperties");
}

TEST(SchemaCompile, refuses_values_that_do_not_fit_their_word) {
  for (const std::string_view text : {R"({"type":"text"})",
                                      R"({"type":[]})",
                                      R"({"type":[1]})",
                                      R"({"type":null})",
                                      R"({"enum":1})",
                                      R"({"properties":[]})",
                                      R"({"properties":{"a":1}})",
                                      R"({"required":"a"})",
                                      R"({"required":[1]})",
                                      R"({"additionalProperties":"no"})",
                                      R"({"items":[{}]})",
                                      R"({"prefixItems":{}})",
                                      R"({"prefixItems":[]})",
                                      R"({"minItems":-1})",
                                      R"({"maxItems":1.5})",
                                      R"({"uniqueItems":1})",
                                      R"({"minLength":"1"})",
                                      R"({"format":"ipv4"})",
                                      R"({"format":1})",
                                      R"({"minimum":"1"})",
                                      R"({"multipleOf":0})",
                                      R"({"multipleOf":-1})",
                                      R"({"multipleOf":"x"})",
                                      R"({"allOf":[]})",
                                      R"({"anyOf":{}})",
                                      R"({"not":1})",
                                      R"({"$defs":[]})",
                                      "1",
                                      "null",
                                      R"("x")",
                                      "[]"}) {
    EXPECT_NE(path_of_mistake(text), "none") << text;
  }
}

TEST(SchemaCompile, references_lead_to_definitions_at_the_root_only) {
  EXPECT_EQ(path_of_mistake(R"({"$ref":"#/$defs/a"})"), "/$ref");
  EXPECT_EQ(path_of_mistake(R"({"properties":{"x":{"$ref":"https://example.com/s"}}})"),
            "/properties/x/$ref");
  EXPECT_EQ(path_of_mistake(R"({"$defs":{"a":{}},"$ref":"#/$defs/a/b"})"), "/$ref");
  EXPECT_EQ(path_of_mistake(R"({"$defs":{"a":{}},"$ref":"#/$defs/~2"})"), "/$ref");
  EXPECT_EQ(path_of_mistake(R"({"$ref":1})"), "/$ref");
  EXPECT_EQ(path_of_mistake(R"({"items":{"$defs":{"a":{}}}})"), "/items/$defs");
  EXPECT_EQ(path_of_mistake(R"({"$defs":{"a":{"items":{"$ref":"#/$defs/b"}},"b":{"$ref":"#/$defs/a"}}})"),
            "none");
}

TEST(SchemaCompile, refuses_schemas_that_refer_to_themselves_for_the_same_value) {
  EXPECT_EQ(path_of_mistake(R"({"$ref":"#"})"), "");
  EXPECT_EQ(path_of_mistake(R"({"items":{"anyOf":[{"not":{"$ref":"#/$defs/a"}}]},
                                "$defs":{"a":{"allOf":[{"$ref":"#/$defs/b"}]},"b":{"$ref":"#/$defs/a"}}})"),
            "/$defs/b");
  EXPECT_EQ(path_of_mistake(R"({"properties":{"a":{"$ref":"#"}}})"), "none");
}

TEST(SchemaCompile, refuses_what_stands_too_deep_behind_each_other) {
  std::string fine = "{}";
  for (int i = 0; i < 15; ++i) fine = R"({"not":)" + fine + "}";
  EXPECT_EQ(path_of_mistake(fine), "none");
  EXPECT_EQ(path_of_mistake(R"({"not":)" + fine + "}"), "");
}

}  // namespace
}  // namespace rockpool::schema
