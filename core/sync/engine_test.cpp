#include "core/sync/fake_server_test.h"

namespace rockpool::sync::test {
namespace {

using Kind = LocalWrite::Kind;

TEST(Engine, shows_a_write_at_once_and_calls_it_durable_only_after_the_sync) {
  Page page;
  const auto written =
      page.engine->write(page.now, {{.kind = Kind::insert, .key = {"notes", "a"}, .data = R"({"t":1})"}});
  ASSERT_TRUE(written.ok());
  EXPECT_EQ(page.view("a"), R"({"t":1})");
  page.drain();
  EXPECT_EQ(page.state(*written), WriteState::accepted);
  page.finish_sync();
  page.drain();
  EXPECT_EQ(page.state(*written), WriteState::durable);
}

TEST(Engine, without_a_server_what_is_on_disk_is_settled_and_stays_over_restarts) {
  Options local;
  local.url = no_server;
  Page page(local);
  const auto first = page.write(Kind::insert, "a", R"({"n":1,"tags":["x"]})");
  page.batch({{.kind = Kind::increment, .key = {"notes", "a"}, .path = "/n", .data = "2"},
              {.kind = Kind::include, .key = {"notes", "a"}, .path = "/tags", .data = R"(["y"])"},
              {.kind = Kind::insert, .key = {"notes", "b"}, .data = "{}"}});
  page.write(Kind::insert, "gone", "{}");
  page.write(Kind::remove, "gone", "");
  EXPECT_EQ(page.state(first), WriteState::acknowledged);
  EXPECT_EQ(page.engine->status().pending, 0u);
  Page again = page.reload(local);
  EXPECT_EQ(again.view("a"), R"({"n":3,"tags":["x","y"]})");
  EXPECT_EQ(again.view("b"), "{}");
  EXPECT_EQ(again.view("gone"), "");
  EXPECT_EQ(again.engine->status().pending, 0u);
}

TEST(Engine, without_a_server_nothing_is_settled_before_it_is_on_disk) {
  Options local;
  local.url = no_server;
  Page page(local);
  const auto written =
      page.engine->write(page.now, {{.kind = Kind::insert, .key = {"notes", "a"}, .data = "{}"}});
  ASSERT_TRUE(written.ok());
  page.drain();
  EXPECT_EQ(page.state(*written), WriteState::accepted);
  EXPECT_EQ(page.engine->status().pending, 1u);
}

TEST(Engine, sends_nothing_before_it_is_on_disk) {
  Page page;
  page.connect();
  ASSERT_TRUE(
      page.engine->write(page.now, {{.kind = Kind::insert, .key = {"notes", "a"}, .data = "{}"}}).ok());
  page.drain();
  EXPECT_TRUE(page.pushed().empty());
  page.finish_sync();
  page.drain();
  EXPECT_EQ(page.pushed().size(), 1u);
}

TEST(Engine, a_memory_only_engine_sends_at_once) {
  Options options;
  options.disk = false;
  Page page(options);
  page.connect();
  page.write(Kind::insert, "a", "{}");
  EXPECT_EQ(page.pushed().size(), 1u);
}

TEST(Engine, resends_the_same_number_and_content_after_a_lost_answer) {
  Page page;
  page.connect();
  page.write(Kind::insert, "a", R"({"t":1})");
  const auto first = page.pushed();
  ASSERT_EQ(first.size(), 1u);
  page.cut();
  page.connect();
  EXPECT_EQ(page.pushed(), first);
}

TEST(Engine, resends_from_disk_after_a_crash) {
  Page page;
  page.connect();
  page.write(Kind::insert, "a", R"({"t":1})");
  const auto first = page.pushed();
  Page again = page.reload();
  EXPECT_EQ(again.view("a"), R"({"t":1})");
  again.connect();
  EXPECT_EQ(again.pushed(), first);
}

TEST(Engine, forgets_an_unsynced_write_in_a_crash_but_never_gives_its_number_to_a_sent_one) {
  Page page;
  page.write(Kind::insert, "a", "{}");
  ASSERT_TRUE(
      page.engine->write(page.now, {{.kind = Kind::insert, .key = {"notes", "b"}, .data = "{}"}}).ok());
  page.drain();
  Page again = page.reload();
  EXPECT_EQ(again.view("b"), "");
  EXPECT_EQ(again.view("a"), "{}");
}

TEST(Engine, writes_on_one_record_follow_each_other_by_number_until_the_first_is_acknowledged) {
  Page page;
  page.connect();
  const auto first = page.write(Kind::insert, "a", R"({"t":1})");
  page.write(Kind::update, "a", R"({"t":2})");
  const auto sent = page.pushed();
  ASSERT_EQ(sent.size(), 2u);
  EXPECT_EQ(sent[0].base, 0u);
  EXPECT_EQ(sent[1].after, page.number(first));
  page.acked(page.number(first), 1);
  page.changed("a", 1, R"({"t":1})", page.number(first));
  page.cut();
  page.connect();
  const auto resent = page.pushed();
  ASSERT_EQ(resent.size(), 1u);
  EXPECT_EQ(resent[0].base, 1u);
  EXPECT_EQ(resent[0].after, std::nullopt);
}

TEST(Engine, an_acknowledged_write_stays_visible_until_the_feed_has_it) {
  Page page;
  page.connect();
  const auto write = page.write(Kind::insert, "a", R"({"t":1})");
  page.acked(page.number(write), 1);
  EXPECT_EQ(page.view("a"), R"({"t":1})");
  EXPECT_EQ(page.state(write), WriteState::acknowledged);
  EXPECT_EQ(page.engine->status().pending, 0u);
  page.changed("a", 1, R"({"t":1})", page.number(write));
  EXPECT_EQ(page.view("a"), R"({"t":1})");
}

TEST(Engine, an_increment_is_not_counted_twice_when_its_change_comes_before_its_ack) {
  Page page;
  page.connect();
  page.changed("a", 1, R"({"n":1})");
  const auto write = page.write(Kind::increment, "a", "1", "/n");
  EXPECT_EQ(page.view("a"), R"({"n":2})");
  page.changed("a", 2, R"({"n":2})", page.number(write));
  EXPECT_EQ(page.view("a"), R"({"n":2})");
  EXPECT_EQ(page.state(write), WriteState::acknowledged);
}

TEST(Engine, an_acknowledged_write_whose_record_was_deleted_before_the_feed_began_is_not_shown_for_ever) {
  Page page;
  page.connect();
  const auto write = page.write(Kind::put, "a", "{}");
  page.seq = 5;
  page.changed("b", 1, "{}");
  page.acked(page.number(write), 1, 3);
  EXPECT_EQ(page.view("a"), "");
  EXPECT_EQ(page.engine->status().pending, 0u);
}

TEST(Engine, a_commutative_write_waits_for_the_fenced_one_before_it) {
  Page page;
  page.connect();
  page.changed("a", 1, R"({"n":1})");
  const auto put = page.write(Kind::put, "a", R"({"n":0})");
  page.write(Kind::increment, "a", "1", "/n");
  EXPECT_EQ(page.pushed().size(), 1u);
  page.acked(page.number(put), 2);
  const auto sent = page.pushed();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].op, model::Op::add);
}

