#include <gtest/gtest.h>

#include "core/schema/schema.h"

namespace rockpool::schema {
namespace {

Schema compiled(std::string_view text) {
  const auto source = model::read(text);
  EXPECT_TRUE(source.ok()) << text;
  auto schema = Schema::compile(*source);
  EXPECT_TRUE(schema.ok()) << text << ": " << (schema.ok() ? "" : schema.error().message);
  return *schema;
}

std::vector<Mistake> check(std::string_view schema, std::string_view value) {
  const auto read = model::read(value);
  EXPECT_TRUE(read.ok()) << value;
  return compiled(schema).check(*read);
}

struct Row {
  std::string_view schema;
  std::vector<std::string_view> fitting;
  std::vector<std::string_view> others;
};

void expect(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    for (const auto value : row.fitting) {
      const auto mistakes = check(row.schema, value);
      EXPECT_TRUE(mistakes.empty()) << row.schema << " of " << value << ": " << mistakes[0].message;
    }
    for (const auto value : row.others) {
      EXPECT_FALSE(check(row.schema, value).empty()) << row.schema << " of " << value;
    }
  }
}

TEST(SchemaCheck, type_takes_whole_reals_for_integers_and_lists_of_types) {
  expect({
      {R"({"type":"null"})", {"null"}, {"0", "false", R"("")", "[]", "{}"}},
      {R"({"type":"boolean"})", {"true", "false"}, {"0", "null", R"("true")"}},
      {R"({"type":"integer"})", {"0", "-3", "1.0", "1e3", "18446744073709551615"}, {"1.5", R"("1")", "null"}},
      {R"({"type":"number"})", {"0", "1.5", "-1e300"}, {R"("1")", "true"}},
      {R"({"type":"string"})", {R"("")", R"("a")"}, {"1", "null", "[]"}},
      {R"({"type":"array"})", {"[]", "[1]"}, {"{}", R"("[]")"}},
      {R"({"type":"object"})", {"{}"}, {"[]", "null"}},
      {R"({"type":["string","null"]})", {"null", R"("a")"}, {"1", "{}"}},
      {"{}", {"null", "1", "[]"}, {}},
      {"true", {"null", "{}"}, {}},
      {"false", {}, {"null", "{}"}},
  });
}

TEST(SchemaCheck, enum_and_const_compare_values_and_not_their_spelling) {
  expect({
      {R"({"enum":["a",1,null,{"x":[1,2]}]})",
       {R"("a")", "1", "1.0", "null", R"({"x":[1.0,2]})"},
       {R"("b")", R"("1")", "false", R"({"x":[2,1]})", R"({"x":[1,2],"y":1})"}},
      {R"({"enum":[]})", {}, {"1"}},
      {R"({"const":{"a":1,"b":2}})", {R"({"b":2,"a":1})"}, {R"({"a":1})", "null"}},
      {R"({"const":0})", {"0", "0.0"}, {"false", R"("")", "null"}},
      {R"({"const":null})", {"null"}, {"0", "false"}},
  });
}

TEST(SchemaCheck, numbers_are_compared_exactly) {
  expect({
      {R"({"minimum":1.1})", {"1.1", "2", R"("0")"}, {"0.6", "-5"}},
      {R"({"maximum":300})", {"300", "299.97", "300.0"}, {"300.5", "1e9"}},
      {R"({"exclusiveMinimum":1})", {"1.0001"}, {"1", "0"}},
      {R"({"exclusiveMaximum":3})", {"2.99"}, {"3", "3.0"}},
      {R"({"maximum":9007199254740992})", {"9007199254740992"}, {"9007199254740993"}},
      {R"({"minimum":-9223372036854775807})", {"-9223372036854775807"}, {"-9223372036854775808"}},
      {R"({"maximum":18446744073709551614})", {"18446744073709551614"}, {"18446744073709551615"}},
      {R"({"multipleOf":2})", {"10", "-4", "0", R"("odd")"}, {"7", "-3"}},
      {R"({"multipleOf":1.5})", {"0", "4.5"}, {"35"}},
      {R"({"multipleOf":0.0001})", {"0.0075"}, {"0.00751"}},
      {R"({"multipleOf":0.01})", {"19.99", "4.35", "1.1", "0.07"}, {"0.075", "19.991"}},
      {R"({"multipleOf":0.123456789})", {}, {"1e308"}},
      {R"({"multipleOf":3})", {"18446744073709551615"}, {"18446744073709551614"}},
  });
}

TEST(SchemaCheck, lengths_count_code_points) {
  expect({
      {R"({"minLength":2})", {R"("fo")", R"("äö")", "1"}, {R"("f")", R"("💩")", R"("")"}},
      {R"({"maxLength":2})", {R"("fo")", R"("💩💩")"}, {R"("foo")"}},
      {R"({"minLength":2.0})", {R"("fo")"}, {R"("f")"}},
  });
}

TEST(SchemaCheck, arrays_have_a_beginning_a_rest_and_bounds) {
  expect({
      {R"({"items":{"type":"integer"}})", {"[]", "[1,2]", "{}"}, {R"([1,"x"])"}},
      {R"({"items":false})", {"[]"}, {"[1]"}},
      {R"({"prefixItems":[{"type":"integer"},{"type":"string"}]})",
       {"[]", "[1]", R"([1,"a",true])"},
       {R"(["a"])", "[1,2]"}},
      {R"({"prefixItems":[{"type":"integer"}],"items":{"type":"string"}})", {R"([1,"a","b"])"}, {"[1,2]"}},
      {R"({"minItems":1,"maxItems":2})", {"[1]", "[1,2]", R"("")"}, {"[]", "[1,2,3]"}},
      {R"({"uniqueItems":true})",
       {"[]", "[1,2]", R"([1,"1",true])", R"([{"a":1},{"a":2}])", "[[1],[2]]", "[0,false]"},
       {"[1,1]", "[1,1.0]", R"([{"a":1,"b":2},{"b":2,"a":1}])", "[[1],[1]]", "[null,null]"}},
      {R"({"uniqueItems":false})", {"[1,1]"}, {}},
  });
}

TEST(SchemaCheck, objects_have_members_some_required_others_excluded) {
  expect({
      {R"({"properties":{"a":{"type":"integer"},"b":{"type":"string"}}})",
       {"{}", R"({"a":1,"b":"x"})", R"({"c":[]})", "[]", "1"},
       {R"({"a":"1"})", R"({"a":1,"b":2})"}},
      {R"({"properties":{"a":true,"b":false}})", {R"({"a":1})"}, {R"({"b":1})"}},
      {R"({"required":["a","b"]})", {R"({"a":null,"b":0})", "[]"}, {R"({"a":1})", "{}"}},
      {R"({"additionalProperties":false,"properties":{"a":{}}})", {"{}", R"({"a":1})"}, {R"({"b":1})"}},
      {R"({"additionalProperties":{"type":"boolean"},"properties":{"a":{}}})",
       {R"({"a":1,"b":true})"},
       {R"({"a":1,"b":2})"}},
      {R"({"minProperties":1,"maxProperties":2})", {R"({"a":1})"}, {"{}", R"({"a":1,"b":2,"c":3})"}},
      {R"({"properties":{"__proto__":{"type":"number"},"constructor":{"type":"number"}}})",
       {"{}", R"({"__proto__":1})"},
       {R"({"__proto__":"x"})", R"({"constructor":{}})"}},
  });
}

TEST(SchemaCheck, schemas_combine) {
  expect({
      {R"({"allOf":[{"minimum":1},{"maximum":3}]})", {"2", R"("x")"}, {"0", "4"}},
      {R"({"anyOf":[{"type":"integer"},{"minimum":2}]})", {"1", "2.5"}, {"1.5"}},
      {R"({"oneOf":[{"type":"integer"},{"minimum":2}]})", {"1", "2.5"}, {"1.5", "3"}},
      {R"({"not":{"type":"integer"}})", {"1.5", R"("a")"}, {"1"}},
      {R"({"not":{"not":{"type":"null"}}})", {"null"}, {"1"}},
      {R"({"oneOf":[true,true]})", {}, {"1"}},
      {R"({"anyOf":[true,false],"type":"string"})", {R"("a")"}, {"1"}},
      {R"({"anyOf":[{"allOf":[{"not":{"const":1}}]},{"oneOf":[{"const":1},{"const":2}]}]})", {"1", "2"}, {}},
  });
}

TEST(SchemaCheck, references_reach_definitions_and_the_root) {
  expect({
      {R"({"$defs":{"name":{"minLength":2}},"properties":{"a":{"$ref":"#/$defs/name"}}})",
       {R"({"a":"bc"})"},
       {R"({"a":"b"})"}},
      {R"({"$defs":{"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/c"},"c":{"type":"null"}},
           "$ref":"#/$defs/a"})",
       {"null"},
       {"1"}},
      {R"({"$defs":{"a":{"type":"integer"}},"$ref":"#/$defs/a","maximum":5})", {"5"}, {"6", R"("a")"}},
      {R"({"$defs":{"a/b":{"type":"null"},"c~d":{"type":"null"}},
           "prefixItems":[{"$ref":"#/$defs/a~1b"},{"$ref":"#/$defs/c~0d"}]})",
       {"[null,null]"},
       {"[1]", "[null,1]"}},
      {R"({"type":"object",
           "properties":{"text":{"type":"string"},"children":{"type":"array","items":{"$ref":"#"}}},
           "additionalProperties":false})",
       {R"({"text":"a","children":[{"text":"b"},{"children":[{"children":[]}]}]})"},
       {R"({"children":[{"children":[{"children":[{"texd":"b"}]}]}]})"}},
  });
}

