// What a backplane gives to a hub that starts on it: records, books, epoch, over restarts too.
#pragma once

#include "core/base/prng.h"
#include "tests/suites/backplane_suite.h"

namespace rockpool::suites {

inline hub::ClientMark mark(const std::string& client, std::uint64_t settled,
                            std::vector<std::uint64_t> except, std::uint64_t highest,
                            const std::string& user = "ann") {
  return {.user = user,
          .client = client,
          .settled = settled,
          .except = std::move(except),
          .highest = highest,
          .seen = {1'750'000'000'000}};
}

// Batches as hubs make them, from chance: creations, changes, deletes, several clients, marks that settle.
class Workload {
 public:
  explicit Workload(std::uint64_t seed) : prng_(seed) {}

  hub::Batch next() {
    hub::Batch made = batch({}, prng_.once_in(4) ? "kitchen" : "garden");
    hub::ClientMark client = mark("client-" + std::to_string(prng_.below(3)), 0, {}, 0);
    hub::ClientMark& held = marks_[{made.space, client.client}];
    if (held.client.empty()) held = client;
    const std::size_t count = prng_.below(6);
    for (std::size_t i = 0; i < count; ++i) {
      const std::string id = "r" + std::to_string(prng_.below(20));
      model::Version& version = versions_[{made.space, id}];
      version += 1;
      made.changes.push_back(change(id, version, prng_.once_in(5) ? "" : std::to_string(prng_.next())));
      held.highest += 1;
      made.outcomes.push_back({.mark = 0, .number = held.highest, .version = version});
    }
    if (count == 0) return made;
    settle(held, held.highest - count);
    made.marks = {held};
    return made;
  }

 private:
  // Some of what was applied before is settled, some of that stays open; what is settled once stays so.
  void settle(hub::ClientMark& held, std::uint64_t applied) {
    std::vector<std::uint64_t> except;
    const std::uint64_t settled = held.settled + prng_.below(applied - held.settled + 1);
    for (const std::uint64_t number : held.except) {
      if (!prng_.once_in(3)) except.push_back(number);
    }
    for (std::uint64_t number = held.settled + 1; number <= settled; ++number) {
      if (prng_.once_in(4)) except.push_back(number);
    }
    held.settled = settled;
    held.except = except;
  }

