#include "core/gateway/baserow_world_test.h"

namespace rockpool::gateway {
namespace {

class BaserowSockets : public testing::Test {
 protected:
  Baserow baserow;
  Baserow::Person ada = baserow.make_person("ada");
};

TEST_F(BaserowSockets, are_greeted_first) {
  const auto socket = baserow.socket(ada);
  const Frames frames = baserow.heard(socket);
  ASSERT_EQ(frames.size(), 1u);
  const std::string id = Baserow::member(frames[0], "web_socket_id");
  EXPECT_EQ(frames[0], R"({"type":"authentication","success":true,"web_socket_id":")" + id + R"("})");
  EXPECT_EQ(id.size(), 36u);
  EXPECT_EQ(id[14], '4') << id;
  EXPECT_NE(std::string("89ab").find(id[19]), std::string::npos) << id;
  EXPECT_EQ(baserow.state(socket), "open");
  EXPECT_EQ(baserow.world.accepted.at(socket).terms.message_bytes_max, 64u << 10);
}

TEST_F(BaserowSockets, of_strangers_are_told_so_and_closed) {
  const auto wrong = baserow.connect("jwt_token=x");
  const Frames frames = baserow.heard(wrong);
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0], R"({"type":"authentication","success":false,"web_socket_id":")" +
                           Baserow::member(frames[0], "web_socket_id") + R"("})");
  EXPECT_EQ(baserow.state(wrong), "1000 ");
  const auto none = baserow.connect("");
  EXPECT_EQ(baserow.heard(none), Frames{R"({"type":"authentication","success":false,"web_socket_id":null})"});
  EXPECT_EQ(baserow.state(none), "1000 ");
}

TEST_F(BaserowSockets, are_told_what_others_do_but_not_what_they_did_themselves) {
  const auto own = baserow.socket(ada), other = baserow.socket(ada);
  const std::string id = baserow.web_socket_id(own);
  baserow.heard(other);
  baserow.ask("PATCH", "groups/" + ada.group + "/", R"({"name":"Lab"})",
              {.token = ada.token, .web_socket_id = id});
  EXPECT_EQ(baserow.heard(own), Frames());
  EXPECT_EQ(baserow.heard(other),
            Frames{R"({"type":"group_updated","group_id":1,"group":{"id":1,"name":"Lab"}})"});
  baserow.ask("PATCH", "groups/" + ada.group + "/", R"({"name":"Laboratory"})",
              {.token = ada.token, .web_socket_id = "nobody's"});
  EXPECT_EQ(baserow.heard(own).size(), 1u);
  EXPECT_EQ(baserow.heard(other).size(), 1u);
}

TEST_F(BaserowSockets, are_told_nothing_of_what_comes_with_a_group) {
  const auto socket = baserow.socket(ada);
  baserow.heard(socket);
  baserow.make_group(ada, "Lab");
  EXPECT_EQ(baserow.heard(socket), Frames{R"({"type":"group_created","group":{"id":2,"name":"Lab"}})"})
      << "not of its member";
}

TEST_F(BaserowSockets, are_told_nothing_of_groups_of_others) {
  const auto ben = baserow.make_person("ben");
  const auto socket = baserow.socket(ben);
  baserow.heard(socket);
  baserow.ask("PATCH", "groups/" + ada.group + "/", R"({"name":"Lab"})", ada);
  EXPECT_EQ(baserow.heard(socket), Frames());
}

}  // namespace
}  // namespace rockpool::gateway
