#include "server/hooks/courier.h"

#include <gtest/gtest.h>

namespace rockpool::hooks {
namespace {

using base::Instant;

// A log of entries that each change one record, and a courier that goes through it.
class CourierTest : public testing::Test {
 protected:
  void add(const std::string& collection, const std::string& id, const std::string& space = "default") {
    hub::Entry entry{.seq = log_.size() + 1, .chain = 100 + log_.size(), .batch = {}};
    entry.batch.space = space;
    model::Change change;
    change.record.key = {collection, id};
    change.record.version = 1;
    change.record.data = R"({"n":1})";
    entry.batch.changes.push_back(std::move(change));
    log_.push_back(std::move(entry));
  }
  hub::LogEnd end() const {
    return log_.empty() ? hub::LogEnd{} : hub::LogEnd{log_.back().seq, log_.back().chain};
  }
  hub::LogEnd point(std::uint64_t seq) const { return {seq, seq == 0 ? 0 : log_[seq - 1].chain}; }

  void start(std::optional<hub::LogEnd> saved, Hook hook = {}) {
    hook.name = "h";
    courier_.emplace(std::move(hook), base::Prng(1), 7, end(), saved);
    tell();
  }
  // Reads are answered at once; what is to be sent and saved is kept.
  void drive() {
    while (auto want = courier_->poll()) {
      if (const auto* read = std::get_if<Courier::Read>(&*want)) {
        reads_ += 1;
        courier_->read(now_, answer(read->after));
      } else if (auto* send = std::get_if<Courier::Send>(&*want)) {
        sent_.push_back(*send);
      } else {
        saves_.push_back(std::get<Courier::Save>(*want).point);
      }
    }
  }
  hub::LogRead answer(std::uint64_t after) {
    hub::LogRead read;
    read.last_seq = log_.size();
    read.compacted = after + 1 < first_;
    if (read.compacted || after > log_.size()) return read;
    read.after_chain = after == 0 ? 0 : log_[after - 1].chain;
    for (std::size_t i = after; i < log_.size() && read.entries.size() < 50; ++i) {
      read.entries.push_back(log_[i]);
    }
    return read;
  }
  void tell() {
    courier_->log_ends(now_, end());
    drive();
  }
  void taken(bool well = true) {
    courier_->sent(now_, well);
    drive();
  }
  void stored(bool well = true) {
    courier_->saved(now_, well);
    drive();
  }
  void pass(base::Duration time) {
    now_ = now_ + time;
    courier_->wake(now_);
    drive();
  }
  std::vector<std::string> ids(std::size_t delivery) const {
    std::vector<std::string> ids;
    for (const auto& change : sent_[delivery]->changes) ids.push_back(change.record.key.id);
    return ids;
  }

