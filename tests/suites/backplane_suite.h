// What every backplane has to do, whatever it is made of. A backplane under test comes from a factory;
// nothing here knows which one it is. Cases with a whole hub on top are in backplane_hub_suite.h.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <tuple>

#include <gtest/gtest.h>

#include "core/hub/backplane.h"
#include "core/hub/view.h"

namespace rockpool::suites {

using hub::Append;
using hub::Appended;
using hub::LogRead;

class BackplaneUnderTest {
 public:
  virtual ~BackplaneUnderTest() = default;
  virtual hub::Backplane& backplane() = 0;
  // The next result; fails the test when none comes.
  virtual hub::Event wait() = 0;
  // As after a restart of the server. References given before are void.
  virtual void reopen() = 0;
  // As after putting a backup in place and a start.
  virtual void reopen_as_copy() = 0;
};

struct BackplaneKind {
  std::string name;
  std::function<std::unique_ptr<BackplaneUnderTest>()> make;
};

inline model::Change change(const std::string& id, model::Version version, const std::string& data) {
  model::Change made;
  made.record = {.key = {"tasks", id},
                 .version = version,
                 .born = 0,
                 .num = 1000 + version,
                 .data = data,
                 .meta = "",
                 .created = {1'750'000'000'000},
                 .updated = {1'750'000'000'000 + static_cast<std::int64_t>(version)}};
  made.previous = version - 1;
  return made;
}

inline hub::Batch batch(std::vector<model::Change> changes, const std::string& space = "garden") {
  static int count = 0;
  return {.space = space,
          .write_id = "w" + std::to_string(++count),
          .time = {1'750'000'000'000 + count},
          .changes = std::move(changes),
          .marks = {},
          .outcomes = {}};
}

// Everything that load() gives, comparable.
struct Loaded {
  hub::Start start;
  std::map<std::pair<std::string, model::Key>, model::Record> records;
  std::map<std::pair<std::string, hub::ClientKey>, hub::ClientMark> marks;
  std::map<std::tuple<std::string, hub::ClientKey, std::uint64_t>, std::pair<model::Version, std::uint64_t>>
      outcomes;

  bool operator==(const Loaded& other) const {
    return records == other.records && marks == other.marks && outcomes == other.outcomes;
  }
};

inline Loaded load(hub::Backplane& backplane) {
  Loaded loaded;
  const auto start = backplane.load(
      [&](const std::string& space, model::Record record) {
        const auto key = record.key;
        EXPECT_TRUE(loaded.records.emplace(std::pair(space, key), std::move(record)).second) << "given twice";
      },
      [&](const std::string& space, hub::ClientMark mark) {
        const hub::ClientKey key(mark.user, mark.client);
        EXPECT_TRUE(loaded.marks.emplace(std::pair(space, key), std::move(mark)).second) << "given twice";
      },
      [&](const std::string& space, const hub::ClientMark& of, std::uint64_t number, model::Version version,
          std::uint64_t seq) {
        loaded.outcomes[{space, {of.user, of.client}, number}] = {version, seq};
      });
  EXPECT_TRUE(start.ok()) << (start.ok() ? "" : start.error().message);
  if (start.ok()) loaded.start = *start;
  return loaded;
}

class BackplaneSuite : public ::testing::TestWithParam<BackplaneKind> {
 protected:
  Appended append_at(std::uint64_t expected_seq, hub::Batch what) {
    under_test->backplane().submit(Append{.expected_seq = expected_seq, .batch = std::move(what)});
    const hub::Event event = under_test->wait();
    const auto* appended = std::get_if<Appended>(&event);
    EXPECT_NE(appended, nullptr);
    return appended == nullptr ? Appended{.what = Appended::What::down, .problem = {}} : *appended;
  }
  Appended append(hub::Batch what) {
    const Appended appended = append_at(last, std::move(what));
    EXPECT_EQ(appended.what, Appended::What::ok) << appended.problem;
    last = appended.seq;
    return appended;
  }
  // One more entry, which changes nothing that a case looks at.
  void fill(int entries) {
    for (int i = 0; i < entries; ++i) append(batch({change("filler", ++fillers, "0")}));
  }
  LogRead read(std::uint64_t after, std::size_t bytes_max = 1 << 20) {
    under_test->backplane().submit(hub::ReadLog{.ticket = 77, .after = after, .bytes_max = bytes_max});
    const hub::Event event = under_test->wait();
    const auto* result = std::get_if<LogRead>(&event);
    EXPECT_NE(result, nullptr);
    return result == nullptr ? LogRead{} : *result;
  }
  void compact(std::uint64_t up_to) {
    under_test->backplane().submit(hub::Compact{.up_to = up_to});
    // Compacting answers nothing; a barrier behind it is stored once it is done.
    append(batch({}, ""));
  }
  Loaded loaded() { return load(under_test->backplane()); }
  void reopen() {
    under_test->reopen();
    last = loaded().start.last_seq;
  }

