#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "core/base/text.h"
#include "core/dialects/native/place_test.h"

namespace rockpool::dialects::native {
namespace {

const std::string subscribe_fresh = R"({"type":"subscribe","sub":"s","collection":"a","snapshot":true})";

TEST(Pulls, sends_a_snapshot_then_what_happened_since_its_start_and_joins_only_then) {
  Place place;
  place.up().say(subscribe_fresh);
  EXPECT_EQ(place.sent(),
            std::vector<std::string>{R"({"type":"subscribed","sub":"s","topic":"c:a","collection":"a"})"});
  EXPECT_EQ(place.command<model::Scan>().after, "");
  place.answer(model::Page{"a", {record("1"), record("2")}, cursor(7), false});
  EXPECT_NE(place.sent().at(0).find(R"("begin":true)"), std::string::npos);
  EXPECT_NE(place.sent().at(0).find(cursor(7)), std::string::npos);
  EXPECT_EQ(place.command<model::Scan>().after, "2");
  place.answer(model::Page{"a", {record("3")}, cursor(9), true});
  EXPECT_EQ(place.sent().at(0).find(R"("begin")"), std::string::npos);
  EXPECT_NE(place.sent().at(0).find(cursor(7)), std::string::npos)
      << "all chunks carry where the log stood at the start";
  EXPECT_EQ(place.command<model::CatchUp>().cursor, model::read_cursor(cursor(7)));
  place.answer(model::Since{"a", {change(8)}, cursor(8), true});
  EXPECT_NE(place.sent().at(0).find(R"("more":true)"), std::string::npos);
  EXPECT_TRUE(place.all<Join>().empty());
  EXPECT_EQ(place.command<model::CatchUp>().cursor, model::read_cursor(cursor(8)));
  place.answer(model::Since{"a", {}, cursor(9), false});
  EXPECT_EQ(place.last<Join>().topic, (model::Topic{"team", model::Topic::Kind::collection, "a"}));
  EXPECT_TRUE(place.all<Asked>().empty());
}

TEST(Pulls, catches_up_from_the_cursor_of_subscribe_or_else_of_hello) {
  Place place;
  place.up().say(R"({"type":"subscribe","sub":1,"collection":"a","cursor":")" + cursor(4) + "\"}");
  EXPECT_EQ(place.command<model::CatchUp>().cursor, model::read_cursor(cursor(4)));
  place.answer(model::Since{"a", {}, cursor(9), false})
      .say(R"({"type":"subscribe","sub":2,"collection":"b"})");
  EXPECT_EQ(place.command<model::CatchUp>().cursor, model::read_cursor(cursor(1)));
}

TEST(Pulls, says_which_cursors_the_client_brought) {
  Place place;
  place.up().say(R"({"type":"subscribe","sub":1,"collection":"a"})");
  EXPECT_TRUE(place.command<model::CatchUp>().brought);
  place.answer(model::Since{"a", {}, cursor(8), true});
  EXPECT_FALSE(place.command<model::CatchUp>().brought);
  place.say(subscribe_fresh).answer(model::Since{"a", {}, cursor(9), false});
  place.answer(model::Page{"a", {}, cursor(9), true});
  EXPECT_FALSE(place.command<model::CatchUp>().brought);
}

TEST(Pulls, joins_and_leaves_a_topic_for_each_part_of_what_its_user_sees) {
  Place place;
  place.up().say(R"({"type":"subscribe","sub":1,"collection":"a"})");
  place.answer(model::Since{"a", {}, cursor(9), false, {"=mara", "1"}});
  ASSERT_EQ(place.all<Join>().size(), 2u);
  EXPECT_EQ(place.all<Join>()[0].topic.scope, "=mara");
  EXPECT_EQ(place.all<Join>()[1].topic.scope, "1");
  place.steps.clear();
  place.say(R"({"type":"unsubscribe","sub":1})");
  ASSERT_EQ(place.all<Leave>().size(), 2u);
  EXPECT_EQ(place.all<Leave>()[1].topic.scope, "1");
}

TEST(Pulls, resets_a_cursor_that_is_gone_and_sends_a_snapshot) {
  Place place;
  place.up().say(R"({"type":"subscribe","sub":1,"collection":"a"})");
  place.answer(model::Gone{"a", "compacted"});
  EXPECT_EQ(place.sent(), std::vector<std::string>{R"({"type":"reset","topic":"c:a","reason":"compacted"})"});
  EXPECT_EQ(place.command<model::Scan>().collection, "a");
}

TEST(Pulls, resets_a_cursor_that_is_none) {
  Place place;
  place.up().say(R"({"type":"subscribe","sub":1,"collection":"a","cursor":"garbage"})");
  ASSERT_EQ(place.sent().size(), 2u);
  EXPECT_NE(place.sent()[1].find(R"("type":"reset")"), std::string::npos);
  EXPECT_EQ(place.command<model::Scan>().collection, "a");
}

TEST(Pulls, goes_on_with_an_interrupted_snapshot_after_proving_its_cursor) {
  const std::string go_on = R"({"type":"subscribe","sub":1,"collection":"a","snapshot":{"cursor":")" +
                            cursor(4) + R"(","after":"id7"}})";
  Place place;
  place.up().say(go_on);
  EXPECT_EQ(place.command<model::CatchUp>().cursor, model::read_cursor(cursor(4)));
  place.answer(model::Since{"a", {change(5)}, cursor(5), true});
  EXPECT_TRUE(place.sent().empty()) << "these changes come after the snapshot";
  EXPECT_EQ(place.command<model::Scan>().after, "id7");
  place.answer(model::Page{"a", {record("id8")}, cursor(9), true});
  EXPECT_EQ(place.sent().at(0).find("begin"), std::string::npos);
  EXPECT_NE(place.sent().at(0).find(cursor(4)), std::string::npos);
  EXPECT_EQ(place.command<model::CatchUp>().cursor, model::read_cursor(cursor(4)));
  Place gone;
  gone.up().say(go_on).answer(model::Gone{"a", "other history"});
  EXPECT_EQ(gone.command<model::Scan>().after, "");
}