TEST(Engine, a_record_written_twice_in_a_batch_is_sent_once) {
  Page page;
  page.connect();
  page.changed("a", 1, R"({"t":"x"})");
  page.batch({{.kind = Kind::update, .key = {"notes", "a"}, .path = "", .data = R"({"u":1})"},
              {.kind = Kind::put, .key = {"notes", "b"}, .path = "", .data = "{}"},
              {.kind = Kind::update, .key = {"notes", "a"}, .path = "", .data = R"({"v":2})"}});
  const auto sent = page.pushed();
  ASSERT_EQ(sent.size(), 2u);
  EXPECT_EQ(sent[0].data, R"({"t":"x","u":1,"v":2})");
  EXPECT_EQ(sent[1].key.id, "b");
}

TEST(Engine, a_write_is_fenced_by_the_version_it_was_made_on_not_by_one_that_came_meanwhile) {
  Page page;
  page.connect();
  page.changed("a", 1, R"({"t":"x"})");
  page.write(Kind::update, "a", R"({"u":1})");
  page.pushed();
  page.changed("a", 2, R"({"t":"theirs"})");
  const auto add = page.write(Kind::increment, "a", "1", "/n");
  page.write(Kind::put, "a", R"({"t":"x","u":1,"n":1,"mine":true})");
  ASSERT_TRUE(page.engine->cancel(page.now, add.key));
  page.settle();
  for (const model::Mutation& mutation : page.pushed()) EXPECT_NE(mutation.base, 2u);
}