  std::unique_ptr<BackplaneUnderTest> under_test = GetParam().make();
  std::uint64_t last = 0;
  model::Version fillers = 0;
};

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(BackplaneSuite);

// ---- append and fence

TEST_P(BackplaneSuite, the_first_entry_has_seq_1) { EXPECT_EQ(append(batch({change("a", 1, "1")})).seq, 1u); }

TEST_P(BackplaneSuite, entries_follow_each_other_without_holes) {
  for (std::uint64_t i = 1; i <= 50; ++i) EXPECT_EQ(append(batch({change("a", i, "1")})).seq, i);
}

TEST_P(BackplaneSuite, a_fence_behind_the_end_is_stale) {
  fill(2);
  EXPECT_EQ(append_at(1, batch({change("a", 1, "1")})).what, Appended::What::stale);
  EXPECT_EQ(append_at(0, batch({change("a", 1, "1")})).what, Appended::What::stale);
}

TEST_P(BackplaneSuite, a_fence_ahead_of_the_end_is_stale) {
  fill(2);
  EXPECT_EQ(append_at(3, batch({change("a", 1, "1")})).what, Appended::What::stale);
}

TEST_P(BackplaneSuite, a_fence_on_an_empty_log_is_zero) {
  EXPECT_EQ(append_at(1, batch({change("a", 1, "1")})).what, Appended::What::stale);
  EXPECT_EQ(append_at(0, batch({change("a", 1, "1")})).what, Appended::What::ok);
}

TEST_P(BackplaneSuite, a_stale_append_stores_nothing) {
  fill(1);
  append_at(0, batch({change("stale", 1, "1")}));
  EXPECT_EQ(read(0).entries.size(), 1u);
  EXPECT_EQ(loaded().records.size(), 1u);
}

TEST_P(BackplaneSuite, after_a_stale_append_the_right_fence_is_good) {
  fill(1);
  append_at(0, batch({change("a", 1, "1")}));
  EXPECT_EQ(append(batch({change("a", 1, "1")})).seq, 2u);
}

TEST_P(BackplaneSuite, of_many_appends_with_one_fence_the_first_alone_is_stored) {
  int stored = 0;
  for (int i = 0; i < 10; ++i)
    stored += append_at(0, batch({change("a", 1, "1")})).what == Appended::What::ok ? 1 : 0;
  EXPECT_EQ(stored, 1);
}

TEST_P(BackplaneSuite, the_chain_is_the_hash_of_all_bytes_before) {
  std::uint64_t chain = 0;
  for (std::uint64_t i = 1; i <= 5; ++i) {
    const hub::Batch what = batch({change("a", i, std::to_string(i))});
    chain = hub::next_chain(chain, hub::encode(what));
    EXPECT_EQ(append(what).chain, chain);
  }
  EXPECT_EQ(loaded().start.last_chain, chain);
}

TEST_P(BackplaneSuite, a_barrier_is_stored_and_changes_no_record) {
  fill(1);
  const auto before = loaded();
  EXPECT_EQ(append(batch({}, "")).seq, 2u);
  EXPECT_EQ(loaded(), before);
  EXPECT_TRUE(read(1).entries.at(0).batch.changes.empty());
}

// ---- what is stored is what was given

TEST_P(BackplaneSuite, an_entry_reads_back_as_it_was_appended) {
  hub::Batch what = batch({change("a", 1, R"({"x":[1,2.5,"ü"]})"), change("b", 1, "")});
  what.changes[0].record.meta = R"({"owner":"ann"})";
  what.changes[0].writer = "0123456789abcdef";
  what.changes[0].number = 4;
  what.marks = {{.user = "ann", .client = "c-1", .settled = 3, .except = {1, 2}, .highest = 4, .seen = {5}}};
  what.outcomes = {{.mark = 0, .number = 4, .version = 1}};
  append(what);
  EXPECT_EQ(read(0).entries.at(0).batch, what);
}

TEST_P(BackplaneSuite, a_batch_of_256_large_changes_is_whole) {
  std::vector<model::Change> changes;
  for (int i = 0; i < 256; ++i) changes.push_back(change("r" + std::to_string(i), 1, std::string(4096, '7')));
  const hub::Batch what = batch(changes);
  append(what);
  EXPECT_EQ(loaded().records.size(), 256u);
  EXPECT_EQ(read(0).entries.at(0).batch, what);
}

TEST_P(BackplaneSuite, a_record_of_one_MiB_is_whole) {
  const std::string data(1 << 20, '9');
  append(batch({change("a", 1, data)}));
  EXPECT_EQ(loaded().records.begin()->second.data, data);
}

TEST_P(BackplaneSuite, a_batch_of_12_MiB_is_whole) {
  std::vector<model::Change> changes;
  for (int i = 0; i < 12; ++i)
    changes.push_back(change("r" + std::to_string(i), 1, std::string(1 << 20, '7')));
  append(batch(changes));
  const LogRead result = read(0);
  ASSERT_EQ(result.entries.size(), 1u);
  EXPECT_EQ(result.entries[0].batch.changes.size(), 12u);
}

TEST_P(BackplaneSuite, names_with_quotes_wildcards_and_other_scripts_are_kept) {
  const std::string ids[] = {"it's", "\"", "%_", "ключ", "\xf0\x9f\x90\x9a", "a;drop table rec", " "};
  std::vector<model::Change> changes;
  for (const std::string& id : ids) changes.push_back(change(id, 1, "1"));
  append(batch(changes, "o'hara"));
  const Loaded all = loaded();
  EXPECT_EQ(all.records.size(), std::size(ids));
  for (const std::string& id : ids) EXPECT_TRUE(all.records.contains({"o'hara", {"tasks", id}})) << id;
}

TEST_P(BackplaneSuite, ids_that_differ_in_case_or_trailing_space_are_two) {
  append(batch({change("a", 1, "1"), change("A", 1, "2"), change("a ", 1, "3")}));
  EXPECT_EQ(loaded().records.size(), 3u);
}

TEST_P(BackplaneSuite, large_numbers_and_early_times_are_kept) {
  model::Change large = change("a", (1ull << 53) - 1, "1");
  large.record.born = (1ull << 53) - 2;
  large.record.num = INT64_MAX;
  large.record.created = {-1};
  append(batch({large}));
  EXPECT_EQ(loaded().records.begin()->second, large.record);
}

// ---- reading

TEST_P(BackplaneSuite, reading_an_empty_log_gives_nothing) {
  const LogRead result = read(0);
  EXPECT_TRUE(result.entries.empty());
  EXPECT_EQ(result.last_seq, 0u);
  EXPECT_FALSE(result.compacted);
  EXPECT_TRUE(result.problem.empty());
}

TEST_P(BackplaneSuite, reading_goes_in_order_from_the_entry_after) {
  fill(10);
  const LogRead result = read(4);
  ASSERT_EQ(result.entries.size(), 6u);
  for (std::size_t i = 0; i < 6; ++i) EXPECT_EQ(result.entries[i].seq, 5 + i);
  EXPECT_EQ(result.last_seq, 10u);
}

TEST_P(BackplaneSuite, reading_at_the_end_gives_nothing_and_says_where_the_end_is) {
  fill(3);
  const LogRead result = read(3);
  EXPECT_TRUE(result.entries.empty());
  EXPECT_EQ(result.last_seq, 3u);
  EXPECT_FALSE(result.compacted);
}

TEST_P(BackplaneSuite, reading_past_the_end_gives_nothing) {
  fill(3);
  const LogRead result = read(9);
  EXPECT_TRUE(result.entries.empty());
  EXPECT_EQ(result.last_seq, 3u);
  EXPECT_FALSE(result.compacted);
}

TEST_P(BackplaneSuite, a_read_carries_its_ticket) {
  fill(1);
  EXPECT_EQ(read(0).ticket, 77u);
}

TEST_P(BackplaneSuite, a_read_says_the_chain_where_it_begins) {
  EXPECT_EQ(read(0).after_chain, 0u);
  const Appended first = append(batch({change("a", 1, "1")}));
  fill(2);
  EXPECT_EQ(read(0).after_chain, 0u);
  EXPECT_EQ(read(1).after_chain, first.chain);
  EXPECT_EQ(read(0).entries.at(0).chain, first.chain);
}

TEST_P(BackplaneSuite, a_read_stops_at_its_bytes_but_gives_at_least_one_entry) {
  for (std::uint64_t i = 1; i <= 4; ++i) append(batch({change("a", i, std::string(10'000, '1'))}));
  EXPECT_EQ(read(0, 1).entries.size(), 1u);
  EXPECT_EQ(read(0, 25'000).entries.size(), 2u);
}

TEST_P(BackplaneSuite, pages_join_without_hole_or_repeat) {
  for (std::uint64_t i = 1; i <= 40; ++i) append(batch({change("a", i, std::string(i * 50, '1'))}));
  std::uint64_t at = 0;
  std::uint64_t chain = 0;
  while (at < last) {
    const LogRead page = read(at, 3000);
    ASSERT_FALSE(page.entries.empty());
    EXPECT_EQ(page.after_chain, chain);
    for (const hub::Entry& entry : page.entries) {
      EXPECT_EQ(entry.seq, at + 1);
      at = entry.seq;
      chain = entry.chain;
    }
  }
}

TEST_P(BackplaneSuite, what_was_acknowledged_is_read_at_once) {
  for (std::uint64_t i = 1; i <= 20; ++i) {
    append(batch({change("a", i, "1")}));
    EXPECT_EQ(read(i - 1).entries.size(), 1u);
  }
}

// ---- compaction

TEST_P(BackplaneSuite, readers_behind_a_compaction_are_told) {
  fill(10);
  compact(5);
  EXPECT_TRUE(read(0).compacted);
  EXPECT_TRUE(read(4).compacted);
  EXPECT_TRUE(read(4).entries.empty());
}

TEST_P(BackplaneSuite, a_reader_at_the_edge_of_a_compaction_goes_on) {
  fill(10);
  const std::uint64_t chain = read(5).after_chain;
  compact(5);
  const LogRead result = read(5);
  EXPECT_FALSE(result.compacted);
  EXPECT_EQ(result.after_chain, chain);
  EXPECT_EQ(result.entries.at(0).seq, 6u);
}

TEST_P(BackplaneSuite, the_log_goes_on_after_a_compaction) {
  fill(10);
  const std::uint64_t chain = loaded().start.last_chain;
  compact(9);
  EXPECT_EQ(last, 11u);
  EXPECT_EQ(loaded().start.first_seq, 10u);
  EXPECT_EQ(read(10).after_chain, chain);
}

TEST_P(BackplaneSuite, compacting_past_the_end_keeps_the_last_entry) {
  fill(3);
  compact(1000);
  EXPECT_EQ(last, 4u);
  EXPECT_EQ(loaded().start.last_seq, 4u);
  EXPECT_FALSE(read(3).compacted);
}

TEST_P(BackplaneSuite, compacting_again_or_less_is_harmless) {
  fill(10);
  compact(6);
  compact(6);
  compact(2);
  EXPECT_EQ(loaded().start.first_seq, 7u);
  EXPECT_EQ(read(6).entries.at(0).seq, 7u);
}

TEST_P(BackplaneSuite, compacting_an_empty_log_is_harmless) {
  compact(5);
  EXPECT_EQ(loaded().start.last_seq, 1u);
}

TEST_P(BackplaneSuite, tombstones_go_with_the_log_and_records_stay) {
  append(batch({change("kept", 1, "1"), change("gone", 1, "1")}));
  append(batch({change("gone", 2, "")}));
  append(batch({change("young", 1, "")}));
  fill(1);
  compact(2);
  const Loaded all = loaded();
  EXPECT_TRUE(all.records.contains({"garden", {"tasks", "kept"}}));
  EXPECT_FALSE(all.records.contains({"garden", {"tasks", "gone"}}));
  EXPECT_TRUE(all.records.contains({"garden", {"tasks", "young"}}));
}

TEST_P(BackplaneSuite, a_record_made_again_is_no_tombstone) {
  append(batch({change("a", 1, "")}));
  append(batch({change("a", 2, "1")}));
  fill(1);
  compact(2);
  EXPECT_EQ(loaded().records.at({"garden", {"tasks", "a"}}).version, 2u);
}

}  // namespace rockpool::suites
