#include "core/hub/entry.h"

#include <gtest/gtest.h>

#include "core/base/prng.h"

namespace rockpool::hub {
namespace {

model::Change some_change(const std::string& id, model::Version version) {
  model::Change change;
  change.record = {.key = {"tasks", id},
                   .version = version,
                   .born = 2,
                   .num = 77,
                   .data = R"({"title":"sow"})",
                   .meta = "{}",
                   .created = {1000},
                   .updated = {2000}};
  change.previous = version - 1;
  change.writer = "ab12";
  change.number = 9;
  return change;
}

Batch some_batch() {
  Batch batch{
      .space = "garden", .write_id = "w1", .time = {1234}, .changes = {}, .marks = {}, .outcomes = {}};
  batch.changes = {some_change("a", 3), some_change("b", 1)};
  batch.changes[1].record.data.clear();
  batch.marks = {
      {.user = "ann", .client = "c-1", .settled = 5, .except = {2, 4}, .highest = 9, .seen = {1200}}};
  batch.outcomes = {{.mark = 0, .number = 9, .version = 3}};
  return batch;
}

TEST(Entry, decodes_to_what_was_encoded) {
  const auto decoded = decode(encode(some_batch()));
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(*decoded, some_batch());
}

TEST(Entry, a_barrier_is_an_empty_batch) {
  const Batch barrier{.space = "", .write_id = "b", .time = {1}, .changes = {}, .marks = {}, .outcomes = {}};
  const auto decoded = decode(encode(barrier));
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(*decoded, barrier);
}

TEST(Entry, times_before_1970_and_large_numbers_survive) {
  Batch batch = some_batch();
  batch.time = {-5};
  batch.changes[0].record.version = (1ull << 53) - 1;
  batch.changes[0].record.num = INT64_MAX;
  const auto decoded = decode(encode(batch));
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(*decoded, batch);
}

TEST(Entry, refuses_every_cut) {
  const std::string bytes = encode(some_batch());
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_FALSE(decode(std::string_view(bytes).substr(0, length)).ok()) << length;
  }
}

TEST(Entry, refuses_bytes_left_over) { EXPECT_FALSE(decode(encode(some_batch()) + '\0').ok()); }

TEST(Entry, refuses_a_format_it_does_not_know) {
  std::string bytes = encode(some_batch());
  bytes[0] = 2;
  const auto decoded = decode(bytes);
  ASSERT_FALSE(decoded.ok());
  EXPECT_NE(decoded.error().message.find("newer"), std::string::npos);
}

TEST(Entry, refuses_an_outcome_of_a_client_that_is_not_there) {
  Batch batch = some_batch();
  batch.outcomes[0].mark = 1;
  EXPECT_FALSE(decode(encode(batch)).ok());
}

TEST(Entry, survives_flipped_bytes) {
  const std::string bytes = encode(some_batch());
  base::Prng prng(11);
  for (int round = 0; round < 2000; ++round) {
    std::string damaged = bytes;
    damaged[prng.below(damaged.size())] = static_cast<char>(prng.below(256));
    const auto decoded = decode(damaged);
    if (!decoded.ok()) continue;
    const auto again = decode(encode(*decoded));
    ASSERT_TRUE(again.ok());
    EXPECT_EQ(*again, *decoded);
  }
}

TEST(Entry, the_chain_depends_on_all_before_it) {
  const std::string a = encode(some_batch());
  const std::uint64_t first = next_chain(0, a);
  EXPECT_NE(next_chain(first, a), first);
  EXPECT_EQ(next_chain(first, a), next_chain(first, a));
  EXPECT_NE(next_chain(first + 1, a), next_chain(first, a));
}

}  // namespace
}  // namespace rockpool::hub
