// Rules that take records: what is asked for them, and what waits.
#include "core/dialects/deepstream/http_place_test.h"
#include "core/dialects/deepstream/socket_place_test.h"

namespace rockpool::dialects::deepstream {
namespace {

const std::string only_up = R"({"permissions":{"record":{
    "item/*": {"write": "oldData === null || data.n > oldData.n", "delete": "oldData.n === 1"},
    "new/*": {"create": "_('door').open", "write": true},
    "far/*": {"read": "_(_(_('a').next).next).x === 1"}}}})";

std::string put_n(const std::string& name, int n, const std::string& more = "") {
  return of_record("write", name, R"(,"data":{"n":)" + std::to_string(n) + "}" + more);
}
model::Conflicted conflict(model::Version version, std::string data) {
  return {.number = 1, .version = version, .data = std::move(data)};
}

TEST(Inquiry, a_write_is_judged_by_the_record_and_bound_to_it) {
  HttpPlace place(only_up);
  place.batch(put_n("item/1", 5));
  const auto asked = place.all<Asked>();
  ASSERT_EQ(asked.size(), 1u);
  EXPECT_TRUE(asked[0].principal.system);
  EXPECT_EQ(place.command<model::Read>().key, (model::Key{"item", "1"}));
  place.answer(found(7, 3, R"({"n":4})"));
  const auto write = place.command<model::Write>();
  EXPECT_EQ(write.groups.at(0).at(0).base, 7u);
  EXPECT_FALSE(place.last<Asked>().principal.system);
  place.written({model::Acked{.number = 1, .version = 8, .seq = 1}});
  EXPECT_EQ(place.said(), R"(200 {"result":"SUCCESS","body":[{"success":true}]})");
}

TEST(Inquiry, what_the_rule_does_not_let_in_is_not_written) {
  HttpPlace place(only_up);
  place.batch(put_n("item/1", 4));
  place.answer(found(7, 3, R"({"n":4})"));
  EXPECT_TRUE(place.all<Asked>().empty());
  EXPECT_NE(place.said().find("MESSAGE_DENIED"), std::string::npos);
}

TEST(Inquiry, a_record_that_changed_meanwhile_is_looked_at_again) {
  HttpPlace place(only_up);
  place.batch(put_n("item/1", 5));
  place.answer(found(7, 3, R"({"n":4})"));
  place.written({conflict(8, R"({"n":5})")});
  EXPECT_EQ(place.command<model::Read>().key, (model::Key{"item", "1"}));
  place.answer(found(8, 3, R"({"n":5})"));
  EXPECT_NE(place.said().find("MESSAGE_DENIED"), std::string::npos);
}

TEST(Inquiry, a_version_that_does_not_fit_is_a_conflict_and_not_judged_again) {
  HttpPlace place(only_up);
  place.batch(put_n("item/1", 5, R"(,"version":2)"));
  place.answer(found(7, 3, R"({"n":4})"));
  EXPECT_EQ(place.command<model::Write>().groups.at(0).at(0).base,
            std::numeric_limits<model::Version>::max());
  place.written({conflict(7, R"({"n":4})")});
  EXPECT_NE(place.said().find("VERSION_EXISTS"), std::string::npos);
}

TEST(Inquiry, a_delete_is_of_the_record_that_was_seen) {
  HttpPlace place(only_up);
  place.batch(of_record("delete", "item/1"));
  place.answer(found(7, 3, R"({"n":1})"));
  EXPECT_EQ(place.command<model::Write>().groups.at(0).at(0).base, 7u);
  place.written({conflict(8, R"({"n":2})")});
  place.answer(found(8, 3, R"({"n":2})"));
  EXPECT_NE(place.said().find("MESSAGE_DENIED"), std::string::npos);
}

TEST(Inquiry, commands_behind_wait_and_those_before_are_done) {
  HttpPlace place(only_up);
  place.batch(put("a/1") + "," + put_n("item/1", 5) + "," + of_record("read", "a/1"));
  EXPECT_EQ(place.command<model::Write>().groups.size(), 1u);
  place.written({model::Acked{.number = 1, .version = 1, .seq = 1}});
  EXPECT_EQ(place.command<model::Read>().key, (model::Key{"item", "1"}));
  place.answer(model::Found{.record = std::nullopt, .cursor = ""});
  EXPECT_EQ(place.command<model::Write>().groups.at(0).at(0).base, 0u);
  place.written({model::Acked{.number = 2, .version = 1, .seq = 2}});
  EXPECT_EQ(place.command<model::Read>().key, (model::Key{"a", "1"}));
}

