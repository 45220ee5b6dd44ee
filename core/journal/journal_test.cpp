#include "core/journal/journal.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "core/base/hash.h"
#include "core/journal/store_test.h"

namespace rockpool::journal {
namespace {

using Kind = FileOp::Kind;
using Entries = std::vector<Entry>;

const Journal::Options usual;
const Journal::Options small{.segment_bytes = 256, .bulk_bytes_max = 4096, .snapshot_bytes_min = 1024};

Entry numbered(std::size_t n, std::size_t bytes = 0) {
  return {1, std::to_string(n) + "." + std::string(bytes, static_cast<char>('a' + n % 26))};
}

Entries numbered(std::size_t first, std::size_t end, std::size_t bytes) {
  Entries entries;
  for (std::size_t n = first; n < end; ++n) entries.push_back(numbered(n, bytes));
  return entries;
}

// A journal with its disk, whose syncs all succeed unless taken step by step.
struct Store {
  explicit Store(const Journal::Options& with, FakeDisk on = {})
      : options(with), disk(std::move(on)), opened(reopen(disk.stored(), with)) {}

  FileOps append(const Entries& entries) { return done(opened.journal.append(entries)); }
  FileOps snapshot(const Entries& state) { return done(opened.journal.snapshot(state)); }
  FileOps done(FileOps ops) {
    EXPECT_EQ(disk.apply(ops), "");
    disk.sync();
    opened.journal.persisted();
    return ops;
  }
  Recovered recovered() const { return reopen(disk.stored(), options).recovered; }

