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

TEST_F(BaserowSockets, are_known_by_their_first_token_alone) {
  const auto frame = [&](const std::string& query) { return baserow.heard(baserow.connect(query)).front(); };
  EXPECT_EQ(Baserow::member(frame("x=1&jwt_token=" + ada.token + "&jwt_token=y"), "success"), "true");
  EXPECT_EQ(Baserow::member(frame("jwt_token=y&jwt_token=" + ada.token), "success"), "false");
  EXPECT_EQ(Baserow::member(frame("jwt_token=" + ada.refresh_token), "success"), "false");
  EXPECT_EQ(Baserow::member(frame("jwt_token="), "success"), "false");
  EXPECT_EQ(Baserow::member(frame("jwt_token=anonymous"), "success"), "false");
}

TEST_F(BaserowSockets, stay_open_when_their_token_runs_out) {
  const auto socket = baserow.socket(ada);
  baserow.heard(socket);
  baserow.world.wait(600'000);
  EXPECT_EQ(baserow.state(socket), "open");
  EXPECT_EQ(Baserow::member(baserow.heard(baserow.socket(ada)).front(), "success"), "false");
  const std::string fresh = Baserow::member(
      baserow.ask("POST", "user/token-refresh/", R"({"refresh_token":")" + ada.refresh_token + R"("})", {}),
      "access_token");
  baserow.ask("PATCH", "groups/1/", R"({"name":"Lab"})", {.token = fresh});
  EXPECT_EQ(baserow.heard(socket).size(), 1u);
}

TEST_F(BaserowSockets, have_ids_of_their_own) {
  EXPECT_NE(baserow.web_socket_id(baserow.socket(ada)), baserow.web_socket_id(baserow.socket(ada)));
}

TEST_F(BaserowSockets, are_not_left_out_by_the_requests_of_others) {
  const auto ben = baserow.make_person("ben");
  baserow.join(ada, ada.group, ben, "ADMIN");
  const auto socket = baserow.socket(ada);
  const std::string id = baserow.web_socket_id(socket);
  baserow.ask("PATCH", "groups/1/", R"({"name":"Lab"})", {.token = ben.token, .web_socket_id = id});
  EXPECT_EQ(baserow.heard(socket).size(), 1u);
}

TEST_F(BaserowSockets, are_told_nothing_of_requests_that_fail) {
  const auto socket = baserow.socket(ada);
  baserow.heard(socket);
  baserow.ask("PATCH", "groups/1/", R"({"name":""})", ada);
  baserow.ask("DELETE", "groups/users/1/", ada);
  baserow.ask("POST", "groups/1/leave/", ada);
  EXPECT_EQ(baserow.heard(socket), Frames());
}

TEST_F(BaserowSockets, hear_everything_in_the_order_of_commits) {
  const auto ben = baserow.make_person("ben");
  baserow.join(ada, ada.group, ben, "ADMIN");
  const auto first = baserow.socket(ada), second = baserow.socket(ben);
  baserow.heard(first);
  baserow.heard(second);
  std::vector<Baserow::Asked> all;
  for (int i = 0; i < 50; ++i) {
    const auto& person = i % 2 == 0 ? ada : ben;
    all.push_back({"PATCH", "groups/1/", R"({"name":")" + std::to_string(i) + R"("})", person});
    all.push_back({"POST", "applications/group/1/", R"({"name":"a","type":"database"})", person});
  }
  baserow.send_together(all);
  const Frames heard = baserow.heard(first);
  EXPECT_EQ(heard.size(), 100u);
  EXPECT_EQ(baserow.heard(second), heard);
}

TEST_F(BaserowSockets, of_one_user_are_so_many_and_no_more) {
  dialect::SessionLimits limits = Baserow::usual_limits();
  limits.of_a_user = 2;
  Baserow small({}, limits);
  const auto ann = small.make_person("ann");
  const auto first = small.socket(ann);
  small.socket(ann);
  const auto third = small.socket(ann);
  EXPECT_EQ(small.state(third), "1013 too many connections of this user");
  small.world.feed(first, dialect::Closed{});
  EXPECT_EQ(small.state(small.socket(ann)), "open");
  EXPECT_EQ(small.world.gateway->figures().sessions.websocket, 2u);
}

TEST_F(BaserowSockets, that_say_too_much_for_too_long_are_closed) {
  dialect::SessionLimits limits = Baserow::usual_limits();
  limits.messages = {.per_second = 10, .burst = 20};
  Baserow small({}, limits);
  const auto ann = small.make_person("ann");
  const auto socket = small.socket(ann);
  for (int i = 0; i < 400 && small.state(socket) == "open"; ++i) {
    small.say(socket, R"({"page":""})");
    small.world.now.ms += 50;
  }
  EXPECT_EQ(small.state(socket), "1008 too many messages");
}

TEST_F(BaserowSockets, of_nobody_are_left_when_all_have_gone) {
  const auto socket = baserow.socket(ada);
  EXPECT_EQ(baserow.world.gateway->figures().sessions.websocket, 1u);
  baserow.world.feed(socket, dialect::Closed{});
  EXPECT_EQ(baserow.world.gateway->figures().sessions.websocket, 0u);
  baserow.ask("PATCH", "groups/1/", R"({"name":"Lab"})", ada);
}

TEST_F(BaserowSockets, may_say_something_before_they_are_greeted) {
  baserow.make_database(ada, "Stock");
  baserow.store_table("42", "1");
  const auto socket = baserow.next_carrier();
  // The token is being looked at while the frame comes in.
  baserow.world.gateway->receive(baserow.world.now, socket,
                                 dialect::Arrived{.head = {.method = "GET",
                                                           .path = "/baserow/ws/core/",
                                                           .query = "jwt_token=" + ada.token,
                                                           .headers = {},
                                                           .upgrade = true},
                                                  .peer = "127.0.0.1"});
  baserow.world.gateway->receive(baserow.world.now, socket,
                                 dialect::Frame{R"({"page":"table","table_id":42})", false});
  baserow.world.perform();
  EXPECT_EQ(Baserow::types(baserow.heard(socket)), (std::vector<std::string>{"authentication", "page_add"}));
}

TEST_F(BaserowSockets, are_not_opened_elsewhere) {
  const auto carrier = baserow.next_carrier();
  baserow.world.feed(carrier, dialect::Arrived{.head = {.method = "GET",
                                                        .path = "/baserow/api/groups/",
                                                        .query = "jwt_token=" + ada.token,
                                                        .headers = {},
                                                        .upgrade = true},
                                               .peer = "127.0.0.1"});
  EXPECT_EQ(Baserow::refusal(baserow.answer(carrier)), "404 URL_NOT_FOUND");
}

TEST_F(BaserowSockets, are_told_what_another_server_does) {
  const auto socket = baserow.socket(ada);
  baserow.heard(socket);
  baserow.store("$baserow", "group/1", R"({"name":"Elsewhere"})");
  EXPECT_EQ(baserow.heard(socket),
            Frames{R"({"type":"group_updated","group_id":1,"group":{"id":1,"name":"Elsewhere"}})"});
}

TEST_F(BaserowSockets, are_told_each_for_himself_of_a_group_that_came_back) {
  const auto ben = baserow.make_person("ben");
  baserow.join(ada, ada.group, ben);
  baserow.make_database(ada, "Stock");
  baserow.store_table("42", "1");
  const auto of_ada = baserow.socket(ada), of_ben = baserow.socket(ben);
  baserow.ask("DELETE", "groups/1/", ada);
  baserow.heard(of_ada);
  baserow.heard(of_ben);
  baserow.store("$baserow", "group/1", R"({"name":"ada's group"})");
  const Frames one = baserow.heard(of_ada), other = baserow.heard(of_ben);
  ASSERT_EQ(Baserow::types(one), std::vector<std::string>{"group_restored"});
  ASSERT_EQ(Baserow::types(other), std::vector<std::string>{"group_restored"});
  EXPECT_EQ(Baserow::member(one[0], "group_id"), "1");
  EXPECT_EQ(Baserow::member(one[0], "group.permissions"), "ADMIN");
  EXPECT_EQ(Baserow::member(other[0], "group.permissions"), "MEMBER");
  EXPECT_EQ(Baserow::member(other[0], "group.order"), "2");
  EXPECT_EQ(Baserow::member(one[0], "group.users.1.email"), "ben@x.test");
  EXPECT_EQ(Baserow::member(one[0], "applications.0.tables.0"),
            R"({"id":42,"name":"Parts","order":1,"database_id":1})");
}

TEST_F(BaserowSockets, are_told_of_an_application_that_came_back_with_its_tables) {
  baserow.make_database(ada, "Stock");
  baserow.store_table("42", "1");
  const auto socket = baserow.socket(ada);
  baserow.ask("DELETE", "applications/1/", ada);
  baserow.heard(socket);
  baserow.store("$baserow", "application/1", R"({"group":1,"name":"Stock","order":1})");
  const Frames frames = baserow.heard(socket);
  ASSERT_EQ(Baserow::types(frames), std::vector<std::string>{"application_created"});
  EXPECT_EQ(Baserow::member(frames[0], "application.tables.0.id"), "42");
}

class BaserowRequests : public BaserowSockets {};

TEST_F(BaserowRequests, are_so_many_of_a_user_and_no_more) {
  dialect::SessionLimits limits = Baserow::usual_limits();
  limits.messages_of_a_user = {.per_second = 1, .burst = 3};
  Baserow small({}, limits);
  const auto ann = small.make_person("ann");
  EXPECT_EQ(Baserow::status(small.ask("GET", "groups/", ann)), "200");
  EXPECT_EQ(Baserow::status(small.ask("GET", "groups/", ann)), "200");
  EXPECT_EQ(Baserow::refusal(small.ask("GET", "groups/", ann)), "429 ERROR_TOO_MANY_REQUESTS");
  EXPECT_EQ(small.last_header("Retry-After"), "1");
  EXPECT_EQ(small.world.gateway->figures().limits_met.at("messages_of_user"), 1u);
  small.world.now.ms += 1000;
  EXPECT_EQ(Baserow::status(small.ask("GET", "groups/", ann)), "200");
}

TEST_F(BaserowRequests, have_bodies_within_the_limits_of_json) {
  const auto rename = [&](std::size_t depth) {
    const std::string deep = std::string(depth, '[') + std::string(depth, ']');
    return baserow.ask("PATCH", "groups/1/", R"({"name":"x","deep":)" + deep + "}", ada);
  };
  EXPECT_EQ(Baserow::status(rename(63)), "200");
  EXPECT_EQ(Baserow::refusal(rename(64)), "400 ERROR_REQUEST_BODY_VALIDATION");
  EXPECT_NE(rename(64).find("JSON with more than 64 levels of nesting"), std::string::npos);
  EXPECT_EQ(baserow.world.gateway->figures().limits_met.at("json"), 2u);
  EXPECT_EQ(Baserow::refusal(baserow.ask("PATCH", "groups/1/", "{\"name\":\"\xff\"}", ada)),
            "400 ERROR_REQUEST_BODY_VALIDATION");
}

TEST_F(BaserowRequests, of_who_left_in_the_meantime_are_refused) {
  const auto ben = baserow.make_person("ben");
  const std::string body = R"({"first_name":"x"})";
  const auto carrier = baserow.begin("PATCH", "user/account/", body, ben);
  baserow.ask("POST", "user/schedule-account-deletion/", ben);
  baserow.world.feed(carrier, dialect::Body{0, body});
  EXPECT_EQ(Baserow::refusal(baserow.answer(carrier)), "401 ERROR_DEACTIVATED_USER");
}

TEST_F(BaserowRequests, that_race_are_all_made_and_each_gets_an_id_of_its_own) {
  std::set<std::string> ids;
  const std::vector<Baserow::Asked> all(20, {"POST", "groups/", R"({"name":"Lab"})", ada});
  for (const auto carrier : baserow.send_together(all))
    ids.insert(Baserow::member(baserow.answer(carrier), "id"));
  EXPECT_EQ(ids.size(), 20u);
}

TEST_F(BaserowRequests, of_two_who_want_one_email_one_gets_it) {
  const std::string body = R"({"name":"Ben","email":"ben@x.test","password":"a secret word"})";
  const auto carriers = baserow.send_together({{"POST", "user/", body, {}}, {"POST", "user/", body, {}}});
  EXPECT_EQ(Baserow::status(baserow.answer(carriers[0])), "200");
  EXPECT_EQ(Baserow::refusal(baserow.answer(carriers[1])), "400 ERROR_EMAIL_ALREADY_EXISTS");
}

TEST_F(BaserowRequests, of_two_admins_who_leave_together_one_has_to_stay) {
  const auto ben = baserow.make_person("ben");
  baserow.join(ada, ada.group, ben, "ADMIN");
  const auto carriers =
      baserow.send_together({{"POST", "groups/1/leave/", "", ada}, {"POST", "groups/1/leave/", "", ben}});
  EXPECT_EQ(baserow.answer(carriers[0]), "204");
  EXPECT_EQ(Baserow::refusal(baserow.answer(carriers[1])), "400 ERROR_GROUP_USER_IS_LAST_ADMIN");
}

TEST_F(BaserowRequests, are_planned_anew_when_another_server_was_quicker) {
  const auto carrier = baserow.begin("POST", "groups/", R"({"name":"Lab"})", ada);
  // Both are on their way to the log, and nothing of it has been told.
  baserow.store_later("$baserow", "counter/group", R"({"last":7})");
  baserow.world.gateway->receive(baserow.world.now, carrier, dialect::Body{0, R"({"name":"Lab"})"});
  baserow.world.perform();
  EXPECT_EQ(Baserow::member(baserow.answer(carrier), "id"), "8");
}

}  // namespace
}  // namespace rockpool::gateway
