// Greeting, scanning, catching up, presence and what is forgotten.
#include "core/hub/test_world.h"

namespace rockpool::hub {
namespace {

using namespace testing;
using base::Code;
using model::Acked;
using model::Greeted;

class HubRead : public ::testing::Test {
 protected:
  void write(std::uint64_t number, const std::string& id, const std::string& data = "1") {
    const auto current = world.record(id);
    world.write({put(number, id, data, current ? current->version : 0)});
    world.run();
  }
  std::vector<std::uint64_t> seqs(model::Ticket ticket) {
    std::vector<std::uint64_t> all;
    for (const auto& change : world.reply<model::Since>(ticket).changes) all.push_back(change.seq);
    return all;
  }

  ScriptedLog log;
  World world{log};
};

// ---- greeting

TEST_F(HubRead, a_new_client_is_greeted_with_nothing_known_of_it) {
  const auto greeted = world.reply<Greeted>(world.ask(model::Greet{"client-1", 0, {}}));
  EXPECT_EQ(greeted.epoch, 7u);
  EXPECT_EQ(greeted.highest, 0u);
  EXPECT_FALSE(greeted.forgotten);
}

TEST_F(HubRead, a_known_client_hears_its_highest_number) {
  write(4, "a");
  EXPECT_EQ(world.reply<Greeted>(world.ask(model::Greet{"client-1", 2, {}})).highest, 4u);
}

TEST_F(HubRead, the_alias_differs_by_user_client_and_epoch) {
  const auto alias = [](World& of, const char* client, const char* user) {
    return of.reply<Greeted>(of.ask(model::Greet{client, 0, {}}, user)).writer;
  };
  const std::string mine = alias(world, "client-1", "ann");
  EXPECT_EQ(alias(world, "client-1", "ann"), mine);
  EXPECT_NE(alias(world, "client-2", "ann"), mine);
  EXPECT_NE(alias(world, "client-1", "bob"), mine);
  ScriptedLog another;
  another.epoch = 8;
  World elsewhere(another);
  EXPECT_NE(alias(elsewhere, "client-1", "ann"), mine);
}

TEST_F(HubRead, an_unknown_client_that_claims_settled_writes_is_forgotten) {
  EXPECT_TRUE(world.reply<Greeted>(world.ask(model::Greet{"client-9", 3, {}})).forgotten);
  world.settled = 3;
  const auto ticket = world.write({put(4, "a", "1", 0)}, "client-9");
  EXPECT_EQ(world.reply<model::Failed>(ticket).error.code, Code::unsynced);
  EXPECT_FALSE(world.record("a").has_value());
}

TEST_F(HubRead, a_store_that_has_open_what_was_settled_before_is_told_to_take_a_new_name) {
  world.ask(model::Greet{"client-9", 0, {}});
  world.ask(model::Greet{"client-9", 7, {}});
  EXPECT_TRUE(world.reply<Greeted>(world.ask(model::Greet{"client-9", 7, {5}})).forgotten);
  EXPECT_FALSE(world.reply<Greeted>(world.ask(model::Greet{"client-9", 9, {8, 9}})).forgotten);
}

TEST_F(HubRead, a_client_that_was_greeted_is_not_forgotten_while_the_hub_lives) {
  world.ask(model::Greet{"client-9", 0, {}});
  EXPECT_FALSE(world.reply<Greeted>(world.ask(model::Greet{"client-9", 3, {}})).forgotten);
}

// ---- scanning

TEST_F(HubRead, a_scan_goes_in_id_order_and_skips_tombstones) {
  world.write({put(1, "b", "1", 0), put(2, "c", "1", 0), put(3, "a", "1", 0), remove(4, "c", 1)});
  world.run();
  const auto page = world.reply<model::Page>(world.ask(model::Scan{"tasks", "", 0, 0}));
  ASSERT_EQ(page.records.size(), 2u);
  EXPECT_EQ(page.records[0].key.id, "a");
  EXPECT_EQ(page.records[1].key.id, "b");
  EXPECT_TRUE(page.done);
  EXPECT_EQ(page.cursor, world.cursor());
}

TEST_F(HubRead, a_scan_goes_on_after_the_last_id_of_the_page_before) {
  for (std::uint64_t i = 1; i <= 5; ++i) write(i, "r" + std::to_string(i));
  const auto first = world.reply<model::Page>(world.ask(model::Scan{"tasks", "", 2, 0}));
  ASSERT_EQ(first.records.size(), 2u);
  EXPECT_FALSE(first.done);
  const auto second = world.reply<model::Page>(world.ask(model::Scan{"tasks", "r2", 3, 0}));
  EXPECT_EQ(second.records.size(), 3u);
  EXPECT_TRUE(second.done);
}

TEST_F(HubRead, a_page_is_bounded_in_bytes_but_never_empty) {
  write(1, "a", std::string(500, '1'));
  write(2, "b", std::string(500, '1'));
  const auto page = world.reply<model::Page>(world.ask(model::Scan{"tasks", "", 0, 100}));
  EXPECT_EQ(page.records.size(), 1u);
  EXPECT_FALSE(page.done);
}

TEST_F(HubRead, a_collection_that_is_not_there_is_empty) {
  const auto page = world.reply<model::Page>(world.ask(model::Scan{"nothing", "", 0, 0}));
  EXPECT_TRUE(page.records.empty());
  EXPECT_TRUE(page.done);
  EXPECT_FALSE(page.cursor.empty());
}

// ---- catching up

TEST_F(HubRead, catching_up_gives_every_change_of_the_collection_once) {
  const std::string start = world.cursor();
  write(1, "a");
  write(2, "b");
  auto other = put(3, "x", "1", 0);
  other.key.collection = "notes";
  world.write({other});
  world.run();
  write(4, "a");
  const auto ticket = world.catch_up(start);
  EXPECT_EQ(seqs(ticket), (std::vector<std::uint64_t>{1, 2, 4}));
  EXPECT_FALSE(world.reply<model::Since>(ticket).more);
  EXPECT_EQ(world.reply<model::Since>(ticket).cursor, world.cursor());
}

TEST_F(HubRead, at_the_end_there_is_nothing_to_catch_up_with) {
  write(1, "a");
  const auto ticket = world.catch_up(world.cursor());
  EXPECT_TRUE(seqs(ticket).empty());
  EXPECT_FALSE(world.reply<model::Since>(ticket).more);
}

TEST_F(HubRead, catching_up_stops_after_the_bytes_asked_for_and_goes_on_from_there) {
  const std::string start = world.cursor();
  for (std::uint64_t i = 1; i <= 4; ++i) write(i, "a");
  const auto first = world.reply<model::Since>(world.catch_up(start, 1));
  EXPECT_EQ(first.changes.size(), 1u);
  EXPECT_TRUE(first.more);
  EXPECT_EQ(seqs(world.catch_up(first.cursor)), (std::vector<std::uint64_t>{2, 3, 4}));
}

TEST_F(HubRead, a_batch_is_never_cut) {
  const std::string start = world.cursor();
  world.write_groups({{put(1, "a", "1", 0), put(2, "b", "1", 0)}});
  world.run();
  EXPECT_EQ(seqs(world.catch_up(start, 1)), (std::vector<std::uint64_t>{1, 1}));
}

TEST_F(HubRead, what_is_no_longer_recent_is_read_from_the_log) {
  Limits limits;
  limits.recent_entries_max = 2;
  ScriptedLog far;
  World small(far, limits);
  const std::string start = small.cursor();
  for (std::uint64_t i = 1; i <= 9; ++i) {
    small.write({put(i, "a", "1", i - 1)});
    small.run();
  }
  const auto ticket = small.catch_up(start);
  EXPECT_FALSE(small.is_answered(ticket));
  small.run();
  EXPECT_EQ(small.reply<model::Since>(ticket).changes.size(), 9u);
  EXPECT_EQ(small.reply<model::Since>(ticket).cursor, small.cursor());
}

TEST_F(HubRead, what_is_written_while_the_log_is_read_is_not_missed) {
  Limits limits;
  limits.recent_entries_max = 2;
  ScriptedLog far;
  World small(far, limits);
  const std::string start = small.cursor();
  for (std::uint64_t i = 1; i <= 9; ++i) {
    small.write({put(i, "a", "1", i - 1)});
    small.run();
  }
  const auto ticket = small.catch_up(start);
  small.write({put(10, "a", "1", 9)});
  while (!far.requests.empty()) small.serve();
  const auto since = small.reply<model::Since>(ticket);
  // Either it is in the answer, or the answer ends before it and it is told: never neither.
  EXPECT_EQ(since.changes.size(), model::read_cursor(since.cursor)->seq);
  EXPECT_EQ(small.tells.size(), 10u);
}

TEST_F(HubRead, a_reader_is_never_ahead_of_what_is_told) {
  Limits limits;
  limits.recent_entries_max = 2;
  ScriptedLog far;
  World small(far, limits);
  const std::string start = small.cursor();
  for (std::uint64_t i = 1; i <= 4; ++i) {
    small.write({put(i, "a", "1", i - 1)});
    small.run();
  }
  small.write({put(5, "a", "1", 4)});
  const Event stored = far.serve();  // in the log, but the hub has not heard of it
  const auto ticket = small.catch_up(start);
  small.run();
  EXPECT_EQ(model::read_cursor(small.reply<model::Since>(ticket).cursor)->seq, 4u);
  EXPECT_EQ(small.tells.size(), 4u);
  small.hub.handle(small.now, stored);
  small.drain();
  EXPECT_EQ(small.tells.size(), 5u);
}

TEST_F(HubRead, a_cursor_of_another_history_is_told_so) {
  write(1, "a");
  model::Cursor cursor = *model::read_cursor(world.cursor());
  for (const auto& change :
       {+[](model::Cursor& at) { at.epoch += 1; }, +[](model::Cursor& at) { at.space += 1; },
        +[](model::Cursor& at) { at.chain += 1; }}) {
    model::Cursor other = cursor;
    change(other);
    const auto ticket = world.ask(model::CatchUp{"tasks", other, 1000});
    EXPECT_EQ(world.reply<model::Gone>(ticket).reason, model::gone_other_history);
  }
}

TEST_F(HubRead, a_forged_hash_is_found_when_read_from_the_log_too) {
  Limits limits;
  limits.recent_entries_max = 1;
  ScriptedLog far;
  World small(far, limits);
  for (std::uint64_t i = 1; i <= 4; ++i) {
    small.write({put(i, "a", "1", i - 1)});
    small.run();
  }
  model::Cursor cursor = *model::read_cursor(small.cursor());
  cursor.seq = 1;
  const auto ticket = small.ask(model::CatchUp{"tasks", cursor, 1000});
  small.run();
  EXPECT_EQ(small.reply<model::Gone>(ticket).reason, model::gone_other_history);
}

TEST_F(HubRead, a_cursor_ahead_of_the_log_is_gone_once_the_log_was_read_again) {
  write(1, "a");
  model::Cursor cursor = *model::read_cursor(world.cursor());
  cursor.seq = 5;
  const auto ticket = world.ask(model::CatchUp{"tasks", cursor, 1000});
  EXPECT_FALSE(world.is_answered(ticket));
  world.run();
  EXPECT_EQ(world.reply<model::Gone>(ticket).reason, model::gone_other_history);
}

TEST_F(HubRead, a_cursor_from_another_hub_that_is_further_on_is_good) {
  World other(log, {}, 2);
  other.write({put(1, "a", "1", 0)}, "client-2");
  other.run();
  const std::string ahead = other.cursor();
  const auto ticket = world.catch_up(ahead);
  world.run();
  EXPECT_TRUE(world.reply<model::Since>(ticket).changes.empty());
  EXPECT_EQ(world.reply<model::Since>(ticket).cursor, ahead);
}

TEST_F(HubRead, a_log_that_cannot_be_read_fails_the_reader_for_now) {
  Limits limits;
  limits.recent_entries_max = 1;
  ScriptedLog far;
  World small(far, limits);
  const std::string start = small.cursor();
  for (std::uint64_t i = 1; i <= 4; ++i) {
    small.write({put(i, "a", "1", i - 1)});
    small.run();
  }
  far.read_problem = "disk gone";
  const auto ticket = small.catch_up(start);
  small.run();
  EXPECT_EQ(small.reply<model::Failed>(ticket).error.code, Code::storage);
  EXPECT_GT(small.reply<model::Failed>(ticket).retry_after_ms, 0);
}

TEST_F(HubRead, only_a_few_readers_read_the_log_at_a_time_and_all_are_served) {
  Limits limits;
  limits.recent_entries_max = 1;
  ScriptedLog far;
  World small(far, limits);
  const std::string start = small.cursor();
  for (std::uint64_t i = 1; i <= 4; ++i) {
    small.write({put(i, "a", "1", i - 1)});
    small.run();
  }
  std::vector<model::Ticket> tickets;
  for (int i = 0; i < 30; ++i) tickets.push_back(small.catch_up(start));
  EXPECT_EQ(far.requests.size(), base::limits::catch_up_reads_max);
  small.run();
  for (const auto ticket : tickets) EXPECT_EQ(small.reply<model::Since>(ticket).changes.size(), 4u);
}

// ---- forgetting

TEST(HubRetention, old_entries_go_when_there_are_too_many_and_tombstones_with_them) {
  ScriptedLog log;
  Limits limits;
  limits.log_entries_max = 10;
  limits.log_age_ms = 1000;
  limits.recent_entries_max = 2;
  World world(log, limits);
  const std::string start = world.cursor();
  world.write({put(1, "gone", "1", 0), remove(2, "gone", 1)});
  world.run();
  for (std::uint64_t i = 3; i <= 30; ++i) {
    world.now = world.now + base::seconds(120);
    world.write({put(i, "a", "1", i - 3)});
    world.run();
  }
  EXPECT_GT(log.first_seq, 10u);
  EXPECT_LE(log.entries.size() + 1 - log.first_seq, 11u);
  EXPECT_FALSE(world.record("gone").has_value());
  const auto ticket = world.catch_up(start);
  world.run();
  EXPECT_EQ(world.reply<model::Gone>(ticket).reason, model::gone_compacted);
}

TEST(HubRetention, young_entries_stay_however_many) {
  ScriptedLog log;
  Limits limits;
  limits.log_entries_max = 10;
  limits.log_age_ms = 1'000'000;
  World world(log, limits);
  for (std::uint64_t i = 1; i <= 40; ++i) {
    world.now = world.now + base::milliseconds(1);
    world.write({put(i, "a", "1", i - 1)});
    world.run();
  }
  EXPECT_EQ(log.first_seq, 1u);
}

TEST(HubRetention, a_visitor_is_forgotten_after_a_day_and_a_writer_is_not) {
  ScriptedLog log;
  World world(log);
  world.ask(model::Greet{"client-v", 0, {}});
  world.write({put(1, "a", "1", 0)});
  world.run();
  EXPECT_EQ(world.hub.figures().clients, 2u);
  world.wake(25LL * 3600 * 1000);
  EXPECT_EQ(world.hub.figures().clients, 1u);
  EXPECT_TRUE(world.reply<Greeted>(world.ask(model::Greet{"client-v", 3, {}})).forgotten);
  EXPECT_FALSE(world.reply<Greeted>(world.ask(model::Greet{"client-1", 1, {}})).forgotten);
  world.wake(401LL * 24 * 3600 * 1000);
  EXPECT_EQ(world.hub.figures().clients, 0u);
}

TEST(HubRetention, of_too_many_visitors_those_seen_least_lately_are_forgotten) {
  ScriptedLog log;
  Limits limits;
  limits.visitors_max = 3;
  World world(log, limits);
  world.write({put(1, "a", "1", 0)});
  world.run();
  for (const std::string name : {"visitor-1", "visitor-2", "visitor-3", "visitor-1", "visitor-4"}) {
    world.wake(1000);
    world.ask(model::Greet{name, 0, {}});
  }
  world.wake(60'000);
  EXPECT_EQ(world.hub.figures().clients, 4u);
  const auto forgotten = [&](const std::string& name) {
    return world.reply<Greeted>(world.ask(model::Greet{name, 1, {}})).forgotten;
  };
  EXPECT_TRUE(forgotten("visitor-2"));
  EXPECT_FALSE(forgotten("visitor-1"));
  EXPECT_FALSE(forgotten("client-1"));
}

TEST_F(HubRead, one_answer_tells_what_happened_in_several_collections_by_one_cursor) {
  const std::string from = world.cursor();
  model::Mutation other = put(2, "b", "2", 0);
  other.key.collection = "notes";
  model::Mutation third = put(3, "c", "3", 0);
  third.key.collection = "elsewhere";
  world.write({put(1, "a", "1", 0), other, third});
  world.run();
  const auto ticket = world.ask(model::CatchUp{
      .collection = "tasks", .cursor = model::read_cursor(from), .bytes_max = 1 << 20, .beside = {"notes"}});
  world.run();
  const auto since = world.reply<model::Since>(ticket);
  ASSERT_EQ(since.changes.size(), 2u);
  EXPECT_EQ(since.changes[0].record.key.collection, "tasks");
  EXPECT_EQ(since.changes[1].record.key.collection, "notes");
  EXPECT_FALSE(since.more);
  EXPECT_EQ(since.cursor, world.cursor());
}

}  // namespace
}  // namespace rockpool::hub