  Journal::Options options;
  FakeDisk disk;
  Opened opened;
};

std::size_t count(const FileOps& ops, Kind kind, std::string_view prefix = "") {
  return static_cast<std::size_t>(std::count_if(ops.begin(), ops.end(), [&](const FileOp& op) {
    return op.kind == kind && op.name.starts_with(prefix);
  }));
}

bool is_prefix(const Entries& part, const Entries& whole) {
  return part.size() <= whole.size() && std::equal(part.begin(), part.end(), whole.begin());
}

TEST(Journal, begins_empty) {
  Store store(usual);
  EXPECT_TRUE(store.opened.recovered.entries.empty());
  EXPECT_FALSE(store.opened.recovered.from_snapshot);
  EXPECT_EQ(store.opened.recovered.problem, "");
  EXPECT_TRUE(store.opened.journal.append({}).empty());
  EXPECT_FALSE(store.opened.journal.wants_snapshot());
}

TEST(Journal, gives_back_what_was_appended_in_order) {
  Store store(usual);
  const Entries entries = {
      {0, ""}, {255, std::string("\0\xff", 2)}, {7, std::string(100'000, 'x')}, numbered(3)};
  store.append({entries[0]});
  store.append({entries[1], entries[2]});
  store.append({entries[3]});
  const Recovered recovered = store.recovered();
  EXPECT_EQ(recovered.entries, entries);
  EXPECT_FALSE(recovered.from_snapshot);
  EXPECT_EQ(recovered.cut_bytes, 0u);
  EXPECT_TRUE(recovered.ignored.empty());
  EXPECT_EQ(recovered.problem, "");
}

TEST(Journal, a_small_write_is_one_small_append) {
  Store store(usual);
  const FileOps first = store.append({numbered(0)});
  ASSERT_EQ(first.size(), 2u);
  EXPECT_EQ(first[0].name, "seg-1.log");
  EXPECT_EQ(first[1].name, "manifest-2");
  for (std::size_t n = 1; n < 50; ++n) {
    const FileOps ops = store.append({numbered(n)});
    ASSERT_EQ(ops.size(), 1u);
    EXPECT_EQ(ops[0].kind, Kind::append);
    EXPECT_LT(ops[0].bytes.size(), 24u);
  }
}

TEST(Journal, a_reopened_store_goes_on_in_its_active_segment) {
  Store store(usual);
  store.append({numbered(0)});
  Store again(usual, store.disk);
  const FileOps ops = again.append({numbered(1)});
  ASSERT_EQ(ops.size(), 1u);
  EXPECT_EQ(ops[0].kind, Kind::append);
  EXPECT_EQ(again.recovered().entries, numbered(0, 2, 0));
}

TEST(Journal, seals_a_full_segment_and_touches_it_no_more) {
  Store store(usual);
  store.append({numbered(0, 64 << 10)});
  const std::string sealed = store.disk.stored().at("seg-1.log");
  const FileOps ops = store.append({numbered(1)});
  EXPECT_EQ(count(ops, Kind::create, "seg-"), 1u);
  EXPECT_EQ(count(ops, Kind::create, "manifest-"), 1u);
  EXPECT_EQ(count(ops, Kind::append), 0u);
  store.append({numbered(2)});
  EXPECT_EQ(store.disk.stored().at("seg-1.log"), sealed);
  EXPECT_EQ(store.recovered().entries.size(), 3u);
}

TEST(Journal, a_bulk_batch_makes_one_segment_up_to_its_limit) {
  Store store(usual);
  store.append({numbered(0)});
  EXPECT_EQ(store.append(numbered(1, 31, 100'000)).size(), 1u);
  const FileOps two = store.append(numbered(31, 81, 100'000));
  EXPECT_EQ(count(two, Kind::create, "seg-"), 2u);
  EXPECT_EQ(count(two, Kind::create, "manifest-"), 1u);
  for (const auto& [name, bytes] : store.disk.stored()) EXPECT_LE(bytes.size(), usual.bulk_bytes_max);
  EXPECT_EQ(store.recovered().entries.size(), 81u);
}

TEST(Journal, one_entry_may_be_larger_than_a_bulk_segment) {
  Store store(small);
  store.append({numbered(0), numbered(1, 10'000), numbered(2)});
  EXPECT_EQ(store.recovered().entries, (Entries{numbered(0), numbered(1, 10'000), numbered(2)}));
}

TEST(Journal, merges_eight_segments_and_removes_them_in_a_later_sync) {
  Store store(small);
  for (std::size_t n = 0; n < 8; ++n) store.append({numbered(n, 300)});
  EXPECT_EQ(store.opened.journal.file_count(), 8u + 3);
  const FileOps merge = store.append({numbered(8, 300)});
  EXPECT_EQ(count(merge, Kind::create, "seg-"), 2u);
  EXPECT_EQ(count(merge, Kind::remove, "seg-"), 0u);
  const FileOps next = store.append({numbered(9, 10)});
  EXPECT_EQ(count(next, Kind::remove, "seg-"), 8u);
  EXPECT_EQ(store.opened.journal.file_count(), 3u + 3);
  EXPECT_EQ(store.recovered().entries.size(), 10u);
}

TEST(Journal, has_at_most_eight_segments_of_a_size_class) {
  Store store({.segment_bytes = 256, .bulk_bytes_max = 4096, .files_max = 100});
  for (std::size_t n = 0; n < 500; ++n) {
    store.append({numbered(n, 300)});
    std::size_t of_class[2] = {0, 0};
    for (const auto& [name, bytes] : store.disk.stored()) {
      if (name.starts_with("seg-") && bytes.size() < 16 * 256) ++of_class[bytes.size() >= 2 * 256];
    }
    // The active one is there besides, and for one sync the eight that were merged.
    ASSERT_LE(of_class[0], 8u + 8 + 1);
    ASSERT_LE(of_class[1], 8u + 8);
  }
  EXPECT_EQ(store.recovered().entries, numbered(0, 500, 300));
}

TEST(Journal, creates_no_file_that_the_same_step_removes) {
  Store store(small);
  base::Prng prng(3);
  for (std::size_t n = 0; n < 400; ++n) {
    const FileOps ops = store.append(numbered(n, n + 1 + prng.below(40), 300));
    for (const FileOp& op : ops) {
      const auto same_name = [&](const FileOp& other) { return other.name == op.name; };
      ASSERT_EQ(std::count_if(ops.begin(), ops.end(), same_name), 1) << op.name;
    }
  }
}

TEST(Journal, a_snapshot_replaces_all_entries_before_it) {
  Store store(small);
  for (std::size_t n = 0; n < 20; ++n) store.append({numbered(n, 100)});
  store.snapshot({{9, "state"}});
  EXPECT_EQ(store.recovered().entries, (Entries{{9, "state"}}));
  store.append({numbered(20)});
  const Recovered recovered = store.recovered();
  EXPECT_TRUE(recovered.from_snapshot);
  EXPECT_EQ(recovered.entries, (Entries{{9, "state"}, numbered(20)}));
}

TEST(Journal, an_empty_snapshot_is_an_empty_store) {
  Store store(small);
  store.append({numbered(0)});
  store.snapshot({});
  EXPECT_TRUE(store.recovered().from_snapshot);
  EXPECT_TRUE(store.recovered().entries.empty());
}

TEST(Journal, removes_what_a_snapshot_covers_only_after_the_snapshot_was_persisted) {
  Store store(small);
  for (std::size_t n = 0; n < 5; ++n) store.append({numbered(n, 300)});
  Journal& journal = store.opened.journal;
  EXPECT_EQ(store.disk.apply(journal.snapshot(Entries{{9, "state"}})), "");
  for (int failed_syncs = 0; failed_syncs < 3; ++failed_syncs) {
    const FileOps ops = journal.append(Entries{numbered(5, 300)});
    EXPECT_EQ(count(ops, Kind::remove, "seg-"), 0u);
    EXPECT_EQ(store.disk.apply(ops), "");
  }
  store.disk.sync();
  journal.persisted();
  const FileOps ops = journal.append({});
  EXPECT_EQ(count(ops, Kind::remove, "seg-"), 5u);
  store.done(ops);
  EXPECT_EQ(store.recovered().entries.size(), 4u);
  EXPECT_TRUE(journal.append({}).empty());
}

TEST(Journal, wants_a_snapshot_when_segments_outweigh_it) {
  Store store(small);
  store.append({numbered(0, 500)});
  EXPECT_FALSE(store.opened.journal.wants_snapshot());
  store.append({numbered(1, 500)});
  EXPECT_TRUE(store.opened.journal.wants_snapshot());
  store.snapshot({{9, std::string(3000, 's')}});
  store.append({numbered(2, 2500)});
  EXPECT_FALSE(store.opened.journal.wants_snapshot());
  store.append({numbered(3, 500)});
  EXPECT_TRUE(store.opened.journal.wants_snapshot());
  EXPECT_TRUE(reopen(store.disk.stored(), small).journal.wants_snapshot());
}

TEST(Journal, keeps_the_two_newest_manifests) {
  Store store(small);
  for (std::size_t n = 0; n < 6; ++n) store.append({numbered(n, 300)});
  store.append({});
  std::size_t manifests = 0;
  for (const auto& [name, bytes] : store.disk.stored()) manifests += name.starts_with("manifest-");
  EXPECT_EQ(manifests, 2u);
}

TEST(Journal, stays_below_thirty_files_over_100000_entries) {
  Store store(usual);
  std::size_t most = 0;
  std::size_t snapshots = 0;
  Entries batch;
  for (std::size_t n = 0; n < 100'000; ++n) {
    batch.push_back(numbered(n, 100 + n % 200));
    if (batch.size() < 20) continue;
    store.append(batch);
    batch.clear();
    most = std::max(most, store.disk.stored().size());
    if (n < 30'000 || !store.opened.journal.wants_snapshot()) continue;
    store.snapshot({{9, std::string(2 << 20, 's')}});
    ++snapshots;
  }
  EXPECT_LT(most, 30u);
  EXPECT_GT(snapshots, 3u);
  EXPECT_LT(snapshots, 12u);
}

TEST(Journal, stays_below_thirty_files_when_every_batch_is_awkward) {
  Store store(small);
  base::Prng prng(1);
  for (std::size_t n = 0; n < 2'000; ++n) {
    store.append({numbered(n, prng.once_in(3) ? 4000 : prng.below(400))});
    ASSERT_LT(store.disk.stored().size(), 30u);
    if (store.opened.journal.wants_snapshot()) store.snapshot({{9, std::string(64 << 10, 's')}});
    ASSERT_LT(store.disk.stored().size(), 30u);
    if (prng.once_in(10)) store = Store(small, store.disk);
  }
}

TEST(Journal, refuses_a_newer_format_and_says_which_file) {
  Store store(small);
  store.append({numbered(0)});
  for (const std::string name : {"seg-1.log", "manifest-2"}) {
    Files files = files_of(store.disk.stored());
    const auto file = std::find_if(files.begin(), files.end(), [&](const File& f) { return f.name == name; });
    file->bytes[8] = 2;
    const std::uint32_t crc = base::crc32c(std::string_view(file->bytes).substr(0, 12));
    for (int i = 0; i < 4; ++i)
      file->bytes[static_cast<std::size_t>(12 + i)] = static_cast<char>(crc >> (8 * i));
    const auto refused = Journal::recover(files, small);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, base::Code::newer_store);
    EXPECT_NE(refused.error().message.find(name), std::string::npos);
  }
}

TEST(Journal, leaves_files_alone_that_are_not_its_own) {
  Store store(small);
  store.append({numbered(0)});
  Files files = files_of(store.disk.stored());
  for (const char* name :
       {"epoch", "seg-01.log", "seg-.log", "manifest-1.bak", "manifest-9007199254740992"}) {
    files.push_back({name, "x"});
  }
  auto opened = std::move(*Journal::recover(files, small));
  EXPECT_EQ(opened.recovered.ignored.size(), 5u);
  EXPECT_EQ(opened.recovered.entries.size(), 1u);
  opened.journal.persisted();
  EXPECT_TRUE(opened.journal.append({}).empty());
}

TEST(Journal, removes_stray_files_with_names_of_its_own) {
  Store store(small);
  store.append({numbered(0)});
  Files files = files_of(store.disk.stored());
  files.push_back({"seg-9.log", "stray"});
  auto opened = std::move(*Journal::recover(files, small));
  EXPECT_EQ(opened.recovered.ignored, std::vector<std::string>{"seg-9.log"});
  const FileOps ops = opened.journal.append(Entries{numbered(1)});
  ASSERT_EQ(ops.size(), 2u);
  EXPECT_EQ(ops[1], (FileOp{Kind::remove, "seg-9.log", ""}));
}

TEST(Journal, is_deterministic) {
  const auto run = [] {
    Store store(small);
    base::Prng prng(5);
    for (std::size_t n = 0; n < 300; ++n) {
      store.append({numbered(n, prng.below(200))});
      if (prng.once_in(40)) store.snapshot({{9, "state"}});
    }
    return store.disk.stored();
  };
  EXPECT_EQ(run(), run());
}

// Eight entries in a sealed and an active segment, the same with a snapshot in front.
Store little_store(bool with_snapshot) {
  Store store({.segment_bytes = 120, .bulk_bytes_max = 400});
  if (with_snapshot) store.snapshot({{9, "state"}, {9, "more state"}});
  for (std::size_t n = 0; n < 8; ++n) store.append({numbered(n, 10)});
  return store;
}

// Reopens damaged contents, checks that only what was true comes back, then that the store can be gone on
// with.
void expect_truth(const FakeDisk::Contents& contents, const Store& store, const Entries& all) {
  FakeDisk disk;
  for (const auto& [name, bytes] : contents) EXPECT_EQ(disk.apply({{Kind::create, name, bytes}}), "");
  disk.sync();
  Store again(store.options, disk);
  Entries entries = again.opened.recovered.entries;
  ASSERT_TRUE(is_prefix(entries, all));
  // A snapshot is there whole or not at all.
  ASSERT_TRUE(!again.opened.recovered.from_snapshot || entries.size() >= 2);
  for (std::size_t n = 50; n < 53; ++n) {
    again.append({numbered(n, 30)});
    entries.push_back(numbered(n, 30));
    const Recovered recovered = again.recovered();
    ASSERT_EQ(recovered.entries, entries);
    ASSERT_EQ(recovered.cut_bytes, 0u);
    ASSERT_EQ(recovered.problem, "");
  }
}

TEST(Journal, survives_a_tail_torn_at_every_byte_and_goes_on) {
  const Store store = little_store(false);
  const Entries all = numbered(0, 8, 10);
  std::string active;
  for (const auto& [name, bytes] : store.disk.stored()) active = name.starts_with("seg-") ? name : active;
  const std::size_t record = record_bytes(all[0]);
  const std::size_t size = store.disk.stored().at(active).size();
  const std::size_t before = all.size() - (size - log_header_bytes) / record;
  for (std::size_t kept = 0; kept < size; ++kept) {
    FakeDisk::Contents contents = store.disk.stored();
    contents[active].resize(kept);
    const Recovered recovered = reopen(contents, store.options).recovered;
    const std::size_t whole = kept < log_header_bytes ? 0 : (kept - log_header_bytes) / record;
    ASSERT_EQ(recovered.entries.size(), before + whole);
    ASSERT_EQ(recovered.cut_bytes, kept - (kept < log_header_bytes ? 0 : log_header_bytes + whole * record));
    ASSERT_EQ(recovered.problem, "");
    ASSERT_NO_FATAL_FAILURE(expect_truth(contents, store, all));
  }
}

TEST(Journal, never_appends_behind_a_cut_tail) {
  Store store = little_store(false);
  FakeDisk::Contents contents = store.disk.stored();
  std::string active;
  for (const auto& [name, bytes] : contents) active = name.starts_with("seg-") ? name : active;
  contents[active] += "torn";
  Opened opened = reopen(contents, store.options);
  EXPECT_EQ(opened.recovered.cut_bytes, 4u);
  const FileOps ops = opened.journal.append(Entries{numbered(8)});
  EXPECT_EQ(count(ops, Kind::append), 0u);
  EXPECT_EQ(count(ops, Kind::create, "seg-"), 1u);
  EXPECT_EQ(count(ops, Kind::create, "manifest-"), 1u);
  EXPECT_EQ(count(ops, Kind::remove, "seg-"), 0u);
}

TEST(Journal, any_file_cut_anywhere_gives_only_true_entries) {
  for (const bool with_snapshot : {false, true}) {
    const Store store = little_store(with_snapshot);
    const Entries all = store.recovered().entries;
    for (const auto& [name, bytes] : store.disk.stored()) {
      for (std::size_t kept = 0; kept < bytes.size(); ++kept) {
        FakeDisk::Contents contents = store.disk.stored();
        contents[name].resize(kept);
        ASSERT_NO_FATAL_FAILURE(expect_truth(contents, store, all)) << name << " cut at " << kept;
      }
    }
  }
}

TEST(Journal, any_flipped_bit_gives_only_true_entries) {
  for (const bool with_snapshot : {false, true}) {
    const Store store = little_store(with_snapshot);
    const Entries all = store.recovered().entries;
    for (const auto& [name, bytes] : store.disk.stored()) {
      for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
        FakeDisk::Contents contents = store.disk.stored();
        contents[name][bit / 8] = static_cast<char>(bytes[bit / 8] ^ 1 << bit % 8);
        ASSERT_NO_FATAL_FAILURE(expect_truth(contents, store, all)) << name << " bit " << bit;
      }
    }
  }
}

TEST(Journal, says_what_was_damaged) {
  const Store store = little_store(false);
  FakeDisk::Contents contents = store.disk.stored();
  contents["seg-1.log"][60] ^= 1;
  const Recovered recovered = reopen(contents, store.options).recovered;
  EXPECT_NE(recovered.problem.find("seg-1.log is damaged"), std::string::npos);
  EXPECT_GT(recovered.cut_bytes, 0u);
  contents.erase("seg-1.log");
  EXPECT_NE(reopen(contents, store.options).recovered.problem.find("seg-1.log is missing"),
            std::string::npos);
}

TEST(Journal, removes_nothing_of_a_damaged_store_before_a_new_manifest_is_persisted) {
  const Store store = little_store(true);
  FakeDisk::Contents contents = store.disk.stored();
  for (auto& [name, bytes] : contents) {
    if (name.starts_with("manifest-")) bytes.back() ^= 1;
  }
  Opened opened = reopen(contents, store.options);
  EXPECT_TRUE(opened.recovered.entries.empty());
  EXPECT_NE(opened.recovered.problem, "");
  EXPECT_EQ(count(opened.journal.append(Entries{numbered(0)}), Kind::remove), 0u);
  opened.journal.persisted();
  EXPECT_EQ(count(opened.journal.append({}), Kind::remove), contents.size());
}

TEST(Journal, goes_back_one_manifest_when_the_newest_does_not_hold) {
  const Store store = little_store(false);
  FakeDisk::Contents contents = store.disk.stored();
  std::string newest;
  for (const auto& [name, bytes] : contents) newest = name.starts_with("manifest-") ? name : newest;
  contents[newest].pop_back();
  const Recovered recovered = reopen(contents, store.options).recovered;
  EXPECT_FALSE(recovered.entries.empty());
  EXPECT_EQ(recovered.problem, newest + ": unreadable");
  EXPECT_FALSE(recovered.ignored.empty());
}

}  // namespace
}  // namespace rockpool::journal
