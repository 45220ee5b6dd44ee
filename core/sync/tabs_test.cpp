#include "core/sync/fake_server_test.h"

namespace rockpool::sync::test {
namespace {

using Kind = LocalWrite::Kind;

Options following() {
  Options options;
  options.client = "follower";
  options.follower = true;
  return options;
}

// A leader and one tab that follows it. What the follower writes is handed over by the test, as tabs do.
struct Tabs {
  Page leader;
  Page follower{following()};

  Tabs() { join(); }

  void join() { EXPECT_TRUE(follower.engine->mirror(follower.now, leader.engine->begin_news())); }
  // Both come to rest, and the follower has heard everything.
  void hear() {
    leader.settle();
    EXPECT_TRUE(follower.engine->mirror(follower.now, leader.engine->news()));
    follower.settle();
  }
  static base::Result<WriteView> write(Page& page, std::uint64_t op, Kind kind, const std::string& id,
                                       const std::string& data) {
    return page.engine->write(page.now, {{.kind = kind, .key = {"notes", id}, .data = data}},
                              {.tab = "tab", .number = op});
  }
  std::vector<std::string> pending(Page& page) const {
    std::vector<std::string> lines;
    for (const WriteView& view : page.engine->pending()) {
      lines.push_back(view.key + ' ' + view.record.id + ' ' + std::string(name_of(view.state)) +
                      (view.durable ? " durable" : ""));
    }
    return lines;
  }
  void expect_equal() {
    hear();
    EXPECT_EQ(follower.engine->export_all(), leader.engine->export_all());
    EXPECT_EQ(pending(follower), pending(leader));
    EXPECT_EQ(follower.engine->conflicts().size(), leader.engine->conflicts().size());
    EXPECT_EQ(follower.engine->known("notes"), leader.engine->known("notes"));
  }
};

TEST(Tabs, a_follower_shows_what_the_leader_has_and_what_becomes_of_it) {
  Tabs tabs;
  tabs.leader.connect();
  tabs.leader.engine->keep(tabs.leader.now, "notes");
  tabs.leader.hear(dialect::Part{.collection = "notes", .cursor = cursor_at(10), .begin = true, .done = true},
                   dialect::Live{"notes"});
  tabs.expect_equal();
  EXPECT_EQ(tabs.follower.engine->known("notes"), Known::complete);
  tabs.leader.changed("a", 1, R"({"t":1})");
  tabs.expect_equal();
  EXPECT_EQ(tabs.follower.view("a"), R"({"t":1})");
  const auto written = tabs.leader.write(Kind::update, "a", R"({"t":2})");
  tabs.expect_equal();
  EXPECT_EQ(tabs.follower.view("a"), R"({"t":2})");
  EXPECT_EQ(tabs.follower.engine->row({"notes", "a"})->pending, 1u);
  tabs.leader.acked(tabs.leader.number(written), 2);
  tabs.expect_equal();
  tabs.leader.changed("a", 3, "");
  tabs.expect_equal();
  EXPECT_EQ(tabs.follower.view("a"), "");
}

TEST(Tabs, a_follower_that_joins_late_has_pending_refused_and_conflicting_writes_too) {
  Page leader(with_policy({.standard = Rule::manual}));
  leader.connect();
  leader.changed("a", 1, R"({"t":1})");
  const auto clashing = leader.write(Kind::update, "a", R"({"t":2})");
  leader.conflicted(leader.number(clashing), 2, R"({"t":3})");
  const auto refused = leader.write(Kind::insert, "b", "{}");
  leader.hear(dialect::Settled{
      model::Declined{leader.number(refused), base::Error{base::Code::forbidden, "no", "/x"}}});
  leader.write(Kind::insert, "c", "{}");
  ASSERT_EQ(leader.engine->conflicts().size(), 1u);
  Page follower(following());
  EXPECT_TRUE(follower.engine->mirror(follower.now, leader.engine->begin_news()));
  EXPECT_EQ(follower.engine->export_all(), leader.engine->export_all());
  ASSERT_EQ(follower.engine->conflicts().size(), 1u);
  EXPECT_EQ(follower.engine->conflicts()[0].theirs, R"({"t":3})");
  EXPECT_EQ(follower.engine->status().conflicts, 1u);
  EXPECT_EQ(follower.engine->status().refused, 1u);
  const auto pending = follower.engine->pending();
  ASSERT_EQ(pending.size(), 3u);
  EXPECT_EQ(pending[1].error->path, "/x");
  EXPECT_EQ(pending[2].state, WriteState::sent);
  // Resolved by the leader, it is gone in both.
  ASSERT_TRUE(leader.engine->resolve(leader.now, {"notes", "a"}, "theirs", false).ok());
  leader.settle();
  EXPECT_TRUE(follower.engine->mirror(follower.now, leader.engine->news()));
  EXPECT_TRUE(follower.engine->conflicts().empty());
  EXPECT_EQ(follower.view("a"), R"({"t":3})");
}

TEST(Tabs, a_followers_write_shows_at_once_and_gives_way_to_the_leaders_without_changing_its_key) {
  Tabs tabs;
  const auto mine = Tabs::write(tabs.follower, 1, Kind::insert, "a", R"({"t":1})");
  ASSERT_TRUE(mine.ok());
  EXPECT_EQ(mine->key, "tab#1");
  EXPECT_EQ(tabs.follower.view("a"), R"({"t":1})");
  EXPECT_EQ(tabs.pending(tabs.follower), std::vector<std::string>{"tab#1 a accepted"});
  // The leader writes below it meanwhile: the follower's own stays on top.
  tabs.leader.write(Kind::insert, "b", R"({"t":1})");
  tabs.hear();
  EXPECT_EQ(tabs.follower.view("a"), R"({"t":1})");
  const auto taken = Tabs::write(tabs.leader, 1, Kind::insert, "a", R"({"t":1})");
  ASSERT_TRUE(taken.ok());
  EXPECT_EQ(taken->key, mine->key);
  tabs.expect_equal();
  EXPECT_EQ(tabs.follower.view("a"), R"({"t":1})");
  EXPECT_EQ(tabs.follower.engine->find_write("tab#1")->number, taken->number);
  EXPECT_EQ(tabs.follower.engine->find_write("tab#1")->state, WriteState::durable);
}

TEST(Tabs, own_writes_of_a_follower_keep_their_order_behind_news_of_the_record) {
  Tabs tabs;
  ASSERT_TRUE(Tabs::write(tabs.leader, 1, Kind::insert, "a", R"({"x":1,"y":1})").ok());
  tabs.hear();
  ASSERT_TRUE(Tabs::write(tabs.follower, 2, Kind::update, "a", R"({"x":2})").ok());
  ASSERT_TRUE(Tabs::write(tabs.follower, 3, Kind::update, "a", R"({"x":3})").ok());
  ASSERT_TRUE(
      tabs.leader.engine
          ->write(tabs.leader.now, {{.kind = Kind::update, .key = {"notes", "a"}, .data = R"({"y":9})"}})
          .ok());
  tabs.hear();
  EXPECT_EQ(tabs.follower.view("a"), R"({"x":3,"y":9})");
  ASSERT_TRUE(Tabs::write(tabs.leader, 2, Kind::update, "a", R"({"x":2})").ok());
  tabs.hear();
  EXPECT_EQ(tabs.follower.view("a"), R"({"x":3,"y":9})");
  ASSERT_TRUE(Tabs::write(tabs.leader, 3, Kind::update, "a", R"({"x":3})").ok());
  tabs.expect_equal();
}

TEST(Tabs, what_the_leader_does_not_take_leaves_the_followers_view_and_says_why) {
  Tabs tabs;
  ASSERT_TRUE(Tabs::write(tabs.follower, 1, Kind::insert, "a", R"({"by":"follower"})").ok());
  tabs.leader.write(Kind::insert, "a", R"({"by":"leader"})");
  const auto refused = Tabs::write(tabs.leader, 1, Kind::insert, "a", R"({"by":"follower"})");
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, base::Code::exists);
  tabs.hear();
  tabs.follower.engine->refuse(tabs.follower.now, 1, refused.error());
  tabs.follower.settle();
  EXPECT_EQ(tabs.follower.view("a"), R"({"by":"leader"})");
  const auto told = tabs.follower.seen<Refused>();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].write.key, "tab#1");
  EXPECT_EQ(told[0].write.error->code, base::Code::exists);
  // Said twice, it is said once; and one that was taken is no longer the follower's to refuse.
  tabs.follower.engine->refuse(tabs.follower.now, 1, refused.error());
  tabs.follower.settle();
  EXPECT_EQ(tabs.follower.seen<Refused>().size(), 1u);
  tabs.follower.engine->dismiss(tabs.follower.now, "tab#1");
  tabs.expect_equal();
}

