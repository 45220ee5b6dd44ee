#include "core/sync/fake_server_test.h"

namespace rockpool::sync::test {
namespace {

using Kind = LocalWrite::Kind;

Page clashing(Rule rule) {
  Page page(with_policy({.standard = rule, .fields = {}}));
  page.connect();
  page.changed("a", 1, R"({"t":"old"})");
  const auto write = page.write(Kind::update, "a", R"({"t":"mine"})");
  page.pushed();
  page.conflicted(page.number(write), 2, R"({"t":"theirs"})");
  return page;
}

TEST(Conflict, under_manual_shows_mine_sends_nothing_and_survives_a_crash) {
  Page page = clashing(Rule::manual);
  EXPECT_TRUE(page.pushed().empty());
  EXPECT_EQ(page.view("a"), R"({"t":"mine"})");
  Page again = page.reload(with_policy({.standard = Rule::manual, .fields = {}}));
  const auto conflicts = again.engine->conflicts();
  ASSERT_EQ(conflicts.size(), 1u);
  EXPECT_EQ(conflicts[0].base, R"({"t":"old"})");
  EXPECT_EQ(conflicts[0].mine, R"({"t":"mine"})");
  EXPECT_EQ(conflicts[0].theirs, R"({"t":"theirs"})");
  EXPECT_EQ(conflicts[0].paths, std::vector<std::string>{"t"});
  EXPECT_EQ(again.view("a"), R"({"t":"mine"})");
  EXPECT_EQ(again.engine->status().conflicts, 1u);
  EXPECT_EQ(again.engine->status().pending, 0u);
}

TEST(Conflict, further_edits_join_mine_and_theirs_follows_the_server) {
  Page page = clashing(Rule::manual);
  page.write(Kind::update, "a", R"({"u":1})");
  page.changed("a", 3, R"({"t":"newer"})");
  EXPECT_TRUE(page.pushed().empty());
  const auto conflicts = page.engine->conflicts();
  ASSERT_EQ(conflicts.size(), 1u);
  EXPECT_EQ(conflicts[0].mine, R"({"t":"mine","u":1})");
  EXPECT_EQ(conflicts[0].theirs, R"({"t":"newer"})");
  EXPECT_EQ(conflicts[0].base, R"({"t":"old"})");
}

TEST(Conflict, resolved_to_mine_it_is_sent_on_their_version) {
  Page page = clashing(Rule::manual);
  ASSERT_TRUE(page.engine->resolve(page.now, {"notes", "a"}, "mine", false).ok());
  page.settle();
  const auto sent = page.pushed();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].base, 2u);
  EXPECT_EQ(sent[0].data, R"({"t":"mine"})");
  EXPECT_EQ(page.engine->status().conflicts, 0u);
}

TEST(Conflict, resolved_to_theirs_nothing_is_sent) {
  Page page = clashing(Rule::manual);
  ASSERT_TRUE(page.engine->resolve(page.now, {"notes", "a"}, "theirs", false).ok());
  page.settle();
  EXPECT_TRUE(page.pushed().empty());
  EXPECT_EQ(page.view("a"), R"({"t":"theirs"})");
  EXPECT_EQ(page.engine->status().pending, 0u);
}

TEST(Conflict, resolved_to_a_value_that_value_is_sent) {
  Page page = clashing(Rule::manual);
  ASSERT_TRUE(page.engine->resolve(page.now, {"notes", "a"}, R"({ "t": "both" })", true).ok());
  page.settle();
  const auto sent = page.pushed();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].data, R"({"t":"both"})");
  EXPECT_FALSE(page.engine->resolve(page.now, {"notes", "a"}, "mine", false).ok());
}

TEST(Conflict, a_function_is_asked_and_its_word_is_sent) {
  Page page = clashing(Rule::function);
  const auto asked = page.seen<AskPolicy>();
  ASSERT_EQ(asked.size(), 1u);
  EXPECT_EQ(asked[0].clash.theirs, R"({"t":"theirs"})");
  EXPECT_EQ(page.engine->status().conflicts, 0u);
  page.engine->decide(page.now, asked[0].ticket, R"({"t":"decided"})");
  page.settle();
  const auto sent = page.pushed();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].data, R"({"t":"decided"})");
}

TEST(Conflict, a_function_that_gives_up_leaves_it_to_the_user) {
  Page page = clashing(Rule::function);
  page.engine->decide(page.now, page.seen<AskPolicy>().at(0).ticket, std::nullopt);
  page.settle();
  EXPECT_EQ(page.engine->conflicts().size(), 1u);
}

TEST(Conflict, under_server_theirs_is_kept_and_the_loss_is_told) {
  Page page = clashing(Rule::server);
  EXPECT_EQ(page.view("a"), R"({"t":"theirs"})");
  EXPECT_TRUE(page.pushed().empty());
  ASSERT_EQ(page.seen<Merged>().size(), 1u);
  EXPECT_EQ(page.seen<Merged>()[0].clash.mine, R"({"t":"mine"})");
}

TEST(Conflict, an_edit_of_a_record_deleted_elsewhere_does_not_bring_it_back) {
  Page page(with_policy({.standard = Rule::merge, .fields = {}}));
  page.connect();
  page.changed("a", 1, R"({"t":"old"})");
  const auto write = page.write(Kind::update, "a", R"({"t":"mine"})");
  page.conflicted(page.number(write), 2, "");
  EXPECT_EQ(page.view("a"), "");
  EXPECT_EQ(page.state(write), WriteState::cancelled);
  EXPECT_EQ(page.seen<Merged>().size(), 1u);
}

