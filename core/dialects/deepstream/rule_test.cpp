#include "core/dialects/deepstream/rule.h"

#include <gtest/gtest.h>

#include "core/base/prng.h"
#include "core/dialects/deepstream/rule_name.h"
#include "core/dialects/deepstream/rule_run.h"

namespace rockpool::dialects::deepstream {
namespace {

const std::vector<std::string> variables = {"$id", "$other"};

// What a rule says of this user, data and old data; "?" before what is wrong.
std::string says(const std::string& text) {
  static const auto user = *model::read(
      R"({"isAuthenticated":true,"id":"ada","data":{"role":"admin","age":30,"tags":["a","b"]}})");
  static const auto data = *model::read(R"({"n":5,"t":"Text ünï","none":null,"l":[1,"2",true],"o":{"x":1}})");
  static const auto old_data = *model::read(R"({"n":4,"owner":"ada"})");
  const auto rule = Rule::read(text, variables);
  if (!rule) return "?" + rule.error().message;
  RuleRecords records;
  records.give("there", *model::read(R"({"owner":"ada","next":"other"})"));
  records.give("missing", std::nullopt);
  const auto result = rule->run({.user = &user,
                                 .data = &data,
                                 .old_data = &old_data,
                                 .now_ms = 1000,
                                 .action = 18,
                                 .name = "item/7/x",
                                 .variables = {"7", "x"}},
                                records);
  if (records.wants_any()) return "wants " + records.take_wanted().front();
  return !result ? "?" + result.error().message : *result ? "yes" : "no";
}

TEST(Rule, knows_its_variables) {
  for (const char* rule :
       {"user.id === 'ada'", "user.isAuthenticated", "user.data.role == \"admin\"", "user.data['age'] >= 30",
        "$id === '7' && $other === 'x'", "name === 'item/7/x'", "action === 18", "now === 1000",
        "data.n > oldData.n", "oldData.owner === user.id", "data.l[1] === '2'", "data.t.length === 8",
        "data.l.length === 3", "data.none === null", "data.gone === undefined", "data['o']['x'] === 1"})
    EXPECT_EQ(says(rule), "yes") << rule;
}

TEST(Rule, reckons_as_javascript_does) {
  for (const char* rule : {"1 + 2 * 3 === 7",
                           "(1 + 2) * 3 === 9",
                           "7 % 4 === 3",
                           "-2 < -1",
                           "10 / 4 === 2.5",
                           ".5 + .5 === 1",
                           "1e3 === 1000",
                           "'a' + 1 === 'a1'",
                           "1 + '1' === '11'",
                           "'3' * '4' === 12",
                           "'10' > 9",
                           "'10' < '9'",
                           "null + 1 === 1",
                           "true + 1 === 2",
                           "!('x' - 1 === 'x' - 1)",
                           "'5' == 5",
                           "'5' !== 5",
                           "null == undefined",
                           "null !== undefined",
                           "'' == 0",
                           "!(null == 0)",
                           "!(undefined < 1)",
                           "!(undefined >= 1)",
                           "!!'0'",
                           "!''",
                           "!0",
                           "!null",
                           "typeof data.n === 'number'",
                           "typeof data === 'object'",
                           "typeof data.gone === 'undefined'",
                           "typeof null === 'object'",
                           "1 ? true : false",
                           "false ? false : null ? false : true",
                           "null ?? true",
                           "!(0 ?? true)",
                           "data.gone?.x.y === undefined",
                           "user?.data.role === 'admin'",
                           "false || true && true",
                           "'x' in data.o",
                           "!('y' in data.o)",
                           "0 in data.l",
                           "+'3' === 3",
                           "0.1 + 0.2 !== 0.3",
                           "1 / 0 > 1000",
                           "'a' < 'b'",
                           "'\\u00fc\\n'.length === 2"})
    EXPECT_EQ(says(rule), "yes") << rule;
}

TEST(Rule, has_the_functions_of_the_original) {
  for (const char* rule :
       {"data.t.startsWith('Text')", "data.t.endsWith('ï')", "data.t.includes('xt ü')",
        "data.t.indexOf('n') === 6", "data.t.indexOf('?') === -1", "data.t.toUpperCase().startsWith('TEXT')",
        "'ABC'.toLowerCase() === 'abc'", "' a '.trim() === 'a'", "'4111'.match(/^4[0-9]{3}(?:[0-9]{3})?$/)",
        "!'4111'.match(/^5/)", "'a/b'.match(/^[/a-b]+$/)", "user.data.tags.includes('b')",
        "['admin', 'owner'].indexOf(user.data.role) !== -1", "data.l.indexOf(1) === 0", "[].length === 0",
        "'abc'.match('b')", "'abc'[1] === 'b'"})
    EXPECT_EQ(says(rule), "yes") << rule;
}

TEST(Rule, what_is_not_true_is_no) {
  for (const char* rule :
       {"false", "0", "''", "null", "undefined", "data.gone", "data.none", "'a'.match(/b/)"})
    EXPECT_EQ(says(rule), "no") << rule;
}

TEST(Rule, asks_for_records_that_nobody_has_given_yet) {
  EXPECT_EQ(says("_('there').owner === user.id"), "yes");
  EXPECT_EQ(says("_('missing') === null"), "yes");
  EXPECT_EQ(says("_(_('there').next).x"), "wants other");
  EXPECT_EQ(says("_('user/' + $id) !== null"), "wants user/7");
  EXPECT_EQ(says("_('user/' + data.gone) === undefined"), "yes");
  EXPECT_EQ(says("true || _('far')"), "yes");
}

TEST(Rule, what_cannot_be_told_says_why) {
  EXPECT_EQ(says("data.gone.x"), "?there is no 'x' of undefined");
  EXPECT_EQ(says("data.none.x === 1"), "?there is no 'x' of null");
  EXPECT_EQ(says("_('missing').x"), "?there is no 'x' of null");
  EXPECT_EQ(says("data.n.startsWith('5')"), "?a function is asked of something that has none such");
  EXPECT_EQ(says("data + 1"), "?objects and arrays cannot be added");
  EXPECT_EQ(says("_(5)"), "?_() wants a record's name");
  EXPECT_EQ(says("'x' in 5"), "?'in' asks objects and arrays");
  EXPECT_EQ(says("'a'.match('(')"), "?the pattern has a ( without its )");
}

TEST(Rule, no_object_has_more_than_its_own_members) {
  EXPECT_EQ(says("data.constructor === undefined && data['__proto__'] === undefined"), "yes");
  EXPECT_EQ(says("'toString' in data"), "no");
}

TEST(Rule, what_is_no_rule_is_named_with_its_place) {
  EXPECT_EQ(says(""), "?at byte 0: something is missing");
  EXPECT_EQ(says("user.id =="), "?at byte 10: something is missing");
  EXPECT_EQ(says("user.id = 'x'"), "?at byte 8: '=' is not understood here");
  EXPECT_EQ(says("process.exit()"), "?at byte 0: 'process' is not understood here");
  EXPECT_EQ(says("$gone === 1"), "?at byte 0: '$gone' is not understood here");
  EXPECT_EQ(says("data.t.replace('a', 'b')"), "?at byte 7: the function 'replace' is not supported");
  EXPECT_EQ(says("user()"), "?at byte 4: this is no function");
  EXPECT_EQ(says("new Date()"), "?at byte 0: 'new' is not understood here");
  EXPECT_EQ(says("'a"), "?at byte 2: a text has no end");
  EXPECT_EQ(says("(1"), "?at byte 2: a ')' is missing");
  EXPECT_EQ(says("1 ? 2"), "?at byte 5: a ':' is missing");
  EXPECT_EQ(says("2 ** 3"), "?at byte 2: this operator is not supported");
  EXPECT_EQ(says("0x10"), "?at byte 1: this is no decimal number");
  EXPECT_EQ(says("data.n++"), "?at byte 8: something is missing");
  EXPECT_EQ(says("'a'.match(/a/i)"), "?at byte 13: flags of regular expressions are not supported");
  EXPECT_EQ(says("'a'.match(/(/)"), "?at byte 12: the pattern has a ( without its )");
}

TEST(Rule, is_bounded) {
  std::string nested(31, '(');
  nested += '1';
  nested.append(31, ')');
  EXPECT_EQ(says(nested), "yes");
  EXPECT_NE(says(std::string(3000, '(')).find("nested more than 32 deep"), std::string::npos);
  EXPECT_NE(says(std::string(3000, '!')).find("nested more than 32 deep"), std::string::npos);
  EXPECT_EQ(says(std::string(4097, ' ')), "?a rule has at most 4096 bytes");
  std::string many = "1";
  for (int i = 0; i < 1000; ++i) many += "+1";
  EXPECT_NE(says(many).find("the rule is too large"), std::string::npos);
}

TEST(Rule, whatever_it_is_made_of_it_is_read_or_refused_and_ends) {
  constexpr std::string_view pieces[] = {
      "user", ".data", ".id",        "?.x",         "[",       "]",    "(",  ")",   "data", "oldData",
      "_(",   "$id",   "'a'",        "1",           "+",       " - ",  "*",  "%",   "!",    "&&",
      "||",   "??",    "?",          ":",           ",",       "===",  "<",  "in ", ".l",   "typeof ",
      "now",  "null",  ".includes(", ".match(/a/)", ".trim()", "name", "\\", "'",   "/"};
  base::Prng prng(7);
  int ran = 0;
  for (int i = 0; i < 50'000; ++i) {
    std::string text;
    for (std::uint64_t left = 1 + prng.below(12); left > 0; --left)
      text += pieces[prng.below(std::size(pieces))];
    const std::string result = says(text);
    ran += result.starts_with("?at byte") ? 0 : 1;
    ASSERT_FALSE(result.empty()) << text;
  }
  EXPECT_GT(ran, 500);
}

// ---- names

std::string captured(const std::string& pattern, const std::string& name) {
  const auto read = RuleName::read(pattern);
  if (!read) return read.error().message;
  if (!read->matches(name)) return "no";
  std::string all;
  for (const std::string_view one : read->capture(name)) all.append(all.empty() ? "" : ",").append(one);
  return all;
}

TEST(RuleName, variables_stand_for_text_without_a_slash) {
  EXPECT_EQ(captured("user/$id", "user/ada"), "ada");
  EXPECT_EQ(captured("user/$id", "user/"), "no");
  EXPECT_EQ(captured("user/$id", "user/a/b"), "no");
  EXPECT_EQ(captured("$a-$b", "x-y-z"), "x-y,z");
  EXPECT_EQ(captured("*/$last", "a/b/c"), "c");
  EXPECT_EQ(captured("$first*", "abc/d"), "abc");
  EXPECT_EQ(captured("a/$x/c/*", "a/b/c/d/e"), "b");
  EXPECT_EQ(captured("a/$x/c", "a/b/d"), "no");
  EXPECT_EQ(captured("$ü", "x"), "has a $ without a variable's name: letters and digits");
}

TEST(RuleName, no_name_takes_long) {
  const auto read = RuleName::read("*a*a*a*a*a*a*a*a*a*a$x/b");
  ASSERT_TRUE(read.ok());
  EXPECT_FALSE(read->matches(std::string(4096, 'a')));
  std::string long_name(1 << 20, 'a');
  long_name += "/b";
  EXPECT_FALSE(read->matches(long_name));
}

TEST(RuleName, more_text_decides_first_and_then_fewer_stars) {
  const auto of = [](std::string_view pattern) { return *RuleName::read(pattern); };
  EXPECT_TRUE(of("user/ada").decides_before(of("user/$id")));
  EXPECT_TRUE(of("user/$id").decides_before(of("user/*")));
  EXPECT_TRUE(of("user/*").decides_before(of("*")));
  EXPECT_FALSE(of("user/$a").decides_before(of("user/$b")));
}

}  // namespace
}  // namespace rockpool::dialects::deepstream
