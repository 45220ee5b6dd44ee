#include "core/gateway/baserow_world_test.h"

namespace rockpool::gateway {
namespace {

class BaserowAccounts : public testing::Test {
 protected:
  // Ben is in Ada's group; Eve is in nobody's but her own.
  BaserowAccounts() { baserow.join(ada, ada.group, ben); }
  std::string log_in(const std::string& name) {
    return baserow.ask(
        "POST", "user/token-auth/",
        R"({"email":")" + name + R"(@x.test","password":")" + Baserow::password_of(name) + R"("})", {});
  }
  std::string schedule(const BaserowSender& as) {
    return baserow.ask("POST", "user/schedule-account-deletion/", as);
  }
  static std::string told(const std::string& type, const std::string& user) {
    return R"({"type":")" + type + R"(","user":)" + user + "}";
  }

  Baserow baserow{R"(,"accountDeletionGraceSeconds":3)"};
  Baserow::Person ada = baserow.make_person("ada"), ben = baserow.make_person("ben"),
                  eve = baserow.make_person("eve");
  const std::string shown_ben = R"({"id":2,"username":"ben@x.test","first_name":"ben"})";
};

TEST_F(BaserowAccounts, are_changed_and_told_once_to_everybody_in_a_common_group) {
  baserow.join(ada, baserow.make_group(ada, "Lab"), ben);
  const auto own = baserow.socket(ben), other = baserow.socket(ben), of_ada = baserow.socket(ada),
             of_eve = baserow.socket(eve);
  const std::string id = baserow.web_socket_id(own);
  for (const auto one : {other, of_ada, of_eve}) baserow.heard(one);
  EXPECT_EQ(baserow.ask("PATCH", "user/account/", R"({"first_name":"Benjamin","language":"de"})",
                        {.token = ben.token, .web_socket_id = id}),
            R"(200 {"first_name":"Benjamin","language":"de"})");
  const Frames frames = {told("user_updated", R"({"id":2,"username":"ben@x.test","first_name":"Benjamin"})")};
  EXPECT_EQ(baserow.heard(of_ada), frames) << "once, for two groups";
  EXPECT_EQ(baserow.heard(other), frames);
  EXPECT_EQ(baserow.heard(own), Frames());
  EXPECT_EQ(baserow.heard(of_eve), Frames());
  for (const char* body : {R"({"first_name":""})", R"({"first_name":7})", R"({"language":null})", "[]"})
    EXPECT_EQ(Baserow::refusal(baserow.ask("PATCH", "user/account/", body, ben)),
              "400 ERROR_REQUEST_BODY_VALIDATION");
}

TEST_F(BaserowAccounts, that_are_to_be_deleted_are_closed_at_once) {
  const auto own = baserow.socket(ben), of_ada = baserow.socket(ada), of_eve = baserow.socket(eve);
  const std::string id = baserow.web_socket_id(own);
  baserow.heard(of_ada);
  baserow.heard(of_eve);
  EXPECT_EQ(schedule({.token = ben.token, .web_socket_id = id}), "204");
  EXPECT_EQ(baserow.heard(of_ada), Frames{told("user_deleted", shown_ben)});
  EXPECT_EQ(baserow.heard(own), Frames{told("user_deleted", shown_ben)}) << "nobody is left out";
  EXPECT_EQ(baserow.heard(of_eve), Frames());
  EXPECT_EQ(Baserow::refusal(baserow.ask("GET", "groups/", ben)), "401 ERROR_DEACTIVATED_USER");
  EXPECT_EQ(Baserow::refusal(baserow.ask("POST", "user/token-refresh/",
                                         R"({"refresh_token":")" + ben.refresh_token + R"("})", {})),
            "401 ERROR_DEACTIVATED_USER");
  EXPECT_NE(baserow.heard(baserow.socket(ben)).front().find(R"("success":false)"), std::string::npos);
  EXPECT_EQ(Baserow::member(baserow.ask("GET", "groups/", ada), "0.users.1.to_be_deleted"), "true");
}

TEST_F(BaserowAccounts, come_back_with_a_log_in) {
  schedule(ben);
  const auto of_ada = baserow.socket(ada);
  baserow.heard(of_ada);
  EXPECT_EQ(Baserow::refusal(baserow.ask("POST", "user/token-auth/",
                                         R"({"email":"ben@x.test","password":"another word"})", {})),
            "401 ERROR_INVALID_CREDENTIALS");
  EXPECT_EQ(baserow.heard(of_ada), Frames());
  EXPECT_EQ(Baserow::status(log_in("ben")), "200");
  EXPECT_EQ(baserow.heard(of_ada), Frames{told("user_restored", shown_ben)});
  baserow.world.wait(4000);
  EXPECT_EQ(Baserow::status(baserow.ask("GET", "groups/", ben)), "200") << "and are not deleted any more";
}

TEST_F(BaserowAccounts, come_back_once_when_two_log_in_together) {
  schedule(ben);
  const auto of_ada = baserow.socket(ada);
  baserow.heard(of_ada);
  const std::string body = R"({"email":"ben@x.test","password":")" + Baserow::password_of("ben") + R"("})";
  const std::vector<Baserow::Asked> all(2, {"POST", "user/token-auth/", body, {}});
  for (const auto carrier : baserow.send_together(all))
    EXPECT_EQ(Baserow::status(baserow.answer(carrier)), "200");
  EXPECT_EQ(baserow.heard(of_ada), Frames{told("user_restored", shown_ben)});
}

TEST_F(BaserowAccounts, go_when_their_grace_is_over) {
  schedule(ben);
  const auto of_ada = baserow.socket(ada), of_eve = baserow.socket(eve);
  baserow.heard(of_ada);
  baserow.heard(of_eve);
  baserow.world.wait(2999);
  EXPECT_EQ(baserow.heard(of_ada), Frames());
  ASSERT_TRUE(baserow.world.gateway->next_wake().has_value());
  EXPECT_LE(baserow.world.gateway->next_wake()->ms, baserow.world.now.ms + 1);
  baserow.world.wait(1);
  EXPECT_EQ(baserow.heard(of_ada), Frames{R"({"type":"user_permanently_deleted","user_id":2})"});
  EXPECT_EQ(baserow.heard(of_eve), Frames());
  EXPECT_EQ(Baserow::refusal(log_in("ben")), "401 ERROR_INVALID_CREDENTIALS");
  EXPECT_EQ(Baserow::refusal(baserow.ask("GET", "groups/", ben)), "401 ERROR_INVALID_ACCESS_TOKEN");
  EXPECT_EQ(Baserow::member(baserow.ask("GET", "groups/", ada), "0.users.1.id").find("none"), 0u);
  EXPECT_EQ(baserow.make_person("ben").id, "4") << "the email is free, the id is not";
}

TEST_F(BaserowAccounts, take_groups_along_that_nobody_else_is_admin_of) {
  baserow.join(ada, ada.group, eve, "ADMIN");
  const std::string lab = baserow.make_group(ada, "Lab");
  baserow.join(ada, lab, ben);
  schedule(ada);
  const auto of_ben = baserow.socket(ben);
  baserow.heard(of_ben);
  baserow.world.wait(3000);
  EXPECT_EQ(Baserow::types(baserow.heard(of_ben)),
            (std::vector<std::string>{"user_permanently_deleted", "before_group_deleted", "group_deleted"}));
  const std::string left = baserow.ask("GET", "groups/", ben);
  EXPECT_EQ(left.find("Lab"), std::string::npos) << left;
  EXPECT_NE(left.find("ada's group"), std::string::npos) << "which Eve is admin of";
}

TEST_F(BaserowAccounts, leave_nothing_of_such_groups) {
  const std::string table = baserow.make_table(eve, baserow.make_database(eve, "Stock"), "Parts");
  EXPECT_FALSE(baserow.world.stored("table_" + table).empty());
  EXPECT_TRUE(baserow.world.stored("$baserow").contains("table/" + table));
  schedule(eve);
  for (int i = 0; i < 10; ++i) baserow.world.wait(i == 0 ? 3000 : 100);
  EXPECT_TRUE(baserow.world.stored("table_" + table).empty()) << "no row";
  for (const auto& [record, data] : baserow.world.stored("$baserow")) {
    for (const char* kind : {"table/", "field/", "view/", "application/", "group/"})
      EXPECT_TRUE(record.find(kind) != 0 || (record == "group/1" || record == "group/2")) << record;
    EXPECT_EQ(data.find("eve"), std::string::npos) << record;
  }
}

TEST_F(BaserowAccounts, go_after_a_restart_as_well) {
  schedule(ben);
  baserow.restart();
  baserow.world.wait(3000);
  EXPECT_LE(baserow.world.gateway->next_wake()->ms, baserow.world.now.ms) << "the books have been read";
  baserow.world.wait(0);
  EXPECT_EQ(Baserow::refusal(log_in("ben")), "401 ERROR_INVALID_CREDENTIALS");
}

TEST_F(BaserowAccounts, close_the_sockets_of_who_is_gone) {
  const auto own = baserow.socket(ben);
  schedule(ben);
  EXPECT_EQ(baserow.state(own), "open");
  baserow.world.wait(3000);
  EXPECT_EQ(baserow.state(own), "1000 the account is gone");
}

}  // namespace
}  // namespace rockpool::gateway