TEST(SchemaCheck, annotations_say_nothing) {
  expect({{R"({"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"x","$comment":"c","title":"t",
               "description":"d","default":1,"examples":[2],"deprecated":true,"readOnly":true,
               "writeOnly":false,
               "type":"string"})",
           {R"("a")"},
           {"1"}}});
}

TEST(SchemaCheck, names_the_place_the_word_and_what_was_expected) {
  const auto mistakes = check(
      R"({"properties":{"list":{"items":{"properties":{"a/b":{"type":"integer","minimum":3}},
          "required":["c"],"additionalProperties":false}}}})",
      R"({"list":[{"a/b":4,"c":1},{"a/b":2.5,"d":0}]})");
  ASSERT_EQ(mistakes.size(), 5u);
  EXPECT_EQ(mistakes[0].path, "/list/0/c");
  EXPECT_EQ(mistakes[0].message, "additionalProperties: there may be no member of this name");
  EXPECT_EQ(mistakes[1].path, "/list/1");
  EXPECT_EQ(mistakes[1].message, R"(required: the member "c" is missing)");
  EXPECT_EQ(mistakes[2].path, "/list/1/a~1b");
  EXPECT_EQ(mistakes[2].keyword, "type");
  EXPECT_EQ(mistakes[2].message, "type: must be integer, is number");
  EXPECT_EQ(mistakes[3].message, "minimum: must be at least 3");
  EXPECT_EQ(mistakes[4].path, "/list/1/d");
}

