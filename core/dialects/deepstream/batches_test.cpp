#include "core/dialects/deepstream/batches.h"

#include "core/dialects/deepstream/http_place_test.h"

namespace rockpool::dialects::deepstream {
namespace {

const std::string success(success_entry);

std::string answer_of(const std::string& result, const std::string& entries) {
  return R"(200 {"result":")" + result + R"(","body":[)" + entries + "]}";
}
std::string failure(const std::string& error, const std::string& topic, const std::string& event,
                    const std::string& more = "") {
  return R"({"success":false,"error":")" + error + R"(","errorTopic":")" + topic + R"(","errorEvent":")" +
         event + "\"" + more + "}";
}

// ---- order ------------------------------------------------------------------------------------------------

TEST(Batches, writes_that_stand_together_are_one_write) {
  HttpPlace place;
  place.batch(put("desk/1") + "," + of_record("delete", "desk/2") + "," + put("x", R"(,"version":3)"));
  ASSERT_EQ(place.all<Asked>().size(), 1u);
  const auto write = place.command<model::Write>();
  EXPECT_EQ(place.last<Asked>().space, "team");
  EXPECT_EQ(write.client, "");
  ASSERT_EQ(write.groups.size(), 3u);
  const model::Mutation first = write.groups[0].at(0), second = write.groups[1].at(0),
                        third = write.groups[2].at(0);
  EXPECT_EQ(first, (model::Mutation{.number = 1, .key = {"desk", "1"}, .data = R"({"a":1})"}));
  EXPECT_EQ(second, (model::Mutation{.number = 2, .key = {"desk", "2"}, .op = model::Op::remove}));
  EXPECT_EQ(third,
            (model::Mutation{
                .number = 3, .key = {"deepstream", "x"}, .by_age = true, .data = R"({"a":1})", .base = 2}));
  place.written({model::Acked{.number = 1}, model::Acked{.number = 2}, model::Acked{.number = 3}});
  EXPECT_EQ(place.said(), answer_of("SUCCESS", success + "," + success + "," + success));
  EXPECT_EQ(place.header("Content-Type"), "application/json; charset=utf-8");
}

TEST(Batches, a_read_waits_for_the_writes_before_it_and_the_next_write_for_the_read) {
  HttpPlace place;
  place.batch(put("x") + "," + of_record("read", "x") + "," + of_record("head", "y") + "," + put("x"));
  EXPECT_EQ(place.all<Asked>().size(), 1u);
  place.written({model::Acked{.number = 1}});
  ASSERT_EQ(place.all<Asked>().size(), 2u);
  EXPECT_EQ(place.command<model::Read>(0).key.id, "x");
  EXPECT_EQ(place.command<model::Read>(1).key.id, "y");
  const Ticket first = place.all<Asked>()[0].ticket, second = place.all<Asked>()[1].ticket;
  place.answer(second, found(12, 10, "{}"));
  EXPECT_TRUE(place.steps.empty());
  place.answer(first, found(7, 2, R"({"a":1})"));
  EXPECT_EQ(place.command<model::Write>().groups.at(0).at(0).number, 4u);
  place.written({model::Acked{.number = 4}});
  EXPECT_EQ(place.said(), answer_of("SUCCESS", success + R"(,{"success":true,"version":5,"data":{"a":1}},)" +
                                                   R"({"success":true,"version":2},)" + success));
}

TEST(Batches, calls_and_events_hold_nothing_up) {
  HttpPlace place;
  place.batch(make + "," + emit + "," + query + "," + put("x"));
  ASSERT_EQ(place.all<Asked>().size(), 4u);
  const auto call = place.command<model::Call>(0);
  EXPECT_EQ(call.procedure + call.data, "add[1]");
  EXPECT_EQ(call.timeout_ms, 10'000);
  EXPECT_EQ(call.accept_ms, 1'000);
  EXPECT_EQ(place.command<model::Emit>(1).data, R"({"a":1})");
  EXPECT_EQ(place.command<model::Emit>(1).author, 0u);
  EXPECT_EQ(place.command<model::ListPresence>(2).room, "deepstream");
  const auto asked = place.all<Asked>();
  place.answer(asked[3].ticket, model::Written{.outcomes = {model::Acked{.number = 4}}});
  place.answer(asked[1].ticket, model::Done{});
  place.answer(asked[2].ticket, model::Present{});
  EXPECT_TRUE(place.steps.empty());
  place.answer(asked[0].ticket, model::Returned{.data = "7"});
  EXPECT_EQ(place.said(), answer_of("SUCCESS", R"({"success":true,"data":7},)" + success +
                                                   R"(,{"success":true,"users":[]},)" + success));
}

TEST(Batches, outcomes_may_come_in_parts) {
  HttpPlace place;
  place.batch(put("x") + "," + put("y") + "," + emit);
  const Ticket ticket = place.last<Asked>().ticket;
  place.answer(ticket, model::Written{.outcomes = {model::Acked{.number = 2}}, .more = true});
  EXPECT_TRUE(place.steps.empty());
  place.answer(ticket, model::Written{.outcomes = {model::Acked{.number = 1}}});
  EXPECT_EQ(place.command<model::Emit>().event, "e");
  place.answer(model::Done{});
  EXPECT_EQ(place.said(), answer_of("SUCCESS", success + "," + success + "," + success));
}

TEST(Batches, a_hundred_calls_are_open_at_a_time_and_others_wait_their_turn) {
  HttpPlace place;
  std::string commands = make;
  for (int i = 1; i < 101; ++i) commands += "," + make;
  place.batch(commands);
  const auto asked = place.all<Asked>();
  ASSERT_EQ(asked.size(), 100u);
  place.answer(asked[0].ticket, model::Returned{});
  const Ticket late = place.last<Asked>().ticket;
  for (std::size_t i = 1; i < 100; ++i) place.answer(asked[i].ticket, model::Returned{});
  EXPECT_TRUE(place.steps.empty());
  place.answer(late, model::Returned{});
  EXPECT_EQ(place.said().substr(0, 24), R"(200 {"result":"SUCCESS",)");
}

TEST(Batches, commands_are_counted) {
  HttpPlace place;
  place.batch(emit + "," + emit + "," + emit);
  EXPECT_EQ(place.desk.http_commands, 3u);
}

// ---- time -------------------------------------------------------------------------------------------------

TEST(Batches, what_takes_too_long_is_answered_without) {
  HttpPlace place;
  place.batch(emit + "," + make);
  const auto asked = place.all<Asked>();
  place.answer(asked[0].ticket, model::Done{});
  place.wait(19'999);
  EXPECT_TRUE(place.steps.empty());
  place.wait(1);
  EXPECT_EQ(place.said(), answer_of("PARTIAL_SUCCESS",
                                    success + "," +
                                        failure("Request exceeded timeout before a response was received.",
                                                "connection", "HTTP_REQUEST_TIMEOUT")));
  place.answer(asked[1].ticket, model::Returned{});
  EXPECT_TRUE(place.steps.empty());
  EXPECT_EQ(place.http.next_wake(), std::nullopt);
}

TEST(Batches, who_goes_away_has_its_commands_carried_out) {
  HttpPlace place;
  const CarrierId request = place.batch(put("x") + "," + emit);
  const Ticket ticket = place.last<Asked>().ticket;
  place.hear(request, dialect::Closed{});
  place.answer(ticket, model::Written{.outcomes = {model::Acked{.number = 1}}});
  EXPECT_EQ(place.command<model::Emit>().event, "e");
  place.answer(model::Done{});
  EXPECT_TRUE(place.steps.empty());
  EXPECT_EQ(place.http.next_wake(), std::nullopt);
}

// ---- versions ---------------------------------------------------------------------------------------------

TEST(Batches, versions_say_what_has_to_be_there) {
  const auto mutation = [](const std::string& version) {
    HttpPlace place;
    place.batch(put("x", version.empty() ? "" : R"(,"version":)" + version));
    return place.command<model::Write>().groups.at(0).at(0);
  };
  for (const char* forced : {"", "-1"}) EXPECT_EQ(mutation(forced).base, std::nullopt);
  EXPECT_EQ(mutation("0").base, 0u);
  EXPECT_FALSE(mutation("0").by_age);
  EXPECT_EQ(mutation("1").base, 0u);
  EXPECT_TRUE(mutation("1").by_age);
  EXPECT_EQ(mutation("8").base, 7u);
  EXPECT_TRUE(mutation("8").by_age);
}

TEST(Batches, a_conflict_shows_what_is_there) {
  HttpPlace place;
  place.batch(put("desk/7", R"(,"version":9)") + "," + put("y", R"(,"version":9)"));
  place.written({model::Conflicted{.number = 1, .version = 14, .data = R"({"h":72})", .born = 10},
                 model::Conflicted{.number = 2, .version = 3, .born = 1}});
  EXPECT_EQ(place.said(),
            answer_of("FAILURE",
                      failure(R"(Record update failed. Version 4 exists for record \"desk/7\".)", "record",
                              "VERSION_EXISTS", R"(,"currentVersion":4,"currentData":{"h":72})") +
                          "," +
                          failure(R"(Record update failed. Version 0 exists for record \"y\".)", "record",
                                  "VERSION_EXISTS", R"(,"currentVersion":0,"currentData":{})")));
}

TEST(Batches, what_is_not_there_is_deleted_already) {
  HttpPlace place;
  place.batch(of_record("delete", "x"));
  place.written({model::Conflicted{.number = 1}});
  EXPECT_EQ(place.said(), answer_of("SUCCESS", success));
}

TEST(Batches, a_record_that_is_missing_is_not_found) {
  const std::string error =
      failure(R"(Record read failed. Record \"x\" could not be found.)", "record", "RECORD_NOT_FOUND");
  HttpPlace place;
  place.batch(of_record("read", "x"));
  place.answer(model::Found{});
  EXPECT_EQ(place.said(), answer_of("FAILURE", error));
  place.batch(of_record("head", "x"));
  place.answer(found(4, 1, ""));  // a tombstone
  EXPECT_EQ(place.said(), answer_of("FAILURE", error));
}

// ---- paths and refusals -----------------------------------------------------------------------------------

TEST(Batches, a_path_is_a_place) {
  HttpPlace place;
  place.batch(of_record("write", "x", R"(,"path":"a.b[2]","data":null)"));
  const auto mutation = place.command<model::Write>().groups.at(0).at(0);
  EXPECT_EQ(mutation.op, model::Op::place);
  EXPECT_EQ(mutation.path, R"(["a","b",2])");
  EXPECT_EQ(mutation.data, "null");
}

TEST(Batches, a_path_that_is_none_changes_nothing) {
  const std::string error = failure(R"(Record update failed. Path \"l[-1]\" is not valid for record \"x\".)",
                                    "record", "INVALID_MESSAGE_DATA");
  HttpPlace place;
  place.batch(of_record("write", "x", R"(,"path":"l[-1]","data":1)"));
  EXPECT_EQ(place.said(), answer_of("FAILURE", error));

  // The same for one that only the record shows to be none; what a schema says is about something else.
  place.batch(of_record("write", "x", R"(,"path":"l.a","data":1)"));
  place.written({model::Declined{1, {Code::invalid, "an array has no member", ""}}});
  EXPECT_NE(place.said().find(R"(Path \"l.a\" is not valid)"), std::string::npos);
  place.batch(of_record("write", "x", R"(,"path":"l.a","data":1)"));
  place.written({model::Declined{1, {Code::invalid, "/l/a: is no text", "/l/a"}}});
  EXPECT_EQ(place.said(), answer_of("FAILURE", failure("Record update failed. /l/a: is no text.", "record",
                                                       "INVALID_MESSAGE_DATA")));
}

TEST(Batches, a_name_that_is_none_fails_alone) {
  HttpPlace place;
  place.batch(put("..") + "," + put("x"));
  EXPECT_EQ(place.command<model::Write>().groups.size(), 1u);
  place.written({model::Acked{.number = 2}});
  EXPECT_EQ(
      place.said(),
      answer_of("PARTIAL_SUCCESS",
                failure(R"(Record update failed. id of the record is \".\" or \"..\", which no name may be.)",
                        "record", "INVALID_MESSAGE_DATA") +
                    "," + success));
}

TEST(Batches, refusals_of_the_hub_have_their_events) {
  const auto event = [](const std::string& command, model::Reply reply) {
    HttpPlace place;
    place.batch(command);
    place.answer(std::move(reply));
    const std::string said = place.said();
    const std::size_t at = said.find("errorEvent\":\"");
    return at == std::string::npos ? said : said.substr(at + 13, said.find('"', at + 13) - at - 13);
  };
  const auto failed = [](Code code) { return model::Failed{.error = {code, "why", ""}}; };
  const auto declined = [](Code code) {
    return model::Written{.outcomes = {model::Declined{1, {code, "why", ""}}}};
  };
  EXPECT_EQ(event(put("x"), declined(Code::forbidden)), "MESSAGE_DENIED");
  EXPECT_EQ(event(put("x"), declined(Code::too_large)), "INVALID_MESSAGE_DATA");
  EXPECT_EQ(event(put("x"), declined(Code::storage)), "RECORD_UPDATE_ERROR");
  EXPECT_EQ(event(put("x"), failed(Code::overloaded)), "RECORD_UPDATE_ERROR");
  EXPECT_EQ(event(of_record("delete", "x"), declined(Code::storage)), "RECORD_DELETE_ERROR");
  EXPECT_EQ(event(of_record("read", "x"), failed(Code::forbidden)), "MESSAGE_DENIED");
  EXPECT_EQ(event(of_record("read", "x"), failed(Code::overloaded)), "RECORD_LOAD_ERROR");
  EXPECT_EQ(event(emit, failed(Code::forbidden)), "MESSAGE_DENIED");
  EXPECT_EQ(event(emit, failed(Code::invalid)), "INVALID_MESSAGE_DATA");
  EXPECT_EQ(event(emit, failed(Code::overloaded)), "MESSAGE_PERMISSION_ERROR");
  EXPECT_EQ(event(query, failed(Code::forbidden)), "MESSAGE_DENIED");
  EXPECT_EQ(event(make, failed(Code::not_found)), "NO_RPC_PROVIDER");
  EXPECT_EQ(event(make, failed(Code::closed)), "NO_RPC_PROVIDER");
  EXPECT_EQ(event(make, failed(Code::timeout)), "RESPONSE_TIMEOUT");
  EXPECT_EQ(event(make, failed(Code::forbidden)), "MESSAGE_DENIED");
  EXPECT_EQ(event(make, model::Unaccepted{}), "ACK_TIMEOUT");
}

TEST(Batches, a_write_that_failed_as_a_whole_fails_each_of_its_commands) {
  HttpPlace place;
  place.batch(put("x") + "," + put("y") + "," + emit);
  place.answer(model::Failed{.error = {Code::forbidden, "why", ""}});
  place.answer(model::Done{});
  EXPECT_EQ(place.said().substr(0, 32), R"(200 {"result":"PARTIAL_SUCCESS",)");
}

TEST(Batches, an_error_of_a_provider_has_no_event) {
  HttpPlace place;
  place.batch(make);
  place.answer(model::Returned{.error = "\"no\""});
  EXPECT_EQ(place.said(), answer_of("FAILURE", R"({"success":false,"error":"no","errorTopic":"rpc"})"));
}

// ---- presence ---------------------------------------------------------------------------------------------

TEST(Batches, users_online_are_named_once_and_not_who_asks) {
  HttpPlace place;
  const model::Present here{
      .room = "deepstream",
      .members = {{"1", "mara", "{}"}, {"2", "mara", "{}"}, {"3", "", "{}"}, {"4", "otto", "{}"}}};
  place.post("/api/v1", R"({"token":"t","body":[)" + query + "]}");
  place.identify_as("otto");
  place.answer(here);
  EXPECT_EQ(place.said(), answer_of("SUCCESS", R"({"success":true,"users":["mara"]})"));
  place.post("/api/v1",
             R"({"token":"t","body":[{"topic":"presence","action":"query","names":["otto","one","otto"]}]})");
  place.identify_as("otto");
  place.answer(here);
  EXPECT_EQ(place.said(), answer_of("SUCCESS", R"({"success":true,"users":{"otto":true,"one":false}})"));
}

// ---- permissions ------------------------------------------------------------------------------------------

TEST(Batches, what_is_not_permitted_never_reaches_the_hub) {
  HttpPlace place(R"({"permissions":{"record":{"*":false},"event":{"*":false},"rpc":{"*":false},
                                     "presence":{"*":false}}})");
  place.batch(of_record("read", "x") + "," + of_record("head", "x") + "," + put("x") + "," +
              of_record("delete", "x") + R"(,{"topic":"record","action":"notify","recordNames":["x"]},)" +
              emit + "," + make + "," + query);
  EXPECT_TRUE(place.all<Asked>().empty());
  const auto denied = [](const std::string& topic, const std::string& action) {
    return failure(R"(Message denied. Action \")" + action + R"(\" is not permitted.)", topic,
                   "MESSAGE_DENIED", R"(,"errorAction":")" + action + "\"");
  };
  EXPECT_EQ(place.said(),
            answer_of("FAILURE", denied("record", "read") + "," + denied("record", "head") + "," +
                                     denied("record", "write") + "," + denied("record", "delete") + "," +
                                     denied("record", "notify") + "," + denied("event", "emit") + "," +
                                     denied("rpc", "make") + "," + denied("presence", "query")));
}

TEST(Batches, who_may_write_but_not_create_changes_what_is_there) {
  HttpPlace place(R"({"permissions":{"record":{"*":{"create":false}}}})");
  place.batch(put("x") + "," + put("y"));
  EXPECT_EQ(place.command<model::Read>().key.id, "x");
  place.answer(model::Found{});
  EXPECT_EQ(place.command<model::Read>().key.id, "y");
  place.answer(found(7, 2, "{}"));
  EXPECT_EQ(place.command<model::Write>().groups.at(0).at(0).base, 7u);
  // It has changed meanwhile, which a write without a version does not mind.
  place.written({model::Conflicted{.number = 2, .version = 8, .data = "{}", .born = 2}});
  place.answer(found(8, 2, "{}"));
  EXPECT_EQ(place.command<model::Write>().groups.at(0).at(0).base, 8u);
  EXPECT_EQ(place.command<model::Write>().groups.at(0).at(0).data, R"({"a":1})");
  place.written({model::Acked{.number = 2}});
  EXPECT_EQ(place.said().substr(0, 32), R"(200 {"result":"PARTIAL_SUCCESS",)");
  place.batch(put("x", R"(,"version":3)"));
  place.answer(found(7, 2, "{}"));
  EXPECT_NE(place.said().find(R"("currentVersion":5)"), std::string::npos);
}

TEST(Batches, a_notice_of_what_was_written_elsewhere_has_nothing_to_do) {
  HttpPlace place;
  place.batch(R"({"topic":"record","action":"notify","recordNames":["a","b"]})");
  EXPECT_EQ(place.said(), answer_of("SUCCESS", success));
}

// ---- by number --------------------------------------------------------------------------------------------

TEST(Batches, errors_by_number_are_those_of_later_releases) {
  HttpPlace place(R"({"errorEvents":"numeric"})");
  place.batch(of_record("read", "x"));
  place.answer(model::Found{});
  EXPECT_NE(place.said().find(R"("errorEvent":107)"), std::string::npos);
  place.batch(of_record("head", "x"));
  place.answer(model::Found{});
  EXPECT_EQ(place.said(), answer_of("SUCCESS", R"({"success":true,"version":-1})"));
  place.batch(put("x", R"(,"version":3)") + "," + put("y", R"(,"version":9)"));
  place.written({model::Conflicted{.number = 1, .version = 3, .data = "{}"},
                 model::Conflicted{.number = 2, .version = 3, .data = "{}"}});
  EXPECT_NE(
      place.said().find(R"(Version 3 exists for record \"x\".","errorTopic":"record","errorEvent":102)"),
      std::string::npos);
  EXPECT_NE(place.said().find(
                R"(Version 9 is not valid for record \"y\".","errorTopic":"record","errorEvent":108)"),
            std::string::npos);
}

}  // namespace
}  // namespace rockpool::dialects::deepstream