TEST(Engine, a_fenced_write_waits_for_the_commutative_one_before_it) {
  Page page;
  page.connect();
  page.changed("a", 1, R"({"n":1})");
  const auto add = page.write(Kind::increment, "a", "1", "/n");
  page.write(Kind::update, "a", R"({"t":"x"})");
  auto sent = page.pushed();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].op, model::Op::add);
  page.acked(page.number(add), 2);
  page.changed("a", 2, R"({"n":2})", page.number(add));
  sent = page.pushed();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].base, 2u);
}

TEST(Engine, edits_of_different_fields_are_merged_and_sent_on_the_new_version) {
  Page page;
  page.connect();
  page.changed("a", 1, R"({"t":"x","n":1})");
  const auto write = page.write(Kind::update, "a", R"({"t":"mine"})");
  page.pushed();
  page.conflicted(page.number(write), 2, R"({"t":"x","n":2})");
  EXPECT_EQ(page.view("a"), R"({"t":"mine","n":2})");
  const auto sent = page.pushed();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].number, page.number(write));
  EXPECT_EQ(sent[0].base, 2u);
  EXPECT_TRUE(page.seen<Merged>().empty());
}

TEST(Engine, does_not_rebase_while_the_outcome_of_an_attempt_is_open) {
  Page page;
  page.connect();
  page.changed("a", 1, R"({"t":"x","n":1})");
  page.write(Kind::update, "a", R"({"t":"mine"})");
  const auto first = page.pushed();
  page.changed("a", 2, R"({"t":"x","n":2})");
  page.cut();
  page.connect();
  EXPECT_EQ(page.pushed(), first);
}

TEST(Engine, several_writes_of_a_clashing_record_become_one_that_carries_the_others) {
  Page page(with_policy({.standard = Rule::client, .fields = {}}));
  page.connect();
  page.changed("a", 1, R"({"t":"x"})");
  const auto first = page.write(Kind::update, "a", R"({"t":"1"})");
  const auto second = page.write(Kind::update, "a", R"({"t":"2"})");
  page.pushed();
  page.hear(
      dialect::Settled{model::Conflicted{.number = page.number(first), .version = 2, .data = R"({"t":"y"})"}},
      dialect::Settled{model::Held{.number = page.number(second), .behind = page.number(first)}});
  const auto sent = page.pushed();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].number, page.number(second));
  EXPECT_EQ(sent[0].data, R"({"t":"2"})");
  page.acked(page.number(second), 3);
  EXPECT_EQ(page.state(first), WriteState::acknowledged);
  EXPECT_EQ(page.state(second), WriteState::acknowledged);
}

TEST(Engine, settled_numbers_are_claimed_only_once_that_is_on_disk) {
  Page page;
  page.connect();
  const auto write = page.write(Kind::insert, "a", "{}");
  script().say.emplace_back(dialect::Settled{model::Acked{page.number(write), 1, 1}});
  page.engine->arrived(page.now, page.carrier, dialect::Frame{});
  page.drain();
  page.engine->arrived(page.now, page.carrier, dialect::Closed{});
  page.now.ms += 60'000;
  page.engine->wake(page.now);
  page.drain();
  EXPECT_EQ(script().greeting.settled, 0u) << "that the server knows us is not on disk either";
  page.settle();
  page.cut();
  EXPECT_EQ(script().greeting.settled, page.number(write));
  EXPECT_TRUE(script().greeting.except.empty());
}

