#include "core/gateway/baserow_world_test.h"

namespace rockpool::gateway {
namespace {

class BaserowApplications : public testing::Test {
 protected:
  BaserowApplications() { baserow.join(ada, ada.group, ben); }
  std::string create(const std::string& body, const BaserowSender& as) {
    return baserow.ask("POST", "applications/group/" + ada.group + "/", body, as);
  }
  std::string order(const std::string& ids, const BaserowSender& as) {
    return baserow.ask("POST", "applications/group/" + ada.group + "/order/",
                       R"({"application_ids":)" + ids + "}", as);
  }

  Baserow baserow;
  Baserow::Person ada = baserow.make_person("ada"), ben = baserow.make_person("ben"),
                  eve = baserow.make_person("eve");
};

constexpr const char* stock = R"({"id":1,"name":"Stock","order":1,"type":"database",)"
                              R"("group":{"id":1,"name":"ada's group"},"tables":[]})";
constexpr const char* short_stock = R"({"id":1,"name":"Stock","order":1,"type":"database",)"
                                    R"("group":{"id":1,"name":"ada's group"}})";

TEST_F(BaserowApplications, are_made_by_members_and_told) {
  const auto own = baserow.socket(ben), of_ada = baserow.socket(ada), of_eve = baserow.socket(eve);
  const std::string id = baserow.web_socket_id(own);
  baserow.heard(of_ada);
  baserow.heard(of_eve);
  EXPECT_EQ(create(R"({"name":"Stock","type":"database"})", {.token = ben.token, .web_socket_id = id}),
            std::string("200 ") + stock);
  EXPECT_EQ(baserow.heard(own), Frames());
  EXPECT_EQ(baserow.heard(of_eve), Frames());
  EXPECT_EQ(baserow.heard(of_ada),
            Frames{R"({"type":"application_created","application":)" + std::string(stock) + "}"});
  for (const char* body : {"{}", R"({"name":"Stock"})", R"({"name":"Stock","type":"builder"})",
                           R"({"name":"","type":"database"})", R"({"name":"Stock","type":7})"})
    EXPECT_EQ(Baserow::refusal(create(body, ada)), "400 ERROR_REQUEST_BODY_VALIDATION") << body;
  EXPECT_EQ(Baserow::refusal(create(R"({"name":"Stock","type":"database"})", eve)),
            "400 ERROR_USER_NOT_IN_GROUP");
  EXPECT_EQ(Baserow::refusal(
                baserow.ask("POST", "applications/group/99/", R"({"name":"Stock","type":"database"})", ada)),
            "404 ERROR_GROUP_DOES_NOT_EXIST");
}

TEST_F(BaserowApplications, are_listed_by_group_or_all_together) {
  create(R"({"name":"Stock","type":"database"})", ada);
  baserow.make_database(ben, "Own");
  const std::string all = baserow.ask("GET", "applications/", ben);
  EXPECT_EQ(Baserow::member(all, "0.name"), "Own") << "of the first group first";
  EXPECT_EQ(Baserow::member(all, "1"), stock);
  EXPECT_EQ(baserow.ask("GET", "applications/group/" + ada.group + "/", ben),
            "200 [" + std::string(stock) + "]");
  EXPECT_EQ(baserow.ask("GET", "applications/1/", ben), "200 " + std::string(stock));
  EXPECT_EQ(baserow.ask("GET", "applications/", eve), "200 []");
  EXPECT_EQ(Baserow::refusal(baserow.ask("GET", "applications/1/", eve)), "400 ERROR_USER_NOT_IN_GROUP");
  EXPECT_EQ(Baserow::refusal(baserow.ask("GET", "applications/99/", ada)),
            "404 ERROR_APPLICATION_DOES_NOT_EXIST");
  EXPECT_EQ(Baserow::refusal(baserow.ask("GET", "applications/group/1/", eve)),
            "400 ERROR_USER_NOT_IN_GROUP");
}

TEST_F(BaserowApplications, are_renamed_and_told_without_their_tables) {
  create(R"({"name":"Old","type":"database"})", ada);
  const auto of_ben = baserow.socket(ben);
  baserow.heard(of_ben);
  const auto rename = [&](const std::string& id, const BaserowSender& as) {
    return baserow.ask("PATCH", "applications/" + id + "/", R"({"name":"Stock"})", as);
  };
  EXPECT_EQ(rename("1", ada), "200 " + std::string(stock));
  EXPECT_EQ(baserow.heard(of_ben),
            Frames{R"({"type":"application_updated","application_id":1,"application":)" +
                   std::string(short_stock) + "}"});
  EXPECT_EQ(Baserow::refusal(rename("1", eve)), "400 ERROR_USER_NOT_IN_GROUP");
  EXPECT_EQ(Baserow::refusal(rename("99", ada)), "404 ERROR_APPLICATION_DOES_NOT_EXIST");
  EXPECT_EQ(Baserow::refusal(baserow.ask("PATCH", "applications/1/", "{}", ada)),
            "400 ERROR_REQUEST_BODY_VALIDATION");
}

TEST_F(BaserowApplications, are_deleted_to_the_trash) {
  create(R"({"name":"Stock","type":"database"})", ada);
  const auto of_ben = baserow.socket(ben);
  baserow.heard(of_ben);
  EXPECT_EQ(Baserow::refusal(baserow.ask("DELETE", "applications/1/", eve)), "400 ERROR_USER_NOT_IN_GROUP");
  EXPECT_EQ(baserow.ask("DELETE", "applications/1/", ada), "204");
  EXPECT_EQ(baserow.heard(of_ben), Frames{R"({"type":"application_deleted","application_id":1})"});
  EXPECT_EQ(Baserow::refusal(baserow.ask("GET", "applications/1/", ada)),
            "404 ERROR_APPLICATION_DOES_NOT_EXIST");
  EXPECT_EQ(baserow.ask("GET", "applications/", ada), "200 []");
}

TEST_F(BaserowApplications, have_an_order_in_their_group) {
  for (const char* name : {"A", "B", "C"})
    create(R"({"name":")" + std::string(name) + R"(","type":"database"})", ada);
  const auto own = baserow.socket(ada), of_ben = baserow.socket(ben);
  const std::string id = baserow.web_socket_id(own);
  baserow.heard(of_ben);
  EXPECT_EQ(order("[3,1]", {.token = ada.token, .web_socket_id = id}), "204");
  EXPECT_EQ(baserow.heard(own), Frames());
  const Frames frames = baserow.heard(of_ben);
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0], R"({"type":"applications_reordered","group_id":1,"order":[)"
                       R"("4e07408562bedb8b60ce05c1decfe3ad16b72230967de01f640b7e4729b49fce",)"
                       R"("6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b",)"
                       R"("d4735e3a265e16eee03f59718b9b5d03019c07d8b6c51f90da3a666eec13ab35"]})");
  const std::string all = baserow.ask("GET", "applications/", ada);
  EXPECT_EQ(Baserow::member(all, "0.name") + Baserow::member(all, "1.name") + Baserow::member(all, "2.name"),
            "CAB");
  EXPECT_EQ(Baserow::refusal(order("[99]", ada)), "400 ERROR_APPLICATION_NOT_IN_GROUP");
  EXPECT_EQ(Baserow::refusal(order("[1]", eve)), "400 ERROR_USER_NOT_IN_GROUP");
  EXPECT_EQ(Baserow::refusal(order("7", ada)), "400 ERROR_REQUEST_BODY_VALIDATION");
}

TEST_F(BaserowApplications, are_ordered_by_plain_ids_where_that_is_wanted) {
  Baserow plain(R"(,"orderIds":"plain")");
  const auto ann = plain.make_person("ann");
  plain.make_database(ann, "A");
  plain.make_database(ann, "B");
  const auto socket = plain.socket(ann);
  plain.heard(socket);
  plain.ask("POST", "applications/group/1/order/", R"({"application_ids":[2,1]})", ann);
  EXPECT_EQ(plain.heard(socket), Frames{R"({"type":"applications_reordered","group_id":1,"order":[2,1]})"});
}

}  // namespace
}  // namespace rockpool::gateway
