#include "core/sync/outbox.h"

#include <gtest/gtest.h>

namespace rockpool::sync {
namespace {

Pending pending_of(std::uint64_t number, std::vector<std::uint64_t> carries) {
  Pending pending;
  pending.mutation.number = pending.group = number;
  pending.carries = std::move(carries);
  return pending;
}

// As a journal is replayed: what changed comes in the order of numbers.
TEST(Outbox, finds_a_merged_write_that_went_from_a_higher_number_to_a_lower_one) {
  Outbox outbox;
  outbox.add(pending_of(5, {1}));
  outbox.add(pending_of(3, {1, 5}));
  outbox.erase(5);
  EXPECT_EQ(outbox.carrier_of(1), 3u);
  EXPECT_EQ(outbox.carrier_of(5), 3u);
}

}  // namespace
}  // namespace rockpool::sync
