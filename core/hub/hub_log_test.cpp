// What the hub does when the log is stale, silent, full or gone, and when another hub writes to it.
#include "core/hub/test_world.h"

namespace rockpool::hub {
namespace {

using namespace testing;
using base::Code;
using model::Acked;
using model::Conflicted;
using model::Declined;
using model::Held;

class HubLog : public ::testing::Test {
 protected:
  bool asks_for_append() const {
    return !log.requests.empty() && std::holds_alternative<Append>(log.requests.front());
  }
  bool asks_for_barrier() const {
    return asks_for_append() && std::get<Append>(log.requests.front()).batch.changes.empty();
  }

  ScriptedLog log;
  World world{log};
};

// ---- stale

TEST_F(HubLog, a_stale_append_is_judged_anew_on_what_the_other_hub_wrote) {
  World other(log, {}, 2);
  const auto mine = world.write({put(1, "a", "mine", 0), put(2, "b", "mine", 0)});
  std::deque<Request> held;
  held.swap(log.requests);
  other.write({put(1, "a", "theirs", 0)}, "client-2");
  other.run();
  log.requests = std::move(held);
  world.run();
  EXPECT_EQ(world.outcome<Conflicted>(mine, 0).data, "theirs");
  EXPECT_EQ(world.outcome<Acked>(mine, 1), (Acked{2, 1, 2}));
  EXPECT_EQ(world.hub.figures().stale, 1u);
}

TEST_F(HubLog, entries_of_another_hub_are_told_too) {
  World other(log, {}, 2);
  other.write({put(1, "a", "theirs", 0)}, "client-2");
  other.run();
  world.write({put(1, "b", "mine", 0)});
  world.run();
  ASSERT_EQ(world.tells.size(), 2u);
  EXPECT_EQ(std::get<model::Changed>(world.tells[0].notices[0].second).changes[0].record.data, "theirs");
}

TEST_F(HubLog, a_write_that_the_other_hub_applied_is_not_applied_again) {
  World other(log, {}, 2);
  const auto there = other.write({put(1, "a", "1", 0)});
  other.run();
  const auto here = world.write({put(1, "a", "1", 0)});
  world.run();
  EXPECT_EQ(world.outcomes(here), other.outcomes(there));
  EXPECT_EQ(world.record("a")->version, 1u);
}

TEST_F(HubLog, many_entries_behind_it_reads_on_to_the_end) {
  World other(log, {}, 2);
  for (std::uint64_t i = 1; i <= 20; ++i) {
    other.write({put(i, "a", "1", i - 1)}, "client-2");
    other.run();
  }
  const auto mine = world.write({put(1, "a", "1", 20)});
  world.run();
  EXPECT_EQ(world.outcome<Acked>(mine).version, 21u);
}

// ---- barriers

TEST_F(HubLog, a_base_above_the_view_is_refused_only_after_a_barrier) {
  const auto ticket = world.write({put(1, "a", "1", 5)});
  ASSERT_TRUE(asks_for_barrier());
  EXPECT_FALSE(world.is_answered(ticket));
  world.run();
  EXPECT_EQ(world.outcome<Conflicted>(ticket).version, 0u);
  EXPECT_EQ(log.entries.size(), 1u);
}

TEST_F(HubLog, a_base_above_the_view_is_right_when_the_view_was_behind) {
  World other(log, {}, 2);
  for (std::uint64_t i = 1; i <= 5; ++i) {
    other.write({put(i, "a", "1", i - 1)}, "client-2");
    other.run();
  }
  const auto ticket = world.write({put(1, "a", "mine", 5)});
  world.run();
  EXPECT_EQ(world.outcome<Acked>(ticket).version, 6u);
}

TEST_F(HubLog, what_follows_a_write_that_waits_for_proof_does_not_go_before_it) {
  world.write({put(1, "a", R"({"n":1})", 0)});
  world.run();
  const auto ticket = world.write({put(2, "a", R"({"n":5})", 2), add(3, "a", "/n", "1")});
  world.run();
  EXPECT_EQ(world.outcome<Conflicted>(ticket, 0).version, 1u);
  EXPECT_EQ(world.record("a")->data, R"({"n":2})");
}

TEST_F(HubLog, a_conflict_behind_a_write_that_waits_for_proof_is_told_as_it_is_then) {
  World other(log, {}, 2);
  world.write({put(1, "a", "1", 0), put(2, "b", "1", 0)});
  world.run();
  const auto ticket = world.write({put(3, "a", "mine", 2), put(4, "b", "mine", 0)});
  std::deque<Request> held;
  held.swap(log.requests);
  other.write({put(1, "a", "theirs", 1), put(2, "b", "theirs", 1)}, "client-2");
  other.run();
  log.requests = std::move(held);
  world.run();
  EXPECT_EQ(world.outcome<Acked>(ticket, 0).version, 3u);
  EXPECT_EQ(world.outcome<Conflicted>(ticket, 1).data, "theirs");
}

TEST_F(HubLog, one_append_serves_as_the_barrier_of_all_who_wait) {
  const auto ticket = world.write({put(1, "a", "1", 5), put(2, "b", "1", 0), put(3, "c", "1", 9)});
  EXPECT_FALSE(asks_for_barrier());
  world.run();
  EXPECT_EQ(log.entries.size(), 1u);
  EXPECT_EQ(world.outcomes(ticket).size(), 3u);
  EXPECT_EQ(world.hub.figures().conflicts, 2u);
}

TEST_F(HubLog, an_append_that_was_under_way_before_the_write_proves_nothing) {
  world.write({put(1, "z", "1", 0)});
  const auto ticket = world.write({put(2, "a", "1", 5)});
  world.serve();
  EXPECT_FALSE(world.is_answered(ticket));
  EXPECT_TRUE(asks_for_barrier());
  world.run();
  EXPECT_EQ(world.outcome<Conflicted>(ticket).version, 0u);
}

TEST_F(HubLog, deleting_with_a_base_above_the_view_waits_for_a_barrier_too) {
  const auto ticket = world.write({remove(1, "a", 5)});
  EXPECT_TRUE(asks_for_barrier());
  world.run();
  EXPECT_EQ(world.outcome<Conflicted>(ticket).version, 0u);
}

TEST_F(HubLog, an_op_on_nothing_is_refused_only_by_a_view_that_is_proved) {
  World other(log, {}, 2);
  other.write({put(1, "a", R"({"n":1})", 0)}, "client-2");
  other.run();
  const auto ticket = world.write({add(1, "a", "/n", "1")});
  EXPECT_FALSE(world.is_answered(ticket));
  world.run();
  EXPECT_EQ(world.outcome<Acked>(ticket).version, 2u);
}

TEST_F(HubLog, an_op_that_does_not_fit_is_refused_only_by_a_view_that_is_proved) {
  World other(log, {}, 2);
  other.write({put(1, "a", R"({"n":"text"})", 0)}, "client-2");
  other.run();
  World behind(log, {}, 3);
  other.write({put(2, "a", R"({"n":5})", 1)}, "client-2");
  other.run();
  const auto ticket = behind.write({add(7, "a", "/n", "1")});
  EXPECT_FALSE(behind.is_answered(ticket));
  behind.run();
  EXPECT_EQ(behind.outcome<Acked>(ticket).version, 3u);
}

TEST_F(HubLog, an_op_that_never_fits_is_refused_after_one_barrier) {
  world.write({put(1, "a", R"({"n":"text"})", 0)});
  world.run();
  const auto ticket = world.write({add(2, "a", "/n", "1")});
  EXPECT_TRUE(asks_for_barrier());
  world.run();
  EXPECT_EQ(world.outcome<Declined>(ticket).error.code, Code::invalid);
  EXPECT_EQ(log.entries.size(), 2u);
}

// ---- unknown

TEST_F(HubLog, an_unknown_append_that_landed_is_acknowledged_once_found) {
  const auto ticket = world.write({put(1, "a", "1", 0)});
  world.serve(Fate::landed);
  EXPECT_FALSE(world.is_answered(ticket));
  world.run();
  EXPECT_EQ(world.outcome<Acked>(ticket), (Acked{1, 1, 1}));
  EXPECT_EQ(world.record("a")->version, 1u);
  EXPECT_EQ(world.order, (std::vector<std::string>{"answer " + std::to_string(ticket), "tell",
                                                   "answer " + std::to_string(world.last_ticket)}));
}

TEST_F(HubLog, an_unknown_append_that_was_lost_is_made_again_behind_a_barrier) {
  const auto ticket = world.write({put(1, "a", "1", 0)});
  world.serve(Fate::lost);
  world.serve();  // reads to the end
  EXPECT_TRUE(asks_for_barrier());
  world.run();
  EXPECT_EQ(world.outcome<Acked>(ticket), (Acked{1, 1, 2}));
  ASSERT_EQ(log.entries.size(), 2u);
  EXPECT_TRUE(log.entries[0].batch.changes.empty());
}

TEST_F(HubLog, while_an_append_is_in_doubt_only_barriers_are_appended) {
  world.write({put(1, "a", "1", 0)});
  world.serve(Fate::lost);
  const auto meanwhile = world.write({put(2, "b", "1", 0)});
  world.serve();
  EXPECT_TRUE(asks_for_barrier());
  EXPECT_EQ(log.requests.size(), 1u);
  world.run();
  EXPECT_EQ(world.outcome<Acked>(meanwhile).version, 1u);
}

TEST_F(HubLog, a_doubted_append_that_lands_before_the_barrier_makes_it_stale_and_is_found) {
  const auto ticket = world.write({put(1, "a", "1", 0)});
  const Batch batch = std::get<Append>(log.requests.front()).batch;
  world.serve(Fate::lost);
  world.serve();
  ASSERT_TRUE(asks_for_barrier());
  log.entries.push_back({.seq = 1, .chain = next_chain(0, encode(batch)), .batch = batch});
  log.view.apply(log.entries.back());
  world.run();
  EXPECT_EQ(world.outcome<Acked>(ticket), (Acked{1, 1, 1}));
  EXPECT_EQ(world.record("a")->version, 1u);
}

TEST_F(HubLog, a_resend_of_what_is_in_doubt_waits_with_it) {
  const auto first = world.write({put(1, "a", "1", 0)});
  world.serve(Fate::landed);
  const auto second = world.write({put(1, "a", "1", 0)});
  EXPECT_FALSE(world.is_answered(second));
  world.run();
  EXPECT_EQ(world.outcomes(first), world.outcomes(second));
  EXPECT_EQ(log.entries.size(), 1u);
}

TEST_F(HubLog, a_barrier_that_is_unknown_itself_is_tried_again_later) {
  const auto ticket = world.write({put(1, "a", "1", 0)});
  world.serve(Fate::lost);
  world.serve();
  world.serve(Fate::lost);
  EXPECT_TRUE(log.requests.empty());
  ASSERT_TRUE(world.hub.next_wake().has_value());
  world.wake(1000);
  world.run();
  EXPECT_EQ(world.outcome<Acked>(ticket).version, 1u);
}

TEST_F(HubLog, while_in_doubt_and_without_a_log_others_are_sent_back_but_the_doubted_wait) {
  const auto first = world.write({put(1, "a", "1", 0)});
  world.serve(Fate::landed);
  log.read_problem = "the disk does not answer";
  world.serve();
  const auto repeat = world.write({put(1, "a", "1", 0)});
  const auto other = world.write({put(2, "b", "1", 0)});
  EXPECT_FALSE(world.is_answered(first));
  EXPECT_FALSE(world.is_answered(repeat));
  EXPECT_EQ(world.outcome<Declined>(other).error.code, Code::storage);
  log.read_problem.clear();
  world.wake(1000);
  world.run();
  EXPECT_EQ(world.outcome<Acked>(first), (Acked{1, 1, 1}));
  EXPECT_EQ(world.outcome<Acked>(repeat), (Acked{1, 1, 1}));
}

// ---- full and down

TEST_F(HubLog, a_full_log_sends_writes_back_and_is_tried_every_second) {
  const auto first = world.write({put(1, "a", "1", 0)});
  world.serve(Fate::full);
  EXPECT_EQ(world.outcome<Declined>(first).error.code, Code::storage);
  EXPECT_NE(world.outcome<Declined>(first).error.message.find("disk full"), std::string::npos);
  EXPECT_EQ(world.hub.next_wake(), world.now + base::seconds(1));
  const auto second = world.write({put(2, "b", "1", 0)});
  EXPECT_EQ(world.outcome<Declined>(second).error.code, Code::storage);
  world.wake(999);
  EXPECT_TRUE(log.requests.empty());
  world.wake(1);
  world.serve();
  world.serve(Fate::full);
  EXPECT_EQ(world.hub.next_wake(), world.now + base::seconds(1));
  world.wake(1000);
  world.run();
  EXPECT_FALSE(world.hub.next_wake().has_value());
  const auto again = world.write({put(1, "a", "1", 0)});
  world.run();
  EXPECT_EQ(world.outcome<Acked>(again).version, 1u);
}

TEST_F(HubLog, without_a_log_repeats_conflicts_and_reads_are_still_answered) {
  const auto first = world.write({put(1, "a", "1", 0)});
  world.run();
  world.write({put(2, "b", "1", 0)});
  world.serve(Fate::down);
  EXPECT_EQ(world.outcomes(world.write({put(1, "a", "1", 0)})), world.outcomes(first));
  EXPECT_EQ(world.outcome<Conflicted>(world.write({put(3, "a", "1", 0)})).version, 1u);
  EXPECT_EQ(world.record("a")->data, "1");
}

TEST_F(HubLog, a_long_write_sent_back_is_answered_at_once_and_in_order) {
  world.write({put(1000, "z", "1", 0)});
  world.serve(Fate::down);
  std::vector<model::Mutation> mutations;
  for (std::uint64_t i = 1; i <= 600; ++i) mutations.push_back(put(i, "r" + std::to_string(i), "1", 0));
  const auto ticket = world.write(std::move(mutations));
  ASSERT_EQ(world.reply<model::Written>(ticket).outcomes.size(), 600u);
  EXPECT_EQ(world.outcome<Declined>(ticket, 599).number, 600u);
}

TEST_F(HubLog, a_log_that_was_exchanged_is_not_written_to) {
  world.write({put(1, "a", "1", 0)});
  world.run();
  log.entries[0].chain += 1;
  log.entries.push_back(log.entries[0]);
  log.entries[1].seq = 2;
  const auto ticket = world.write({put(2, "b", "1", 0)});
  world.serve();
  world.serve();
  EXPECT_EQ(world.outcome<Declined>(ticket).error.code, Code::storage);
  EXPECT_NE(world.outcome<Declined>(ticket).error.message.find("restart"), std::string::npos);
}

TEST_F(HubLog, a_damaged_entry_of_another_hub_is_not_taken) {
  World other(log, {}, 2);
  other.write({put(1, "a", "theirs", 0)}, "client-2");
  other.run();
  log.entries[0].batch.changes[0].record.data = "forged";
  const auto ticket = world.write({put(1, "b", "1", 0)});
  world.serve();
  world.serve();
  EXPECT_EQ(world.outcome<Declined>(ticket).error.code, Code::storage);
  EXPECT_FALSE(world.record("a").has_value());
}

// ---- restart

TEST_F(HubLog, a_new_hub_on_the_same_log_knows_records_tombstones_and_outcomes) {
  world.ask(model::Greet{"client-1", 0, {}});
  world.settled = 1;
  const auto before = world.write({put(2, "a", "1", 0), put(3, "b", "1", 0), remove(4, "b", 1)});
  world.run();
  World after(log, {}, 9);
  EXPECT_EQ(after.record("a"), world.record("a"));
  EXPECT_EQ(after.record("b")->version, 2u);
  after.settled = 1;
  const auto again = after.write({put(2, "a", "1", 0), put(3, "b", "1", 0), remove(4, "b", 1)});
  EXPECT_EQ(after.outcomes(again), world.outcomes(before));
  EXPECT_TRUE(after.outcomes(after.write({put(1, "c", "1", 0)})).empty());
  EXPECT_EQ(after.cursor(), world.cursor());
}

TEST_F(HubLog, a_new_hub_gives_no_record_number_twice) {
  world.write({put(1, "a", "1", 0)});
  world.run();
  World after(log, {}, 9);
  after.now = {0};
  after.write({put(2, "b", "1", 0)});
  after.run();
  EXPECT_EQ(after.record("b")->num, after.record("a")->num + 1);
}

// ---- two hubs

// Both write to the same records in every order of their requests; each accepted write must have replaced
// exactly the version it named.
TEST(HubRace, two_hubs_never_both_accept_a_version) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    ScriptedLog log;
    base::Prng prng(seed);
    World first(log, {}, seed * 2);
    World second(log, {}, seed * 2 + 1);
    World* hubs[] = {&first, &second};
    std::deque<Request> requests[2];
    std::uint64_t numbers[2] = {0, 0};
    for (int step = 0; step < 400; ++step) {
      const std::size_t who = prng.below(2);
      World& world = *hubs[who];
      log.requests.swap(requests[who]);
      if (prng.once_in(3)) {
        const std::string id = std::to_string(prng.below(3));
        const auto current = world.record(id);
        const model::Version base = current ? current->version : 0;
        world.write({put(++numbers[who], id, std::to_string(step), base)},
                    who == 0 ? "client-1" : "client-2");
      } else if (!log.requests.empty()) {
        const Fate fates[] = {Fate::ok, Fate::ok, Fate::ok, Fate::lost, Fate::landed};
        world.serve(fates[prng.below(5)]);
      } else {
        world.wake(1000);
      }
      log.requests.swap(requests[who]);
    }
    std::map<std::string, model::Version> versions;
    std::set<std::pair<std::string, std::uint64_t>> applied;
    for (const Entry& entry : log.entries) {
      for (const model::Change& change : entry.batch.changes) {
        EXPECT_EQ(change.previous, versions[change.record.key.id]);
        EXPECT_EQ(change.record.version, change.previous + 1);
        versions[change.record.key.id] = change.record.version;
        EXPECT_TRUE(applied.insert({change.writer, change.number}).second) << "applied twice";
      }
    }
  }
}

}  // namespace
}  // namespace rockpool::hub