TEST(Engine, a_refused_write_leaves_the_view_and_keeps_its_value) {
  Page page;
  page.connect();
  page.changed("a", 1, R"({"t":"x"})");
  const auto write = page.write(Kind::update, "a", R"({"t":"bad"})");
  page.hear(dialect::Settled{model::Declined{page.number(write), {base::Code::invalid, "no", "/t"}}});
  EXPECT_EQ(page.view("a"), R"({"t":"x"})");
  ASSERT_EQ(page.engine->pending().size(), 1u);
  EXPECT_EQ(page.engine->pending()[0].state, WriteState::refused);
  EXPECT_EQ(page.engine->pending()[0].value, R"({"t":"bad"})");
  Page again = page.reload();
  ASSERT_EQ(again.engine->pending().size(), 1u);
  EXPECT_EQ(again.engine->pending()[0].error->path, "/t");
  ASSERT_TRUE(again.engine->retry(again.now, write.key, R"({"t":"good"})").ok());
  again.settle();
  EXPECT_EQ(again.view("a"), R"({"t":"good"})");
  EXPECT_EQ(again.engine->status().refused, 0u);
}

TEST(Engine, writes_behind_a_refused_creation_fall_with_it) {
  Page page;
  const auto created = page.write(Kind::insert, "a", "{}");
  const auto edited = page.write(Kind::update, "a", R"({"t":1})");
  page.connect();
  page.hear(dialect::Settled{model::Declined{page.number(created), {base::Code::forbidden, "no", ""}}},
            dialect::Settled{model::Held{page.number(edited), page.number(created)}});
  EXPECT_EQ(page.view("a"), "");
  for (int i = 0; i < 3 && page.state(edited) != WriteState::refused; ++i) {
    page.hear(dialect::Settled{model::Declined{page.number(edited), {base::Code::depends, "no", ""}}});
  }
  EXPECT_EQ(page.engine->status().refused, 2u);
}

TEST(Engine, cancels_what_was_never_sent_and_says_no_to_the_rest) {
  Page page;
  const auto created = page.write(Kind::insert, "a", "{}");
  const auto edited = page.write(Kind::update, "a", R"({"t":1})");
  EXPECT_TRUE(page.engine->cancel(page.now, created.key));
  page.settle();
  EXPECT_EQ(page.view("a"), "");
  EXPECT_EQ(page.state(edited), WriteState::cancelled);
  page.connect();
  EXPECT_TRUE(page.pushed().empty());
  const auto sent = page.write(Kind::insert, "b", "{}");
  EXPECT_FALSE(page.engine->cancel(page.now, sent.key));
}

TEST(Engine, a_batch_is_all_or_nothing_at_the_call) {
  Page page;
  page.write(Kind::insert, "a", "{}");
  const auto bad =
      page.engine->write(page.now, {{.kind = Kind::insert, .key = {"notes", "b"}, .data = "{}"},
                                    {.kind = Kind::insert, .key = {"notes", "a"}, .data = "{}"}});
  ASSERT_FALSE(bad.ok());
  EXPECT_EQ(bad.error().code, base::Code::exists);
  EXPECT_EQ(page.view("b"), "");
}

TEST(Engine, a_batch_that_clashes_goes_again_as_a_whole) {
  Page page;
  page.connect();
  page.changed("a", 1, R"({"t":"x","n":1})");
  const auto batch = page.batch({{.kind = Kind::update, .key = {"notes", "a"}, .data = R"({"t":"m"})"},
                                 {.kind = Kind::insert, .key = {"notes", "b"}, .data = "{}"}});
  page.pushed();
  const std::uint64_t first = page.number(batch);
  page.hear(dialect::Settled{model::Conflicted{.number = first, .version = 2, .data = R"({"t":"x","n":2})"}},
            dialect::Settled{model::Held{.number = first + 1, .behind = first}});
  std::size_t groups = 0;
  for (const auto& command : script().asked) {
    if (const auto* push = std::get_if<dialect::Push>(&command)) {
      groups += push->groups.size();
      EXPECT_EQ(push->groups[0].size(), 2u);
    }
  }
  EXPECT_EQ(groups, 1u);
}

