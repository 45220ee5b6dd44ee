#include "core/gateway/baserow_world_test.h"

namespace rockpool::gateway {
namespace {

class BaserowGroups : public testing::Test {
 protected:
  std::string patch(const std::string& group, const std::string& body, const BaserowSender& as) {
    return baserow.ask("PATCH", "groups/" + group + "/", body, as);
  }
  std::string order(const std::string& ids, const BaserowSender& as) {
    return baserow.ask("POST", "groups/order/", R"({"groups":)" + ids + "}", as);
  }
  std::string groups_of(const Baserow::Person& person) {
    std::string ids;
    const std::string list = baserow.ask("GET", "groups/", person);
    const auto value = model::read(list.substr(4));
    for (const auto& one : value->elements())
      ids +=
          Baserow::member(model::write(one), "id") + ":" + Baserow::member(model::write(one), "order") + " ";
    return ids;
  }

  Baserow baserow;
  Baserow::Person ada = baserow.make_person("ada"), ben = baserow.make_person("ben"),
                  eve = baserow.make_person("eve");
};

TEST_F(BaserowGroups, are_listed_with_their_members) {
  baserow.join(ada, ada.group, ben);
  const std::string list = baserow.ask("GET", "groups/", ben);
  EXPECT_EQ(Baserow::member(list, "0.name"), "ben's group");
  EXPECT_EQ(Baserow::member(list, "1.name"), "ada's group");
  EXPECT_EQ(Baserow::member(list, "1.permissions"), "MEMBER");
  EXPECT_EQ(Baserow::member(list, "1.order"), "2");
  EXPECT_EQ(Baserow::member(list, "1.users.0"),
            R"({"id":1,"name":"ada","email":"ada@x.test","group":1,"permissions":"ADMIN",)"
            R"("created_on":"2023-11-14T22:13:20.000000Z","user_id":1,"to_be_deleted":false})");
  EXPECT_EQ(Baserow::member(list, "1.users.1.permissions"), "MEMBER");
}

TEST_F(BaserowGroups, are_made_by_anybody) {
  EXPECT_EQ(baserow.ask("POST", "groups/", R"({"name":"Lab"})", ada),
            R"(200 {"id":4,"name":"Lab","users":[{"id":4,"name":"ada","email":"ada@x.test","group":4,)"
            R"("permissions":"ADMIN","created_on":"2023-11-14T22:13:20.000000Z","user_id":1,)"
            R"("to_be_deleted":false}],"order":2,"permissions":"ADMIN"})");
  for (const std::string& body : {std::string("{}"), std::string(R"({"name":""})"), std::string("[]"),
                                  R"({"name":")" + std::string(256, 'x') + R"("})"})
    EXPECT_EQ(Baserow::refusal(baserow.ask("POST", "groups/", body, ada)),
              "400 ERROR_REQUEST_BODY_VALIDATION");
  EXPECT_EQ(
      Baserow::status(baserow.ask("POST", "groups/", R"({"name":")" + std::string(255, 'x') + R"("})", ada)),
      "200");
}

TEST_F(BaserowGroups, are_renamed_and_deleted_by_their_admins) {
  baserow.join(ada, ada.group, ben);
  EXPECT_EQ(patch(ada.group, R"({"name":"Lab"})", ada), R"(200 {"id":1,"name":"Lab"})");
  EXPECT_EQ(Baserow::refusal(patch(ada.group, R"({"name":"x"})", ben)),
            "400 ERROR_USER_INVALID_GROUP_PERMISSIONS");
  EXPECT_EQ(Baserow::refusal(patch(ada.group, R"({"name":"x"})", eve)), "400 ERROR_USER_NOT_IN_GROUP");
  EXPECT_EQ(Baserow::refusal(patch("99", R"({"name":"x"})", ada)), "404 ERROR_GROUP_DOES_NOT_EXIST");
  EXPECT_EQ(Baserow::refusal(patch(ada.group, "{}", ada)), "400 ERROR_REQUEST_BODY_VALIDATION");
  const auto remove = [&](const BaserowSender& as) {
    return baserow.ask("DELETE", "groups/" + ada.group + "/", as);
  };
  EXPECT_EQ(Baserow::refusal(remove(ben)), "400 ERROR_USER_INVALID_GROUP_PERMISSIONS");
  EXPECT_EQ(Baserow::refusal(remove(eve)), "400 ERROR_USER_NOT_IN_GROUP");
  EXPECT_EQ(remove(ada), "204");
  EXPECT_EQ(Baserow::refusal(remove(ada)), "404 ERROR_GROUP_DOES_NOT_EXIST") << "it is in the trash";
  EXPECT_EQ(groups_of(ada), "");
}

TEST_F(BaserowGroups, tell_their_members_of_the_deletion) {
  baserow.join(ada, ada.group, ben);
  const auto of_ada = baserow.socket(ada), of_ben = baserow.socket(ben), of_eve = baserow.socket(eve);
  const std::string id = baserow.web_socket_id(of_ada);
  baserow.heard(of_ben);
  baserow.heard(of_eve);
  baserow.ask("DELETE", "groups/" + ada.group + "/", {.token = ada.token, .web_socket_id = id});
  EXPECT_EQ(baserow.heard(of_ada), Frames());
  EXPECT_EQ(baserow.heard(of_ben),
            (Frames{R"({"type":"before_group_deleted","group_id":1,"group":{"id":1,"name":"ada's group"}})",
                    R"({"type":"group_deleted","group_id":1})"}));
  EXPECT_EQ(baserow.heard(of_eve), Frames());
}

TEST_F(BaserowGroups, have_an_order_for_each_user) {
  const std::string lab = baserow.make_group(ada, "Lab"), shop = baserow.make_group(ada, "Shop");
  EXPECT_EQ(groups_of(ada), "1:1 4:2 5:3 ");
  const auto own = baserow.socket(ada), other = baserow.socket(ada), of_ben = baserow.socket(ben);
  const std::string id = baserow.web_socket_id(own);
  baserow.heard(other);
  baserow.heard(of_ben);
  EXPECT_EQ(
      baserow.ask("POST", "groups/order/", R"({"groups":[5,1]})", {.token = ada.token, .web_socket_id = id}),
      "204");
  EXPECT_EQ(groups_of(ada), "5:1 1:2 4:3 ") << "those that are not named stand behind";
  EXPECT_EQ(baserow.heard(own), Frames());
  EXPECT_EQ(baserow.heard(other), Frames{R"({"type":"groups_reordered","group_ids":[5,1,4]})"});
  EXPECT_EQ(baserow.heard(of_ben), Frames());
  EXPECT_EQ(Baserow::refusal(order("[2]", ada)), "400 ERROR_USER_NOT_IN_GROUP");
  for (const char* ids : {"1", "[\"x\"]", "[1,1]", "[-1]", "null"})
    EXPECT_EQ(Baserow::refusal(order(ids, ada)), "400 ERROR_REQUEST_BODY_VALIDATION") << ids;
}

TEST_F(BaserowGroups, are_left_but_not_by_the_last_admin) {
  baserow.join(ada, ada.group, ben);
  const auto leave = [&](const BaserowSender& as) {
    return baserow.ask("POST", "groups/" + ada.group + "/leave/", as);
  };
  EXPECT_EQ(Baserow::refusal(leave(ada)), "400 ERROR_GROUP_USER_IS_LAST_ADMIN");
  EXPECT_EQ(Baserow::refusal(leave(eve)), "400 ERROR_USER_NOT_IN_GROUP");
  const auto of_ada = baserow.socket(ada), of_ben = baserow.socket(ben);
  baserow.heard(of_ada);
  baserow.heard(of_ben);
  EXPECT_EQ(leave(ben), "204");
  const Frames left = {
      R"({"type":"group_user_deleted","id":4,"group_id":1,"group_user":{"id":null,"name":"ben",)"
      R"("email":"ben@x.test","group":1,"permissions":"MEMBER",)"
      R"("created_on":"2023-11-14T22:13:20.000000Z","user_id":2,"to_be_deleted":false}})"};
  EXPECT_EQ(baserow.heard(of_ada), left);
  EXPECT_EQ(baserow.heard(of_ben), left) << "whoever goes is told, too";
  EXPECT_EQ(Baserow::refusal(leave(ben)), "400 ERROR_USER_NOT_IN_GROUP");
  EXPECT_EQ(Baserow::refusal(baserow.ask("POST", "groups/99/leave/", ada)), "404 ERROR_GROUP_DOES_NOT_EXIST");
}

TEST_F(BaserowGroups, are_called_workspaces_where_that_is_wanted) {
  Baserow both(R"(,"keys":"both")");
  auto ann = both.make_person("ann");
  const auto socket = both.socket(ann);
  both.heard(socket);
  EXPECT_EQ(both.ask("PATCH", "workspaces/1/", R"({"name":"Lab"})", ann), R"(200 {"id":1,"name":"Lab"})");
  EXPECT_EQ(both.ask("PATCH", "groups/1/", R"({"name":"Lab"})", ann), R"(200 {"id":1,"name":"Lab"})");
  const std::string updated =
      R"({"type":"group_updated","group_id":1,"workspace_id":1,"group":{"id":1,"name":"Lab"},)"
      R"("workspace":{"id":1,"name":"Lab"}})";
  EXPECT_EQ(both.heard(socket), (Frames{updated, updated}));
  both.make_group(ann, "Shop");
  both.heard(socket);
  EXPECT_EQ(both.ask("POST", "groups/order/", R"({"groups":[2,1]})", ann), "204");
  EXPECT_EQ(both.heard(socket),
            Frames{R"({"type":"groups_reordered","group_ids":[2,1],"workspace_ids":[2,1]})"});

  Baserow only(R"(,"keys":"workspace")");
  ann.token.clear();
  const std::string made = only.ask("POST", "user/",
                                    R"({"name":"ann","email":"ann@x.test","password":"a secret word",)"
                                    R"("authenticate":true})",
                                    {});
  ann.token = Baserow::member(made, "access_token");
  const auto listener = only.socket(ann);
  only.heard(listener);
  EXPECT_EQ(only.ask("PATCH", "workspaces/1/", R"({"name":"Lab"})", ann), R"(200 {"id":1,"name":"Lab"})");
  EXPECT_EQ(only.heard(listener),
            Frames{R"({"type":"group_updated","workspace_id":1,"workspace":{"id":1,"name":"Lab"}})"});
  EXPECT_EQ(Baserow::refusal(only.ask("GET", "groups/", ann)), "404 URL_NOT_FOUND");
  EXPECT_EQ(Baserow::member(only.ask("GET", "workspaces/", ann), "0.users.0.workspace"), "1");
  EXPECT_EQ(Baserow::status(
                only.ask("POST", "applications/workspace/1/", R"({"name":"Stock","type":"database"})", ann)),
            "200");
  only.heard(listener);
  only.ask("POST", "workspaces/", R"({"name":"Shop"})", ann);
  only.heard(listener);
  EXPECT_EQ(only.ask("POST", "workspaces/order/", R"({"workspaces":[2,1]})", ann), "204");
  EXPECT_EQ(only.heard(listener), Frames{R"({"type":"groups_reordered","workspace_ids":[2,1]})"});
}

TEST_F(BaserowGroups, are_deleted_without_a_word_before_as_upstream_does) {
  Baserow upstream(R"(,"profile":"upstream")");
  const auto ann = upstream.make_person("ann");
  const auto socket = upstream.socket(ann);
  upstream.heard(socket);
  upstream.ask("DELETE", "groups/1/", ann);
  EXPECT_EQ(upstream.heard(socket), Frames{R"({"type":"group_deleted","group_id":1})"});
}

}  // namespace
}  // namespace rockpool::gateway
