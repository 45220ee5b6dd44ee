// What is read, heard and answered at the same time, in whatever order.
#include "core/dialect/remote_records_place_test.h"

namespace rockpool::dialect {
namespace {

TEST(RemoteRecords, what_a_reading_in_pieces_does_not_name_is_looked_at_before_it_is_gone) {
  Page page;
  page.follow().all({state("7", "1"), state("8", "1")});
  page.out.clear();
  page.questions();
  page.all({}, Page::Scope::in_pieces);
  EXPECT_EQ(page.told(), "");
  EXPECT_EQ(page.questions(), (Questions{"read 7=7", "read 8=8"}));
  page.records.is({"c", "7"}, state("7", "1"), page.out);
  page.records.is({"c", "8"}, state("", ""), page.out);
  EXPECT_EQ(page.told(), "8= ");
}

TEST(RemoteRecords, a_reading_that_began_before_something_was_missed_does_not_bring_it) {
  Page page;
  page.records.reached(10);
  page.follow().all({state("7", "1")});
  page.reads();
  page.records.misses("c");
  page.records.reached(20);
  page.all({state("7", "1")});
  EXPECT_EQ(page.place(), 10u);
  page.all({state("7", "2")});
  EXPECT_EQ(page.place(), 20u);
}

TEST(RemoteRecords, a_reading_asked_for_while_one_is_under_way_leaves_the_news_of_the_first) {
  Page page;
  page.follow().all({state("7", "1")});
  page.reads();
  page.records.changed("c", state("7", "2"), page.out);
  page.records.reads("c");
  page.out.clear();
  page.all({state("7", "1")});
  EXPECT_EQ(page.told(), "");
}

TEST(RemoteRecords, a_deletion_of_others_is_not_taken_for_our_own_that_waits_for_its_answer) {
  Page page(true);
  page.follow().all({state("7", "1", 5)});
  page.push({.number = ++page.number, .key = {"c", "7"}, .op = model::Op::remove, .base = 5});
  page.out.clear();
  page.records.changed("c", state("7", "", 6), page.out);
  EXPECT_EQ(page.told(), "") << "our own, ahead of its answer";
  page.records.changed("c", state("7", "2", 7), page.out);
  page.records.changed("c", state("7", "", 8), page.out);
  EXPECT_EQ(page.told(), "7=2 7= ");
  page.records.wrote({"c", "7"}, {}, page.out);
  EXPECT_EQ(page.told(), "");
}

TEST(RemoteRecords, an_answer_that_a_deletion_overtook_brings_nothing_back) {
  Page page(true);
  page.follow().all({state("7", "1", 3)});
  page.put("7", "2", 3);
  page.out.clear();
  RemoteRecords::State made = state("7", "2", 4);
  made.updated = {9};
  page.records.changed("c", made, page.out);
  page.records.changed("c", {.remote = "7", .data = "", .version = 5}, page.out);
  EXPECT_EQ(page.told(), "7= ");
  page.records.wrote({"c", "7"}, made, page.out);
  EXPECT_EQ(page.told(), "");
}

TEST(RemoteRecords, a_creation_that_a_deletion_overtook_is_not_there) {
  for (const bool is_fenced : {true, false}) {
    Page page(is_fenced);
    page.follow().all({state("7", "1", is_fenced ? 3 : 0)});
    page.records.changed("c", state("7", "", is_fenced ? 4 : 0), page.out);
    page.put("7", "2", 0);
    page.questions();
    page.out.clear();
    const RemoteRecords::State made = state("7", "2", is_fenced ? 5 : 0);
    page.records.changed("c", made, page.out);
    page.records.changed("c", state("7", "", is_fenced ? 6 : 0), page.out);
    EXPECT_EQ(page.told(), "7= ");
    page.records.wrote({"c", "7"}, made, page.out);
    if (is_fenced) {
      EXPECT_EQ(page.told(), "");
    } else {
      EXPECT_EQ(page.questions(), Questions{"read 7=7"}) << "nobody knows what came first";
    }
  }
}

TEST(RemoteRecords, a_reading_older_than_a_deletion_brings_nothing_back_after_a_creation) {
  Page page(true);
  page.follow().all({});
  page.reads();
  page.put("new", "1", 0);
  page.out.clear();
  page.records.changed("c", {.remote = "9", .data = "", .version = 5, .updated = {2}}, page.out);
  page.all({state("9", "old", 4)});
  page.records.wrote({"c", "new"}, state("8", "1", 1), page.out);
  EXPECT_EQ(page.told().find("9=old"), std::string::npos);
}

TEST(RemoteRecords, a_look_that_a_deletion_overtook_is_taken_once_more) {
  Page page;
  page.follow().all({state("7", "1", 3)});
  page.put("7", "2", 3);
  page.out.clear();
  page.questions();
  page.records.changed("c", {.remote = "7", .data = "", .version = 5}, page.out);
  RemoteRecords::State seen = state("7", "3", 4);
  seen.updated = {9};
  page.records.is({"c", "7"}, seen, page.out);
  EXPECT_EQ(page.told(), "7= ");
  EXPECT_EQ(page.questions(), (Questions{"read 7=7"}));
  page.records.is({"c", "7"}, seen, page.out);
  EXPECT_EQ(page.told(), "7=3 ") << "made anew, with versions of its own";
}

TEST(RemoteRecords, the_cursor_told_with_news_is_not_yet_behind_them) {
  Page page;
  page.records.reached(10);
  page.follow().all({state("7", "1")});
  page.out.clear();
  page.records.changed("c", state("7", "2"), page.out);
  page.records.reached(20);
  EXPECT_EQ(model::read_cursor(page.take<ChangedAt>().front().cursor)->seq, 10u);
}

TEST(RemoteRecords, each_collection_has_a_place_of_its_own) {
  Page page;
  page.follow().records.reached("c", 30);
  page.records.subscribe({.collection = "d", .cursor = "", .after = ""}, page.out);
  page.records.reached("d", 10);
  page.out.clear();
  page.all({state("7", "1")});
  EXPECT_EQ(model::read_cursor(page.take<Part>().front().cursor)->seq, 30u);
}

TEST(RemoteRecords, what_is_said_of_an_id_that_a_record_had_before_is_not_of_it) {
  Page page;
  page.follow().all({state("7", "1")});
  page.put("7", "2", 1);
  page.records.is({"c", "7"}, {}, page.out);
  page.put("7", "2", 0);
  page.records.wrote({"c", "7"}, state("9", "2"), page.out);
  page.out.clear();
  page.records.changed("c", state("7", ""), page.out);
  EXPECT_EQ(page.told(), "");
  page.records.changed("c", state("9", "3"), page.out);
  EXPECT_EQ(page.told(), "7=3 ");
  page.records.changed("c", state("7", "4"), page.out);
  EXPECT_EQ(page.told(), "7~=4 ") << "another one is called so here";
}

TEST(RemoteRecords, the_end_of_one_that_was_never_known_leaves_nothing) {
  Page page;
  page.follow().all({});
  page.records.changed("c", state("7", ""), page.out);
  page.all({});
  page.all({});
  page.out.clear();
  page.records.changed("c", state("7", "1"), page.out);
  EXPECT_EQ(page.told(), "7=1 ");
}

TEST(RemoteRecords, a_removal_answered_late_leaves_what_was_made_after_it) {
  Page page(true);
  page.follow().all({state("7", "1", 3)});
  page.push({.number = 9, .key = {"c", "7"}, .op = model::Op::remove, .base = 3});
  page.records.changed("c", state("7", "", 4), page.out);
  page.records.changed("c", state("7", "2", 5), page.out);
  page.out.clear();
  page.records.wrote({"c", "7"}, {}, page.out);
  EXPECT_EQ(page.settled<model::Acked>()->version, 4u);
  page.records.changed("c", state("7", "3", 6), page.out);
  EXPECT_EQ(page.told(), "7=3 ");
}

TEST(RemoteRecords, an_answer_that_crossed_news_and_names_no_version_is_asked_for_again) {
  Page page(true);
  page.follow().all({state("7", "1", 3)}).put("7", "2", 3);
  page.records.changed("c", state("7", "", 4), page.out);
  page.records.changed("c", state("7", "3", 5), page.out);
  page.questions();
  page.out.clear();
  page.records.is({"c", "7"}, {}, page.out);
  EXPECT_EQ(page.questions(), Questions{"read 7=7"});
  EXPECT_EQ(page.told(), "");
  page.records.is({"c", "7"}, state("7", "3", 5), page.out);
  EXPECT_EQ(page.settled<model::Conflicted>()->version, 5u);
}

TEST(RemoteRecords, a_later_version_that_is_read_while_a_write_is_under_way_stays) {
  Page page(true);
  page.follow().all({state("7", "1", 1)}).put("7", "2", 1);
  page.all({state("7", "3", 3)});
  page.out.clear();
  page.records.wrote({"c", "7"}, state("7", "2", 2), page.out);
  EXPECT_EQ(page.told(), "");
  page.records.changed("c", state("7", "4", 4), page.out);
  EXPECT_EQ(page.told(), "7=4 ");
}

TEST(RemoteRecords, a_look_that_a_reading_of_a_later_version_overtook_is_older_though_that_says_the_same) {
  Page page(true);
  page.follow().all({state("7", "1", 1)}).put("7", "5", 1);
  page.records.overtaken({"c", "7"});
  page.all({state("7", "1", 3)});
  page.out.clear();
  page.records.is({"c", "7"}, state("7", "2", 2), page.out);
  EXPECT_EQ(page.settled<model::Conflicted>()->version, 3u);
}

TEST(RemoteRecords, an_id_stays_with_who_has_it_when_who_had_it_is_forgotten) {
  Page page(true);
  page.follow().all({state("9", "1", 1)});
  page.records.changed("c", state("9", "", 2), page.out);
  page.put("mine", "5", 0);
  page.records.wrote({"c", "mine"}, state("9", "5", 3), page.out);
  page.all({state("9", "5", 3)}).all({state("9", "5", 3)});
  page.out.clear();
  page.records.changed("c", state("9", "6", 4), page.out);
  EXPECT_EQ(page.told(), "mine=6 ");
}

TEST(RemoteRecords, a_record_whose_versions_begin_anew_is_there_again) {
  Page page(true);
  page.follow().all({state("7", "1", 9)});
  RemoteRecords::State gone = state("7", "", 10);
  gone.updated = {5};
  page.records.changed("c", gone, page.out);
  page.out.clear();
  RemoteRecords::State again = state("7", "2", 1);
  again.updated = {6};
  page.records.changed("c", again, page.out);
  EXPECT_EQ(page.told(), "7=2 ");
}

TEST(RemoteRecords, the_same_version_of_other_data_is_another_record) {
  Page page(true);
  page.follow({held("7", 3, "1")}, some_cursor).all({state("7", "2", 3)});
  EXPECT_EQ(page.told(), "7=2 ");
}

TEST(RemoteRecords, a_creation_that_is_made_once_is_not_recognised_by_what_it_said) {
  Page page(true);
  page.follow({held("mine", 0, "1")}, some_cursor);
  RemoteRecords::State named = state("78", "2", 1);
  named.name = "mine";
  page.all({state("77", "1", 1), named});
  EXPECT_EQ(page.told(), "77=1 mine=2 ");
}

TEST(RemoteRecords, what_was_heard_of_a_place_that_the_reading_has_passed_is_older) {
  Page page(true);
  page.follow().all({state("7", "1", 1), state("8", "1", 1), state("9", "1", 1)});
  page.reads();
  for (const std::uint64_t place : {5u, 30u}) {
    RemoteRecords::State news = state(place == 5 ? "7" : "8", "2", 2);
    news.place = place;
    page.records.changed("c", news, page.out);
  }
  page.out.clear();
  page.records.all_of("c", {state("9", "1", 1)},
                      {.number = page.reading, .scope = Page::Scope::whole, .place = 20}, page.out);
  EXPECT_EQ(page.told(), "7= ");
}

TEST(RemoteRecords, a_record_that_is_made_anew_here_and_there_at_once_is_two) {
  Page page(true);
  page.follow().all({state("7", "1", 1)});
  RemoteRecords::State gone = state("7", "", 2);
  page.records.changed("c", gone, page.out);
  page.put("7", "2", 0);
  page.records.changed("c", state("7", "3", 3), page.out);
  page.out.clear();
  page.records.wrote({"c", "7"}, state("9", "2", 1), page.out);
  EXPECT_EQ(page.told(), "7~=3 7=2 ");
  page.records.changed("c", state("7", "4", 4), page.out);
  EXPECT_EQ(page.told(), "7~=4 ");
}

TEST(RemoteRecords, the_place_of_a_reading_is_reached_when_all_of_it_is_told) {
  Page page(true);
  page.follow().all({state("7", "1", 1)}).records.reached("c", 10);
  page.put("x", "1", 0).reads();
  page.out.clear();
  const auto place_told = [&] { return model::read_cursor(page.take<ChangedAt>().back().cursor)->seq; };
  page.records.all_of("c", {state("7", "2", 2), state("8", "1", 1)},
                      {.number = page.reading, .scope = Page::Scope::whole, .place = 20}, page.out);
  EXPECT_EQ(place_told(), 10u) << "it may be the record that is being made";
  page.records.wrote({"c", "x"}, state("9", "1", 1), page.out);
  EXPECT_EQ(place_told(), 20u);
}

// The news came before the answer that says of whom they are.
TEST(RemoteRecords, a_write_behind_a_creation_does_not_go_over_news_that_waited_for_it) {
  for (const char* theirs : {"3", ""}) {
    Page page(true);
    page.follow().all({}).put("x", "1", 0);
    page.push({.number = 2, .key = {"c", "x"}, .op = model::Op::put, .data = "2", .after = 1});
    page.records.changed("c", state("9", "1", 1), page.out);
    page.records.changed("c", state("9", theirs, 2), page.out);
    page.questions();
    page.out.clear();
    page.records.wrote({"c", "x"}, state("9", "1", 1), page.out);
    EXPECT_EQ(page.questions(), Questions{});
    EXPECT_TRUE(page.settled<model::Held>()) << "it was made on what the creation made";
  }
}

TEST(RemoteRecords, what_went_before_this_session_is_there_again_only_when_it_is_newer) {
  Page page(true);
  model::Record gone = held("7", 6, "");
  gone.updated = {2};
  page.follow({gone}, some_cursor);
  page.records.resumed("c", page.out);
  page.out.clear();
  RemoteRecords::State news = state("7", "1", 5);
  page.records.changed("c", news, page.out);
  EXPECT_EQ(page.told(), "");
  news = state("7", "2", 1);
  news.updated = {9};
  page.records.changed("c", news, page.out);
  EXPECT_EQ(page.told(), "7=2 ");
}

TEST(RemoteRecords, what_changes_nothing_on_whatever_is_there_has_made_no_version) {
  Page page(true);
  page.follow().all({state("7", R"({"list":["x"]})", 5)});
  page.push(
      {.number = 1, .key = {"c", "7"}, .op = model::Op::set_insert, .path = "/list", .data = R"(["x"])"});
  EXPECT_EQ(page.settled<model::Acked>()->version, 0u) << "the version there may be another's";
}

TEST(RemoteRecords, versions_and_times_of_another_history_say_nothing) {
  Page page(true);
  model::Record was = held("7", 20, "1");
  was.updated = {9};
  page.follow({was, held("8", 20, "1")}, some_cursor);
  page.records.is_anew("c");
  page.records.changed("c", state("8", "2", 5), page.out);
  page.all({});
  page.out.clear();
  page.records.changed("c", state("7", "2", 19), page.out);
  EXPECT_EQ(page.told(), "7=2 ");
  page.records.changed("c", state("8", "3", 6), page.out);
  EXPECT_EQ(page.told(), "8=3 ");
}

}  // namespace
}  // namespace rockpool::dialect
