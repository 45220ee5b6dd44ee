#include "core/dialect/remote_records_place_test.h"

namespace rockpool::dialect {
namespace {

TEST(RemoteRecords, a_page_that_knows_nothing_gets_all_as_one_part) {
  Page page;
  page.follow();
  EXPECT_EQ(page.questions(), Questions{"all c"});
  page.all({state("7", "{}"), state("8", R"({"n":1})")});
  const auto parts = page.take<Part>();
  ASSERT_EQ(parts.size(), 1u);
  EXPECT_TRUE(parts[0].begin && parts[0].done);
  EXPECT_EQ(parts[0].records.size(), 2u);
}

TEST(RemoteRecords, a_page_that_has_them_gets_what_is_different) {
  Page page;
  page.follow({held("7", 3, "{}"), held("mine", 2, R"({"n":1})", "8"), held("9", 1, "[]")}, some_cursor);
  page.all({state("7", "{ }"), state("8", R"({"n":2})")});
  const auto changed = page.take<ChangedAt>();
  ASSERT_EQ(changed.size(), 1u);
  ASSERT_EQ(changed[0].changes.size(), 2u);
  EXPECT_EQ(changed[0].changes[0].record.key.id, "mine");
  EXPECT_EQ(changed[0].changes[0].record.version, 3u);
  EXPECT_EQ(changed[0].changes[0].record.meta, "8");
  EXPECT_EQ(changed[0].changes[1].record.key.id, "9");
  EXPECT_FALSE(changed[0].changes[1].record.exists());
}

TEST(RemoteRecords, what_an_incomplete_reading_does_not_name_stays) {
  Page page;
  page.follow({held("7", 3, "{}"), held("8", 1, "{}")}, some_cursor)
      .all({state("7", "[1]")}, Page::Scope::some);
  EXPECT_EQ(page.told(), "7=[1] ");
}

TEST(RemoteRecords, the_same_data_in_another_writing_is_no_change) {
  Page page;
  page.follow().all({state("7", R"({"a":1,"b":2})")});
  page.out.clear();
  page.records.changed("c", state("7", R"({"b":2,"a":1})"), page.out);
  EXPECT_EQ(page.told(), "");
}

TEST(RemoteRecords, a_reading_that_began_before_the_news_does_not_undo_it) {
  Page page;
  page.follow().all({state("7", "1"), state("8", "1")});
  page.reads();
  page.records.changed("c", state("7", "2"), page.out);
  page.records.changed("c", state("8", ""), page.out);
  page.records.changed("c", state("9", ""), page.out);
  page.out.clear();
  page.all({state("7", "1"), state("8", "1"), state("9", "1")});
  EXPECT_EQ(page.told(), "");
  page.reads();
  page.all({state("7", "2")});
  EXPECT_EQ(page.told(), "");
}

TEST(RemoteRecords, older_versions_are_passed_over) {
  Page page(true);
  page.follow().all({state("7", "2", 5)});
  page.out.clear();
  page.records.changed("c", state("7", "1", 4), page.out);
  EXPECT_EQ(page.told(), "");
  page.records.changed("c", state("7", "1", 6), page.out);
  EXPECT_EQ(page.told(), "7=1 ");
}

TEST(RemoteRecords, what_is_made_here_keeps_its_id_beside_the_servers) {
  Page page;
  page.follow().all({}).put("mine", "{}", 0);
  EXPECT_EQ(page.questions(), (Questions{"all c", "create mine {}"}));
  page.out.clear();
  page.records.wrote({"c", "mine"}, state("77", "{}"), page.out);
  const ClientSteps steps = page.out;
  EXPECT_EQ(page.settled<model::Acked>()->version, 1u);
  page.out = steps;
  const auto changed = page.take<ChangedAt>();
  ASSERT_EQ(changed.size(), 1u);
  EXPECT_EQ(changed[0].changes[0].record.key.id, "mine");
  EXPECT_EQ(changed[0].changes[0].record.meta, "77");
  page.records.changed("c", state("77", "[]"), page.out);
  EXPECT_EQ(page.told(), "mine=[] ");
}

TEST(RemoteRecords, news_of_our_creation_ahead_of_its_answer_waits_for_it) {
  Page page;
  page.follow().all({}).put("mine", "{}", 0);
  page.out.clear();
  page.records.changed("c", state("77", "{}"), page.out);
  page.records.changed("c", state("78", "1"), page.out);
  EXPECT_EQ(page.told(), "");
  page.records.wrote({"c", "mine"}, state("77", "{}"), page.out);
  EXPECT_EQ(page.told(), "mine={} 78=1 ");
}

TEST(RemoteRecords, a_creation_that_was_not_answered_is_recognised_by_what_it_said) {
  Page page;
  page.follow({held("mine", 0, R"({"a":1})"), held("other", 0, "2")}, some_cursor);
  page.all({state("77", R"({ "a": 1 })")});
  EXPECT_EQ(page.told(), "mine={ \"a\": 1 } ");
  page.put("mine", R"({"a":1})", 0);
  EXPECT_TRUE(page.settled<model::Acked>());
  EXPECT_EQ(page.questions(), Questions{"all c"});
}

TEST(RemoteRecords, an_answer_that_names_a_record_taken_for_anothers_joins_both) {
  Page page(true);
  page.follow().all({state("77", "1", 3)}).put("mine", "1", 0);
  page.out.clear();
  page.records.is({"c", "mine"}, state("77", "1", 3), page.out);
  EXPECT_EQ(page.told(), "77= mine=1 ");
}

TEST(RemoteRecords, without_fences_a_record_is_read_before_it_is_written) {
  Page page;
  page.follow().all({state("7", "1")}).put("7", "2", 1);
  EXPECT_EQ(page.questions(), (Questions{"all c", "read 7=7"}));
  page.records.is({"c", "7"}, state("7", "1"), page.out);
  EXPECT_EQ(page.questions(), Questions{"write 7=7 2"});
}

TEST(RemoteRecords, one_that_was_changed_meanwhile_clashes) {
  Page page;
  page.follow().all({state("7", "1")}).put("7", "2", 1);
  page.records.is({"c", "7"}, state("7", "3"), page.out);
  const auto conflict = page.settled<model::Conflicted>();
  ASSERT_TRUE(conflict);
  EXPECT_EQ(conflict->data, "3");
  EXPECT_EQ(conflict->version, 2u);
}

TEST(RemoteRecords, one_that_is_gone_clashes_and_its_removal_is_done) {
  Page page;
  page.follow().all({state("7", "1"), state("8", "1")}).put("7", "2", 1);
  page.push({.number = 9, .key = {"c", "8"}, .op = model::Op::remove, .base = 1});
  page.records.is({"c", "7"}, state("", ""), page.out);
  EXPECT_TRUE(page.settled<model::Conflicted>());
  page.records.is({"c", "8"}, state("", ""), page.out);
  EXPECT_TRUE(page.settled<model::Acked>());
}

TEST(RemoteRecords, with_fences_the_server_says_that_it_was_overtaken) {
  Page page(true);
  page.follow().all({state("7", "1", 4)}).put("7", "2", 4);
  EXPECT_EQ(page.questions(), (Questions{"all c", "write 7=7 2"}));
  page.records.overtaken({"c", "7"});
  EXPECT_EQ(page.questions(), Questions{"read 7=7"});
  page.records.is({"c", "7"}, state("7", "3", 5), page.out);
  EXPECT_EQ(page.settled<model::Conflicted>()->version, 5u);
}

TEST(RemoteRecords, a_write_that_is_always_overtaken_is_put_off_in_the_end) {
  Page page(true);
  page.follow().all({state("7", "[]", 1)});
  page.push({.number = 1, .key = {"c", "7"}, .op = model::Op::set_insert, .path = "", .data = "[1]"});
  std::optional<model::Declined> declined;
  for (model::Version version = 2; version < 20 && !declined; ++version) {
    page.out.clear();
    page.records.overtaken({"c", "7"});
    page.records.is({"c", "7"}, state("7", "[0]", version), page.out);
    declined = page.settled<model::Declined>();
  }
  ASSERT_TRUE(declined);
  EXPECT_EQ(declined->error.code, base::Code::overloaded);
}

TEST(RemoteRecords, writes_behind_one_that_failed_are_held) {
  Page page(true);
  page.follow().all({}).put("mine", "1", 0);
  page.push({.number = 2, .key = {"c", "mine"}, .op = model::Op::put, .data = "2", .after = 1});
  page.out.clear();
  page.records.refused({"c", "mine"}, {base::Code::invalid, "no", ""}, page.out);
  const auto all = page.take<Settled>();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_TRUE(std::holds_alternative<model::Declined>(all[0].outcome));
  EXPECT_TRUE(std::holds_alternative<model::Held>(all[1].outcome));
}

TEST(RemoteRecords, writes_behind_one_that_was_applied_follow) {
  Page page(true);
  page.follow().all({}).put("mine", "1", 0);
  page.push({.number = 2, .key = {"c", "mine"}, .op = model::Op::put, .data = "2", .after = 1});
  page.questions();
  page.records.wrote({"c", "mine"}, state("77", "1", 1), page.out);
  EXPECT_EQ(page.questions(), Questions{"write mine=77 2"});
}

TEST(RemoteRecords, without_versions_a_write_that_others_crossed_is_read_again) {
  Page page;
  page.follow().all({state("7", "1")}).put("7", "2", 1);
  page.records.is({"c", "7"}, state("7", "1"), page.out);
  page.records.changed("c", state("7", "3"), page.out);
  page.questions();
  page.records.wrote({"c", "7"}, state("7", "2"), page.out);
  EXPECT_EQ(page.questions(), Questions{"read 7=7"});
  page.out.clear();
  page.records.is({"c", "7"}, state("7", "3"), page.out);
  EXPECT_EQ(page.told(), "7=3 ");
}

TEST(RemoteRecords, a_cleared_collection_has_no_records) {
  Page page;
  page.follow().all({state("7", "1"), state("8", "1")});
  page.out.clear();
  page.records.cleared("c", page.out);
  EXPECT_EQ(page.told(), "7= 8= ");
}

TEST(RemoteRecords, what_is_looked_for_and_not_there_is_said) {
  Page page;
  page.follow({held("7", 0, "")}).all({});
  EXPECT_EQ(page.told(), "7= ");
  page.follow({held("8", 0, "")});
  EXPECT_EQ(page.told(), "8= ");
}

TEST(RemoteRecords, what_was_heard_while_it_caught_up_is_told_when_it_has) {
  Page page(true);
  page.follow({held("7", 3, "1"), held("8", 3, "1")}, some_cursor);
  page.records.changed("c", state("7", "2", 4), page.out);
  page.records.changed("c", state("8", "", 4), page.out);
  EXPECT_EQ(page.told(), "");
  page.records.resumed("c", page.out);
  EXPECT_EQ(page.told(), "7=2 8= ");
}

TEST(RemoteRecords, writes_to_a_collection_that_nobody_follows_wait_until_it_is_read) {
  Page page;
  page.put("mine", "1", 0);
  EXPECT_EQ(page.questions(), Questions{"all c"});
  page.all({});
  EXPECT_EQ(page.questions(), Questions{"create mine 1"});
}

TEST(RemoteRecords, news_that_wait_for_an_answer_are_not_passed_by_the_cursor) {
  Page page;
  page.records.reached(10);
  page.follow().all({}).put("mine", "{}", 0);
  page.records.changed("c", state("78", "1"), page.out);
  page.records.reached(30);
  EXPECT_EQ(page.place(), 10u);
  page.records.wrote({"c", "mine"}, state("77", "{}"), page.out);
  EXPECT_EQ(page.place(), 30u);
}

TEST(RemoteRecords, what_was_missed_is_not_passed_by_the_cursor_until_all_is_read) {
  Page page;
  page.records.reached(10);
  page.follow().all({state("7", "1")});
  page.records.misses("c");
  page.records.reached(20);
  page.all({state("7", "2")}, Page::Scope::some);
  EXPECT_EQ(page.place(), 10u);
  page.all({state("7", "2")});
  EXPECT_EQ(page.place(), 20u);
}

TEST(RemoteRecords, what_is_read_counts_whatever_its_version) {
  Page page(true);
  page.follow().all({state("7", "1", 5)});
  page.out.clear();
  page.all({state("7", "2", 3)});
  EXPECT_EQ(page.told(), "7=2 ") << "the server was put back";
  page.records.cleared("c", page.out);
  page.out.clear();
  RemoteRecords::State again = state("7", "3", 2);
  page.records.changed("c", again, page.out);
  EXPECT_EQ(page.told(), "") << "that was before it went";
  again.updated = {3};
  page.records.changed("c", again, page.out);
  EXPECT_EQ(page.told(), "7=3 ") << "the version it went with was a guess";
}

TEST(RemoteRecords, a_creation_that_makes_nothing_is_not_tried_for_ever) {
  Page page(true);
  page.follow().all({}).put("mine", "1", 0);
  std::optional<model::Declined> declined;
  for (int i = 0; i < 20 && !declined; ++i) {
    page.out.clear();
    page.records.is({"c", "mine"}, state("", ""), page.out);
    declined = page.settled<model::Declined>();
  }
  ASSERT_TRUE(declined);
  EXPECT_LT(page.questions().size(), 12u);
}

TEST(RemoteRecords, a_clearing_takes_what_was_heard_before_it_along) {
  Page page;
  page.follow().all({}).put("mine", "{}", 0);
  page.records.changed("c", state("78", "1"), page.out);
  page.records.cleared("c", page.out);
  page.out.clear();
  page.records.wrote({"c", "mine"}, state("77", "{}"), page.out);
  EXPECT_EQ(page.told(), "mine={} ");
}

TEST(RemoteRecords, batches_are_refused) {
  Page page;
  const Mutation one{.number = 1, .key = {"c", "a"}, .op = model::Op::put, .data = "1", .base = 0};
  page.records.push({.settled = 0, .except = {}, .groups = {{one, one}}}, page.out);
  const auto all = page.take<Settled>();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(std::get<model::Declined>(all[0].outcome).error.code, base::Code::unsupported);
}

}  // namespace
}  // namespace rockpool::dialect
