// Groups, limits and the order of answers.
#include "core/hub/test_world.h"

namespace rockpool::hub {
namespace {

using namespace testing;
using base::Code;
using model::Acked;
using model::Conflicted;
using model::Declined;
using model::Held;

class HubBatch : public ::testing::Test {
 protected:
  model::Ticket write(std::vector<model::Group> groups) {
    const model::Ticket ticket = world.write_groups(std::move(groups));
    world.run();
    return ticket;
  }
  model::Group many(std::size_t count, const std::string& data = "1") {
    model::Group group;
    for (std::size_t i = 0; i < count; ++i) {
      ++number;
      group.push_back(put(number, "r" + std::to_string(number), data, 0));
    }
    return group;
  }

  static std::size_t bytes_of_all(const model::Group& group) {
    std::size_t bytes = 0;
    for (const auto& mutation : group) {
      bytes += mutation.data.size() + mutation.key.collection.size() + mutation.key.id.size();
    }
    return bytes;
  }

  ScriptedLog log;
  World world{log};
  std::uint64_t number = 0;
};

TEST_F(HubBatch, a_batch_is_one_entry) {
  const auto ticket = write({{put(1, "a", "1", 0), put(2, "b", "2", 0), after(put(3, "a", "3", 0), 1)}});
  EXPECT_EQ(world.outcome<Acked>(ticket, 2), (Acked{3, 2, 1}));
  ASSERT_EQ(log.entries.size(), 1u);
  EXPECT_EQ(log.entries[0].batch.changes.size(), 3u);
}

TEST_F(HubBatch, one_conflict_holds_the_others_back) {
  world.write({put(1, "b", "theirs", 0)}, "client-2");
  world.run();
  const auto ticket = write({{put(1, "a", "1", 0), put(2, "b", "2", 0), put(3, "c", "3", 0)}});
  EXPECT_EQ(world.outcome<Held>(ticket, 0), (Held{1, 2}));
  EXPECT_EQ(world.outcome<Conflicted>(ticket, 1).data, "theirs");
  EXPECT_EQ(world.outcome<Held>(ticket, 2), (Held{3, 2}));
  EXPECT_FALSE(world.record("a").has_value());
}

TEST_F(HubBatch, one_refusal_refuses_the_others) {
  const auto ticket = write({{put(1, "a", "1", 0), put(2, "", "2", 0), put(3, "c", "3", 0)}});
  EXPECT_EQ(world.outcome<Declined>(ticket, 0).error.code, Code::depends);
  EXPECT_EQ(world.outcome<Declined>(ticket, 1).error.code, Code::invalid);
  EXPECT_EQ(world.outcome<Declined>(ticket, 2).error.code, Code::depends);
  EXPECT_TRUE(log.entries.empty());
}

TEST_F(HubBatch, a_refusal_counts_more_than_a_conflict) {
  world.write({put(1, "b", "theirs", 0)}, "client-2");
  world.run();
  const auto ticket = write({{put(1, "b", "1", 0), put(2, "", "2", 0)}});
  EXPECT_EQ(world.outcome<Declined>(ticket, 0).error.code, Code::depends);
  EXPECT_EQ(world.outcome<Declined>(ticket, 1).error.code, Code::invalid);
}

TEST_F(HubBatch, a_failed_batch_does_not_stop_the_next_one) {
  const auto ticket = write({{put(1, "a", "1", 0), put(2, "", "2", 0)}, {put(3, "a", "3", 0)}});
  EXPECT_EQ(world.outcome<Acked>(ticket, 2), (Acked{3, 1, 1}));
}

TEST_F(HubBatch, a_batch_sent_again_is_answered_again) {
  const model::Group batch = {put(1, "a", "1", 0), put(2, "b", "2", 0)};
  const auto first = write({batch});
  const auto second = write({batch});
  EXPECT_EQ(world.outcomes(first), world.outcomes(second));
  EXPECT_EQ(log.entries.size(), 1u);
}

TEST_F(HubBatch, mutations_that_are_new_in_a_batch_sent_again_are_judged) {
  write({{put(1, "a", "1", 0)}});
  const auto ticket = write({{put(1, "a", "1", 0), put(2, "b", "2", 0)}});
  EXPECT_EQ(world.outcome<Acked>(ticket, 0), (Acked{1, 1, 1}));
  EXPECT_EQ(world.outcome<Acked>(ticket, 1), (Acked{2, 1, 2}));
}

TEST_F(HubBatch, a_number_twice_in_a_batch_is_refused) {
  EXPECT_EQ(world.outcome<Declined>(write({{put(1, "a", "1", 0), put(1, "b", "1", 0)}})).error.code,
            Code::invalid);
}

TEST_F(HubBatch, the_number_zero_is_refused) {
  EXPECT_EQ(world.outcome<Declined>(write({{put(0, "a", "1", 0)}})).error.code, Code::invalid);
}

TEST_F(HubBatch, a_batch_holds_256_mutations_and_no_more) {
  EXPECT_TRUE(std::holds_alternative<Acked>(world.outcomes(write({many(256)})).back()));
  EXPECT_EQ(world.outcome<Declined>(write({many(257)})).error.code, Code::too_large);
  EXPECT_EQ(log.entries.size(), 1u);
}

TEST_F(HubBatch, a_batch_holds_256_KiB_and_no_more) {
  model::Group fits = many(4, std::string(64 << 10, '1'));
  fits[0].data.resize(fits[0].data.size() - (bytes_of_all(fits) - (256 << 10)));
  EXPECT_TRUE(std::holds_alternative<Acked>(world.outcomes(write({fits})).back()));
  model::Group over = many(4, std::string(64 << 10, '1'));
  EXPECT_EQ(world.outcome<Declined>(write({over})).error.code, Code::too_large);
}

TEST_F(HubBatch, a_large_record_alone_is_no_batch) {
  EXPECT_TRUE(
      std::holds_alternative<Acked>(world.outcomes(write({many(1, std::string(1 << 20, '1'))})).back()));
  EXPECT_EQ(world.outcome<Declined>(write({many(1, std::string((1 << 20) + 1, '1'))})).error.code,
            Code::too_large);
}

TEST_F(HubBatch, a_batch_cannot_blow_up_large_records) {
  std::string large = R"({"n":1,"text":")" + std::string(900 << 10, 'x') + R"("})";
  std::vector<model::Mutation> patches;
  for (int i = 0; i < 20; ++i) {
    const std::string id = "big" + std::to_string(i);
    ++number;
    world.write({put(number, id, large, 0)});
    world.run();
    patches.push_back(add(100 + static_cast<std::uint64_t>(i), id, "/n", "1"));
  }
  const auto ticket = write({patches});
  bool is_refused = false;
  for (const auto& outcome : world.outcomes(ticket)) {
    const auto* declined = std::get_if<Declined>(&outcome);
    ASSERT_NE(declined, nullptr);
    is_refused = is_refused || declined->error.code == Code::too_large;
  }
  EXPECT_TRUE(is_refused);
  EXPECT_EQ(world.record("big0")->version, 1u);
}

TEST_F(HubBatch, many_writes_become_entries_of_256_changes) {
  std::vector<model::Group> groups;
  for (auto& mutation : many(600)) groups.push_back({mutation});
  const auto ticket = write(std::move(groups));
  ASSERT_EQ(log.entries.size(), 3u);
  EXPECT_EQ(log.entries[0].batch.changes.size(), 256u);
  EXPECT_EQ(log.entries[2].batch.changes.size(), 88u);
  const auto outcomes = world.outcomes(ticket);
  ASSERT_EQ(outcomes.size(), 600u);
  for (std::size_t i = 0; i < outcomes.size(); ++i) EXPECT_EQ(std::get<Acked>(outcomes[i]).number, i + 1);
}

TEST_F(HubBatch, a_long_write_is_answered_entry_by_entry_before_each_is_told) {
  std::vector<model::Group> groups;
  for (auto& mutation : many(300)) groups.push_back({mutation});
  const auto ticket = write(std::move(groups));
  const std::string answer = "answer " + std::to_string(ticket);
  EXPECT_EQ(world.order, (std::vector<std::string>{answer, "tell", answer, "tell"}));
  EXPECT_TRUE(std::get<model::Written>(world.answers[ticket][0]).more);
  EXPECT_FALSE(std::get<model::Written>(world.answers[ticket][1]).more);
}

TEST_F(HubBatch, an_entry_holds_about_256_KiB) {
  std::vector<model::Group> groups;
  for (auto& mutation : many(8, std::string(100 << 10, '1'))) groups.push_back({mutation});
  write(std::move(groups));
  EXPECT_EQ(log.entries.size(), 4u);
}

TEST_F(HubBatch, a_batch_is_not_split_over_entries) {
  write({many(200), many(100)});
  ASSERT_EQ(log.entries.size(), 2u);
  EXPECT_EQ(log.entries[0].batch.changes.size(), 200u);
}

TEST_F(HubBatch, writes_gather_while_an_append_is_under_way) {
  world.write({put(1, "a", "1", 0)});
  world.write({put(2, "b", "1", 0)});
  world.write({put(1, "c", "1", 0)}, "client-2");
  EXPECT_EQ(log.requests.size(), 1u);
  world.run();
  ASSERT_EQ(log.entries.size(), 2u);
  EXPECT_EQ(log.entries[1].batch.changes.size(), 2u);
}

TEST_F(HubBatch, an_entry_holds_one_space_and_spaces_take_turns) {
  world.write({put(1, "a", "1", 0)});
  for (std::uint64_t i = 0; i < 3; ++i) {
    for (const char* space : {"garden", "kitchen"}) {
      world.ask(model::Write{"client-1", 0, {}, {{put(10 + i, "x" + std::to_string(i), "1", 0)}}}, "ann",
                space);
    }
  }
  world.run();
  ASSERT_EQ(log.entries.size(), 3u);
  EXPECT_EQ(log.entries[1].batch.space, "kitchen");
  EXPECT_EQ(log.entries[2].batch.space, "garden");
  EXPECT_EQ(log.entries[2].batch.changes.size(), 3u);
}

TEST_F(HubBatch, a_resend_while_the_first_is_under_way_is_answered_with_it) {
  const auto first = world.write({put(1, "a", "1", 0)});
  const auto second = world.write({put(1, "a", "1", 0)});
  EXPECT_FALSE(world.is_answered(second));
  world.run();
  EXPECT_EQ(world.outcomes(first), world.outcomes(second));
  EXPECT_EQ(log.entries.size(), 1u);
}

TEST_F(HubBatch, a_conflict_with_a_write_of_the_same_entry_waits_for_it) {
  world.write({put(1, "z", "1", 0)});
  world.write({put(2, "a", "1", 0)});
  const auto second = world.write({put(1, "a", "2", 0)}, "client-2");
  world.serve();
  EXPECT_FALSE(world.is_answered(second));
  world.run();
  EXPECT_EQ(world.outcome<Conflicted>(second).version, 1u);
}

TEST(HubLimits, past_the_waiting_writes_they_are_declined_and_can_come_again) {
  ScriptedLog log;
  Limits limits;
  limits.waiting_writes_max = 3;
  World world(log, limits);
  world.write({put(1, "a", "1", 0)});
  world.write({put(2, "b", "1", 0), put(3, "c", "1", 0)});
  const auto over = world.write({put(4, "d", "1", 0)});
  EXPECT_EQ(world.outcome<Declined>(over).error.code, Code::overloaded);
  world.run();
  const auto again = world.write({put(4, "d", "1", 0)});
  world.run();
  EXPECT_EQ(world.outcome<Acked>(again).version, 1u);
}

TEST(HubLimits, past_the_waiting_bytes_they_are_declined) {
  ScriptedLog log;
  Limits limits;
  limits.waiting_bytes_max = 100;
  World world(log, limits);
  EXPECT_EQ(world.outcome<Declined>(world.write({put(1, "a", std::string(100, '1'), 0)})).error.code,
            Code::overloaded);
}

TEST(HubLimits, a_full_space_takes_nothing_that_makes_it_larger) {
  ScriptedLog log;
  Limits limits;
  limits.space_bytes_max = 400;
  World world(log, limits);
  const auto first = world.write({put(1, "a", std::string(200, '1'), 0)});
  const auto second = world.write({put(2, "b", std::string(200, '1'), 0)});
  world.run();
  EXPECT_EQ(world.outcome<Acked>(first).version, 1u);
  EXPECT_EQ(world.outcome<Declined>(second).error.code, Code::quota);
  const auto third =
      world.write({put(3, "a", std::string(199, '1'), 1), put(4, "a", std::string(900, '1'), 2)});
  const auto fourth = world.write({remove(5, "a", 2)});
  world.run();
  EXPECT_EQ(world.outcome<Acked>(third, 0).version, 2u);
  EXPECT_EQ(world.outcome<Declined>(third, 1).error.code, Code::quota);
  EXPECT_EQ(world.outcome<Acked>(fourth).version, 3u);
}

TEST(HubLimits, a_client_that_never_confirms_is_stopped_at_10000_open_writes) {
  ScriptedLog log;
  World world(log);
  for (std::uint64_t round = 0; round < 10; ++round) {
    std::vector<model::Mutation> mutations;
    for (std::uint64_t i = 1; i <= 1000; ++i) {
      mutations.push_back(put(round * 1000 + i, "r" + std::to_string(i), "1", round));
    }
    world.write(std::move(mutations));
    world.run();
  }
  EXPECT_EQ(world.hub.figures().changes, 10'000u);
  const auto over = world.write({put(10'001, "x", "1", 0)});
  world.run();
  EXPECT_EQ(world.outcome<Declined>(over).error.code, Code::overloaded);
  world.settled = 1;
  const auto again = world.write({put(10'001, "x", "1", 0)});
  world.run();
  EXPECT_EQ(world.outcome<Acked>(again).version, 1u);
}

TEST(HubLimits, a_claim_of_too_many_open_writes_fails) {
  ScriptedLog log;
  World world(log);
  world.except.resize(10'001, 1);
  EXPECT_EQ(world.reply<model::Failed>(world.write({put(1, "a", "1", 0)})).error.code, Code::too_large);
}

TEST(HubLimits, a_client_id_of_the_wrong_shape_fails) {
  ScriptedLog log;
  World world(log);
  EXPECT_EQ(world.reply<model::Failed>(world.write({put(1, "a", "1", 0)}, "short")).error.code,
            Code::invalid);
  EXPECT_EQ(world.reply<model::Failed>(world.ask(model::Greet{"sp ace sp ace", 0, {}})).error.code,
            Code::invalid);
}

TEST(HubLimits, a_space_of_the_server_fails) {
  ScriptedLog log;
  World world(log);
  const auto ticket = world.ask(model::Read{{"tasks", "a"}}, "ann", "$hidden");
  EXPECT_EQ(world.reply<model::Failed>(ticket).error.code, Code::forbidden);
}

}  // namespace
}  // namespace rockpool::hub