TEST(Tabs, a_record_the_leader_has_lost_stays_while_the_follower_writes_on_it) {
  Tabs tabs;
  tabs.leader.connect();
  tabs.leader.engine->keep(tabs.leader.now, "notes");
  tabs.leader.hear(dialect::Part{.collection = "notes", .cursor = cursor_at(10), .begin = true, .done = true},
                   dialect::Live{"notes"});
  tabs.leader.changed("a", 1, R"({"t":1})");
  tabs.hear();
  ASSERT_TRUE(Tabs::write(tabs.follower, 1, Kind::put, "a", R"({"t":2})").ok());
  tabs.leader.changed("a", 2, "");
  tabs.hear();
  EXPECT_EQ(tabs.follower.view("a"), R"({"t":2})");
  ASSERT_TRUE(Tabs::write(tabs.leader, 1, Kind::put, "a", R"({"t":2})").ok());
  tabs.expect_equal();
}

TEST(Tabs, the_next_leader_takes_a_write_once_however_often_it_is_handed_over) {
  Tabs tabs;
  ASSERT_TRUE(Tabs::write(tabs.follower, 1, Kind::increment, "n", "1").ok() == false);
  ASSERT_TRUE(Tabs::write(tabs.leader, 1, Kind::insert, "n", R"({"n":0})").ok());
  ASSERT_TRUE(tabs.leader.engine
                  ->write(tabs.leader.now,
                          {{.kind = Kind::increment, .key = {"notes", "n"}, .path = "/n", .data = "1"}},
                          {.tab = "tab", .number = 2})
                  .ok());
  tabs.leader.settle();
  Page next = tabs.leader.reload();
  const auto again = Tabs::write(next, 2, Kind::update, "n", "{}");
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().code, base::Code::sent);
  EXPECT_EQ(next.view("n"), R"({"n":1})");
  EXPECT_EQ(next.engine->find_write("tab#2")->record.id, "n");
  EXPECT_TRUE(Tabs::write(next, 3, Kind::update, "n", R"({"m":1})").ok());
}