TEST(Inquiry, who_may_not_create_now_writes_what_is_there) {
  HttpPlace place(only_up);
  place.batch(put("new/1"));
  EXPECT_EQ(place.command<model::Read>().key, (model::Key{"deepstream", "door"}));
  place.answer(found(1, 0, R"({"open":false})"));
  EXPECT_EQ(place.command<model::Read>().key, (model::Key{"new", "1"}));
  place.answer(model::Found{.record = std::nullopt, .cursor = ""});
  EXPECT_NE(place.said().find("MESSAGE_DENIED"), std::string::npos);
}

TEST(Inquiry, a_rule_runs_three_times_and_no_more) {
  HttpPlace place(only_up);
  place.batch(of_record("read", "far/1"));
  place.answer(found(1, 0, R"({"next":"b"})"));
  place.answer(found(1, 0, R"({"next":"c"})"));
  EXPECT_NE(place.said().find("MESSAGE_PERMISSION_ERROR"), std::string::npos);
}

TEST(Inquiry, what_cannot_be_read_lets_nothing_in) {
  HttpPlace place(only_up);
  place.batch(put_n("item/1", 5));
  place.answer(model::Failed{{Code::timeout, "", ""}});
  EXPECT_NE(place.said().find("MESSAGE_PERMISSION_ERROR"), std::string::npos);
}

// ---- sockets

Message update_n(int n, std::int32_t version = -1) {
  return {.topic = Topic::record,
          .action = record_action::update,
          .version = version,
          .is_write_ack = true,
          .data = R"({"n":)" + std::to_string(n) + "}",
          .correlation_id = "7",
          .name = "item/1"};
}

TEST(Inquiry, messages_of_a_socket_wait_for_the_rules_of_those_before) {
  SocketPlace place(only_up);
  const CarrierId socket = place.open("ada");
  place.say(socket, update_n(5));
  ASSERT_EQ(place.commands<model::Read>().size(), 1u);
  EXPECT_TRUE(place.questions.back().principal.system);
  const auto rule = place.questions.back().ticket;
  place.say(socket, {.topic = Topic::event, .action = event_action::emit, .name = "e"});
  EXPECT_TRUE(place.commands<model::Emit>().empty());
  place.answer(rule, found(R"({"n":4})", 7, 3));
  ASSERT_EQ(place.commands<model::Write>().size(), 1u);
  EXPECT_EQ(place.commands<model::Write>()[0].groups.at(0).at(0).base, 7u);
  EXPECT_EQ(place.commands<model::Emit>().size(), 1u);
}

TEST(Inquiry, a_socket_is_judged_by_what_it_has_written_itself) {
  SocketPlace place(only_up);
  const CarrierId socket = place.open("ada");
  place.say(socket, update_n(5));
  place.answer(found(R"({"n":4})", 7, 3));
  const auto write = place.questions.back().ticket;
  place.say(socket, update_n(6));
  EXPECT_TRUE(place.commands<model::Read>().empty());
  place.answer(write, acked());
  EXPECT_EQ(place.commands<model::Read>().size(), 1u);
  place.answer(found(R"({"n":6})", 8, 3));
  EXPECT_EQ(place.actions(socket), std::vector<std::int32_t>{record_action::message_denied});
}

TEST(Inquiry, a_socket_writes_again_what_was_changed_under_it) {
  SocketPlace place(only_up);
  const CarrierId socket = place.open("ada");
  place.say(socket, update_n(5));
  place.answer(found(R"({"n":3})", 7, 3));
  place.answer(model::Written{.outcomes = {conflict(8, R"({"n":4})")}});
  EXPECT_TRUE(place.told(socket).empty());
  ASSERT_EQ(place.commands<model::Read>().size(), 1u);
  place.answer(found(R"({"n":4})", 8, 3));
  ASSERT_EQ(place.commands<model::Write>().size(), 1u);
  place.answer(acked());
  EXPECT_EQ(place.actions(socket), std::vector<std::int32_t>{record_action::write_ack});
}

TEST(Inquiry, a_rule_that_fails_is_told_a_socket_as_such) {
  SocketPlace place(only_up);
  const CarrierId socket = place.open("ada");
  place.say(socket, {.topic = Topic::record, .action = record_action::remove, .name = "item/1"});
  place.answer(found("", 0));
  EXPECT_EQ(place.actions(socket), std::vector<std::int32_t>{record_action::message_permission_error});
}

}  // namespace
}  // namespace rockpool::dialects::deepstream