TEST(SchemaCheck, says_no_more_than_it_was_asked_for) {
  const std::string_view schema = R"({"items":{"type":"string"}})";
  const auto value = model::read("[1,2,3,4,5,6,7,8,9,10,11,12]");
  EXPECT_EQ(compiled(schema).check(*value).size(), mistakes_max);
  EXPECT_EQ(compiled(schema).check(*value, 1).size(), 1u);
  const auto admitted = compiled(schema).admit(*value);
  ASSERT_FALSE(admitted.ok());
  EXPECT_EQ(admitted.error().code, base::Code::invalid);
  EXPECT_EQ(admitted.error().path, "/0");
  EXPECT_EQ(admitted.error().message, "/0: type: must be string, is integer");
}

TEST(SchemaCheck, mistakes_of_alternatives_are_not_told_as_mistakes) {
  const auto mistakes = check(R"({"anyOf":[{"required":["a"]},{"required":["b"]}]})", "{}");
  ASSERT_EQ(mistakes.size(), 1u);
  EXPECT_EQ(mistakes[0].keyword, "anyOf");
}

// Four ways at each of seven levels, for each of many elements.
TEST(SchemaCheck, gives_up_on_a_schema_that_multiplies_its_work_at_each_level) {
  std::string definitions = R"("d0":{})";
  for (int i = 1; i <= 7; ++i) {
    const std::string inner = R"({"$ref":"#/$defs/d)" + std::to_string(i - 1) + R"("})";
    definitions += ",\"d" + std::to_string(i) + R"(":{"allOf":[)";
    definitions += inner + "," + inner + "," + inner + "," + inner + "]}";
  }
  const std::string schema = R"({"$defs":{)" + definitions + R"(},"items":{"$ref":"#/$defs/d7"}})";
  EXPECT_TRUE(check(schema, "[1]").empty());
  std::string many = "[0";
  for (int i = 0; i < 500; ++i) many += ",0";
  const auto mistakes = check(schema, many + "]");
  ASSERT_EQ(mistakes.size(), 1u);
  EXPECT_EQ(mistakes[0].keyword, "schema");
}

TEST(SchemaCheck, a_value_of_the_greatest_depth_is_checked_to_its_end) {
  const std::string schema =
      R"({"$defs":{"a":{"anyOf":[{"allOf":[{"$ref":"#"}]}]}},"items":{"$ref":"#/$defs/a"}})";
  const std::string deep = std::string(64, '[') + std::string(64, ']');
  EXPECT_TRUE(check(schema, deep).empty());
}

}  // namespace
}  // namespace rockpool::schema