TEST(Pulls, waits_for_a_slow_reader_before_it_reads_more_of_a_snapshot) {
  Place place;
  place.up().say(subscribe_fresh);
  model::Record large = record("1");
  large.data = '"' + std::string(300'000, 'x') + '"';
  place.answer(model::Page{"a", {large}, cursor(7), false});
  EXPECT_EQ(place.all<Asked>().size(), 1u) << "two chunks may be on their way";
  place.answer(model::Page{"a", {large}, cursor(7), false});
  EXPECT_TRUE(place.all<Asked>().empty());
  EXPECT_TRUE(place.last<SendFrame>().tells);
  place.steps.clear();
  place.hear(1, dialect::Drained{});
  EXPECT_EQ(place.all<Asked>().size(), 1u);
}

TEST(Pulls, serves_several_subscriptions_in_turn) {
  Place place;
  place.up().say(R"([{"type":"subscribe","sub":1,"collection":"a","snapshot":true},)"
                 R"({"type":"subscribe","sub":2,"collection":"b","snapshot":true}])");
  EXPECT_EQ(place.command<model::Scan>().collection, "a");
  EXPECT_EQ(place.all<Asked>().size(), 1u);
  place.answer(model::Page{"a", {record("1")}, cursor(7), false});
  EXPECT_EQ(place.command<model::Scan>().collection, "b");
  place.answer(model::Page{"b", {}, cursor(7), false});
  EXPECT_EQ(place.command<model::Scan>().collection, "a");
}

TEST(Pulls, asks_again_later_when_the_log_cannot_be_read_now) {
  Place place;
  place.up().say(R"({"type":"subscribe","sub":1,"collection":"a"})");
  place.answer(model::Failed{{.code = Code::storage, .message = "busy", .path = ""}, 2'000});
  EXPECT_TRUE(place.steps.empty());
  EXPECT_EQ(place.server().next_wake(), Instant{place.now.ms + 2'000});
  place.wait(2'000);
  EXPECT_EQ(place.command<model::CatchUp>().collection, "a");
}

TEST(Pulls, ends_a_subscription_that_the_hub_refuses) {
  Place place;
  place.up().say(R"({"type":"subscribe","sub":1,"collection":"a"})");
  place.answer(model::Failed{{.code = Code::forbidden, .message = "no", .path = ""}});
  EXPECT_EQ(place.sent(),
            std::vector<std::string>{
                R"({"type":"error","code":"forbidden","message":"no","retryable":false,"sub":1})"});
  place.steps.clear();
  place.say(R"({"type":"subscribe","sub":1,"collection":"b"})");
  EXPECT_EQ(place.all<Asked>().size(), 1u) << "its name is free again";
}

TEST(Pulls, leaves_a_topic_with_the_last_subscription_on_it) {
  Place place;
  place.up();
  for (const std::string sub : {"1", "2"}) {
    place.say(R"({"type":"subscribe","sub":)" + sub + R"(,"collection":"a"})");
    place.answer(model::Since{"a", {}, cursor(9), false});
    EXPECT_EQ(place.all<Join>().size(), sub == "1" ? 1u : 0u);
    place.steps.clear();
  }
  place.say(R"({"type":"unsubscribe","sub":1})");
  EXPECT_TRUE(place.all<Leave>().empty());
  place.say(R"({"type":"unsubscribe","sub":2})");
  EXPECT_EQ(place.all<Leave>().size(), 1u);
}

TEST(Pulls, does_not_take_a_late_answer_for_a_new_subscription_of_the_same_name) {
  Place place;
  place.up().say(subscribe_fresh);
  const model::Ticket old = place.last<Asked>().ticket;
  place.say(R"([{"type":"unsubscribe","sub":"s"},{"type":"subscribe","sub":"s","collection":"b",)"
            R"("snapshot":true}])");
  place.steps.clear();
  place.server().answer(place.now, old, model::Page{"a", {record("1")}, cursor(7), true}, place.steps);
  EXPECT_TRUE(place.sent().empty());
  EXPECT_EQ(place.command<model::Scan>().collection, "b");
}

TEST(Pulls, refuses_wrong_subscriptions_by_their_name) {
  const auto refused = [](const std::string& frame) {
    Place place;
    place.up().say(frame);
    EXPECT_NE(place.sent().at(0).find(R"("sub":1)"), std::string::npos);
    return place.error();
  };
  EXPECT_EQ(refused(R"({"type":"subscribe","sub":1,"collection":"a","filter":{}})"), "unsupported");
  EXPECT_EQ(refused(R"({"type":"subscribe","sub":1,"collection":"a","orderBy":"x"})"), "unsupported");
  EXPECT_EQ(refused(R"({"type":"subscribe","sub":1,"collection":"a","limit":5})"), "unsupported");
  EXPECT_EQ(refused(R"({"type":"subscribe","sub":1,"collection":""})"), "invalid");
  EXPECT_EQ(refused(R"({"type":"subscribe","sub":1,"collection":"$collections"})"), "forbidden");
  Place twice;
  twice.up().say(subscribe_fresh);
  twice.steps.clear();
  EXPECT_EQ(twice.say(subscribe_fresh).error(), "exists");
}

TEST(Pulls, takes_a_thousand_subscriptions_and_not_one_more) {
  Place place({.limits = {.messages = {.per_second = 1, .burst = 2000}}});
  place.up();
  for (std::size_t i = 0; i < base::limits::subscriptions_max; ++i) {
    place.say(R"({"type":"subscribe","sub":)" + base::decimal(std::uint64_t{i}) + R"(,"collection":"a"})");
  }
  place.steps.clear();
  EXPECT_EQ(place.say(R"({"type":"subscribe","sub":"x","collection":"a"})").error(), "quota");
}

// ---- readers that do not keep up --------------------------------------------------------------------------

// Live on `a` and `b`, then stalled where the log stands at 20.
void stall_live_place(Place& place) {
  place.up().say(R"({"type":"subscribe","sub":1,"collection":"a"})");
  place.answer(model::Since{"a", {}, cursor(9), false});
  place.say(R"({"type":"subscribe","sub":2,"collection":"b"})");
  place.answer(model::Since{"b", {}, cursor(9), false});
  place.steps.clear();
  place.hear(1, dialect::Stalled{});
  EXPECT_TRUE(place.all<Leave>().empty()) << "what is told until the answer comes is not in it";
  EXPECT_EQ(place.command<model::CatchUp>().cursor, std::nullopt);
  place.answer(model::Since{"a", {}, cursor(20), false});
}

model::Change change_of(const std::string& collection, std::uint64_t seq) {
  model::Change made = change(seq);
  made.record.key.collection = collection;
  return made;
}

TEST(Pulls, take_a_reader_that_stalls_off_all_its_topics_and_ask_nothing_more) {
  Place place;
  stall_live_place(place);
  EXPECT_EQ(place.all<Leave>().size(), 2u);
  EXPECT_TRUE(place.all<Asked>().empty());
  EXPECT_TRUE(place.sent().empty());
}

TEST(Pulls, bring_a_reader_that_stalled_back_by_one_cursor_for_all_it_listens_to) {
  Place place;
  stall_live_place(place);
  place.steps.clear();
  place.hear(1, dialect::Drained{});
  const auto question = place.command<model::CatchUp>();
  EXPECT_EQ(question.cursor, model::read_cursor(cursor(20)));
  EXPECT_EQ(question.collection, "a");
  EXPECT_EQ(question.beside, std::vector<std::string>{"b"});
  place.answer(model::Since{"a", {change_of("a", 21), change_of("b", 21)}, cursor(21), true});
  ASSERT_EQ(place.sent().size(), 1u) << "what one entry did stays in one frame";
  EXPECT_EQ(place.sent()[0].front(), '[');
  EXPECT_NE(place.sent()[0].find("c:b"), std::string::npos);
  EXPECT_TRUE(place.all<Join>().empty());
  EXPECT_EQ(place.command<model::CatchUp>().cursor, model::read_cursor(cursor(21)));
  place.answer(model::Since{"a", {change_of("b", 22)}, cursor(30), false});
  EXPECT_EQ(place.sent().size(), 1u);
  EXPECT_EQ(place.all<Join>().size(), 2u);
  EXPECT_TRUE(place.all<Asked>().empty());
}

TEST(Pulls, let_no_other_cursor_run_ahead_of_a_reader_that_stalled) {
  Place place;
  stall_live_place(place);
  place.steps.clear();
  place.say(R"({"type":"subscribe","sub":3,"collection":"c"})");
  EXPECT_TRUE(place.all<Asked>().empty());
  place.steps.clear();
  place.say(R"({"type":"ping"})");
  EXPECT_EQ(place.sent(), std::vector<std::string>{R"({"type":"pong"})"});
  place.steps.clear();
  place.hear(1, dialect::Drained{});
  EXPECT_EQ(place.command<model::CatchUp>().collection, "a");
  place.answer(model::Since{"a", {}, cursor(30), false});
  EXPECT_EQ(place.command<model::CatchUp>().collection, "c") << "its turn comes once all others are level";
}

TEST(Pulls, begin_anew_for_a_reader_that_stalled_for_longer_than_the_log_reaches_back) {
  Place place;
  stall_live_place(place);
  place.steps.clear();
  place.hear(1, dialect::Drained{});
  place.answer(model::Gone{"a", "compacted"});
  EXPECT_EQ(place.sent().size(), 2u) << "a reset for each";
  EXPECT_EQ(place.command<model::Scan>().collection, "a");
}

TEST(Pulls, forget_a_reader_that_stalled_and_left) {
  Place place;
  stall_live_place(place);
  place.steps.clear();
  place.say(R"([{"type":"unsubscribe","sub":1},{"type":"unsubscribe","sub":2}])");
  place.steps.clear();
  place.hear(1, dialect::Drained{});
  EXPECT_TRUE(place.all<Asked>().empty());
  place.say(R"({"type":"subscribe","sub":1,"collection":"a"})");
  EXPECT_EQ(place.command<model::CatchUp>().cursor, model::read_cursor(cursor(1)));
}

}  // namespace
}  // namespace rockpool::dialects::native
