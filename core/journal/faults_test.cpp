// Whatever a sync leaves behind, a reopened store is a prefix of what was appended, with all persisted.
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "core/base/hash.h"
#include "core/base/prng.h"
#include "core/base/text.h"
#include "core/journal/store_test.h"

namespace rockpool::journal {
namespace {

constexpr std::uint8_t item_kind = 1;
constexpr std::uint8_t state_kind = 2;

const Journal::Options options{.segment_bytes = 200, .bulk_bytes_max = 1200, .snapshot_bytes_min = 1500};

// A history of items. A snapshot stands for its first n by n and a digest of them, in several entries, so
// that a part of a snapshot, or one of another past, would show.
class World {
 public:
  explicit World(std::uint64_t seed) : prng_(seed), tears_(prng_.once_in(2)), opened_(reopen({}, options)) {}

  void run(int steps) {
    for (int step = 0; step < steps && !testing::Test::HasFatalFailure(); ++step) take_step();
    reopen_and_check();
  }

  void take_step() {
    const bool snapshot = opened_.journal.wants_snapshot() || prng_.once_in(25);
    const FileOps ops = snapshot ? opened_.journal.snapshot(state()) : opened_.journal.append(more());
    ASSERT_EQ(disk_.apply(ops), "");
    const std::uint64_t fate = prng_.below(100);
    if (fate < 75) {
      sync();
      if (prng_.once_in(30)) reopen_and_check();
      return;
    }
    good_syncs_ = 0;
    if (fate < 80) {
      disk_.sync_partly(prng_, tears_);  // fails; the next step comes on top
    } else if (fate < 90) {
      // Fails and nothing is stored.
    } else if (fate < 96) {
      disk_.sync_partly(prng_, tears_);
      reopen_and_check();
    } else {
      if (prng_.once_in(2)) disk_.sync();
      reopen_and_check();
    }
  }

  void sync() {
    disk_.sync();
    opened_.journal.persisted();
    durable_ = items_.size();
    ++good_syncs_;
    ASSERT_TRUE(good_syncs_ < 3 || disk_.stored().size() < 30);
  }

  void reopen_and_check() {
    disk_.crash();
    opened_ = reopen(disk_.stored(), options);
    good_syncs_ = 0;
    check(opened_.recovered);
    items_.resize(std::min(items_.size(), length_of(opened_.recovered)));
    durable_ = items_.size();
  }

  void check(const Recovered& recovered) const {
    const std::size_t length = length_of(recovered);
    ASSERT_GE(length, durable_);
    ASSERT_LE(length, items_.size());
    std::vector<Entry> expected;
    if (recovered.from_snapshot) expected = state_of(covered_by(recovered));
    for (std::size_t n = covered_by(recovered); n < length; ++n) expected.push_back({item_kind, items_[n]});
    ASSERT_EQ(recovered.entries, expected);
  }

  // Every way to store all of the coming step but one of its operations, and each of them alone.
  void drop_each_operation() {
    const FileOps ops =
        prng_.once_in(12) ? opened_.journal.snapshot(state()) : opened_.journal.append(more());
    for (std::size_t i = 0; i < ops.size(); ++i) {
      FileOps others = ops;
      others.erase(others.begin() + static_cast<std::ptrdiff_t>(i));
      for (const FileOps& stored : {others, FileOps{ops[i]}}) {
        FakeDisk partly = disk_;
        ASSERT_EQ(partly.apply(stored), "");
        ASSERT_NO_FATAL_FAILURE(check(reopen(partly.memory(), options).recovered));
      }
    }
    ASSERT_EQ(disk_.apply(ops), "");
    sync();
  }

 private:
  std::vector<Entry> more() {
    std::vector<Entry> entries(prng_.below(4));
    for (Entry& entry : entries) {
      const std::size_t bytes = prng_.once_in(20) ? 1500 : prng_.below(60);
      items_.push_back(prng_.hex(4) + std::string(bytes, static_cast<char>(prng_.next())));
      entry = {item_kind, items_.back()};
    }
    return entries;
  }

  std::vector<Entry> state() const { return state_of(items_.size()); }

  std::vector<Entry> state_of(std::size_t count) const {
    std::uint64_t digest = 0;
    for (std::size_t n = 0; n < count; ++n) digest = base::hash64(items_[n], digest);
    const std::string text = base::hex(digest, 16);
    return {{state_kind, base::decimal(std::uint64_t{count})}, {state_kind, text}, {state_kind, text + text}};
  }

  static std::size_t covered_by(const Recovered& recovered) {
    if (!recovered.from_snapshot) return 0;
    return static_cast<std::size_t>(*base::read_decimal(recovered.entries.at(0).payload));
  }

  static std::size_t length_of(const Recovered& recovered) {
    const std::size_t of_snapshot = recovered.from_snapshot ? 3 : 0;
    return covered_by(recovered) + recovered.entries.size() - of_snapshot;
  }

  base::Prng prng_;
  bool tears_;
  FakeDisk disk_;
  Opened opened_;
  std::vector<std::string> items_;
  std::size_t durable_ = 0;
  int good_syncs_ = 0;
};

TEST(Faults, every_seed_recovers_a_prefix_with_all_that_was_persisted) {
  for (std::uint64_t seed = 0; seed < 3'000; ++seed) {
    World(seed).run(60);
    ASSERT_FALSE(HasFatalFailure()) << "seed " << seed;
  }
}

TEST(Faults, a_long_life_of_crashes_stays_sound) {
  World world(77);
  world.run(10'000);
}

TEST(Faults, any_single_operation_of_a_step_may_be_lost_or_be_all_that_is_stored) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    World world(seed);
    for (int step = 0; step < 200; ++step) {
      world.drop_each_operation();
      ASSERT_FALSE(HasFatalFailure()) << "seed " << seed << " step " << step;
    }
  }
}

}  // namespace
}  // namespace rockpool::journal
