#include "core/query/query.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace rockpool::query {
namespace {

constexpr std::string_view task =
    R"({"title":"Été à Paris","done":false,"n":5,"real":1.50,"tags":["red",2.0,{"a":1,"b":[]}],)"
    R"("none":null,"at":{"city":{"name":"Köln"}},"esc":"tab\there","big":9007199254740993})";

bool fits(std::string_view where, std::string_view json = task) {
  auto spec = parse("{\"where\":" + std::string(where) + "}");
  if (!spec) {
    ADD_FAILURE() << spec.error().message;
    return false;
  }
  return Judge(*std::move(spec)).fits("id-1", json);
}

TEST(Where, a_value_stands_for_eq) {
  EXPECT_TRUE(fits(R"({"done":false})"));
  EXPECT_FALSE(fits(R"({"done":true})"));
  EXPECT_TRUE(fits(R"({"title":"Été à Paris","n":5})"));
  EXPECT_FALSE(fits(R"({"title":"Été à Paris","n":6})"));
  EXPECT_TRUE(fits(R"({"at":{"city":{"name":"Köln"}}})"));
  EXPECT_TRUE(fits("{}"));
}

TEST(Where, eq_means_equal_canonical_json) {
  EXPECT_TRUE(fits(R"({"n":5.0})"));
  EXPECT_TRUE(fits(R"({"real":{"$eq":15e-1}})"));
  EXPECT_FALSE(fits(R"({"n":"5"})"));
  EXPECT_TRUE(fits(R"({"esc":"tab\u0009here"})"));
  EXPECT_TRUE(fits(R"({"tags":["red",2,{"b":[],"a":1.0}]})"));
  EXPECT_FALSE(fits(R"({"tags":[2,"red",{"b":[],"a":1.0}]})"));
  EXPECT_TRUE(fits(R"({"big":9007199254740993})"));
  EXPECT_FALSE(fits(R"({"big":9007199254740992})"));
}

TEST(Where, null_equals_a_missing_member) {
  EXPECT_TRUE(fits(R"({"none":null,"nowhere":null})"));
  EXPECT_FALSE(fits(R"({"done":null})"));
  EXPECT_TRUE(fits(R"({"nowhere":{"$ne":1},"n":{"$ne":null}})"));
  EXPECT_TRUE(fits(R"({"nowhere":{"$in":[1,null]}})"));
}

TEST(Where, follows_dotted_paths) {
  EXPECT_TRUE(fits(R"({"at.city.name":"Köln"})"));
  EXPECT_FALSE(fits(R"({"at.city.title":"Köln"})"));
  EXPECT_FALSE(fits(R"({"tags.0":"red"})"));
}

TEST(Where, id_is_the_id_of_the_record) {
  EXPECT_TRUE(fits(R"({"id":"id-1"})"));
  EXPECT_TRUE(fits(R"({"id":{"$gt":"id-0","$exists":true,"$text":"D-"}})"));
  EXPECT_FALSE(fits(R"({"id":"id-2"})", R"({"id":"id-2"})"));
}

TEST(Where, comparisons_hold_within_one_type_only) {
  EXPECT_TRUE(fits(R"({"n":{"$gt":4,"$gte":5,"$lt":5.5,"$lte":5}})"));
  EXPECT_FALSE(fits(R"({"n":{"$gt":5}})"));
  EXPECT_FALSE(fits(R"({"n":{"$lt":5}})"));
  EXPECT_FALSE(fits(R"({"n":{"$gt":""}})"));
  EXPECT_FALSE(fits(R"({"nowhere":{"$lt":5}})"));
  EXPECT_FALSE(fits(R"({"none":{"$lte":5}})"));
  EXPECT_TRUE(fits(R"({"done":{"$lt":true,"$gte":false}})"));
  EXPECT_FALSE(fits(R"({"done":{"$gt":false}})"));
  EXPECT_TRUE(fits(R"({"big":{"$gt":9007199254740992}})"));
}

TEST(Where, strings_are_compared_by_code_point) {
  EXPECT_TRUE(fits(R"({"s":{"$gt":"Z"}})", R"({"s":"a"})"));
  EXPECT_TRUE(fits(R"({"s":{"$gt":"\uffff"}})", "{\"s\":\"\xf0\x90\x80\x80\"}"));
  EXPECT_TRUE(fits(R"({"s":{"$lt":"aa"}})", R"({"s":"a\u0000b"})"));
}

TEST(Where, in_and_has_look_into_lists) {
  EXPECT_TRUE(fits(R"({"n":{"$in":[4,5]}})"));
  EXPECT_FALSE(fits(R"({"n":{"$in":[]}})"));
  EXPECT_TRUE(fits(R"({"tags":{"$has":"red"}})"));
  EXPECT_TRUE(fits(R"({"tags":{"$has":2}})"));
  EXPECT_TRUE(fits(R"({"tags":{"$has":{"b":[],"a":1}}})"));
  EXPECT_FALSE(fits(R"({"tags":{"$has":"re"}})"));
  EXPECT_FALSE(fits(R"({"title":{"$has":"Été à Paris"}})"));
  EXPECT_FALSE(fits(R"({"t":{"$has":null}})", R"({"t":[]})"));
}

TEST(Where, text_finds_a_part_without_regard_to_case_but_to_accents) {
  EXPECT_TRUE(fits(R"({"title":{"$text":"éTÉ"}})"));
  EXPECT_TRUE(fits(R"({"title":{"$text":"PARIS"}})"));
  EXPECT_TRUE(fits(R"({"title":{"$text":""}})"));
  EXPECT_FALSE(fits(R"({"title":{"$text":"ete"}})"));
  EXPECT_TRUE(fits(R"({"esc":{"$text":"B\tH"}})"));
  EXPECT_FALSE(fits(R"({"tags":{"$text":"red"}})"));
  EXPECT_FALSE(fits(R"({"n":{"$text":"5"}})"));
}

TEST(Where, exists_asks_whether_the_member_is_there) {
  EXPECT_TRUE(fits(R"({"none":{"$exists":true},"nowhere":{"$exists":false}})"));
  EXPECT_FALSE(fits(R"({"none":{"$exists":false}})"));
  EXPECT_FALSE(fits(R"({"nowhere":{"$exists":true}})"));
}

TEST(Where, groups_nest) {
  EXPECT_TRUE(fits(R"({"$or":[{"n":1},{"done":false,"n":5}]})"));
  EXPECT_FALSE(fits(R"({"$or":[{"n":1},{"done":true,"n":5}]})"));
  EXPECT_FALSE(fits(R"({"$and":[{"n":5},{"n":6}]})"));
  EXPECT_TRUE(fits(R"({"$not":{"$or":[{"n":1},{"n":{"$gt":5}}]}})"));
  EXPECT_FALSE(fits(R"({"n":5,"$not":{"n":5}})"));
  EXPECT_FALSE(fits(R"({"$or":[]})"));
  EXPECT_TRUE(fits(R"({"$and":[]})"));
}

TEST(Where, a_test_without_operators_always_holds) { EXPECT_TRUE(fits(R"({"nowhere":{}})")); }

TEST(Where, takes_records_that_are_no_objects) {
  EXPECT_FALSE(fits(R"({"n":5})", "5"));
  EXPECT_TRUE(fits(R"({"n":null})", "[]"));
}

// ---- errors

struct Wrong {
  std::string_view query, message, path;
};

TEST(Parse, names_the_place_of_what_is_wrong) {
  const std::vector<Wrong> cases = {
      {R"({"where":{"title":{"$foo":1}}})", "where.title: unknown operator $foo", "/where/title"},
      {R"({"where":{"title":{"$eq":1,"x":2}}})", "where.title: operators and member names mixed, at x",
       "/where/title"},
      {R"({"where":{"a.b":{"$in":1}}})", "where.a.b.$in: takes an array", "/where/a.b/$in"},
      {R"({"where":{"a":{"$gt":null}}})", "where.a.$gt: takes a number", "/where/a/$gt"},
      {R"({"where":{"a":{"$lte":[]}}})", "where.a.$lte: takes a number", "/where/a/$lte"},
      {R"({"where":{"a":{"$text":1}}})", "where.a.$text: takes a string", "/where/a/$text"},
      {R"({"where":{"a":{"$exists":1}}})", "where.a.$exists: takes true or false", "/where/a/$exists"},
      {R"({"where":{"$or":{"a":1}}})", "where.$or: takes an array", "/where/$or"},
      {R"({"where":{"$or":[{"a":1},2]}})", "where.$or.1: must be an object", "/where/$or/1"},
      {R"({"where":{"$nor":[]}})", "where.$nor: unknown", "/where/$nor"},
      {R"({"where":{"a..b":1}})", "where.a..b: a path is", "/where/a..b"},
      {R"({"where":{"":1}})", "where.: a path is", "/where/"},
      {R"({"where":{"a/b~":{"$not":1}}})", "where.a/b~: unknown operator $not", "/where/a~1b~0"},
      {R"({"where":{"a.__proto__":1}})", "where.a.__proto__: __proto__, constructor", "/where/a.__proto__"},
      {R"({"where":{"a.b.c.d.e.f.g.h.i":1}})", "where.a.b.c.d.e.f.g.h.i: a path of more than 8",
       "/where/a.b.c.d.e.f.g.h.i"},
      {R"({"where":[]})", "where: must be an object", "/where"},
      {R"({"orderBy":1})", "orderBy: must be a path", "/orderBy"},
      {R"({"orderBy":["a",{"desc":true}]})", "orderBy.1: must be a path", "/orderBy/1"},
      {R"({"orderBy":{"by":"a","desc":1}})", "orderBy.desc: takes true or false", "/orderBy/desc"},
      {R"({"orderBy":{"by":"a","dsc":true}})", "orderBy.dsc: unknown", "/orderBy/dsc"},
      {R"({"limit":-1})", "limit: takes a whole number", "/limit"},
      {R"({"limit":1.5})", "limit: takes a whole number", "/limit"},
      {R"({"limit":"9"})", "limit: takes a whole number", "/limit"},
      {R"({"after":1})", "after: takes the id", "/after"},
      {R"({"wher":{}})", "wher: unknown; a query has where", "/wher"},
      {"[]", "query: must be an object", ""},
      {"{", "not JSON at byte 1", ""},
  };
  for (const Wrong& wrong : cases) {
    const auto spec = parse(wrong.query);
    ASSERT_FALSE(spec) << wrong.query;
    EXPECT_EQ(spec.error().code, base::Code::invalid);
    EXPECT_TRUE(spec.error().message.starts_with(wrong.message)) << spec.error().message;
    EXPECT_EQ(spec.error().path, wrong.path);
  }
}

TEST(Parse, bounds_tests_and_paths) {
  const auto tests = [](int count) {
    std::string text = R"({"where":{"$or":[)";
    for (int i = 0; i < count; ++i) text += "{},";
    text.back() = ']';
    return text + "}}";
  };
  EXPECT_TRUE(parse(tests(999)));
  EXPECT_EQ(parse(tests(1000)).error().code, base::Code::too_large);
  const auto paths = [](int count) {
    std::string text = R"({"where":{)";
    for (int i = 0; i < count; ++i) text += "\"k" + std::to_string(i) + "\":1,";
    text.back() = '}';
    return text + "}";
  };
  EXPECT_TRUE(parse(paths(100)));
  EXPECT_EQ(parse(paths(101)).error().code, base::Code::too_large);
}

// ---- canonical text

std::string text_of(std::string_view query) {
  const auto text = canonical(query);
  return text ? *text : text.error().message;
}

TEST(Canonical, is_one_for_queries_that_mean_the_same) {
  EXPECT_EQ(text_of(R"({"limit":5,"where":{"b":1.0,"a":{"$eq":"x"}},"orderBy":"t"})"),
            text_of(R"({"orderBy":[{"by":"t","desc":false}],"where":{"a":"x","b":{"$eq":1}},"limit":5.0})"));
  EXPECT_EQ(text_of("{}"), text_of(R"({"where":{},"orderBy":[]})"));
  EXPECT_EQ(text_of("{}"), text_of(R"({"where":{"price":{}}})"));
  EXPECT_EQ(text_of(R"({"where":{"$not":{"a":1}}})"), text_of(R"({"where":{"$not":{"a":{"$eq":1}}}})"));
}

TEST(Canonical, differs_for_queries_that_differ) {
  const std::vector<std::string> texts = {
      text_of("{}"),
      text_of(R"({"where":{"a":1}})"),
      text_of(R"({"where":{"a":"1"}})"),
      text_of(R"({"where":{"$or":[]}})"),
      text_of(R"({"where":{"$or":[{}]}})"),
      text_of(R"({"orderBy":"a"})"),
      text_of(R"({"orderBy":{"by":"a","desc":true}})"),
      text_of(R"({"orderBy":{"by":"a","nocase":true}})"),
      text_of(R"({"orderBy":["a","b"]})"),
      text_of(R"({"orderBy":["b","a"]})"),
      text_of(R"({"limit":0})"),
      text_of(R"({"after":"a"})"),
  };
  for (std::size_t i = 0; i < texts.size(); ++i) {
    EXPECT_EQ(std::count(texts.begin(), texts.end(), texts[i]), 1) << texts[i];
    EXPECT_EQ(text_of(texts[i]), texts[i]);
  }
}

// ---- order

// Ids in the order of the query.
std::vector<std::string> sorted(std::string_view order,
                                const std::vector<std::pair<std::string, std::string>>& rows) {
  auto spec = parse("{\"orderBy\":" + std::string(order) + "}");
  Judge judge(*std::move(spec));
  std::vector<std::pair<std::string, std::string>> keyed;
  for (const auto& [id, json] : rows) {
    std::string key;
    judge.fits(id, json);
    judge.append_key(key);
    keyed.emplace_back(key, id);
  }
  std::sort(keyed.begin(), keyed.end());
  std::vector<std::string> ids;
  for (const auto& row : keyed) ids.push_back(row.second);
  return ids;
}

using Ids = std::vector<std::string>;

TEST(OrderBy, is_total_over_all_types) {
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"object", R"({"k":{"a":1}})"},
      {"array", R"({"k":[]})"},
      {"b", R"({"k":"b"})"},
      {"a0", R"({"k":"a\u0000"})"},
      {"a", R"({"k":"a"})"},
      {"empty", R"({"k":""})"},
      {"10", R"({"k":10})"},
      {"9", R"({"k":9})"},
      {"-1", R"({"k":-1})"},
      {"true", R"({"k":true})"},
      {"false", R"({"k":false})"},
      {"null", R"({"k":null})"},
      {"missing", "{}"},
      {"umlaut", R"({"k":"\u00e4"})"},
      {"B", R"({"k":"B"})"},
  };
  const Ids up = {"missing", "null", "false", "true", "-1",     "9",     "10",    "empty",
                  "B",       "a",    "a0",    "b",    "umlaut", "array", "object"};
  EXPECT_EQ(sorted(R"("k")", rows), up);
  Ids down(up.rbegin(), up.rend());
  std::swap(down[down.size() - 1], down[down.size() - 2]);
  EXPECT_EQ(sorted(R"({"by":"k","desc":true})", rows), down) << "equal rows go by id, upwards also here";
}

TEST(OrderBy, nocase_folds_and_the_next_order_breaks_ties) {
  const std::vector<std::pair<std::string, std::string>> rows = {{"1", R"({"k":"b","n":1})"},
                                                                 {"2", R"({"k":"A","n":1})"},
                                                                 {"3", R"({"k":"a","n":2})"},
                                                                 {"4", R"({"k":"B","n":2})"}};
  EXPECT_EQ(sorted(R"({"by":"k","nocase":true})", rows), (Ids{"2", "3", "1", "4"}));
  EXPECT_EQ(sorted(R"([{"by":"k","nocase":true},{"by":"n","desc":true}])", rows), (Ids{"3", "2", "4", "1"}));
  EXPECT_EQ(sorted(R"(["n","k"])", rows), (Ids{"2", "1", "4", "3"}));
  EXPECT_EQ(sorted(R"({"by":"id","desc":true})", rows), (Ids{"4", "3", "2", "1"}));
}

}  // namespace
}  // namespace rockpool::query
