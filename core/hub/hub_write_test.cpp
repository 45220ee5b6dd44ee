// Versions, ops and exactly once, with a log that does what it is asked.
#include "core/hub/test_world.h"

namespace rockpool::hub {
namespace {

using namespace testing;
using base::Code;
using model::Acked;
using model::Conflicted;
using model::Declined;
using model::Held;

class HubWrite : public ::testing::Test {
 protected:
  model::Ticket write(std::vector<model::Mutation> mutations, const std::string& client = "client-1") {
    const model::Ticket ticket = world.write(std::move(mutations), client);
    world.run();
    return ticket;
  }

  ScriptedLog log;
  World world{log};
};

TEST_F(HubWrite, versions_of_a_record_count_from_one) {
  EXPECT_EQ(world.outcome<Acked>(write({put(1, "a", "1", 0)})), (Acked{1, 1, 1}));
  EXPECT_EQ(world.outcome<Acked>(write({put(2, "a", "2", 1)})), (Acked{2, 2, 2}));
  EXPECT_EQ(world.outcome<Acked>(write({put(3, "b", "3", 0)})), (Acked{3, 1, 3}));
}

TEST_F(HubWrite, a_stale_base_is_a_conflict_with_the_current_state) {
  write({put(1, "a", R"({"n":1})", 0)});
  write({put(2, "a", R"({"n":2})", 1)});
  const auto conflict = world.outcome<Conflicted>(write({put(3, "a", R"({"n":3})", 1)}));
  EXPECT_EQ(conflict.version, 2u);
  EXPECT_EQ(conflict.data, R"({"n":2})");
  EXPECT_EQ(conflict.created, world.record("a")->created);
  EXPECT_EQ(conflict.updated, world.record("a")->updated);
}

TEST_F(HubWrite, creating_what_exists_is_a_conflict) {
  write({put(1, "a", "1", 0)});
  EXPECT_EQ(world.outcome<Conflicted>(write({put(2, "a", "2", 0)})).version, 1u);
}

TEST_F(HubWrite, a_resent_write_gets_the_same_ack_and_changes_nothing) {
  const auto first = world.outcome<Acked>(write({put(1, "a", "1", 0)}));
  write({put(2, "a", "2", 1)});
  EXPECT_EQ(world.outcome<Acked>(write({put(1, "a", "1", 0)})), first);
  EXPECT_EQ(world.record("a")->version, 2u);
  EXPECT_EQ(log.entries.size(), 2u);
}

TEST_F(HubWrite, the_attempt_applied_first_counts) {
  write({put(1, "a", "1", 0)});
  EXPECT_EQ(world.outcome<Acked>(write({put(1, "a", R"("rebased")", 1)})).version, 1u);
  EXPECT_EQ(world.record("a")->data, "1");
}

TEST_F(HubWrite, numbers_of_two_clients_do_not_meet) {
  write({put(1, "a", "1", 0)}, "client-1");
  EXPECT_EQ(world.outcome<Acked>(write({put(1, "b", "1", 0)}, "client-2")).seq, 2u);
}

TEST_F(HubWrite, numbers_of_two_users_with_one_client_id_do_not_meet) {
  write({put(1, "a", "1", 0)});
  const auto other = world.ask(model::Write{"client-1", 0, {}, {{put(1, "b", "1", 0)}}}, "bob");
  world.run();
  EXPECT_EQ(world.outcome<Acked>(other).seq, 2u);
}

TEST_F(HubWrite, a_settled_number_is_ignored) {
  write({put(1, "a", "1", 0)});
  world.settled = 1;
  const auto ticket = write({put(1, "a", "again", 1), put(2, "a", "2", 1)});
  EXPECT_EQ(world.outcomes(ticket).size(), 1u);
  EXPECT_EQ(world.outcome<Acked>(ticket).number, 2u);
}

TEST_F(HubWrite, a_number_that_is_excepted_is_not_settled) {
  world.ask(model::Greet{"client-1", 0, {}});
  world.settled = 3;
  world.except = {2};
  EXPECT_EQ(world.outcome<Acked>(write({put(2, "a", "1", 0)})).number, 2u);
}

TEST_F(HubWrite, what_is_settled_stays_settled_when_an_older_claim_comes_late) {
  world.ask(model::Greet{"client-1", 0, {}});
  world.settled = 5;
  write({put(6, "a", "1", 0)});
  world.settled = 2;
  EXPECT_TRUE(world.outcomes(write({put(4, "b", "1", 0)})).empty());
}

TEST_F(HubWrite, a_write_of_settled_numbers_alone_is_answered) {
  write({put(1, "a", "1", 0)});
  world.settled = 1;
  const auto ticket = write({put(1, "a", "1", 0)});
  EXPECT_TRUE(world.reply<model::Written>(ticket).outcomes.empty());
  EXPECT_FALSE(world.reply<model::Written>(ticket).more);
}

TEST_F(HubWrite, an_empty_write_is_answered) {
  EXPECT_TRUE(world.reply<model::Written>(write({})).outcomes.empty());
}

TEST_F(HubWrite, after_applies_to_the_version_the_earlier_one_made) {
  const auto ticket =
      write({put(1, "a", "1", 0), after(put(2, "a", "2", 0), 1), after(put(3, "a", "3", 0), 2)});
  EXPECT_EQ(world.outcome<Acked>(ticket, 2), (Acked{3, 3, 1}));
}

TEST_F(HubWrite, after_a_stored_write_works_in_a_later_push) {
  write({put(1, "a", "1", 0)});
  EXPECT_EQ(world.outcome<Acked>(write({after(put(2, "a", "2", 0), 1)})).version, 2u);
}

TEST_F(HubWrite, after_one_that_conflicted_is_held) {
  write({put(1, "a", "1", 0)}, "client-2");
  const auto ticket = write({put(1, "a", "x", 0), after(put(2, "a", "y", 0), 1)});
  EXPECT_EQ(world.outcome<Conflicted>(ticket, 0).version, 1u);
  EXPECT_EQ(world.outcome<Held>(ticket, 1), (Held{2, 1}));
}

TEST_F(HubWrite, after_is_held_when_the_record_has_moved_on) {
  write({put(1, "a", "1", 0)});
  write({put(1, "a", "theirs", 1)}, "client-2");
  EXPECT_EQ(world.outcome<Held>(write({after(put(2, "a", "2", 0), 1)})), (Held{2, 1}));
}

TEST_F(HubWrite, a_conflict_on_one_record_does_not_hold_another) {
  write({put(1, "a", "1", 0)}, "client-2");
  const auto ticket = write({put(1, "a", "x", 0), put(2, "b", "y", 0)});
  EXPECT_EQ(world.outcome<Acked>(ticket, 1).number, 2u);
}

TEST_F(HubWrite, a_delete_leaves_a_tombstone_with_a_version) {
  write({put(1, "a", "1", 0)});
  EXPECT_EQ(world.outcome<Acked>(write({remove(2, "a", 1)})).version, 2u);
  const auto tombstone = world.record("a");
  ASSERT_TRUE(tombstone.has_value());
  EXPECT_FALSE(tombstone->exists());
  EXPECT_EQ(tombstone->version, 2u);
}

TEST_F(HubWrite, a_deleted_record_is_not_resurrected_by_a_stale_write) {
  write({put(1, "a", "1", 0)});
  write({remove(2, "a", 1)});
  const auto conflict = world.outcome<Conflicted>(write({put(1, "a", "x", 1)}, "client-2"));
  EXPECT_EQ(conflict.version, 2u);
  EXPECT_TRUE(conflict.data.empty());
}

TEST_F(HubWrite, creating_again_goes_on_counting_and_names_where_it_was_born) {
  write({put(1, "a", "1", 0)});
  const std::uint64_t num = world.record("a")->num;
  write({remove(2, "a", 1)});
  EXPECT_EQ(world.outcome<Acked>(write({put(3, "a", "3", 0)})).version, 3u);
  EXPECT_EQ(world.record("a")->born, 2u);
  EXPECT_EQ(world.record("a")->num, num);
  write({remove(4, "a", 3)});
  EXPECT_EQ(world.outcome<Acked>(write({put(5, "a", "5", 4)})).version, 5u);
}

TEST_F(HubWrite, patching_or_deleting_what_is_deleted_is_a_conflict) {
  write({put(1, "a", "1", 0)});
  write({remove(2, "a", 1)});
  EXPECT_EQ(world.outcome<Conflicted>(write({remove(3, "a", 2)})).version, 2u);
  auto patch = put(4, "a", R"({"x":1})", 2);
  patch.op = model::Op::patch;
  EXPECT_EQ(world.outcome<Conflicted>(write({patch})).version, 2u);
}

TEST_F(HubWrite, commutative_ops_apply_to_whatever_is_current) {
  write({put(1, "a", R"({"n":1})", 0)});
  write({add(1, "a", "/n", "2")}, "client-2");
  EXPECT_EQ(world.outcome<Acked>(write({add(1, "a", "/n", "4")}, "client-3")).version, 3u);
  EXPECT_EQ(world.record("a")->data, R"({"n":7})");
}

TEST_F(HubWrite, a_commutative_op_on_nothing_is_a_conflict) {
  EXPECT_EQ(world.outcome<Conflicted>(write({add(1, "a", "/n", "2")})), (Conflicted{1, 0, "", {}, {}}));
}

TEST_F(HubWrite, an_op_that_does_not_fit_the_data_is_refused_with_the_path) {
  write({put(1, "a", R"({"n":"text"})", 0)});
  const auto refused = world.outcome<Declined>(write({add(2, "a", "/n", "2")}));
  EXPECT_EQ(refused.error.code, Code::invalid);
  EXPECT_EQ(refused.error.path, "/n");
}

TEST_F(HubWrite, a_malformed_mutation_is_refused_by_its_number) {
  const auto ticket = write({put(1, "", "1", 0), put(2, "b", "1", 0)});
  EXPECT_EQ(world.outcome<Declined>(ticket, 0).error.code, Code::invalid);
  EXPECT_EQ(world.outcome<Acked>(ticket, 1).number, 2u);
}

TEST_F(HubWrite, a_collection_of_the_server_is_closed) {
  auto mutation = put(1, "a", "1", 0);
  mutation.key.collection = "$collections";
  EXPECT_EQ(world.outcome<Declined>(write({mutation})).error.code, Code::forbidden);
}

TEST_F(HubWrite, a_forced_write_needs_no_base) {
  auto forced = put(1, "a", "1", 0);
  forced.base.reset();
  EXPECT_EQ(world.outcome<Acked>(write({forced}, "")).version, 1u);
  EXPECT_EQ(world.outcome<Acked>(write({forced}, "")).version, 2u);
}

TEST_F(HubWrite, the_update_time_rises_even_when_the_clock_stands_or_goes_back) {
  write({put(1, "a", "1", 0)});
  const auto created = world.record("a")->created;
  write({put(2, "a", "2", 1)});
  EXPECT_EQ(world.record("a")->updated, created + base::milliseconds(1));
  world.now = {1000};
  write({put(3, "a", "3", 2)});
  EXPECT_EQ(world.record("a")->updated, created + base::milliseconds(2));
  EXPECT_EQ(world.record("a")->created, created);
}

TEST_F(HubWrite, record_numbers_rise_and_are_given_once) {
  write({put(1, "a", "1", 0), put(2, "b", "1", 0)});
  const std::uint64_t first = world.record("a")->num;
  EXPECT_EQ(first, static_cast<std::uint64_t>(world.now.ms - 1'704'067'200'000) * 4096);
  EXPECT_EQ(world.record("b")->num, first + 1);
  world.now = {0};
  write({put(3, "c", "1", 0)});
  EXPECT_EQ(world.record("c")->num, first + 2);
}

TEST_F(HubWrite, the_ack_comes_before_the_change_it_names) {
  const auto ticket = write({put(1, "a", "1", 0)});
  EXPECT_EQ(world.order, (std::vector<std::string>{"answer " + std::to_string(ticket), "tell"}));
}

TEST_F(HubWrite, watchers_are_told_collection_by_collection) {
  auto other = put(2, "x", "2", 0);
  other.key.collection = "notes";
  write({put(1, "a", "1", 0), other, put(3, "b", "3", 0)});
  ASSERT_EQ(world.tells.size(), 1u);
  const auto& notices = world.tells[0].notices;
  ASSERT_EQ(notices.size(), 2u);
  EXPECT_EQ(notices[0].first, (model::Topic{"garden", model::Topic::Kind::collection, "tasks"}));
  const auto& changed = std::get<model::Changed>(notices[0].second);
  ASSERT_EQ(changed.changes.size(), 2u);
  EXPECT_EQ(changed.changes[0].seq, 1u);
  EXPECT_EQ(changed.changes[1].number, 3u);
  EXPECT_EQ(changed.cursor, world.cursor());
  EXPECT_EQ(std::get<model::Changed>(notices[1].second).changes.size(), 1u);
}

TEST_F(HubWrite, a_change_carries_the_alias_that_the_writer_was_greeted_with) {
  const auto greeted = world.reply<model::Greeted>(world.ask(model::Greet{"client-1", 0, {}}));
  write({put(1, "a", "1", 0)});
  const auto& change = std::get<model::Changed>(world.tells[0].notices[0].second).changes[0];
  EXPECT_EQ(change.writer, greeted.writer);
  EXPECT_FALSE(greeted.writer.empty());
  EXPECT_EQ(change.number, 1u);
}

TEST_F(HubWrite, figures_count_what_happened) {
  write({put(1, "a", "1", 0), put(2, "b", "2", 0)});
  write({put(1, "a", "1", 0)});
  write({put(3, "a", "3", 7)});
  const Figures figures = world.hub.figures();
  EXPECT_EQ(figures.records, 2u);
  EXPECT_EQ(figures.changes, 2u);
  EXPECT_EQ(figures.repeats, 1u);
  EXPECT_EQ(figures.conflicts, 1u);
  EXPECT_EQ(figures.clients, 1u);
  EXPECT_EQ(figures.waiting, 0u);
}

}  // namespace
}  // namespace rockpool::hub
