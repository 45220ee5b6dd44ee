#include "core/dialects/baserow/row_query.h"

#include <gtest/gtest.h>

namespace rockpool::dialects::baserow {
namespace {

class RowQuery : public ::testing::Test {
 protected:
  RowQuery() {
    for (const FieldType type :
         {FieldType::text, FieldType::number, FieldType::boolean, FieldType::date, FieldType::single_select,
          FieldType::multiple_select, FieldType::created_on}) {
      const std::string name(field_type_names[static_cast<std::size_t>(type)]);
      columns.push_back(
          {.field = std::make_shared<Field>(Field{.id = columns.size() + 1, .name = name, .key = name}),
           .type = type,
           .terms = {},
           .options = {}});
      if (!has_options(type)) continue;
      columns.back().options[4] = std::make_shared<Option>(Option{.id = 4, .value = "Red"});
      columns.back().options[5] = std::make_shared<Option>(Option{.id = 5, .value = "Blue"});
    }
  }
  // The condition that a filter comes to; empty: none.
  std::string filter(const std::string& field, const std::string& type, const std::string& value) const {
    RowSelection selection;
    selection.conditions.push_back({find_column(columns, field), type, value});
    const auto query = model::read(row_query(columns, selection));
    const auto* where = model::member(*query, "where");
    if (where == nullptr) return "";
    return model::write(model::member(*where, "$and")->elements()[0].members()[0].value.elements()[0]);
  }

  Columns columns;
};

TEST_F(RowQuery, stands_by_position_where_nothing_else_is_said) {
  EXPECT_EQ(row_query(columns, {}), R"({"orderBy":["position","num"]})");
}

TEST_F(RowQuery, orders_texts_without_regard_to_case) {
  RowSelection selection;
  selection.orders = {{find_column(columns, "text"), true}, {find_column(columns, "created_on"), false}};
  EXPECT_EQ(
      row_query(columns, selection),
      R"({"orderBy":[{"by":"data.text","desc":true,"nocase":true},{"by":"created"},"position","num"]})");
}

TEST_F(RowQuery, searches_what_is_shown) {
  RowSelection selection;
  selection.search = "re";
  EXPECT_EQ(row_query(columns, selection),
            R"({"where":{"$and":[{"$or":[{"text.text":{"$text":"re"}},{"text.number":{"$text":"re"}},)"
            R"({"text.date":{"$text":"re"}},{"data.single_select":{"$in":[4]}},)"
            R"({"$or":[{"data.multiple_select":{"$has":4}}]}]}]},"orderBy":["position","num"]})");
}

TEST_F(RowQuery, filters_each_type_in_its_own_way) {
  EXPECT_EQ(filter("text", "equal", "a"), R"({"data.text":{"$eq":"a"}})");
  EXPECT_EQ(filter("text", "not_equal", "a"), R"({"$not":{"data.text":{"$eq":"a"}}})");
  EXPECT_EQ(filter("text", "contains", "a"), R"({"text.text":{"$text":"a"}})");
  EXPECT_EQ(filter("text", "contains_not", "a"), R"({"$not":{"text.text":{"$text":"a"}}})");
  EXPECT_EQ(filter("number", "equal", "2.50"), R"({"data.number":{"$eq":2.5}})");
  EXPECT_EQ(filter("number", "higher_than", "2"), R"({"data.number":{"$gt":2}})");
  EXPECT_EQ(filter("number", "lower_than", "2"), R"({"data.number":{"$lt":2}})");
  EXPECT_EQ(filter("boolean", "boolean", "true"), R"({"data.boolean":{"$eq":true}})");
  EXPECT_EQ(filter("boolean", "boolean", "0"), R"({"$not":{"data.boolean":{"$eq":true}}})");
  EXPECT_EQ(filter("text", "empty", ""), R"({"data.text":{"$in":[null,""]}})");
  EXPECT_EQ(filter("multiple_select", "not_empty", ""),
            R"({"$not":{"data.multiple_select":{"$in":[null,[]]}}})");
  EXPECT_EQ(filter("single_select", "single_select_equal", "4"), R"({"data.single_select":{"$eq":4}})");
  EXPECT_EQ(filter("single_select", "contains", "blu"), R"({"data.single_select":{"$in":[5]}})");
  EXPECT_EQ(filter("date", "date_equal", "2023-04-30"),
            R"({"data.date":{"$gte":"2023-04-30","$lt":"2023-05-01"}})");
  EXPECT_EQ(filter("created_on", "date_equal", "1970-01-02"),
            R"({"created":{"$gte":86400000,"$lt":172800000}})");
}

TEST_F(RowQuery, lets_all_pass_where_a_filter_says_nothing) {
  EXPECT_EQ(filter("text", "equal", ""), "");
  EXPECT_EQ(filter("text", "higher_than", "2"), "");
  EXPECT_EQ(filter("number", "higher_than", "x"), "");
  EXPECT_EQ(filter("text", "boolean", "true"), "");
  EXPECT_EQ(filter("text", "single_select_equal", "4"), "");
  EXPECT_EQ(filter("date", "date_equal", "soon"), "");
}

TEST_F(RowQuery, asks_for_no_member_that_is_a_path) {
  EXPECT_TRUE(is_askable("Name of it"));
  for (const char* key : {"", "a.b", "__proto__", "constructor", "prototype"}) EXPECT_FALSE(is_askable(key));
}

}  // namespace
}  // namespace rockpool::dialects::baserow
