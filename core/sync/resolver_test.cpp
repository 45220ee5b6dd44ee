#include "core/sync/resolver.h"

#include <gtest/gtest.h>

#include "core/model/mutation.h"

namespace rockpool::sync {
namespace {

using What = Resolution::What;

Resolution resolve_with(Rule rule, std::string_view base, std::string_view mine, std::string_view theirs) {
  return resolve({base, mine, theirs}, {.standard = rule, .fields = {}});
}

TEST(Resolver, joins_edits_of_different_fields_at_any_depth) {
  const auto result = resolve_with(Rule::manual, R"({"a":1,"o":{"x":1,"y":1}})",
                                   R"({"a":2,"o":{"x":1,"y":2}})", R"({"a":1,"o":{"x":2,"y":1},"new":3})");
  EXPECT_EQ(result.what, What::push);
  EXPECT_EQ(result.merged, R"({"a":2,"o":{"x":2,"y":2},"new":3})");
  EXPECT_FALSE(result.clashed());
}

TEST(Resolver, equal_edits_are_no_clash) {
  EXPECT_EQ(resolve_with(Rule::manual, R"({"a":1})", R"({"a":2})", R"({"a":2,"b":1})").what,
            What::keep_theirs);
}

TEST(Resolver, removal_of_a_field_is_an_edit) {
  EXPECT_EQ(resolve_with(Rule::merge, R"({"a":1,"b":1})", R"({"b":1})", R"({"a":1,"b":2})").merged,
            R"({"b":2})");
  const auto clash = resolve_with(Rule::merge, R"({"a":1})", "{}", R"({"a":2})");
  EXPECT_EQ(clash.paths, std::vector<std::string>{"a"});
  EXPECT_EQ(clash.merged, "{}");
}

TEST(Resolver, a_clashing_field_goes_to_the_rule) {
  const std::string base = R"({"a":1,"b":1})", mine = R"({"a":2,"b":5})", theirs = R"({"a":3,"b":1})";
  EXPECT_EQ(resolve_with(Rule::merge, base, mine, theirs).merged, R"({"a":2,"b":5})");
  EXPECT_EQ(resolve_with(Rule::client, base, mine, theirs).merged, R"({"a":2,"b":5})");
  EXPECT_EQ(resolve_with(Rule::server, base, mine, theirs).merged, R"({"a":3,"b":5})");
  EXPECT_EQ(resolve_with(Rule::manual, base, mine, theirs).what, What::ask_user);
  EXPECT_EQ(resolve_with(Rule::function, base, mine, theirs).what, What::ask_app);
}

TEST(Resolver, the_longest_listed_path_decides) {
  const Policy policy{.standard = Rule::manual, .fields = {{"o", Rule::server}, {"o.x", Rule::client}}};
  const auto result =
      resolve({R"({"o":{"x":1,"y":1}})", R"({"o":{"x":2,"y":2}})", R"({"o":{"x":3,"y":3}})"}, policy);
  EXPECT_EQ(result.what, What::push);
  EXPECT_EQ(result.merged, R"({"o":{"x":2,"y":3}})");
}

TEST(Resolver, arrays_clash_as_a_whole_unless_they_are_sets) {
  const std::string base = R"({"l":[1,2]})", mine = R"({"l":[1,2,3]})", theirs = R"({"l":[2,4]})";
  EXPECT_EQ(resolve_with(Rule::merge, base, mine, theirs).merged, R"({"l":[1,2,3]})");
  const Policy sets{.standard = Rule::manual, .fields = {{"l", Rule::set}}};
  const auto result = resolve({base, mine, theirs}, sets);
  EXPECT_EQ(result.merged, R"({"l":[2,4,3]})");
  EXPECT_FALSE(result.clashed());
}

TEST(Resolver, deletion_wins_under_merge_on_either_side) {
  EXPECT_EQ(resolve_with(Rule::merge, R"({"a":1})", R"({"a":2})", "").what, What::keep_theirs);
  const auto mine = resolve_with(Rule::merge, R"({"a":1})", "", R"({"a":2})");
  EXPECT_EQ(mine.what, What::push);
  EXPECT_EQ(mine.merged, "");
}

TEST(Resolver, deletion_follows_the_side_the_policy_names) {
  EXPECT_EQ(resolve_with(Rule::client, R"({"a":1})", R"({"a":2})", "").merged, R"({"a":2})");
  EXPECT_EQ(resolve_with(Rule::server, R"({"a":1})", "", R"({"a":2})").what, What::keep_theirs);
  EXPECT_EQ(resolve_with(Rule::manual, R"({"a":1})", R"({"a":2})", "").what, What::ask_user);
  EXPECT_EQ(resolve_with(Rule::manual, R"({"a":1})", "", "").what, What::keep_theirs);
}

TEST(Resolver, two_creations_of_one_id_merge_their_fields) {
  EXPECT_EQ(resolve_with(Rule::merge, "", R"({"a":1})", R"({"b":2})").merged, R"({"b":2,"a":1})");
}

TEST(Resolver, a_difference_applied_gives_the_other_value) {
  const std::string before = R"({"a":1,"o":{"x":[1],"y~/":2},"gone":true})";
  const std::string after = R"({"a":1,"o":{"x":[1,2],"y~/":null,"z":3}})";
  model::Mutation patch;
  patch.op = model::Op::patch;
  patch.key = {"c", "i"};
  patch.data = difference(before, after);
  const auto result = model::apply(patch, before);
  ASSERT_TRUE(result.ok()) << result.error().message;
  EXPECT_EQ(*result, after);
}

TEST(Resolver, a_difference_without_nulls_fits_a_record_that_has_changed_since) {
  model::Mutation patch;
  patch.op = model::Op::patch;
  patch.key = {"c", "i"};
  patch.data = difference(R"({"a":1,"o":{"x":1},"gone":true})", R"({"a":2,"o":{"x":1,"y":{"z":1}}})");
  const auto result = model::apply(patch, R"({"b":1})");
  ASSERT_TRUE(result.ok()) << result.error().message;
  EXPECT_EQ(*result, R"({"b":1,"a":2,"o":{"y":{"z":1}}})");
}

}  // namespace
}  // namespace rockpool::sync
