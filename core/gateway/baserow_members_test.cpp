#include "core/gateway/baserow_world_test.h"

namespace rockpool::gateway {
namespace {

class BaserowMembers : public testing::Test {
 protected:
  std::string invite(const std::string& body, const BaserowSender& as) {
    return baserow.ask("POST", "groups/invitations/group/" + ada.group + "/", body, as);
  }
  static std::string invitation(const std::string& email, const std::string& more = "") {
    return R"({"email":")" + email + R"(","permissions":"MEMBER","base_url":"https://a.test")" + more + "}";
  }
  std::string patch(const std::string& id, const std::string& permissions, const BaserowSender& as) {
    return baserow.ask("PATCH", "groups/users/" + id + "/", R"({"permissions":")" + permissions + R"("})",
                       as);
  }
  std::string remove(const std::string& id, const BaserowSender& as) {
    return baserow.ask("DELETE", "groups/users/" + id + "/", as);
  }
  static std::string shown(const std::string& permissions) {
    return R"({"id":4,"name":"ben","email":"ben@x.test","group":1,"permissions":")" + permissions +
           R"(","created_on":"2023-11-14T22:13:20.000000Z","user_id":2,"to_be_deleted":false})";
  }

  Baserow baserow;
  Baserow::Person ada = baserow.make_person("ada"), ben = baserow.make_person("ben"),
                  eve = baserow.make_person("eve");
};

TEST_F(BaserowMembers, are_invited_by_admins) {
  EXPECT_EQ(invite(invitation("Ben@x.test", R"(,"message":"come")"), ada),
            R"(200 {"id":1,"group":1,"email":"ben@x.test","permissions":"MEMBER","message":"come",)"
            R"("created_on":"2023-11-14T22:13:20.000000Z"})");
  EXPECT_EQ(baserow.ask("GET", "user/dashboard/", ben),
            R"(200 {"group_invitations":[{"id":1,"invited_by":"ada","group":"ada's group",)"
            R"("email":"ben@x.test","message":"come","created_on":"2023-11-14T22:13:20.000000Z",)"
            R"("email_exists":true}]})");
  EXPECT_EQ(baserow.ask("GET", "user/dashboard/", eve), R"(200 {"group_invitations":[]})");
  EXPECT_EQ(Baserow::member(invite(invitation("ben@x.test"), ada), "id"), "1") << "the same, asked anew";
  EXPECT_EQ(Baserow::member(invite(invitation("new@x.test"), ada), "id"), "2") << "who has no account yet";
}

TEST_F(BaserowMembers, are_invited_by_nobody_else) {
  EXPECT_EQ(Baserow::refusal(invite(invitation("eve@x.test"), ben)), "400 ERROR_USER_NOT_IN_GROUP");
  baserow.join(ada, ada.group, ben);
  EXPECT_EQ(Baserow::refusal(invite(invitation("eve@x.test"), ben)),
            "400 ERROR_USER_INVALID_GROUP_PERMISSIONS");
  EXPECT_EQ(Baserow::refusal(invite(invitation("ben@x.test"), ada)), "400 ERROR_GROUP_USER_ALREADY_EXISTS");
  for (const char* body : {"{}", R"({"email":"x","permissions":"MEMBER","base_url":"https://a.test"})",
                           R"({"email":"eve@x.test","permissions":"ALL","base_url":"https://a.test"})",
                           R"({"email":"eve@x.test","permissions":"ADMIN"})"})
    EXPECT_EQ(Baserow::refusal(invite(body, ada)), "400 ERROR_REQUEST_BODY_VALIDATION") << body;
  EXPECT_EQ(
      Baserow::refusal(baserow.ask("POST", "groups/invitations/group/99/", invitation("eve@x.test"), ada)),
      "404 ERROR_GROUP_DOES_NOT_EXIST");
}

TEST_F(BaserowMembers, accept_and_everybody_is_told) {
  const std::string id = Baserow::member(invite(invitation("ben@x.test"), ada), "id");
  const auto of_ada = baserow.socket(ada), of_ben = baserow.socket(ben), other = baserow.socket(ben),
             of_eve = baserow.socket(eve);
  const std::string own = baserow.web_socket_id(of_ben);
  for (const auto one : {of_ada, other, of_eve}) baserow.heard(one);
  const auto accept = [&](const BaserowSender& as) {
    return baserow.ask("POST", "groups/invitations/" + id + "/accept/", as);
  };
  EXPECT_EQ(Baserow::refusal(accept(eve)), "400 ERROR_GROUP_INVITATION_EMAIL_MISMATCH");
  const std::string joined = accept({.token = ben.token, .web_socket_id = own});
  EXPECT_EQ(Baserow::status(joined), "200");
  EXPECT_EQ(Baserow::member(joined, "users.1"), shown("MEMBER"));
  EXPECT_EQ(Baserow::member(joined, "order"), "2");
  const Frames added = {R"({"type":"group_user_added","id":4,"group_id":1,"group_user":)" + shown("MEMBER") +
                        "}"};
  EXPECT_EQ(baserow.heard(of_ada), added);
  EXPECT_EQ(baserow.heard(other), added);
  EXPECT_EQ(baserow.heard(of_ben), Frames());
  EXPECT_EQ(baserow.heard(of_eve), Frames());
  EXPECT_EQ(Baserow::refusal(accept(ben)), "404 ERROR_GROUP_INVITATION_DOES_NOT_EXIST");
}