  std::vector<hub::Entry> log_;
  std::uint64_t first_ = 1;
  std::optional<Courier> courier_;
  Instant now_{1'000'000};
  std::vector<Courier::Send> sent_;
  std::vector<hub::LogEnd> saves_;
  int reads_ = 0;
};

using Ids = std::vector<std::string>;

TEST_F(CourierTest, a_new_hook_begins_at_the_end_and_saves_that_at_once) {
  add("a", "old");
  start(std::nullopt);
  EXPECT_TRUE(sent_.empty());
  ASSERT_EQ(saves_, std::vector{point(1)});
  stored();
  add("a", "new");
  tell();
  ASSERT_EQ(sent_.size(), 1u);
  EXPECT_EQ(ids(0), Ids{"new"});
  EXPECT_EQ(sent_[0]->seq, 2u);
  EXPECT_EQ(sent_[0]->epoch, 7u);
}

TEST_F(CourierTest, a_new_hook_may_begin_at_the_start) {
  add("a", "1");
  add("a", "2");
  start(std::nullopt, {.from_start = true});
  ASSERT_EQ(sent_.size(), 1u);
  EXPECT_EQ(ids(0), (Ids{"1", "2"}));
}

TEST_F(CourierTest, goes_on_from_where_it_was_saved) {
  for (const char* id : {"1", "2", "3"}) add("a", id);
  start(point(2));
  ASSERT_EQ(sent_.size(), 1u);
  EXPECT_EQ(ids(0), Ids{"3"});
}

TEST_F(CourierTest, sends_nothing_more_before_a_delivery_is_taken) {
  start(point(0));
  add("a", "1");
  tell();
  add("a", "2");
  tell();
  EXPECT_EQ(sent_.size(), 1u);
  taken();
  ASSERT_EQ(sent_.size(), 2u);
  EXPECT_EQ(ids(1), Ids{"2"});
}

TEST_F(CourierTest, tells_only_what_its_space_and_collections_hold) {
  start(point(0), {.collections = {"todos", "note-*"}});
  add("todos", "1");
  add("other", "2");
  add("note-x", "3");
  add("todos", "4", "elsewhere");
  add("$hooks", "5");
  tell();
  ASSERT_EQ(sent_.size(), 1u);
  EXPECT_EQ(ids(0), (Ids{"1", "3"}));
}

TEST_F(CourierTest, a_batch_ends_at_the_end_of_an_entry) {
  start(point(0), {.batch = 3});
  for (const char* id : {"1", "2", "3", "4"}) add("a", id);
  log_[1].batch.changes.push_back(log_[1].batch.changes[0]);
  log_[2].batch.changes.push_back(log_[2].batch.changes[0]);
  tell();
  EXPECT_EQ(ids(0), (Ids{"1", "2", "2"}));
  EXPECT_EQ(sent_[0]->seq, 2u);
  taken();
  EXPECT_EQ(ids(1), (Ids{"3", "3", "4"}));
}

TEST_F(CourierTest, repeats_a_delivery_until_it_is_taken_each_time_later) {
  start(point(0));
  add("a", "1");
  tell();
  std::int64_t longest = 0;
  for (std::size_t i = 1; i < 12; ++i) {
    taken(false);
    ASSERT_EQ(sent_.size(), i);
    const auto wake = courier_->next_wake();
    ASSERT_TRUE(wake.has_value());
    const std::int64_t rest = (*wake - now_).ms;
    const std::int64_t most = std::min<std::int64_t>(1000ll << (i - 1), 60'000);
    EXPECT_GE(rest, most / 2);
    EXPECT_LE(rest, most);
    longest = std::max(longest, rest);
    pass(base::milliseconds(rest - 1));
    EXPECT_EQ(sent_.size(), i);
    pass(base::milliseconds(1));
    ASSERT_EQ(sent_.size(), i + 1);
    EXPECT_EQ(sent_[i], sent_[0]);
  }
  EXPECT_GE(longest, 30'000);
  EXPECT_EQ(courier_->figures().failed_in_a_row, 11u);
  taken();
  EXPECT_EQ(courier_->figures().failed_in_a_row, 0u);
  EXPECT_EQ(courier_->figures().failures, 11u);
  EXPECT_EQ(courier_->figures().deliveries, 1u);
  EXPECT_EQ(courier_->figures().lag, 0u);
}

TEST_F(CourierTest, saves_at_most_once_a_second_and_never_what_was_not_taken) {
  start(point(0));
  add("a", "1");
  tell();
  EXPECT_TRUE(saves_.empty());
  taken();
  ASSERT_EQ(saves_, std::vector{point(1)});
  stored();
  for (const char* id : {"2", "3"}) {
    add("a", id);
    tell();
    taken();
  }
  EXPECT_EQ(saves_.size(), 1u);
  ASSERT_EQ(courier_->next_wake(), std::optional(now_ + Courier::saved_every));
  pass(Courier::saved_every);
  ASSERT_EQ(saves_.size(), 2u);
  EXPECT_EQ(saves_[1], point(3));
}

// Each save is an entry of the log itself: it must not lead to the next one.
TEST_F(CourierTest, what_nobody_wants_is_saved_now_and_then_only) {
  start(point(0));
  for (std::uint64_t i = 0; i + 1 < Courier::skipped_max; ++i) add("$hooks", "h");
  tell();
  pass(base::seconds(100));
  EXPECT_TRUE(saves_.empty());
  EXPECT_FALSE(courier_->next_wake().has_value());
  add("$hooks", "h");
  tell();
  EXPECT_EQ(saves_, std::vector{end()});
  EXPECT_TRUE(sent_.empty());
  EXPECT_LE(reads_, static_cast<int>(Courier::skipped_max / 50 + 2));
}

TEST_F(CourierTest, a_save_that_failed_is_tried_again) {
  start(point(0));
  add("a", "1");
  tell();
  taken();
  stored(false);
  EXPECT_EQ(saves_.size(), 1u);
  pass(Courier::saved_every);
  EXPECT_EQ(saves_, (std::vector{point(1), point(1)}));
}

TEST_F(CourierTest, tells_once_that_changes_are_lost_and_goes_on_from_the_newest) {
  for (int i = 0; i < 10; ++i) add("a", "x");
  first_ = 8;
  start(point(2));
  ASSERT_EQ(sent_.size(), 1u);
  EXPECT_EQ(sent_[0]->reset, "compacted");
  EXPECT_EQ(sent_[0]->seq, 10u);
  EXPECT_TRUE(sent_[0]->changes.empty());
  add("a", "new");
  tell();
  taken();
  ASSERT_EQ(sent_.size(), 2u);
  EXPECT_EQ(ids(1), Ids{"new"});
  EXPECT_EQ(courier_->figures().resets, 1u);
}

TEST_F(CourierTest, a_place_in_another_history_is_a_reset) {
  for (int i = 0; i < 3; ++i) add("a", "x");
  start(hub::LogEnd{2, 999});
  ASSERT_EQ(sent_.size(), 1u);
  EXPECT_EQ(sent_[0]->reset, "other history");
  taken();
  start(hub::LogEnd{99, 5});
  EXPECT_EQ(sent_.back()->reset, "other history");
}

TEST_F(CourierTest, waits_when_the_log_cannot_be_read) {
  start(point(0));
  add("a", "1");
  courier_->log_ends(now_, end());
  const auto want = courier_->poll();
  ASSERT_TRUE(want && std::holds_alternative<Courier::Read>(*want));
  hub::LogRead failed;
  failed.problem = "the disk is gone";
  courier_->read(now_, std::move(failed));
  drive();
  EXPECT_TRUE(sent_.empty());
  pass(Courier::rest_min);
  EXPECT_EQ(sent_.size(), 1u);
}

TEST_F(CourierTest, saves_at_the_end_and_begins_nothing_more) {
  start(point(0));
  for (const char* id : {"1", "2"}) {
    add("a", id);
    tell();
    taken();
    stored();
  }
  ASSERT_EQ(saves_.size(), 1u);
  add("a", "3");
  courier_->drain(now_);
  tell();
  EXPECT_EQ(saves_.back(), point(2));
  EXPECT_EQ(sent_.size(), 2u);
}

TEST(HookPatterns, a_star_stands_for_any_part_of_a_name) {
  EXPECT_TRUE(matches("todos", "todos"));
  EXPECT_FALSE(matches("todos", "todo"));
  EXPECT_TRUE(matches("*", ""));
  EXPECT_TRUE(matches("note-*", "note-"));
  EXPECT_TRUE(matches("note-*", "note-a"));
  EXPECT_FALSE(matches("note-*", "anote-a"));
  EXPECT_TRUE(matches("*-a*b", "x-aab-ab"));
  EXPECT_FALSE(matches("*-a*b", "x-aab-abc"));
  EXPECT_TRUE(matches("a**", "a"));
  EXPECT_FALSE(matches("", "a"));
}

TEST(HookPayload, says_what_changed_as_the_native_protocol_does) {
  Delivery delivery{.hook = "h", .space = "default", .epoch = 0xab, .seq = 9, .changes = {}, .reset = {}};
  model::Change change;
  change.seq = 9;
  change.record.key = {"to\"dos", "1"};
  change.record.version = 3;
  change.record.data = R"({"a":1})";
  change.record.created = {5};
  change.record.updated = {6};
  change.previous = 2;
  change.writer = "w";
  change.number = 4;
  delivery.changes.push_back(change);
  change.record.data.clear();
  change.writer.clear();
  delivery.changes.push_back(change);
  EXPECT_EQ(
      body_of(delivery),
      R"({"hook":"h","space":"default","epoch":"00000000000000ab","seq":9,"changes":[)"
      R"({"seq":9,"collection":"to\"dos","id":"1","version":3,"previous":2,"op":"set","data":{"a":1},)"
      R"("createdAt":5,"updatedAt":6,"by":"w#4"},)"
      R"({"seq":9,"collection":"to\"dos","id":"1","version":3,"previous":2,"op":"delete","updatedAt":6}]})");
  delivery.changes.clear();
  delivery.reset = "compacted";
  EXPECT_EQ(body_of(delivery), R"({"hook":"h","space":"default","epoch":"00000000000000ab","seq":9,)"
                               R"("reset":true,"reason":"compacted","changes":[]})");
}

// By openssl: printf '1700000000.{}' | openssl dgst -sha256 -hmac 0123456789abcdef
TEST(HookPayload, is_signed_together_with_its_time) {
  EXPECT_EQ(signature_of("0123456789abcdef", 1'700'000'000, "{}"),
            "t=1700000000,v1=e4f8e2ecae2295b2ddb2f0b5584c8275e226c0ebe9b3b819e70156bb67122e3e");
}

}  // namespace
}  // namespace rockpool::hooks
