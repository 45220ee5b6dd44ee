#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "core/base/text.h"
#include "core/dialect/frames.h"
#include "core/dialects/native/place_test.h"

namespace rockpool::dialects::native {
namespace {

// ---- arriving ---------------------------------------------------------------------------------------------

TEST(Server, claims_what_is_below_v1_and_nothing_else) {
  Place place;
  EXPECT_TRUE(place.server().claims(upgrade_of()));
  EXPECT_TRUE(place.server().claims(upgrade_of("/v1/poll")));
  EXPECT_FALSE(place.server().claims(upgrade_of("/v1")));
  EXPECT_FALSE(place.server().claims(upgrade_of("/v11/connect")));
  EXPECT_FALSE(place.server().claims(upgrade_of("/")));
}

TEST(Server, accepts_an_upgrade_with_our_sub_protocol_or_none_at_all) {
  Place place;
  place.connect(1);
  EXPECT_EQ(place.last<dialect::AcceptStream>().subprotocol, "rockpool.v1");
  wire::RequestHead plain = upgrade_of();
  plain.headers.clear();
  place.hear(2, Arrived{plain, ""});
  EXPECT_EQ(place.last<dialect::AcceptStream>().carrier, 2u);
  EXPECT_EQ(place.last<dialect::AcceptStream>().subprotocol, "");
}

TEST(Server, answers_other_requests_with_what_to_do) {
  const auto status = [](const wire::RequestHead& head) {
    Place place;
    place.hear(1, Arrived{head, ""});
    EXPECT_FALSE(place.last<dialect::Respond>().body->empty());
    return place.last<dialect::Respond>().head.status;
  };
  EXPECT_EQ(status(upgrade_of("/v1/nothing")), 404);
  wire::RequestHead no_upgrade = upgrade_of();
  no_upgrade.upgrade = false;
  EXPECT_EQ(status(no_upgrade), 426);
  wire::RequestHead foreign = upgrade_of();
  foreign.headers = {{"sec-websocket-protocol", "graphql-ws, rockpool.v12"}};
  EXPECT_EQ(status(foreign), 400);
}

// ---- hello ------------------------------------------------------------------------------------------------

TEST(Server, asks_who_it_is_then_greets_then_welcomes) {
  Place place;
  place.connect().say(hello);
  EXPECT_EQ(place.last<Identify>().token, "t");
  EXPECT_EQ(place.last<Identify>().origin, "https://app.example");
  EXPECT_EQ(place.last<Identify>().space, "team");
  place.identify(dialect::Identified{{.user = "mara"}});
  EXPECT_EQ(place.command<model::Greet>().client, "0123456789abcdef");
  EXPECT_EQ(place.last<Asked>().principal.user, "mara");
  EXPECT_EQ(place.last<Asked>().space, "team");
  place.answer(model::Greeted{.epoch = 5, .writer = "w", .highest = 3, .forgotten = true});
  const auto messages = decode_down(place.sent().at(0));
  const auto welcome = *std::get_if<Welcome>(&messages->front());
  EXPECT_EQ(welcome.user, "mara");
  EXPECT_EQ(welcome.writer, "w");
  EXPECT_EQ(welcome.epoch, 5u);
  EXPECT_EQ(welcome.highest, 3u);
  EXPECT_TRUE(welcome.forgotten);
  EXPECT_EQ(welcome.server, "rockpool 0");
  EXPECT_EQ(welcome.peer, dialect::member_prefix(1));
  EXPECT_EQ(welcome.session.size(), 32u);
}

// What the older one still brings was sent before answers that the newer one will give.
TEST(Server, closes_a_connection_as_soon_as_its_client_speaks_through_a_newer_one) {
  Place place;
  place.up(1).up(2);
  const std::string push = R"({"type":"push","settled":0,"except":[],"mutations":[)"
                           R"({"number":1,"collection":"a","id":"x","op":"put","base":0,"data":{}}]})";
  place.say(push, 1).say(R"({"type":"ping"})", 2);
  ASSERT_EQ(place.all<CloseStream>().size(), 1u);
  EXPECT_EQ(place.last<CloseStream>().carrier, 1u);
  EXPECT_EQ(place.last<CloseStream>().code, wire::CloseCode::policy);
  EXPECT_EQ(place.server().census().websocket, 1u);
  place.steps.clear();
  place.say(push, 1);
  EXPECT_TRUE(place.all<Asked>().empty());
  place.say(push, 2).say(push, 2);
  EXPECT_EQ(place.all<Asked>().size(), 2u);
  EXPECT_TRUE(place.all<CloseStream>().empty());
}

TEST(Server, a_connection_that_waited_for_its_welcome_is_closed_by_a_newer_one_that_speaks) {
  Place place;
  place.connect(1).say(hello, 1);
  place.identify(dialect::Identified{{.user = "mara"}});
  place.up(2).say(R"({"type":"ping"})", 2);
  ASSERT_EQ(place.all<CloseStream>().size(), 1u);
  EXPECT_EQ(place.last<CloseStream>().carrier, 1u);
}

TEST(Server, what_is_said_before_the_welcome_takes_over_with_it) {
  Place place;
  place.up(1).connect(2).say(hello, 2).say(R"({"type":"ping"})", 2);
  place.identify(dialect::Identified{{.user = "mara"}});
  EXPECT_TRUE(place.all<CloseStream>().empty());
  place.answer(model::Greeted{.epoch = 5, .writer = "w", .highest = 3});
  ASSERT_EQ(place.all<CloseStream>().size(), 1u);
  EXPECT_EQ(place.last<CloseStream>().carrier, 1u);
}

TEST(Server, another_users_client_of_the_same_id_closes_nothing) {
  Place place;
  place.up(1).connect(2).say(hello, 2);
  place.identify(dialect::Identified{{.user = "eve"}});
  place.answer(model::Greeted{.epoch = 5, .writer = "w", .highest = 0});
  place.say(R"({"type":"ping"})", 2);
  EXPECT_TRUE(place.all<CloseStream>().empty());
}

TEST(Server, a_connection_that_only_greets_leaves_the_older_one_its_pushes) {
  Place place;
  place.up(1).up(2);
  const std::string push = R"({"type":"push","settled":0,"except":[],"mutations":[]})";
  place.say(push, 1);
  EXPECT_EQ(place.all<Asked>().size(), 1u);
  place.hear(2, dialect::Closed{}).say(push, 1);
  EXPECT_EQ(place.all<Asked>().size(), 2u);
}

TEST(Server, refuses_a_hello_it_cannot_serve_and_closes) {
  const auto refused = [](const std::string& frame) {
    Place place;
    place.connect();
    place.steps.clear();
    place.say(frame);
    EXPECT_EQ(place.last<CloseStream>().code, wire::CloseCode::policy);
    return place.error();
  };
  EXPECT_EQ(refused(R"({"type":"hello","protocol":2,"client":"0123456789abcdef"})"), "unsupported_version");
  EXPECT_EQ(refused(R"({"type":"hello","protocol":1,"client":"short"})"), "invalid");
  EXPECT_EQ(refused(R"({"type":"hello","protocol":1,"client":"0123456789abcdef","space":"$x"})"),
            "forbidden");
}

TEST(Server, closes_when_the_edge_denies) {
  Place place;
  place.connect().say(hello).identify(
      dialect::Denied{{.code = Code::auth, .message = "expired", .path = ""}});
  EXPECT_EQ(place.error(), "auth");
  EXPECT_EQ(place.last<CloseStream>().code, wire::CloseCode::policy);
}

TEST(Server, keeps_what_comes_between_hello_and_welcome_in_order) {
  Place place;
  place.connect().say(hello).say(R"([{"type":"subscribe","sub":1,"collection":"a"},{"type":"ping"}])");
  EXPECT_TRUE(place.sent().empty());
  place.identify(dialect::Identified{}).answer(model::Greeted{});
  const auto frames = place.sent();
  ASSERT_EQ(frames.size(), 3u);
  EXPECT_NE(frames[1].find("subscribed"), std::string::npos);
  EXPECT_NE(frames[2].find("pong"), std::string::npos);
}

TEST(Server, does_not_keep_more_than_a_mebibyte_before_welcome) {
  Place place;
  place.connect().say(hello);
  const std::string large = R"({"type":"auth","token":")" + std::string(600'000, 'x') + "\"}";
  place.say(large);
  EXPECT_TRUE(place.all<CloseStream>().empty());
  place.say(large);
  EXPECT_EQ(place.last<CloseStream>().code, wire::CloseCode::policy);
}

TEST(Server, takes_hello_first_and_once) {
  Place place;
  place.connect();
  place.steps.clear();
  EXPECT_EQ(place.say(R"({"type":"ping"})").error(), "bad_message");
  EXPECT_TRUE(place.all<CloseStream>().empty());
  Place greeted;
  EXPECT_EQ(greeted.up().say(hello).error(), "bad_message");
}

TEST(Server, closes_without_hello_after_ten_seconds_whatever_else_was_said) {
  Place place;
  place.connect();
  EXPECT_EQ(place.server().next_wake(), Instant{place.now.ms + 10'000});
  place.wait(9'999).say("garbage");
  EXPECT_TRUE(place.all<CloseStream>().empty());
  place.wait(1);
  EXPECT_EQ(place.last<CloseStream>().code, wire::CloseCode::policy);
  EXPECT_EQ(place.server().next_wake(), std::nullopt);
}

// ---- writing ----------------------------------------------------------------------------------------------

const std::string push =
    R"({"type":"push","settled":1,"except":[],"mutations":[{"number":2,"collection":"a","id":"i",)"
    R"("op":"put","base":0,"data":1},)"
    R"({"number":3,"collection":"a","id":"i","op":"grow"}]})";

TEST(Server, answers_a_push_in_one_frame_refusals_included) {
  Place place;
  place.up().say(push);
  const auto write = place.command<model::Write>();
  EXPECT_EQ(write.client, "0123456789abcdef");
  EXPECT_EQ(write.settled, 1u);
  ASSERT_EQ(write.groups.size(), 1u);
  place.answer(model::Written{.outcomes = {model::Acked{2, 1, 9}}});
  ASSERT_EQ(place.sent().size(), 1u);
  const auto messages = decode_down(place.sent()[0]);
  ASSERT_EQ(messages->size(), 2u);
  EXPECT_EQ((*messages)[0], DownMessage(model::Acked{2, 1, 9}));
  EXPECT_EQ(std::get_if<model::Declined>(&(*messages)[1])->number, 3u);
}

TEST(Server, passes_on_an_answer_that_comes_in_parts) {
  Place place;
  place.up().say(push);
  const model::Ticket ticket = place.last<Asked>().ticket;
  place.steps.clear();
  place.server().answer(place.now, ticket, model::Written{.outcomes = {model::Held{2, 1}}, .more = true},
                        place.steps);
  place.server().answer(place.now, ticket, model::Written{.outcomes = {model::Acked{4, 1, 9}}}, place.steps);
  place.server().answer(place.now, ticket, model::Written{.outcomes = {model::Acked{5, 1, 9}}}, place.steps);
  ASSERT_EQ(place.sent().size(), 2u);
  EXPECT_EQ(place.sent()[1], R"({"type":"ack","number":4,"version":1,"seq":9})");
}

TEST(Server, refuses_by_number_what_the_hub_could_not_take) {
  Place place;
  place.up().say(push).answer(model::Failed{{.code = Code::overloaded, .message = "later", .path = ""}});
  const auto messages = decode_down(place.sent().at(0));
  ASSERT_EQ(messages->size(), 2u);
  for (const auto& message : *messages) EXPECT_TRUE(std::holds_alternative<model::Declined>(message));
}

TEST(Server, sends_a_client_that_was_forgotten_meanwhile_back_to_hello) {
  Place place;
  place.up().say(push).answer(model::Failed{{.code = Code::unsynced, .message = "unknown", .path = ""}});
  EXPECT_EQ(place.error(), "unsynced");
  EXPECT_EQ(place.all<CloseStream>().size(), 1u);
}

// ---- presence ---------------------------------------------------------------------------------------------

TEST(Server, speaks_only_for_members_of_its_own_connection) {
  Place place;
  place.up(7).say(R"({"type":"presence","room":"r","member":"tab","state":{"x":1}})", 7);
  const auto said = place.command<model::SetPresence>();
  EXPECT_EQ(said.member, dialect::member_prefix(7) + "tab");
  EXPECT_EQ(said.state, R"({"x":1})");
}

TEST(Server, lists_a_room_and_then_joins_it) {
  Place place;
  place.up().say(R"({"type":"presence","room":"r","watch":true})");
  EXPECT_EQ(place.command<model::ListPresence>().room, "r");
  place.answer(model::Present{"r", {{"8.t", "ben", "1"}}});
  EXPECT_EQ(place.sent(),
            std::vector<std::string>{
                R"({"type":"presence","room":"r","members":[{"member":"8.t","user":"ben","state":1}],)"
                R"("whole":true})"});
  EXPECT_EQ(place.last<Join>().topic.kind, model::Topic::Kind::presence);
  place.steps.clear();
  place.say(R"({"type":"presence","room":"r","watch":false})");
  EXPECT_EQ(place.all<Leave>().size(), 1u);
}

TEST(Server, bounds_presence) {
  Place place;
  place.up();
  EXPECT_EQ(place.say(R"({"type":"presence","room":"","state":1})").error(), "invalid");
  place.steps.clear();
  EXPECT_EQ(place.say(R"({"type":"presence","room":"r","state":")" + std::string(4096, 'x') + "\"}").error(),
            "too_large");
  for (std::size_t i = 0; i < base::limits::presence_rooms_max; ++i) {
    place.say(R"({"type":"presence","room":")" + base::decimal(std::uint64_t{i}) +
              R"(","state":1,"watch":true})");
  }
  place.steps.clear();
  EXPECT_EQ(place.say(R"({"type":"presence","room":"r","state":1})").error(), "quota");
  place.steps.clear();
  EXPECT_EQ(place.say(R"({"type":"presence","room":"r","watch":true})").error(), "quota");
  place.steps.clear();
  place.say(R"({"type":"presence","room":"0","state":2})");
  EXPECT_EQ(place.all<Asked>().size(), 1u) << "a room it is in already";
}

// ---- tokens and time --------------------------------------------------------------------------------------

TEST(Server, renews_a_token_in_place) {
  Place place;
  place.up(1, place.now.ms + 5'000).say(R"({"type":"auth","token":"t2"})");
  EXPECT_EQ(place.last<Identify>().token, "t2");
  place.identify(dialect::Identified{{.user = "mara", .expires_ms = place.now.ms + 15'000}});
  place.command<model::Regard>();
  place.answer(model::Regarded{});
  EXPECT_TRUE(place.steps.empty());
  place.wait(5'000);
  EXPECT_TRUE(place.steps.empty());
  place.wait(10'000);
  EXPECT_EQ(place.error(), "auth");
  EXPECT_EQ(place.last<CloseStream>().code, wire::CloseCode::policy);
}

TEST(Server, keeps_the_old_token_when_the_new_one_is_refused_or_another_users) {
  Place place;
  place.up().say(R"({"type":"auth","token":"t2"})");
  place.identify(dialect::Identified{{.user = "ben"}});
  EXPECT_EQ(place.error(), "auth");
  EXPECT_TRUE(place.all<CloseStream>().empty());
  place.say(R"({"type":"auth","token":"t3"})");
  place.identify(dialect::Denied{{.code = Code::auth, .message = "bad", .path = ""}});
  EXPECT_EQ(place.error(), "auth");
  place.say(push);
  EXPECT_EQ(place.last<Asked>().principal.user, "mara");
}

TEST(Server, answers_a_ping_with_where_the_session_stands_when_all_of_it_is_live) {
  Place place;
  place.up().say(R"({"type":"ping"})");
  EXPECT_EQ(place.sent(), std::vector<std::string>{R"({"type":"pong"})"});
  place.say(R"({"type":"subscribe","sub":1,"collection":"a"})");
  const model::Ticket pull = place.last<Asked>().ticket;
  place.steps.clear();
  place.say(R"({"type":"ping"})");
  EXPECT_EQ(place.sent(), std::vector<std::string>{R"({"type":"pong"})"}) << "still catching up";
  place.steps.clear();
  place.server().answer(place.now, pull, model::Since{"a", {}, cursor(9), false}, place.steps);
  place.steps.clear();
  place.say(R"({"type":"ping"})");
  EXPECT_EQ(place.command<model::CatchUp>().cursor, std::nullopt);
  place.answer(model::Since{"a", {}, cursor(12), false});
  EXPECT_EQ(place.sent(), std::vector<std::string>{R"({"type":"pong","cursor":")" + cursor(12) + "\"}"});
}

TEST(Server, names_no_cursor_in_a_pong_that_a_new_subscription_overtook) {
  Place place;
  place.up().say(R"({"type":"subscribe","sub":1,"collection":"a"})");
  place.answer(model::Since{"a", {}, cursor(9), false}).say(R"({"type":"ping"})");
  const model::Ticket ping = place.last<Asked>().ticket;
  place.say(R"({"type":"subscribe","sub":2,"collection":"b"})");
  place.steps.clear();
  place.server().answer(place.now, ping, model::Since{"a", {}, cursor(12), false}, place.steps);
  EXPECT_EQ(place.sent(), std::vector<std::string>{R"({"type":"pong"})"});
}

TEST(Server, takes_a_client_as_gone_after_25_silent_seconds) {
  Place place;
  place.up().wait(20'000).say(R"({"type":"ping"})").wait(24'999);
  EXPECT_TRUE(place.all<CloseStream>().empty());
  place.wait(1);
  EXPECT_EQ(place.last<CloseStream>().code, wire::CloseCode::going_away);
  EXPECT_EQ(place.server().next_wake(), std::nullopt);
}

TEST(Server, closes_after_a_thousand_bad_messages_and_not_before) {
  Place place;
  place.up();
  for (int i = 0; i < 999; ++i) place.say(i % 2 == 0 ? "garbage" : R"({"type":"what"})");
  EXPECT_TRUE(place.all<CloseStream>().empty());
  place.hear(1, dialect::Frame{"binary", true});
  EXPECT_EQ(place.last<CloseStream>().code, wire::CloseCode::policy);
  EXPECT_EQ(place.all<SendFrame>().size(), 1000u);
  place.steps.clear();
  place.say("more");
  EXPECT_TRUE(place.steps.empty());
}

TEST(Server, says_good_bye_with_delays_that_are_spread) {
  Place place;
  for (CarrierId carrier = 1; carrier <= 20; ++carrier) place.up(carrier);
  place.server().drain(place.now, place.steps);
  std::set<std::int64_t> delays;
  for (const std::string& frame : place.sent()) {
    const auto messages = decode_down(frame);
    const std::int64_t delay = std::get_if<Bye>(&messages->front())->reconnect_after_ms;
    EXPECT_GE(delay, 500);
    EXPECT_LT(delay, 5'000);
    delays.insert(delay);
  }
  EXPECT_GT(delays.size(), 15u);
}

TEST(Server, greets_nobody_new_once_it_is_going) {
  Place place;
  place.connect();
  place.server().drain(place.now, place.steps);
  place.steps.clear();
  place.say(hello);
  EXPECT_EQ(place.error(), "overloaded");
  EXPECT_TRUE(place.all<Identify>().empty());
  EXPECT_EQ(place.last<CloseStream>().carrier, 1u);
}

TEST(Server, tells_how_long_a_token_lasts) {
  Place place;
  place.connect().say(hello).identify(
      dialect::Identified{{.user = "mara", .expires_ms = place.now.ms + 7'000}});
  place.answer(model::Greeted{});
  const auto messages = decode_down(place.sent().at(0));
  EXPECT_EQ(std::get_if<Welcome>(&messages->front())->expires_in_ms, 7'000);
}

TEST(Server, ignores_answers_for_those_who_have_left) {
  Place place;
  place.up().say(push);
  const model::Ticket ticket = place.last<Asked>().ticket;
  place.hear(1, dialect::Closed{1006, ""});
  place.steps.clear();
  place.server().answer(place.now, ticket, model::Written{.outcomes = {model::Acked{2, 1, 9}}}, place.steps);
  place.say(push);
  EXPECT_TRUE(place.steps.empty());
  EXPECT_EQ(place.server().next_wake(), std::nullopt);
}

// ---- notices ----------------------------------------------------------------------------------------------

TEST(Server, encodes_notices_of_its_topics_and_no_others) {
  const model::Topic topic{"team", model::Topic::Kind::collection, "a"};
  EXPECT_EQ(encode_notice(topic, model::Changed{{change(7)}, "c7"}),
            R"({"type":"changes","topic":"c:a","changes":[{"seq":7,"collection":"a","id":"1","version":2,)"
            R"("op":"set",)"
            R"("data":[1],"createdAt":3,"updatedAt":4,"by":"w#5"}],"cursor":"c7"})");
  const model::Topic room{"team", model::Topic::Kind::presence, "r"};
  EXPECT_EQ(encode_notice(room, model::PresenceMoved{{"8.t", "", ""}}),
            R"({"type":"presence","room":"r","members":[{"member":"8.t","user":null,"state":null}]})");
  const model::Topic one{"team", model::Topic::Kind::record, "a/1"};
  EXPECT_EQ(encode_notice(one, model::Changed{{change(7)}, "c7"}), "");
}

TEST(Server, encodes_ten_thousand_records_as_one_message_that_reads_back) {
  Snapshot snapshot{.topic = "c:a", .cursor = "S"};
  for (int i = 0; i < 10'000; ++i) {
    snapshot.records.push_back(record(std::to_string(i)));
    snapshot.records.back().data = "{\"text\":\"" + std::string(180, 'x') + "\"}";
  }
  const std::string frame = encode_down(snapshot);
  EXPECT_GT(frame.size(), 2'000'000u);
  const auto back = decode_down(frame);
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(std::get_if<Snapshot>(&back->front())->records.size(), 10'000u);
}

TEST(Server, turns_frames_down_that_come_too_often_and_each_mutation_by_its_number) {
  Place place({.limits = {.messages = {.per_second = 1, .burst = 3}}});
  place.up().say(R"({"type":"ping"})").say(R"({"type":"ping"})");
  place.steps.clear();
  place.say(R"({"type":"push","settled":0,"except":[],"mutations":[)"
            R"({"number":7,"collection":"a","id":"1","op":"put","base":0,"data":1}]})");
  ASSERT_EQ(place.sent().size(), 2u);
  EXPECT_NE(place.sent()[0].find(R"("code":"overloaded")"), std::string::npos);
  EXPECT_NE(place.sent()[0].find(R"("retryAfter":1000)"), std::string::npos);
  EXPECT_NE(place.sent()[1].find(R"("type":"refuse","number":7,"code":"overloaded")"), std::string::npos);
  EXPECT_TRUE(place.all<Asked>().empty());
  place.steps.clear();
  place.now.ms += 1000;
  place.say(R"({"type":"ping"})");
  EXPECT_EQ(place.sent(), std::vector<std::string>{R"({"type":"pong"})"});
}

TEST(Server, closes_a_session_that_says_too_much_for_ten_seconds) {
  Place place({.limits = {.messages = {.per_second = 5, .burst = 10}}});
  place.up();
  int frames = 0;
  for (; place.all<CloseStream>().empty() && frames < 2'000; ++frames) {
    place.now.ms += 10;
    place.say(R"({"type":"ping"})");
  }
  ASSERT_FALSE(place.all<CloseStream>().empty());
  EXPECT_EQ(place.last<CloseStream>().code, wire::CloseCode::policy);
  EXPECT_GE(frames, 1'000);
  dialect::LimitsMet met;
  place.server().count_limits(met);
  EXPECT_GT(met.at("messages"), 900u);
}

TEST(Server, greets_as_many_sessions_of_a_user_as_there_may_be) {
  Place place({.limits = {.of_a_user = 2}});
  place.up(1).up(2);
  const auto enter = [&](CarrierId carrier) {
    place.steps.clear();
    place.connect(carrier).say(hello, carrier);
    place.identify(dialect::Identified{{.user = "mara"}});
    return place.all<CloseStream>().empty();
  };
  EXPECT_FALSE(enter(3));
  EXPECT_EQ(place.last<CloseStream>().code, wire::CloseCode::try_again);
  EXPECT_EQ(place.error(), "overloaded");
  place.hear(1, dialect::Closed{});
  EXPECT_TRUE(enter(4));
}

}  // namespace
}  // namespace rockpool::dialects::native