  base::Prng prng_;
  std::map<std::pair<std::string, std::string>, model::Version> versions_;
  std::map<std::pair<std::string, std::string>, hub::ClientMark> marks_;
};

inline Loaded everything_in(const hub::View& view) {
  Loaded all;
  for (const auto& [name, space] : view.spaces()) {
    for (const auto& [collection, records] : space.collections) {
      for (const model::Record& record : records) all.records[{name, record.key}] = record;
    }
    for (const auto& [client, book] : space.books) {
      all.marks[{name, client}] = book.mark();
      for (const auto& [number, applied] : book.open()) {
        all.outcomes[{name, client, number}] = {applied.version, applied.seq};
      }
    }
  }
  return all;
}

TEST_P(BackplaneSuite, a_new_store_is_empty_and_has_an_epoch) {
  const Loaded all = loaded();
  EXPECT_TRUE(all.records.empty());
  EXPECT_TRUE(all.marks.empty());
  EXPECT_EQ(all.start.last_seq, 0u);
  EXPECT_EQ(all.start.last_chain, 0u);
  EXPECT_EQ(all.start.first_seq, 1u);
  EXPECT_NE(all.start.epoch, 0u);
}

TEST_P(BackplaneSuite, two_new_stores_have_two_epochs) {
  const auto other = GetParam().make();
  EXPECT_NE(loaded().start.epoch, load(other->backplane()).start.epoch);
}

TEST_P(BackplaneSuite, records_are_loaded_as_last_written_deleted_ones_too) {
  append(batch({change("a", 1, "1"), change("b", 1, "1")}));
  append(batch({change("a", 2, "2"), change("b", 2, "")}));
  const Loaded all = loaded();
  EXPECT_EQ(all.records.at({"garden", {"tasks", "a"}}), change("a", 2, "2").record);
  EXPECT_EQ(all.records.at({"garden", {"tasks", "b"}}), change("b", 2, "").record);
}

TEST_P(BackplaneSuite, a_record_changed_twice_in_a_batch_is_loaded_as_last_written) {
  append(batch({change("a", 1, "1"), change("a", 2, "2")}));
  EXPECT_EQ(loaded().records.at({"garden", {"tasks", "a"}}).version, 2u);
}

TEST_P(BackplaneSuite, spaces_and_collections_do_not_mix) {
  model::Change other = change("a", 3, "3");
  other.record.key.collection = "notes";
  append(batch({change("a", 1, "1"), other}));
  append(batch({change("a", 2, "2")}, "kitchen"));
  const Loaded all = loaded();
  ASSERT_EQ(all.records.size(), 3u);
  EXPECT_EQ(all.records.at({"garden", {"tasks", "a"}}).version, 1u);
  EXPECT_EQ(all.records.at({"kitchen", {"tasks", "a"}}).version, 2u);
  EXPECT_EQ(all.records.at({"garden", {"notes", "a"}}).version, 3u);
}

TEST_P(BackplaneSuite, marks_are_loaded_as_last_written) {
  hub::Batch what = batch({change("a", 1, "1")});
  what.marks = {mark("c-1", 1, {}, 3), mark("c-2", 0, {}, 1)};
  append(what);
  what = batch({change("a", 2, "1")});
  what.marks = {mark("c-1", 4, {2, 3}, 7)};
  append(what);
  const Loaded all = loaded();
  EXPECT_EQ(all.marks.at({"garden", {"ann", "c-1"}}), mark("c-1", 4, {2, 3}, 7));
  EXPECT_EQ(all.marks.at({"garden", {"ann", "c-2"}}), mark("c-2", 0, {}, 1));
}

TEST_P(BackplaneSuite, a_client_is_known_by_user_and_id_in_each_space) {
  for (const char* space : {"garden", "kitchen"}) {
    hub::Batch what = batch({change("a", 1, "1")}, space);
    what.marks = {mark("c-1", 0, {}, 1), mark("c-1", 0, {}, 2, "bob"), mark("c-1", 0, {}, 3, "")};
    append(what);
  }
  EXPECT_EQ(loaded().marks.size(), 6u);
  EXPECT_EQ(loaded().marks.at({"kitchen", {"bob", "c-1"}}).highest, 2u);
}

TEST_P(BackplaneSuite, outcomes_are_loaded_with_version_and_seq) {
  fill(1);
  hub::Batch what = batch({change("a", 1, "1"), change("b", 4, "1")});
  what.marks = {mark("c-1", 0, {}, 1), mark("c-2", 0, {}, 9)};
  what.outcomes = {{.mark = 0, .number = 1, .version = 1}, {.mark = 1, .number = 9, .version = 4}};
  append(what);
  const Loaded all = loaded();
  EXPECT_EQ(all.outcomes.size(), 2u);
  EXPECT_EQ(all.outcomes.at({"garden", {"ann", "c-1"}, 1}), std::pair(model::Version{1}, std::uint64_t{2}));
  EXPECT_EQ(all.outcomes.at({"garden", {"ann", "c-2"}, 9}), std::pair(model::Version{4}, std::uint64_t{2}));
}

TEST_P(BackplaneSuite, settled_outcomes_are_forgotten_but_those_excepted_stay) {
  hub::Batch what = batch({change("a", 1, "1")});
  what.marks = {mark("c-1", 0, {}, 6)};
  for (std::uint64_t number = 1; number <= 6; ++number) what.outcomes.push_back({0, number, number});
  append(what);
  what = batch({change("a", 2, "1")});
  what.marks = {mark("c-1", 5, {2, 4}, 7)};
  what.outcomes = {{0, 7, 2}};
  append(what);
  std::vector<std::uint64_t> open;
  for (const auto& [key, outcome] : loaded().outcomes) open.push_back(std::get<2>(key));
  EXPECT_EQ(open, (std::vector<std::uint64_t>{2, 4, 6, 7}));
}

TEST_P(BackplaneSuite, settling_of_one_client_leaves_the_others_alone) {
  hub::Batch what = batch({change("a", 1, "1")});
  what.marks = {mark("c-1", 0, {}, 1), mark("c-2", 0, {}, 1)};
  what.outcomes = {{0, 1, 1}, {1, 1, 1}};
  append(what);
  what = batch({change("a", 2, "1")});
  what.marks = {mark("c-1", 1, {}, 1)};
  append(what);
  EXPECT_TRUE(loaded().outcomes.contains({"garden", {"ann", "c-2"}, 1}));
  EXPECT_EQ(loaded().outcomes.size(), 1u);
}

TEST_P(BackplaneSuite, ten_thousand_open_outcomes_are_kept) {
  for (std::uint64_t round = 0; round < 40; ++round) {
    hub::Batch what = batch({change("a", round + 1, "1")});
    what.marks = {mark("c-1", 0, {}, (round + 1) * 250)};
    for (std::uint64_t i = 1; i <= 250; ++i) what.outcomes.push_back({0, round * 250 + i, round + 1});
    append(what);
  }
  EXPECT_EQ(loaded().outcomes.size(), 10'000u);
}

TEST_P(BackplaneSuite, the_start_says_where_the_log_stands) {
  hub::Batch what = batch({change("a", 1, "1")});
  const Appended appended = append(what);
  const hub::Start start = loaded().start;
  EXPECT_EQ(start.last_seq, 1u);
  EXPECT_EQ(start.last_chain, appended.chain);
  EXPECT_EQ(start.last_time, what.time);
  EXPECT_EQ(start.last_num, 1001u);
}

TEST_P(BackplaneSuite, the_last_record_number_outlives_its_record) {
  append(batch({change("a", 1, "1")}));
  model::Change gone = change("a", 2, "");
  gone.record.num = 1001;
  append(batch({gone}));
  append(batch({}, ""));
  compact(2);
  reopen();
  EXPECT_TRUE(loaded().records.empty());
  EXPECT_GE(loaded().start.last_num, 1001u);
}

TEST_P(BackplaneSuite, what_is_loaded_equals_what_the_entries_make) {
  Workload workload(5);
  hub::View view;
  for (int i = 0; i < 300; ++i) {
    const hub::Batch what = workload.next();
    const Appended appended = append(what);
    view.apply({.seq = appended.seq, .chain = appended.chain, .batch = what});
  }
  EXPECT_EQ(loaded(), everything_in(view));
}

// ---- restart

TEST_P(BackplaneSuite, a_restart_keeps_everything) {
  Workload workload(6);
  for (int i = 0; i < 100; ++i) append(workload.next());
  const Loaded before = loaded();
  reopen();
  const Loaded after = loaded();
  EXPECT_EQ(after, before);
  EXPECT_EQ(after.start.last_chain, before.start.last_chain);
  EXPECT_EQ(after.start.last_seq, before.start.last_seq);
  EXPECT_EQ(after.start.last_num, before.start.last_num);
  EXPECT_EQ(after.start.last_time, before.start.last_time);
  EXPECT_EQ(read(0, 64 << 20).entries.size(), 100u);
}

TEST_P(BackplaneSuite, a_restart_keeps_the_epoch) {
  const std::uint64_t epoch = loaded().start.epoch;
  fill(1);
  reopen();
  EXPECT_EQ(loaded().start.epoch, epoch);
}

TEST_P(BackplaneSuite, the_log_goes_on_after_a_restart) {
  fill(3);
  const std::uint64_t chain = loaded().start.last_chain;
  reopen();
  EXPECT_EQ(append_at(2, batch({})).what, Appended::What::stale);
  const hub::Batch what = batch({change("a", 1, "1")});
  EXPECT_EQ(append(what).chain, hub::next_chain(chain, hub::encode(what)));
}

TEST_P(BackplaneSuite, a_compaction_lasts_over_a_restart) {
  fill(10);
  compact(5);
  reopen();
  EXPECT_EQ(loaded().start.first_seq, 6u);
  EXPECT_TRUE(read(4).compacted);
  EXPECT_FALSE(read(5).compacted);
}

TEST_P(BackplaneSuite, a_copy_has_the_data_and_a_new_epoch) {
  Workload workload(7);
  for (int i = 0; i < 30; ++i) append(workload.next());
  const Loaded before = loaded();
  under_test->reopen_as_copy();
  const Loaded copy = loaded();
  EXPECT_EQ(copy, before);
  EXPECT_EQ(copy.start.last_chain, before.start.last_chain);
  EXPECT_NE(copy.start.epoch, before.start.epoch);
  reopen();
  EXPECT_EQ(loaded().start.epoch, copy.start.epoch) << "made anew once, not at every start";
}

TEST_P(BackplaneSuite, many_restarts_and_appends_leave_one_chain) {
  Workload workload(8);
  for (int round = 0; round < 8; ++round) {
    for (int i = 0; i < 5; ++i) append(workload.next());
    reopen();
  }
  std::uint64_t chain = 0;
  const LogRead result = read(0, 64 << 20);
  ASSERT_EQ(result.entries.size(), 40u);
  for (const hub::Entry& entry : result.entries) {
    chain = hub::next_chain(chain, hub::encode(entry.batch));
    EXPECT_EQ(entry.chain, chain);
  }
}

}  // namespace rockpool::suites