TEST(Engine, bad_writes_say_what_is_wrong_and_change_nothing) {
  Page page;
  page.write(Kind::insert, "a", "{}");
  EXPECT_EQ(page.refused_at_call(Kind::insert, "a", "{}").code, base::Code::exists);
  EXPECT_EQ(page.refused_at_call(Kind::update, "nope", "{}").code, base::Code::not_found);
  EXPECT_EQ(page.refused_at_call(Kind::put, "b", "{").code, base::Code::invalid);
  EXPECT_EQ(page.refused_at_call(Kind::put, std::string(2049, 'x'), "{}").code, base::Code::invalid);
  EXPECT_EQ(page.refused_at_call(Kind::put, "b", '"' + std::string(1 << 20, 'x') + '"').code,
            base::Code::too_large);
  EXPECT_EQ(page.engine->pending().size(), 1u);
}

TEST(Engine, a_snapshot_drops_what_it_does_not_name_but_never_a_pending_creation) {
  Page page;
  page.connect();
  page.changed("old", 1, "{}");
  page.write(Kind::insert, "mine", "{}");
  page.hear(dialect::Forgot{"notes", std::string(model::gone_compacted)},
            dialect::Part{
                .collection = "notes", .records = {}, .cursor = cursor_at(99), .begin = true, .done = true});
  EXPECT_EQ(page.view("old"), "");
  EXPECT_EQ(page.view("mine"), "{}");
}

TEST(Engine, a_history_rolled_back_behind_its_epoch_replaces_what_is_here) {
  Page page;
  page.connect();
  page.changed("a", 5, R"({"t":5})");
  const int opened = script().opened;
  const std::string client = page.engine->client();
  page.hear(dialect::Forgot{"notes", std::string(model::gone_other_history)});
  EXPECT_EQ(script().opened, opened + 1);
  EXPECT_NE(page.engine->client(), client);
  page.hear(dialect::Ready{.epoch = 7, .user = "", .writer = "me", .highest = 0, .forgotten = false});
  dialect::Part part{.collection = "notes", .cursor = cursor_at(3), .begin = true, .done = true};
  part.records.push_back({.key = {"notes", "a"}, .version = 2, .data = R"({"t":2})"});
  page.hear(part);
  EXPECT_EQ(page.view("a"), R"({"t":2})");
}

TEST(Engine, says_why_it_is_offline) {
  Page page;
  page.engine->arrived(page.now, page.carrier, dialect::Closed{});
  page.settle();
  ASSERT_TRUE(page.engine->status().error.has_value());
  EXPECT_NE(page.engine->status().error->message.find("http://127.0.0.1"), std::string::npos);
}

TEST(Engine, another_user_at_the_server_shows_and_sends_nothing) {
  Options options;
  options.user = "ada";
  Page page(options);
  page.write(Kind::insert, "a", "{}");
  page.hear(dialect::Ready{.epoch = 7, .user = "bob", .writer = "w", .highest = 0, .forgotten = false});
  EXPECT_EQ(page.engine->status().state, State::user_mismatch);
  EXPECT_EQ(page.view("a"), "");
  EXPECT_TRUE(page.pushed().empty());
}

TEST(Engine, asks_for_a_token_once_and_stops_when_signed_out) {
  Options options;
  options.asks_token = true;
  Page page(options);
  EXPECT_EQ(page.seen<WantToken>().size(), 1u);
  EXPECT_EQ(script().opened, 0);
  page.engine->token(page.now, "");
  page.settle();
  EXPECT_EQ(page.engine->status().state, State::auth);
  EXPECT_EQ(script().opened, 0);
}

TEST(Engine, backs_off_with_growing_waits_and_tries_again_at_once_when_the_network_returns) {
  Page page;
  std::int64_t longest = 0;
  for (int i = 0; i < 12; ++i) {
    page.engine->arrived(page.now, page.carrier, dialect::Closed{});
    page.settle();
    const auto wake = page.engine->next_wake();
    ASSERT_TRUE(wake.has_value());
    longest = std::max(longest, (*wake - page.now).ms);
    EXPECT_LE((*wake - page.now).ms, 31'000);
    page.now = *wake;
    page.engine->wake(page.now);
    page.settle();
  }
  EXPECT_GT(longest, 2'000);
  page.engine->arrived(page.now, page.carrier, dialect::Closed{});
  page.engine->online(page.now, false);
  page.settle();
  const int before = script().opened;
  page.engine->online(page.now, true);
  page.settle();
  EXPECT_EQ(script().opened, before + 1);
}

}  // namespace
}  // namespace rockpool::sync::test
