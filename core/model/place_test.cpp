#include "core/model/place.h"

#include <gtest/gtest.h>

namespace rockpool::model {
namespace {

Mutation place(const std::string& steps, const std::string& data) {
  return {.key = {"desk", "1"}, .op = Op::place, .path = steps, .data = data};
}
Mutation erase(const std::string& steps) {
  return {.key = {"desk", "1"}, .op = Op::erase, .path = steps, .data = {}};
}
std::string made(const Mutation& mutation, const std::string& before) {
  EXPECT_TRUE(check_place(mutation).ok());
  const auto after = apply_place(mutation, before);
  return after ? *after : "failed: " + after.error().message;
}
base::Code refused(const Mutation& mutation, const std::string& before) {
  const auto after = apply_place(mutation, before);
  EXPECT_FALSE(after.ok()) << *after;
  return after ? base::Code::internal : after.error().code;
}

TEST(Place, makes_what_is_missing_on_the_way) {
  EXPECT_EQ(made(place(R"(["a","b"])", "1"), ""), R"({"a":{"b":1}})");
  EXPECT_EQ(made(place(R"(["l",2])", "1"), "{}"), R"({"l":[null,null,1]})");
  EXPECT_EQ(made(place(R"(["l",1,2])", "1"), "{}"), R"({"l":[null,[null,null,1]]})");
  EXPECT_EQ(made(place(R"(["l",0,"x"])", "1"), "{}"), R"({"l":[{"x":1}]})");
}

TEST(Place, changes_nothing_else) {
  EXPECT_EQ(made(place(R"(["a","b"])", "[2]"), R"({"x":1,"a":{"b":{"c":1},"d":5}})"),
            R"({"x":1,"a":{"b":[2],"d":5}})");
}

TEST(Place, replaces_scalars_and_null_in_the_way) {
  EXPECT_EQ(made(place(R"(["a","b"])", "1"), R"({"a":null})"), R"({"a":{"b":1}})");
  EXPECT_EQ(made(place(R"(["a",0])", "1"), R"({"a":"text"})"), R"({"a":[1]})");
  EXPECT_EQ(made(place(R"(["a"])", "null"), R"({"a":1})"), R"({"a":null})");
}

TEST(Place, a_name_of_digits_is_an_index_where_an_array_stands) {
  EXPECT_EQ(made(place(R"(["x","0"])", "1"), "{}"), R"({"x":{"0":1}})");
  EXPECT_EQ(made(place(R"(["x","0"])", "1"), R"({"x":[5]})"), R"({"x":[1]})");
  EXPECT_EQ(made(place(R"(["x",0])", "1"), R"({"x":{}})"), R"({"x":{"0":1}})");
  EXPECT_EQ(made(place("[1]", "1"), "[5]"), "[5,1]");
}

TEST(Place, refuses_places_that_cannot_be) {
  EXPECT_EQ(refused(place(R"(["l","x"])", "1"), R"({"l":[]})"), base::Code::invalid);
  EXPECT_EQ(refused(place(R"(["l","-1"])", "1"), R"({"l":[]})"), base::Code::invalid);
  EXPECT_EQ(refused(place("[0]", "1"), "{}"), base::Code::invalid);
  EXPECT_EQ(refused(place(R"(["a",1025])", "1"), "{}"), base::Code::invalid);
  EXPECT_TRUE(apply_place(place(R"(["a",1024])", "1"), "{}").ok());
  EXPECT_TRUE(apply_place(place(R"(["a",3])", "1"), R"({"a":[0,1]})", 1).ok());
  EXPECT_FALSE(apply_place(place(R"(["a",4])", "1"), R"({"a":[0,1]})", 1).ok());
  for (const char* steps : {"", "[]", "{}", "[true]", "[-1]", "[1.5]", R"(["__proto__"])",
                            R"(["a","constructor"])", R"(["prototype"])", "[\"a\""}) {
    EXPECT_FALSE(check_place(place(steps, "1")).ok()) << steps;
    EXPECT_EQ(refused(place(steps, "1"), "{}"), base::Code::invalid) << steps;
  }
}

TEST(Place, takes_64_steps_and_not_65) {
  std::string steps = R"(["a")";
  for (int i = 1; i < 63; ++i) steps += R"(,"a")";
  EXPECT_TRUE(apply_place(place(steps + "]", "1"), "{}").ok());
  steps += R"(,"a","a")";
  EXPECT_FALSE(apply_place(place(steps + "]", "1"), "{}").ok());
}

TEST(Place, a_record_stays_below_its_limits) {
  const std::string large = '"' + std::string((1 << 20) - 10, 'x') + '"';
  EXPECT_EQ(refused(place(R"(["a"])", large), R"({"b":12345678})"), base::Code::too_large);
}

TEST(Place, erases_members_and_empties_elements) {
  EXPECT_EQ(made(erase(R"(["a","b"])"), R"({"a":{"b":1,"c":2}})"), R"({"a":{"c":2}})");
  EXPECT_EQ(made(erase(R"(["l",0])"), R"({"l":[1,2]})"), R"({"l":[null,2]})");
  EXPECT_EQ(made(erase(R"(["x"])"), R"({"a":1})"), R"({"a":1})");
  EXPECT_FALSE(check_place({.key = {"desk", "1"}, .op = Op::erase, .path = R"(["a"])", .data = "1"}).ok());
}

TEST(Place, tells_what_stands_there) {
  EXPECT_EQ(at_place(R"({"a":[1,{"b":"x"}]})", R"(["a",1,"b"])"), R"("x")");
  EXPECT_EQ(at_place(R"({"a":[1]})", R"(["a","0"])"), "1");
  EXPECT_EQ(at_place(R"({"a":[1]})", R"(["a",1])"), "");
  EXPECT_EQ(at_place(R"({"a":1})", R"(["a","b"])"), "");
}

TEST(Place, writes_its_steps) {
  const Step steps[] = {std::string("a\"b"), std::uint64_t{3}, std::string("4")};
  EXPECT_EQ(write_steps(steps), R"(["a\"b",3,"4"])");
}

}  // namespace
}  // namespace rockpool::model
