// Attempts whose answers are late, lost or passing, and writes that stand in each other's way.
#include "core/sync/fake_server_test.h"

namespace rockpool::sync::test {
namespace {

using Kind = LocalWrite::Kind;

dialect::Settled turned_away(std::uint64_t number) {
  return {model::Declined{number, {base::Code::overloaded, "busy", ""}}};
}

TEST(Attempts, a_cancelled_commutative_write_leaves_the_one_behind_it_on_the_fenced_one_before) {
  Page page;
  page.connect();
  page.changed("a", 1, R"({"tags":[]})");
  const auto first = page.write(Kind::update, "a", R"({"t":"1"})");
  page.cut();
  const auto added = page.write(Kind::include, "a", R"(["x"])", "/tags");
  const auto second = page.write(Kind::update, "a", R"({"t":"2"})");
  ASSERT_TRUE(page.engine->cancel(page.now, added.key));
  page.settle();
  page.connect();
  const auto sent = page.pushed();
  ASSERT_FALSE(sent.empty());
  EXPECT_EQ(sent.back().number, page.number(second));
  EXPECT_EQ(sent.back().after, page.number(first));
  EXPECT_EQ(sent.back().base, std::nullopt);
}

TEST(Attempts, nothing_is_sent_in_place_of_a_cancelled_write_before_that_is_on_disk) {
  Page page;
  page.connect();
  page.changed("a", 1, R"({"n":1})");
  const auto added = page.write(Kind::increment, "a", "1", "/n");
  page.write(Kind::update, "a", R"({"t":"2"})");
  ASSERT_EQ(page.pushed().size(), 1u);
  page.hear(turned_away(page.number(added)));
  ASSERT_TRUE(page.engine->cancel(page.now, added.key));
  page.drain();
  EXPECT_TRUE(page.pushed().empty());
  page.finish_sync();
  page.settle();
  EXPECT_EQ(page.pushed().size(), 1u);
}

TEST(Attempts, nothing_is_sent_in_place_of_a_merged_write_before_that_is_on_disk) {
  Page page;
  page.connect();
  page.changed("a", 1, R"({"n":1,"o":1})");
  const auto whole = page.write(Kind::put, "a", R"({"n":1,"o":1,"t":"1"})");
  const auto added = page.write(Kind::increment, "a", "1", "/n");
  page.write(Kind::update, "a", R"({"t":"2"})");
  page.pushed();
  script().say.emplace_back(dialect::Settled{
      model::Conflicted{.number = page.number(whole), .version = 2, .data = R"({"n":1,"o":2})"}});
  page.engine->arrived(page.now, page.carrier, dialect::Frame{});
  page.drain();
  EXPECT_TRUE(page.pushed().empty());
  page.finish_sync();
  page.settle();
  const auto sent = page.pushed();
  ASSERT_FALSE(sent.empty());
  EXPECT_EQ(sent[0].number, page.number(added));
}

TEST(Attempts, a_creation_is_shown_though_the_server_forgot_the_deletion_before_it) {
  Page page;
  page.connect();
  page.changed("a", 1, "{}");
  page.changed("a", 2, "");
  const auto write = page.write(Kind::insert, "a", R"({"t":"new"})");
  page.acked(page.number(write), 1);
  EXPECT_EQ(page.view("a"), R"({"t":"new"})");
  page.changed("a", 1, R"({"t":"new"})", page.number(write));
  EXPECT_EQ(page.view("a"), R"({"t":"new"})");
}

TEST(Attempts, turned_away_when_sent_again_it_may_still_have_got_in_the_first_time) {
  Page page;
  page.connect();
  page.changed("a", 1, R"({"t":"x"})");
  const auto write = page.write(Kind::update, "a", R"({"t":"y"})");
  page.cut();
  page.connect();
  page.hear(turned_away(page.number(write)));
  EXPECT_FALSE(page.engine->cancel(page.now, write.key));
  page.acked(page.number(write), 2);
  EXPECT_EQ(page.state(write), WriteState::acknowledged);
}

TEST(Attempts, turned_away_when_sent_for_the_first_time_it_may_be_cancelled) {
  Page page;
  page.connect();
  page.changed("a", 1, R"({"t":"x"})");
  const auto write = page.write(Kind::update, "a", R"({"t":"y"})");
  page.hear(turned_away(page.number(write)));
  EXPECT_TRUE(page.engine->cancel(page.now, write.key));
}

TEST(Attempts, patience_that_is_over_does_not_begin_again_when_the_clock_is_set_back) {
  Page page;
  page.connect();
  page.changed("a", 1, R"({"t":"x"})");
  const auto write = page.write(Kind::update, "a", R"({"t":"y"})");
  page.hear(turned_away(page.number(write)));
  page.now = page.now + base::milliseconds(60'000);
  page.engine->wake(page.now);
  page.settle();
  ASSERT_EQ(page.pushed().size(), 2u);
  page.now = Instant{1'000};
  page.cut();
  page.connect();
  EXPECT_EQ(page.pushed().size(), 1u);
}

TEST(Attempts, a_whole_record_behind_a_set_write_says_only_what_it_changes) {
  Page page;
  page.changed("a", 1, R"({"t":"x","tags":[]})");
  page.write(Kind::include, "a", R"(["x"])", "/tags");
  const auto whole = page.write(Kind::put, "a", R"({"t":"y","tags":["x"]})");
  EXPECT_EQ(page.view("a"), R"({"t":"y","tags":["x"]})");
  EXPECT_EQ(whole.op, "update");
  EXPECT_EQ(whole.value, R"({"t":"y"})");
}

TEST(Attempts, a_joined_write_that_is_refused_keeps_the_others_fields_when_retried) {
  Page page;
  page.connect();
  page.changed("a", 1, R"({"t":"x","n":1,"o":1})");
  page.write(Kind::increment, "a", "1", "/n");
  page.cut();
  const auto whole = page.write(Kind::put, "a", R"({"t":"y","n":2,"o":1})");
  page.connect();
  page.changed("a", 2, R"({"t":"x","n":1,"o":2})");
  page.acked(1, 3);
  page.changed("a", 3, R"({"t":"x","n":2,"o":2})", 1);
  page.pushed();
  page.hear(dialect::Settled{model::Declined{page.number(whole), {base::Code::invalid, "no", "/t"}}});
  ASSERT_EQ(page.engine->status().refused, 1u);
  ASSERT_TRUE(page.engine->retry(page.now, whole.key, "").ok());
  page.settle();
  EXPECT_EQ(page.view("a"), R"({"t":"y","n":2,"o":2})");
}

TEST(Attempts, a_deletion_told_ahead_of_the_feed_is_known_after_a_crash) {
  Page page;
  page.connect();
  page.changed("a", 4, R"({"t":"x"})");
  const auto write = page.write(Kind::update, "a", R"({"t":"y"})");
  page.conflicted(page.number(write), 6, "");
  ASSERT_EQ(page.view("a"), "");
  Page later = page.reload();
  later.hear(dialect::Ready{.epoch = 7, .user = "", .writer = "me", .highest = 0, .forgotten = false});
  later.changed("a", 5, R"({"t":"z"})");
  EXPECT_EQ(later.view("a"), "") << "older than the deletion";
}

TEST(Attempts, what_is_created_over_a_deletion_is_the_same_after_a_crash) {
  Page page;
  page.connect();
  page.changed("a", 4, R"({"t":"x"})");
  const auto write = page.write(Kind::update, "a", R"({"t":"y"})");
  page.changed("a", 5, R"({"t":"z"})");
  page.conflicted(page.number(write), 6, "");
  Page later = page.reload();
  later.write(Kind::insert, "a", R"({"t":"new"})");
  const auto before = later.engine->row({"notes", "a"});
  ASSERT_TRUE(before.has_value());
  const model::Version version = before->version;
  Page last = later.reload();
  ASSERT_TRUE(last.engine->row({"notes", "a"}).has_value());
  EXPECT_EQ(last.engine->row({"notes", "a"})->version, version);
  EXPECT_EQ(last.view("a"), R"({"t":"new"})");
}

TEST(Attempts, beside_a_better_carriers_hello_nothing_more_is_claimed_to_be_settled) {
  Options options;
  options.carriers = {dialect::Carrier::websocket, dialect::Carrier::poll};
  options.worked = dialect::Carrier::poll;
  Page page(options);
  page.connect();
  const dialect::CarrierId live = page.carrier;
  const auto created = page.write(Kind::insert, "a", R"({"n":1})");
  page.acked(page.number(created), 1);
  page.changed("a", 1, R"({"n":1})", page.number(created));
  const auto first = page.write(Kind::increment, "a", "1", "/n");
  page.now.ms += 60'000;
  page.engine->wake(page.now);
  page.settle();
  ASSERT_EQ(script().opened, 2);
  ASSERT_NE(page.carrier, live);
  ASSERT_EQ(script().greeting.except, std::vector<std::uint64_t>{page.number(first)});
  page.carrier = live;
  page.acked(page.number(first), 2);
  page.changed("a", 2, R"({"n":2})", page.number(first));
  script().asked.clear();
  const auto second = page.write(Kind::increment, "a", "1", "/n");
  ASSERT_FALSE(script().asked.empty());
  const auto* push = std::get_if<dialect::Push>(&script().asked.back());
  ASSERT_NE(push, nullptr);
  EXPECT_EQ(push->settled, script().greeting.settled);
  EXPECT_EQ(push->except, script().greeting.except);
}

TEST(Attempts, a_batch_is_sent_without_a_member_only_when_its_leaving_is_on_disk) {
  Page page(with_policy({.standard = Rule::manual}));
  page.connect();
  page.changed("a", 1, R"({"t":"x"})");
  page.changed("b", 1, R"({"t":"x"})");
  const auto first =
      page.batch({{.kind = Kind::update, .key = {"notes", "a"}, .path = "", .data = R"({"t":"mine"})"},
                  {.kind = Kind::update, .key = {"notes", "b"}, .path = "", .data = R"({"t":"mine"})"}});
  const std::uint64_t number = page.number(first);
  page.pushed();
  page.hear(dialect::Settled{model::Conflicted{.number = number, .version = 2, .data = R"({"t":"theirs"})"}},
            dialect::Settled{model::Held{.number = number + 1, .behind = number}});
  ASSERT_EQ(page.engine->conflicts().size(), 1u);
  ASSERT_TRUE(page.engine->resolve(page.now, {"notes", "a"}, "theirs", false).ok());
  page.drain();
  EXPECT_TRUE(page.pushed().empty());
  page.finish_sync();
  page.settle();
  const auto sent = page.pushed();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].number, number + 1);
}

TEST(Attempts, an_acknowledged_write_that_never_came_to_be_is_not_shown_past_its_place_in_the_log) {
  Page page;
  page.connect();
  const auto write = page.write(Kind::insert, "a", R"({"t":"x"})");
  page.acked(page.number(write), 1);
  ASSERT_EQ(page.view("a"), R"({"t":"x"})");
  page.changed("b", 1, R"({"t":"in its place"})");
  EXPECT_EQ(page.view("a"), "");
  EXPECT_TRUE(page.engine->pending().empty());
}

TEST(Attempts, a_deletion_that_the_feed_has_passed_stands_in_no_new_creations_way) {
  Page page;
  page.connect();
  page.changed("a", 4, R"({"t":"x"})");
  const auto write = page.write(Kind::update, "a", R"({"t":"y"})");
  page.conflicted(page.number(write), 7, "");
  page.hear(dialect::Progress{cursor_at(page.seq)});
  const auto again = page.write(Kind::insert, "a", R"({"t":"new"})");
  page.write(Kind::update, "a", R"({"n":1})");
  page.acked(page.number(again), 1);
  EXPECT_EQ(page.view("a"), R"({"t":"new","n":1})");
}

TEST(Attempts, after_a_step_that_ends_the_session_it_says_nothing_more) {
  Page page;
  page.connect();
  const int opened = script().opened;
  page.hear(dialect::Forgot{"notes", "other history"}, dialect::Forgot{"notes", "other history"},
            dialect::Forgot{"notes", "other history"});
  EXPECT_EQ(script().opened, opened + 1);
}

TEST(Attempts, what_a_session_answers_while_it_is_asked_is_heard) {
  Page page;
  page.connect();
  script().answer.emplace_back(dialect::Settled{model::Declined{1, {base::Code::unsupported, "no", ""}}});
  const auto write = page.write(Kind::put, "a", R"({"t":"1"})");
  ASSERT_EQ(page.number(write), 1u);
  EXPECT_EQ(page.state(write), WriteState::refused);
  script().answer.emplace_back(dialect::Settled{model::Acked{2, 1, 11}});
  const auto other = page.write(Kind::put, "b", R"({"t":"2"})");
  EXPECT_EQ(page.state(other), WriteState::acknowledged);
}

TEST(Attempts, a_push_is_whole_before_an_answer_of_its_first_part_moves_anything) {
  Page page;
  // Three of them are more than one message holds.
  const std::string text = "{\"t\":\"" + std::string(200 << 10, 'x') + "\"}";
  for (const char* id : {"a", "b", "c"}) page.write(Kind::put, id, text);
  for (const std::uint64_t number : {1, 2, 3})
    script().answer.emplace_back(dialect::Settled{model::Acked{number, 1, 10 + number}});
  page.connect();
  EXPECT_EQ(page.pushed().size(), 3u);
  EXPECT_EQ(page.engine->status().pending, 0u);
}

}  // namespace
}  // namespace rockpool::sync::test