TEST_F(BaserowMembers, may_say_no) {
  const std::string id = Baserow::member(invite(invitation("ben@x.test"), ada), "id");
  const auto reject = [&](const BaserowSender& as) {
    return baserow.ask("POST", "groups/invitations/" + id + "/reject/", as);
  };
  EXPECT_EQ(Baserow::refusal(reject(eve)), "400 ERROR_GROUP_INVITATION_EMAIL_MISMATCH");
  EXPECT_EQ(reject(ben), "204");
  EXPECT_EQ(Baserow::refusal(reject(ben)), "404 ERROR_GROUP_INVITATION_DOES_NOT_EXIST");
  EXPECT_EQ(Baserow::refusal(baserow.ask("PATCH", "groups/" + ada.group + "/", R"({"name":"x"})", ben)),
            "400 ERROR_USER_NOT_IN_GROUP");
}

TEST_F(BaserowMembers, are_not_invited_any_more_when_the_group_is_deleted) {
  const std::string id = Baserow::member(invite(invitation("ben@x.test"), ada), "id");
  baserow.ask("DELETE", "groups/" + ada.group + "/", ada);
  EXPECT_EQ(baserow.ask("GET", "user/dashboard/", ben), R"(200 {"group_invitations":[]})");
  EXPECT_EQ(Baserow::refusal(baserow.ask("POST", "groups/invitations/" + id + "/accept/", ben)),
            "404 ERROR_GROUP_INVITATION_DOES_NOT_EXIST");
}

TEST_F(BaserowMembers, are_listed_and_changed_by_admins) {
  baserow.join(ada, ada.group, ben);
  const std::string list = baserow.ask("GET", "groups/users/group/" + ada.group + "/", ada);
  EXPECT_EQ(Baserow::member(list, "1"), shown("MEMBER"));
  EXPECT_EQ(Baserow::refusal(baserow.ask("GET", "groups/users/group/" + ada.group + "/", ben)),
            "400 ERROR_USER_INVALID_GROUP_PERMISSIONS");
  EXPECT_EQ(Baserow::refusal(baserow.ask("GET", "groups/users/group/" + ada.group + "/", eve)),
            "400 ERROR_USER_NOT_IN_GROUP");
  const auto of_ben = baserow.socket(ben);
  baserow.heard(of_ben);
  EXPECT_EQ(Baserow::refusal(patch("4", "ADMIN", ben)), "400 ERROR_USER_INVALID_GROUP_PERMISSIONS");
  EXPECT_EQ(patch("4", "ADMIN", ada), "200 " + shown("ADMIN"));
  EXPECT_EQ(
      baserow.heard(of_ben),
      Frames{R"({"type":"group_user_updated","id":4,"group_id":1,"group_user":)" + shown("ADMIN") + "}"});
  EXPECT_EQ(Baserow::refusal(patch("4", "BOSS", ada)), "400 ERROR_REQUEST_BODY_VALIDATION");
  EXPECT_EQ(Baserow::refusal(patch("99", "ADMIN", ada)), "404 ERROR_GROUP_USER_DOES_NOT_EXIST");
  EXPECT_EQ(Baserow::status(patch("1", "MEMBER", ben)), "200");
  EXPECT_EQ(Baserow::refusal(patch("4", "MEMBER", ben)), "400 ERROR_GROUP_USER_IS_LAST_ADMIN");
}

TEST_F(BaserowMembers, are_removed_by_admins_and_hear_of_it) {
  baserow.join(ada, ada.group, ben);
  EXPECT_EQ(Baserow::refusal(remove("1", ada)), "400 ERROR_CANNOT_DELETE_YOURSELF_FROM_GROUP");
  EXPECT_EQ(Baserow::refusal(remove("1", ben)), "400 ERROR_USER_INVALID_GROUP_PERMISSIONS");
  EXPECT_EQ(Baserow::refusal(remove("99", ada)), "404 ERROR_GROUP_USER_DOES_NOT_EXIST");
  const auto of_ada = baserow.socket(ada), of_ben = baserow.socket(ben);
  const std::string own = baserow.web_socket_id(of_ada);
  baserow.heard(of_ben);
  EXPECT_EQ(remove("4", {.token = ada.token, .web_socket_id = own}), "204");
  EXPECT_EQ(baserow.heard(of_ada), Frames());
  const Frames frames = baserow.heard(of_ben);
  ASSERT_EQ(Baserow::types(frames), std::vector<std::string>{"group_user_deleted"});
  EXPECT_EQ(Baserow::member(frames[0], "id"), "4");
  baserow.ask("PATCH", "groups/" + ada.group + "/", R"({"name":"Lab"})", ada);
  EXPECT_EQ(baserow.heard(of_ben), Frames()) << "nothing more";
}

}  // namespace
}  // namespace rockpool::gateway
