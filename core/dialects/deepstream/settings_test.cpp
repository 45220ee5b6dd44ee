#include "core/dialects/deepstream/settings.h"

#include <gtest/gtest.h>

namespace rockpool::dialects::deepstream {
namespace {

std::string complaint(std::string_view text) {
  const auto settings = read_settings(text);
  return settings ? "" : settings.error().message;
}

TEST(Settings, without_any_accounts_may_log_in_and_nobody_need) {
  const auto settings = read_settings("{}");
  ASSERT_TRUE(settings.ok());
  EXPECT_EQ(settings->strategy, Settings::Strategy::users);
  EXPECT_TRUE(settings->anonymous);
  EXPECT_FALSE(settings->numeric);
  EXPECT_EQ(settings->request_ms, 20'000);
  EXPECT_EQ(settings->json_depth, 64u);
  EXPECT_EQ(settings->array_gap, 1024u);
}

TEST(Settings, are_read) {
  const auto settings = read_settings(R"({
    "auth": {"type": "webhook", "url": "https://app.example/auth", "okStatus": [200, 201], "timeout": 500,
             "anonymous": false, "authData": false},
    "clientData": {"mara": {"role": "editor"}},
    "errorEvents": "numeric", "requestTimeout": 1, "rpcAckTimeout": 2, "rpcResponseTimeout": 3,
    "jsonDepth": 4, "arrayGap": 0})");
  ASSERT_TRUE(settings.ok()) << settings.error().message;
  EXPECT_EQ(settings->strategy, Settings::Strategy::webhook);
  EXPECT_EQ(settings->webhook.ok, (std::vector<int>{200, 201}));
  EXPECT_EQ(settings->webhook.ms_max, 500);
  EXPECT_FALSE(settings->anonymous || settings->auth_data);
  EXPECT_EQ(settings->client_data.at("mara"), R"({"role":"editor"})");
  EXPECT_TRUE(settings->numeric);
  EXPECT_EQ(settings->request_ms + settings->rpc_accept_ms + settings->rpc_response_ms, 6);
  EXPECT_EQ(settings->json_depth, 4u);
  EXPECT_EQ(settings->array_gap, 0u);
}

TEST(Settings, mistakes_are_named_with_their_place) {
  EXPECT_EQ(complaint("[]"), ": give an object");
  EXPECT_EQ(complaint(R"({"x": 1})"), "x: is not known here; remove it");
  EXPECT_EQ(complaint(R"({"auth": {"kind": "open"}})"), "auth.kind: is not known here; remove it");
  EXPECT_EQ(complaint(R"({"auth": {"type": "none"}})"), "auth.type: is none of open, users, jwt and webhook");
  EXPECT_EQ(complaint(R"({"auth": {"type": "webhook"}})"),
            "auth.url: give the address that is asked, as in https://app.example/auth");
  EXPECT_EQ(complaint(R"({"auth": {"url": "https://a.example"}})"),
            "auth.url: is asked only where type is webhook");
  EXPECT_EQ(complaint(R"({"errorEvents": "words"})"), "errorEvents: is neither text nor numeric");
  EXPECT_EQ(complaint(R"({"requestTimeout": 0})"), "requestTimeout: give milliseconds from 1 to 3600000");
  EXPECT_EQ(complaint(R"({"jsonDepth": 3})"), "jsonDepth: give a number from 4 to 64");
  EXPECT_EQ(complaint(R"({"jsonDepth": 65})"), "jsonDepth: give a number from 4 to 64");
  EXPECT_EQ(complaint(R"({"arrayGap": 10001})"), "arrayGap: give a number from 0 to 10000");
  EXPECT_EQ(complaint(R"({"arrayGap": -1})"), "arrayGap: give a number from 0 to 10000");
  EXPECT_EQ(complaint(R"({"clientData": {"mara": 1}})"), "clientData.mara: give an object");
  EXPECT_EQ(complaint(R"({"permissions": {"records": {}}})"),
            "permissions.records: is no topic; there are record, event, rpc and presence");
  EXPECT_EQ(complaint(R"({"permissions": {"event": {"x/*": {"read": true}}}})"),
            "permissions.event.x/*.read: is nothing that can be done there");
  EXPECT_EQ(complaint(R"({"permissions": {"event": {"x": {"publish": {"group": []}}}}})"),
            "permissions.event.x.publish.group: is neither users nor roles");
  EXPECT_EQ(complaint(R"({"permissions": {"event": {"x": {"users": "mara"}}}})"),
            "permissions.event.x.users: give a list of texts");
}

class Allowed : public testing::Test {
 protected:
  void rules(std::string_view text) {
    const auto settings = read_settings(R"({"permissions":)" + std::string(text) + "}");
    ASSERT_TRUE(settings.ok()) << settings.error().message;
    permissions_ = settings->permissions;
  }
  bool may(Topic topic, Act act, std::string_view name, std::string_view user = "",
           std::vector<std::string> roles = {}) const {
    RuleRecords none;
    const model::Principal principal{.user = std::string(user), .roles = std::move(roles)};
    return permissions_.judge({.principal = principal, .name = user, .now = {}},
                              {.topic = topic, .act = act, .name = name}, none) == Answer::yes;
  }

  Permissions permissions_;
};

TEST_F(Allowed, without_rules_everything_is) {
  rules("{}");
  EXPECT_TRUE(may(Topic::record, Act::write, "x"));
  EXPECT_TRUE(may(Topic::presence, Act::allow, all_names));
}

TEST_F(Allowed, the_longest_pattern_that_fits_decides) {
  rules(R"({"record": {"*": {"write": false}, "desk/*": {"write": true}, "desk/7": {"write": false}}})");
  EXPECT_FALSE(may(Topic::record, Act::write, "chair"));
  EXPECT_TRUE(may(Topic::record, Act::write, "desk/8"));
  EXPECT_FALSE(may(Topic::record, Act::write, "desk/7"));
  EXPECT_TRUE(may(Topic::record, Act::read, "desk/7"));
}

TEST_F(Allowed, one_word_for_a_pattern_is_for_all_acts_of_its_topic_alone) {
  rules(R"({"record": {"denied/*": false}, "event": {"denied/*": false}, "rpc": {"denied/*": false}})");
  for (const Act act : {Act::create, Act::read, Act::write, Act::remove, Act::listen, Act::notify})
    EXPECT_FALSE(may(Topic::record, act, "denied/x"));
  EXPECT_FALSE(may(Topic::event, Act::publish, "denied/x"));
  EXPECT_FALSE(may(Topic::rpc, Act::provide, "denied/"));
  EXPECT_TRUE(may(Topic::rpc, Act::provide, "denied"));
  EXPECT_TRUE(may(Topic::presence, Act::allow, "denied/x"));
}

TEST_F(Allowed, users_and_roles_are_listed) {
  rules(R"({"record": {"*": {"write": {"users": ["mara"], "roles": ["editor"]}, "delete": {"users": []}}}})");
  EXPECT_TRUE(may(Topic::record, Act::write, "x", "mara"));
  EXPECT_TRUE(may(Topic::record, Act::write, "x", "", {"reader", "editor"}));
  EXPECT_FALSE(may(Topic::record, Act::write, "x", "otto", {"reader"}));
  EXPECT_FALSE(may(Topic::record, Act::write, "x"));
  EXPECT_FALSE(may(Topic::record, Act::remove, "x", "mara"));
}

TEST_F(Allowed, an_admin_is_held_back_by_nothing) {
  rules(R"({"record": {"*": false}})");
  RuleRecords none;
  const model::Principal admin{.admin = true, .roles = {}};
  const Deed deed{.topic = Topic::record, .act = Act::write, .name = "x"};
  EXPECT_EQ(permissions_.judge({.principal = admin, .name = "", .now = {}}, deed, none), Answer::yes);
}

}  // namespace
}  // namespace rockpool::dialects::deepstream