TEST(Tabs, a_tabs_mark_outlives_acknowledgement_and_compaction_for_seven_days) {
  constexpr std::int64_t day_ms = 24 * 60 * 60 * 1000;
  const std::string large(40'000, 'x');
  Page page;
  page.connect();
  const auto put_large = [&](Page& to, int from) {
    // Enough for the journal to be written anew as a snapshot, which holds no settled write.
    for (int i = from; i < from + 30; ++i) {
      const auto written = to.write(Kind::put, "big", "{\"x\":\"" + large + std::to_string(i) + "\"}");
      to.acked(to.number(written), static_cast<model::Version>(i));
      to.changed("big", static_cast<model::Version>(i), "{}");
    }
  };
  const auto taken = Tabs::write(page, 5, Kind::insert, "a", "{}");
  page.settle();
  page.acked(taken->number, 1);
  page.changed("a", 1, "{}");
  put_large(page, 1);
  page = page.reload();
  EXPECT_TRUE(page.engine->pending().empty());
  ASSERT_FALSE(Tabs::write(page, 5, Kind::insert, "b", "{}").ok());
  page.now.ms += 8 * day_ms;
  ASSERT_TRUE(page.engine
                  ->write(page.now, {{.kind = Kind::insert, .key = {"notes", "c"}, .data = "{}"}},
                          {.tab = "other", .number = 1})
                  .ok());
  page.settle();
  page.connect();
  put_large(page, 40);
  page = page.reload();
  EXPECT_TRUE(Tabs::write(page, 5, Kind::insert, "b", "{}").ok());
}

TEST(Tabs, a_batch_is_one_for_the_leader_too_and_its_keys_count_on_from_its_op) {
  Tabs tabs;
  const std::vector<LocalWrite> both = {{.kind = Kind::insert, .key = {"notes", "a"}, .data = "{}"},
                                        {.kind = Kind::insert, .key = {"notes", "b"}, .data = "{}"}};
  const Op op{.tab = "tab", .number = 4};
  ASSERT_TRUE(tabs.follower.engine->write(tabs.follower.now, both, op).ok());
  EXPECT_EQ(tabs.follower.engine->find_write("tab#5")->batch, "tab#4");
  ASSERT_TRUE(tabs.leader.engine->write(tabs.leader.now, both, op).ok());
  tabs.expect_equal();
  EXPECT_EQ(tabs.follower.engine->find_write("tab#5")->batch, "tab#4");
  EXPECT_EQ(tabs.follower.engine->find_write("tab#5")->record.id, "b");
}

TEST(Tabs, a_merged_write_is_found_by_its_tabs_key_wherever_it_went) {
  Page page(with_policy({.standard = Rule::manual}));
  page.connect();
  page.changed("a", 1, R"({"x":1})");
  const auto first = Tabs::write(page, 1, Kind::update, "a", R"({"x":2})");
  page.settle();
  page.pushed();
  page.conflicted(first->number, 2, R"({"x":9})");
  ASSERT_TRUE(Tabs::write(page, 2, Kind::update, "a", R"({"y":3})").ok());
  page.settle();
  ASSERT_EQ(page.engine->conflicts().size(), 1u);
  ASSERT_TRUE(page.engine->resolve(page.now, {"notes", "a"}, "mine", false).ok());
  page.settle();
  ASSERT_EQ(page.engine->pending().size(), 1u);
  ASSERT_TRUE(page.engine->find_write("tab#1"));
  EXPECT_EQ(page.engine->find_write("tab#1")->number, page.engine->find_write("tab#2")->number);
  Page again = page.reload();
  ASSERT_TRUE(again.engine->find_write("tab#1"));
  EXPECT_EQ(again.engine->find_write("tab#1")->record.id, "a");
}

TEST(Tabs, a_follower_neither_connects_nor_stores_nor_joins_both_sides) {
  Tabs tabs;
  const int opened = script().opened;
  tabs.follower.engine->online(tabs.follower.now, false);
  tabs.follower.engine->online(tabs.follower.now, true);
  ASSERT_TRUE(Tabs::write(tabs.follower, 1, Kind::insert, "a", "{}").ok());
  tabs.follower.settle();
  EXPECT_EQ(script().opened, opened);
  EXPECT_TRUE(tabs.follower.seen<Persist>().empty());
  EXPECT_TRUE(tabs.follower.seen<dialect::OpenStream>().empty());
  EXPECT_FALSE(tabs.follower.engine->next_wake());
}

TEST(Tabs, a_leader_of_the_past_does_not_take_the_next_ones_write_for_its_own) {
  Page past;
  past.connect();
  const auto unstored = Tabs::write(past, 1, Kind::insert, "a", "{}");
  ASSERT_TRUE(unstored.ok());
  past.drain();
  // The next leader gave that number to a write of its own, and the server tells it to both.
  past.changed("b", 1, "{}", unstored->number);
  EXPECT_NE(past.state(*unstored), WriteState::acknowledged);
  EXPECT_EQ(past.engine->row({"notes", "a"})->pending, 1u);
}

TEST(Tabs, a_follower_reads_the_store_alone_when_no_leader_answers) {
  Page leader;
  leader.write(Kind::insert, "a", R"({"t":1})");
  journal::Files files;
  for (const auto& [name, bytes] : leader.files) files.push_back({name, bytes});
  Page alone(following(), files);
  EXPECT_EQ(alone.view("a"), R"({"t":1})");
  ASSERT_TRUE(Tabs::write(alone, 1, Kind::update, "a", R"({"t":2})").ok());
  alone.settle();
  EXPECT_TRUE(alone.seen<Persist>().empty());
  EXPECT_EQ(alone.view("a"), R"({"t":2})");
}

TEST(Tabs, garbage_in_place_of_news_is_noticed) {
  Tabs tabs;
  EXPECT_FALSE(tabs.follower.engine->mirror(tabs.follower.now, "\xff\x01\x02"));
}

}  // namespace
}  // namespace rockpool::sync::test
