// Settings, expressions, and what is kept beside a record.
#include <gtest/gtest.h>

#include "core/dialects/rested/jsonata.h"
#include "core/dialects/rested/requests.h"
#include "core/dialects/rested/resources.h"
#include "core/dialects/rested/settings.h"

namespace rockpool::dialects::rested {
namespace {

TEST(RestedSettings, have_their_usual_values_and_say_what_is_wrong) {
  const auto usual = read_settings("{}");
  ASSERT_TRUE(usual.ok());
  EXPECT_EQ(usual->admin_token, "");
  EXPECT_EQ(usual->log_ms, 600'000);
  EXPECT_EQ(usual->log_events, 10'000u);
  EXPECT_EQ(usual->log_bytes, 256u << 20);
  const auto said = read_settings(R"({"adminToken":"x","logSeconds":1,"logEvents":2,"logBytes":3})");
  ASSERT_TRUE(said.ok());
  EXPECT_EQ(said->admin_token, "x");
  EXPECT_EQ(said->log_ms, 1000);
  EXPECT_EQ(said->log_events, 2u);
  EXPECT_EQ(said->log_bytes, 3u);
  for (const char* text :
       {"[]", R"({"adminToken":""})", R"({"adminToken":7})", R"({"logSeconds":0})", R"({"logSeconds":86401})",
        R"({"logEvents":1000001})", R"({"logBytes":0})", R"({"adminTokens":"x"})"}) {
    const auto wrong = read_settings(text);
    ASSERT_FALSE(wrong.ok()) << text;
    EXPECT_EQ(wrong.error().code, base::Code::usage);
  }
  EXPECT_EQ(read_settings(R"({"adminToken":[]})").error().message, "adminToken: give a text");
}

bool fits(const std::string& expression, const std::string& json) {
  const auto read = read_expression(expression);
  EXPECT_TRUE(read) << expression;
  return read && fits(*read, *model::read(json));
}

TEST(RestedExpressions, compare_what_a_path_leads_to) {
  EXPECT_TRUE(fits("$", "1"));
  EXPECT_TRUE(fits(R"($[a="x"])", R"({"a":"x"})"));
  EXPECT_TRUE(fits(R"( $ [ a . b = 7 ] )", R"({"a":{"b":7.0}})"));
  EXPECT_TRUE(fits(R"($[`a b`='it\'s'])", R"({"a b":"it's"})"));
  EXPECT_TRUE(fits(R"($[a='say "x"'])", R"({"a":"say \"x\""})"));
  EXPECT_TRUE(fits(R"($[a="ü\n"])", R"({"a":"ü\n"})"));
  EXPECT_TRUE(fits("$[a=true]", R"({"a":true})"));
  EXPECT_TRUE(fits("$[a=null]", R"({"a":null})"));
  EXPECT_FALSE(fits("$[a=null]", "{}")) << "what is not there is equal to nothing";
  EXPECT_FALSE(fits("$[a=7]", R"({"a":"7"})"));
  EXPECT_FALSE(fits(R"($[a="x"])", "7"));
}

TEST(RestedExpressions, arrays_on_the_way_are_gone_through) {
  EXPECT_TRUE(fits("$[a.b=7]", R"({"a":[{"b":7},{"c":1}]})"));
  EXPECT_FALSE(fits("$[a.b=7]", R"({"a":[{"b":7},{"b":7}]})")) << "two things are not one";
  EXPECT_TRUE(fits("$[a=7]", R"({"a":[7]})"));
}

TEST(RestedExpressions, of_other_forms_are_not_taken) {
  for (const char* text :
       {"", "a", "$.a", "$[a]", "$[a=]", "$[a=b]", "$[a='x]", "$[a=7", "$[a=7]]", "$[``=1]", "$[a..b=1]",
        "$[a={}]", "$[a=1 or b=2]", "$counts($)", "$count($[a=1])"})
    EXPECT_FALSE(read_expression(text)) << text;
  EXPECT_FALSE(read_expression("$[a='" + std::string(5000, 'x') + "']"));
}

TEST(RestedRecords, what_others_keep_beside_them_stays) {
  const std::string meta = R"({"jsonpad":{"x":1},"rested":{"owner":"o"},"file":"f"})";
  Beside beside = read_beside(meta);
  EXPECT_EQ(beside.owner, "o");
  beside.password = "hash";
  EXPECT_EQ(write_beside(meta, beside),
            R"({"jsonpad":{"x":1},"rested":{"owner":"o","password":"hash"},"file":"f"})");
  EXPECT_EQ(write_beside(meta, {}), R"({"jsonpad":{"x":1},"file":"f"})");
  EXPECT_EQ(write_beside("", {}), "");
  EXPECT_EQ(write_beside("no json", {.is_text = true}), R"({"rested":{"text":true}})");
  EXPECT_TRUE(has_file(meta));
  EXPECT_FALSE(has_file(without_file(meta)));
  EXPECT_FALSE(has_file(R"({"rested":{"owner":"file"}})"));
  EXPECT_EQ(read_beside("7"), Beside());
}

TEST(RestedProjects, are_read_as_they_were_stored) {
  Project project{.id = "p",
                  .name = "a \"project\"",
                  .api_key = "k",
                  .master_key = "m",
                  .origins = {"https://a.test", "https://b.test"},
                  .needs_origin = true,
                  .token_seconds = 7,
                  .secret = "s",
                  .revision = 3};
  const auto read = read_project("p", stored_text(project));
  ASSERT_TRUE(read);
  EXPECT_EQ(stored_text(*read), stored_text(project));
  EXPECT_EQ(read->origins, project.origins);
  EXPECT_FALSE(read_project("p", "[]"));
  Endpoint endpoint{.id = "e", .project = "p", .name = "n", .description = "d", .collection = "c"};
  endpoint.delete_by_others = endpoint.authentication = true;
  const auto again = read_endpoint("p", "c", stored_text(endpoint));
  ASSERT_TRUE(again);
  EXPECT_EQ(shown_text(*again), shown_text(endpoint));
  EXPECT_FALSE(read_endpoint("p", "c", "{}"));
}

TEST(RestedRequests, tags_and_secrets_are_compared_whole) {
  EXPECT_TRUE(names_tag("W/\"1\", \"2\"", "\"2\""));
  EXPECT_TRUE(names_tag("W/\"1\"", "\"1\""));
  EXPECT_TRUE(names_tag("*", "\"1\""));
  EXPECT_FALSE(names_tag("\"12\"", "\"1\""));
  EXPECT_FALSE(names_tag("", "\"1\""));
  EXPECT_TRUE(is_same_secret("abc", "abc"));
  for (const char* given : {"", "ab", "abcd", "abd", "abcabc"})
    EXPECT_FALSE(is_same_secret(given, "abc")) << given;
  EXPECT_FALSE(is_same_secret("", "")) << "no key opens nothing";
}

TEST(RestedRequests, the_token_is_in_one_cookie_of_many) {
  const auto cookie = [](const wire::Headers& headers) {
    return read_request({.head = {.method = "GET", .path = "/", .query = {}, .headers = headers}, .peer = {}})
        .cookie;
  };
  EXPECT_EQ(cookie({{"cookie", "a=b;__Secure-rested-access-token=t; c=d"}}), "t");
  EXPECT_EQ(cookie({{"Cookie", "a=b"}, {"Cookie", " __Secure-rested-access-token = t.u.v "}}), "t.u.v");
  EXPECT_EQ(cookie({{"Cookie", "x__Secure-rested-access-token=t; other"}}), "");
}

}  // namespace
}  // namespace rockpool::dialects::rested
