#include "core/dialect/frames.h"
#include "core/dialects/native/place_test.h"

namespace rockpool::dialects::native {
namespace {

using model::Topic;

const std::string peer = dialect::member_prefix(1);

TEST(Signals, an_event_is_passed_on_as_it_came) {
  Place place;
  place.up().say(R"({"type":"emit","event":"bell","data":{"n":[1, 2]}})");
  EXPECT_EQ(place.command<model::Emit>().event, "bell");
  EXPECT_EQ(place.command<model::Emit>().data, R"({"n":[1,2]})");
  EXPECT_EQ(encode_notice({"team", Topic::Kind::event, "bell"}, model::Emitted{"7", "mara"}),
            R"({"type":"event","event":"bell","data":7,"user":"mara"})");
  EXPECT_EQ(encode_notice({"team", Topic::Kind::event, "bell"}, model::Emitted{}),
            R"({"type":"event","event":"bell"})");
}

TEST(Signals, who_subscribes_to_an_event_joins_it_until_the_last_wish_is_taken_back) {
  Place place;
  place.up().say(R"({"type":"subscribe","sub":-1,"event":"bell"})");
  EXPECT_EQ(place.command<model::Listen>().event, "bell");
  place.answer(model::Done{});
  EXPECT_EQ(place.last<Join>().topic, (Topic{"team", Topic::Kind::event, "bell"}));
  EXPECT_EQ(place.sent().at(0), R"({"type":"subscribed","sub":-1,"topic":"e:bell"})");
  place.say(R"({"type":"subscribe","sub":"b","event":"bell"})").answer(model::Done{}).steps.clear();
  place.say(R"({"type":"unsubscribe","sub":-1})");
  EXPECT_TRUE(place.steps.empty());
  place.say(R"({"type":"unsubscribe","sub":"b"})");
  EXPECT_EQ(place.last<Leave>().topic.name, "bell");
}

TEST(Signals, who_may_not_listen_is_told_and_the_sub_is_free_again) {
  Place place;
  place.up().say(R"({"type":"subscribe","sub":1,"event":"bell"})");
  place.answer(model::Failed{{base::Code::forbidden, "you may not", ""}});
  EXPECT_EQ(place.sent().at(0),
            R"({"type":"error","code":"forbidden","message":"you may not","retryable":false,"sub":1})");
  EXPECT_TRUE(place.all<Join>().empty());
  place.say(R"({"type":"subscribe","sub":1,"event":"door"})");
  EXPECT_EQ(place.command<model::Listen>().event, "door");
}

TEST(Signals, an_answer_is_for_the_event_that_was_asked_about) {
  Place place;
  place.up().say(R"({"type":"subscribe","sub":1,"event":"bell"})");
  const auto asked = place.last<Asked>();
  place.say(R"({"type":"unsubscribe","sub":1})").say(R"({"type":"subscribe","sub":1,"event":"door"})");
  place.steps.clear();
  place.server().answer(place.now, asked.ticket, model::Done{}, place.steps);
  EXPECT_TRUE(place.steps.empty());
}

TEST(Signals, a_sub_is_one_thing_at_a_time) {
  Place place;
  place.up().say(R"({"type":"subscribe","sub":1,"event":"bell"})").steps.clear();
  place.say(R"({"type":"subscribe","sub":1,"collection":"a"})");
  EXPECT_EQ(place.error(), "exists");
  place.steps.clear();
  place.say(R"({"type":"subscribe","sub":2,"collection":"a"})").steps.clear();
  place.say(R"({"type":"subscribe","sub":2,"event":"bell"})");
  EXPECT_EQ(place.error(), "exists");
  place.steps.clear();
  place.say(R"({"type":"subscribe","sub":3,"event":""})");
  EXPECT_EQ(place.error(), "invalid");
}

TEST(Signals, a_connection_has_a_thousand_subscriptions_events_among_them) {
  Place place({.limits = {.messages = {.per_second = 1, .burst = 2000}}});
  place.up();
  for (int i = 1; i <= 1000; ++i) {
    place.say(R"({"type":"subscribe","sub":)" + std::to_string(i) + R"(,"event":"e)" + std::to_string(i) +
              "\"}");
  }
  place.steps.clear();
  place.say(R"({"type":"subscribe","sub":1001,"event":"one more"})");
  EXPECT_EQ(place.error(), "quota");
}

TEST(Signals, who_provides_is_asked_on_its_own_call_topic) {
  Place place;
  place.up().say(R"([{"type":"provide","rpc":"sum","on":true},{"type":"provide","rpc":"max"}])");
  ASSERT_EQ(place.all<Join>().size(), 1u);
  EXPECT_EQ(place.last<Join>().topic, (Topic{"team", Topic::Kind::call, peer}));
  EXPECT_EQ(place.command<model::Provide>().provider, peer);
  EXPECT_TRUE(place.command<model::Provide>().on);
  place.say(R"({"type":"provide","rpc":"sum","on":false})");
  EXPECT_FALSE(place.command<model::Provide>().on);
  EXPECT_EQ(encode_notice({"team", Topic::Kind::call, peer}, model::Called{9, "sum", "[1]", "ben"}),
            R"({"type":"rpc","id":9,"rpc":"sum","data":[1],"user":"ben"})");
}

TEST(Signals, a_provider_answers_with_data_an_error_or_neither) {
  Place place;
  const auto given = [&](const std::string& rest) {
    place.say(R"({"type":"result","id":9)" + rest + "}");
    const auto command = place.command<model::Return>();
    EXPECT_EQ(command.provider, peer);
    EXPECT_EQ(command.call, 9u);
    return command.data + "|" + command.error;
  };
  place.up();
  EXPECT_EQ(given(R"(,"data":[1])"), "[1]|");
  EXPECT_EQ(given(R"(,"data":null,"error":null)"), "null|");
  EXPECT_EQ(given(R"(,"error":{"code":"refused","message":"no"})"), R"(|{"code":"refused","message":"no"})");
  EXPECT_EQ(given(""), "|");
}

TEST(Signals, a_call_is_asked_and_its_end_told_under_the_callers_number) {
  Place place;
  place.up().say(R"({"type":"call","id":4,"rpc":"sum","data":[1],"timeout":500})");
  EXPECT_EQ(place.command<model::Call>().procedure, "sum");
  EXPECT_EQ(place.command<model::Call>().caller, peer);
  EXPECT_EQ(place.command<model::Call>().timeout_ms, 500);
  place.answer(model::Returned{.data = "3"});
  EXPECT_EQ(place.sent().at(0), R"({"type":"result","id":4,"data":3})");
  place.say(R"({"type":"call","id":4,"rpc":"sum"})").answer(model::Returned{.error = "\"no\""});
  EXPECT_EQ(place.sent().at(0), R"({"type":"result","id":4,"error":"no"})");
  place.say(R"({"type":"call","id":4,"rpc":"sum"})");
  place.answer(model::Failed{.error = {.code = Code::not_found, .message = "nobody", .path = ""}});
  EXPECT_EQ(place.sent().at(0),
            R"({"type":"result","id":4,"error":{"code":"not_found","message":"nobody"}})");
}

TEST(Signals, a_number_is_of_one_open_call) {
  Place place;
  place.up().say(R"({"type":"call","id":4,"rpc":"sum"})").steps.clear();
  place.say(R"({"type":"call","id":4,"rpc":"sum"})");
  EXPECT_EQ(place.error(), "exists");
}

TEST(Signals, what_is_wrong_with_one_is_said_and_the_session_stays) {
  for (const char* frame :
       {R"({"type":"emit"})", R"({"type":"emit","event":7})", R"({"type":"call","rpc":"x"})",
        R"({"type":"call","id":1})", R"({"type":"provide"})", R"({"type":"result","data":1})",
        R"({"type":"call","id":-1,"rpc":"x"})", R"({"type":"provide","rpc":"x","on":1})"}) {
    Place place;
    place.up().say(frame);
    EXPECT_EQ(place.error(), "bad_message") << frame;
  }
  Place place;
  place.up().say(R"({"type":"emit","event":"x"})");
  place.answer(model::Failed{.error = {.code = Code::invalid, .message = "", .path = ""}});
  EXPECT_EQ(place.error(), "invalid");
}

}  // namespace
}  // namespace rockpool::dialects::native