TEST(History, a_new_epoch_takes_a_new_client_id_and_merges_onto_what_the_server_has) {
  Page page;
  page.connect();
  page.changed("a", 5, R"({"t":"x","n":1})");
  page.changed("lost", 1, "{}");
  page.write(Kind::update, "a", R"({"t":"mine"})");
  page.cut();
  page.pushed();
  const std::string before = page.engine->client();
  page.hear(dialect::Ready{.epoch = 8, .user = "", .writer = "w", .highest = 0, .forgotten = false});
  EXPECT_NE(page.engine->client(), before);
  EXPECT_EQ(script().greeting.settled, 0u);
  page.hear(dialect::Ready{.epoch = 8, .user = "", .writer = "w", .highest = 0, .forgotten = false});
  EXPECT_TRUE(page.pushed().empty()) << "nothing may go before it is known what the server has";
  dialect::Part part{.collection = "notes", .cursor = cursor_at(3), .begin = true, .done = true};
  part.records.push_back({.key = {"notes", "a"}, .version = 2, .data = R"({"t":"x","n":7})"});
  page.hear(part);
  EXPECT_EQ(page.view("a"), R"({"t":"mine","n":7})");
  const auto sent = page.pushed();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].base, 2u);
  ASSERT_EQ(page.seen<WasReset>().size(), 1u);
  EXPECT_EQ(page.seen<WasReset>()[0].lost, (std::vector<Key>{{"notes", "a"}, {"notes", "lost"}}));
}

TEST(History, a_forgotten_client_asks_before_it_repeats_an_increment) {
  Page page;
  page.connect();
  page.changed("a", 1, R"({"n":1})");
  page.write(Kind::increment, "a", "1", "/n");
  page.cut();
  page.hear(dialect::Ready{.epoch = 7, .user = "", .writer = "w", .highest = 0, .forgotten = true});
  EXPECT_EQ(page.engine->conflicts().size(), 1u);
  page.pushed();
  page.hear(dialect::Ready{.epoch = 7, .user = "", .writer = "w", .highest = 0, .forgotten = false});
  EXPECT_TRUE(page.pushed().empty());
  EXPECT_EQ(page.view("a"), R"({"n":2})");
}

TEST(History, a_server_without_what_it_acknowledged_was_rolled_back) {
  Page page;
  page.connect();
  page.changed("a", 5, R"({"t":"x"})");
  const auto write = page.write(Kind::update, "a", R"({"t":"mine"})");
  page.acked(page.number(write), 6);
  page.cut();
  const std::string before = page.engine->client();
  page.hear(dialect::Ready{.epoch = 7, .user = "", .writer = "me", .highest = 0, .forgotten = false});
  EXPECT_NE(page.engine->client(), before);
  page.pushed();
  page.hear(dialect::Ready{.epoch = 7, .user = "", .writer = "w", .highest = 0, .forgotten = false});
  dialect::Part part{.collection = "notes", .cursor = cursor_at(page.seq), .begin = true, .done = true};
  part.records.push_back({.key = {"notes", "a"}, .version = 5, .data = R"({"t":"x"})"});
  page.hear(part);
  const auto sent = page.pushed();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].base, 5u);
  EXPECT_EQ(page.view("a"), R"({"t":"mine"})");
}

TEST(History, a_server_that_has_what_it_acknowledged_is_the_same) {
  Page page;
  page.connect();
  page.changed("a", 5, R"({"t":"x"})");
  const auto write = page.write(Kind::update, "a", R"({"t":"mine"})");
  page.acked(page.number(write), 6);
  page.cut();
  const std::string before = page.engine->client();
  page.connect({.epoch = 7, .user = "", .writer = "me", .highest = page.number(write), .forgotten = false});
  EXPECT_EQ(page.engine->client(), before);
  EXPECT_EQ(page.view("a"), R"({"t":"mine"})");
}

TEST(History, what_was_acknowledged_under_an_earlier_name_promises_nothing_under_the_next) {
  Page page;
  page.connect();
  page.changed("a", 5, R"({"t":"x"})");
  page.acked(page.number(page.write(Kind::update, "a", R"({"t":"mine"})")), 6);
  page.cut();
  page.hear(dialect::Ready{.epoch = 7, .user = "", .writer = "w", .highest = 0, .forgotten = true});
  const std::string renewed = page.engine->client();
  page.connect({.epoch = 7, .user = "", .writer = "w", .highest = 0, .forgotten = false});
  EXPECT_EQ(page.engine->client(), renewed);
  Page later = page.reload();
  later.connect({.epoch = 7, .user = "", .writer = "w", .highest = 0, .forgotten = false});
  EXPECT_EQ(later.engine->client(), renewed);
}

TEST(History, a_copied_store_takes_a_new_client_id) {
  Page page;
  page.hear(dialect::Ready{.epoch = 7, .user = "", .writer = "w", .highest = 40, .forgotten = false});
  EXPECT_NE(page.engine->client(), "client-a");
}

}  // namespace
}  // namespace rockpool::sync::test
