#include "core/graphql/values.h"

#include "core/graphql/scalars.h"
#include "core/graphql/world_test.h"

namespace rockpool::graphql {
namespace {

std::string variable_error(std::string_view declared, std::string_view json) {
  const SchemaPointer schema = small_schema();
  Request request;
  const std::string query = join({"query($a:", declared, "){person(by:$a){name}}"});
  const std::vector<Error> errors = request.prepare(*schema, {.query = query, .variables = json});
  return errors.empty() ? "" : errors[0].message;
}

TEST(Variables, an_error_names_the_variable_and_the_place_in_it) {
  EXPECT_EQ(variable_error("Filter!", R"({"a":{"age":1}})"), "");
  EXPECT_EQ(variable_error("Filter!", "{}"), "Variable \"$a\" of required type \"Filter!\" was not provided");
  EXPECT_EQ(variable_error("Filter!", ""), "Variable \"$a\" of required type \"Filter!\" was not provided");
  EXPECT_EQ(variable_error("Filter!", "null"),
            "Variable \"$a\" of required type \"Filter!\" was not provided");
  EXPECT_EQ(variable_error("Filter!", R"({"a":null})"),
            "Variable \"$a\" got invalid value null; Expected non-nullable type \"Filter!\" not to be null");
  EXPECT_EQ(variable_error("Filter", R"({"a":{"age":1,"OR":[{"age":1},{"age":"x"}]}})"),
            R"(Variable "$a" got invalid value {"age":1,"OR":[{"age":1},{"age":"x"}]} at "a.OR[1].age"; )"
            R"(Expected type "IntType")");
  EXPECT_EQ(
      variable_error("Filter", R"({"a":{}})"),
      "Variable \"$a\" got invalid value {}; Field \"age\" of required type \"IntType!\" was not provided");
  EXPECT_EQ(variable_error("Filter", R"({"a":{"age":1,"b":2}})"),
            R"(Variable "$a" got invalid value {"age":1,"b":2}; Field "b" is not defined by type "Filter")");
  EXPECT_EQ(variable_error("Filter", "[]"), "The variables cannot be read: they are no object");
  EXPECT_TRUE(variable_error("Filter", "{").starts_with("The variables cannot be read: not JSON at byte 1"));
}

TEST(Scalars, days_and_times_are_those_that_exist) {
  for (const char* right : {"2024-02-29", "0001-01-01", "9999-12-31", "2000-02-29"})
    EXPECT_TRUE(is_date(right));
  for (const char* wrong : {"2023-02-29", "1900-02-29", "2024-00-01", "2024-13-01", "2024-04-31", "2024-1-01",
                            "2024-01-01 ", "", "2024-01-00", "20240101"})
    EXPECT_FALSE(is_date(wrong)) << wrong;
  for (const char* right : {"2024-01-01T00:00Z", "2024-01-01T23:59:59Z", "2024-01-01T23:59:59.123456+14:00",
                            "2024-01-01T10:00-02:30"})
    EXPECT_TRUE(is_date_time(right)) << right;
  for (const char* wrong : {"2024-01-01", "2024-01-01T24:00Z", "2024-01-01T10:60Z", "2024-01-01T10:00:60Z",
                            "2024-01-01T10:00", "2024-01-01T10:00:00.Z", "2024-01-01T10:00+24:00",
                            "2024-01-01T10:00ZZ", "2024-02-30T10:00Z", "2024-01-01 10:00Z"})
    EXPECT_FALSE(is_date_time(wrong)) << wrong;
}

TEST(Scalars, a_number_without_an_end_is_none) {
  Type type;
  type.kind = TypeKind::scalar;
  type.scalar = ScalarKind::real;
  EXPECT_TRUE(leaf_from_literal(type, {.kind = NodeKind::real, .name = "1e308"}).has_value());
  EXPECT_FALSE(leaf_from_literal(type, {.kind = NodeKind::real, .name = "1e309"}).has_value());
  const std::string digits(400, '9');
  EXPECT_FALSE(leaf_from_literal(type, {.kind = NodeKind::integer, .name = digits}).has_value());
}

TEST(Scalars, an_answer_is_written_as_its_type_says) {
  const auto written = [](ScalarKind kind, std::string_view text) {
    Type type;
    type.kind = TypeKind::scalar;
    type.scalar = kind;
    std::string out;
    return append_leaf(out, type, text) ? out : "-";
  };
  EXPECT_EQ(written(ScalarKind::whole, "3.0"), "3");
  EXPECT_EQ(written(ScalarKind::whole, "9007199254740993"), "-");
  EXPECT_EQ(written(ScalarKind::integer, "2147483648"), "-");
  EXPECT_EQ(written(ScalarKind::real, "3"), "3");
  EXPECT_EQ(written(ScalarKind::id, "3"), "\"3\"");
  EXPECT_EQ(written(ScalarKind::id, "\"3\""), "\"3\"");
  EXPECT_EQ(written(ScalarKind::id, "3.5"), "-");
  EXPECT_EQ(written(ScalarKind::text, "3"), "-");
  EXPECT_EQ(written(ScalarKind::boolean, "true"), "true");
  EXPECT_EQ(written(ScalarKind::boolean, "1"), "-");
  EXPECT_EQ(written(ScalarKind::json, "[{}]"), "[{}]");
  EXPECT_EQ(written(ScalarKind::text, "[\"a\"]"), "-");
  EXPECT_EQ(written(ScalarKind::date, "\"2023-02-29\""), "-");
}

}  // namespace
}  // namespace rockpool::graphql
