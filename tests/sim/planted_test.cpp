// The simulator's own test: faults planted around the product, each of which some checker has to notice.
#include "tests/sim/planted.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/dialects/native/codec.h"

namespace rockpool::sim {
namespace {

namespace native = dialects::native;

template <typename Message>
std::string frame_of(const std::vector<Message>& messages, std::string (*encode)(const Message&)) {
  std::string frame;
  for (const Message& message : messages) frame += (frame.empty() ? "[" : ",") + encode(message);
  return frame + "]";
}

// A fault in what clients say: `change` is given each mutation of a push, and may add others to the group.
Faults up(std::function<void(World&, model::Group&)> change) {
  Faults faults;
  faults.up = [change = std::move(change)](World& world, std::string frame) {
    auto messages = native::decode_up(frame);
    if (!messages.ok()) return frame;
    std::vector<native::UpMessage> changed;
    for (auto& message : *messages) {
      if (!message.ok()) return frame;
      if (auto* push = std::get_if<native::Push>(&*message)) {
        for (model::Group& group : push->groups) change(world, group);
      }
      changed.push_back(std::move(*message));
    }
    return frame_of(changed, native::encode_up);
  };
  return faults;
}

// A fault in what the server says.
Faults down(std::function<void(native::DownMessage&)> change) {
  Faults faults;
  faults.down = [change = std::move(change)](std::string frame) {
    auto messages = native::decode_down(frame);
    if (!messages.ok() || messages->empty()) return frame;
    for (native::DownMessage& message : *messages) change(message);
    return frame_of(*messages, native::encode_down);
  };
  return faults;
}

model::Version version_of(const World& world, const model::Key& key) {
  const auto held = world.log().lineage()->records.find(key);
  return held == world.log().lineage()->records.end() ? 0 : held->second.version;
}

TEST(Planted, nothing_is_found_where_nothing_is_planted) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Outcome outcome = run_seed(seed, Trace::Text::none);
    EXPECT_FALSE(outcome.failure) << "seed " << seed << ": " << outcome.failure->what;
  }
}

TEST(Planted, a_hub_that_ignores_base_versions) {
  const Faults faults = up([](World& world, model::Group& group) {
    for (model::Mutation& mutation : group) {
      if (model::is_commutative(mutation.op)) continue;
      mutation.after.reset();
      mutation.base = version_of(world, mutation.key);
    }
  });
  EXPECT_EQ(caught(faults), invariant::blind);
}

TEST(Planted, a_log_that_does_not_store_which_mutations_it_applied) {
  Faults faults;
  faults.append = [](hub::Batch& batch) {
    batch.outcomes.clear();
    batch.marks.clear();
  };
  EXPECT_EQ(caught(faults), invariant::once);
}

TEST(Planted, a_server_that_forgets_at_each_start_what_it_applied) {
  Faults faults;
  faults.books_lost = true;
  EXPECT_TRUE(is_caught_by(faults, invariant::once));
}

TEST(Planted, a_disk_that_says_stored_before_it_is) {
  Faults faults;
  faults.disk_lies = true;
  EXPECT_EQ(caught(faults), invariant::durable);
}

TEST(Planted, a_log_that_says_ok_and_stores_nothing) {
  Faults faults;
  faults.log_lies = true;
  EXPECT_TRUE(is_caught_by(faults, invariant::durable));
}

TEST(Planted, a_server_that_never_forgets_its_watchers) {
  Faults faults;
  faults.closed_swallowed = true;
  EXPECT_EQ(caught(faults), invariant::forgotten);
}

TEST(Planted, a_change_that_is_left_out_of_a_frame) {
  const Faults faults = down([](native::DownMessage& message) {
    auto* changes = std::get_if<native::Changes>(&message);
    if (changes != nullptr && changes->changes.size() > 1) changes->changes.pop_back();
  });
  EXPECT_EQ(caught(faults), invariant::feed);
}

TEST(Planted, changes_in_the_wrong_order) {
  const Faults faults = down([](native::DownMessage& message) {
    auto* changes = std::get_if<native::Changes>(&message);
    if (changes != nullptr && changes->changes.size() > 1)
      std::swap(changes->changes.front(), changes->changes.back());
  });
  EXPECT_EQ(caught(faults), invariant::feed);
}

TEST(Planted, a_change_told_twice) {
  const Faults faults = down([](native::DownMessage& message) {
    auto* changes = std::get_if<native::Changes>(&message);
    if (changes != nullptr && !changes->changes.empty()) changes->changes.push_back(changes->changes.back());
  });
  EXPECT_EQ(caught(faults), invariant::feed);
}

TEST(Planted, a_snapshot_without_one_of_its_records) {
  const Faults faults = down([](native::DownMessage& message) {
    auto* snapshot = std::get_if<native::Snapshot>(&message);
    if (snapshot != nullptr && snapshot->records.size() > 1) snapshot->records.pop_back();
  });
  EXPECT_EQ(caught(faults), invariant::agreement);
}

TEST(Planted, a_push_delivered_again_under_a_new_number) {
  const Faults faults = up([](World&, model::Group& group) {
    model::Mutation again = group.front();
    if (again.op != model::Op::add) return;
    again.number += 1'000'000;
    group.push_back(again);
  });
  EXPECT_EQ(caught(faults), invariant::once);
}

TEST(Planted, an_edit_that_brings_a_deleted_record_back) {
  const Faults faults = up([](World& world, model::Group& group) {
    for (model::Mutation& mutation : group) {
      const auto held = world.log().lineage()->records.find(mutation.key);
      const bool deleted = held != world.log().lineage()->records.end() && !held->second.exists();
      if (!deleted || mutation.op != model::Op::patch) continue;
      mutation.op = model::Op::put;
      mutation.after.reset();
      mutation.base = 0;
      mutation.data = R"({"t":"back"})";
    }
  });
  EXPECT_TRUE(is_caught_by(faults, invariant::deletes));
}

TEST(Planted, a_conflict_answered_as_if_it_had_been_applied) {
  const Faults faults = down([](native::DownMessage& message) {
    const auto* conflicted = std::get_if<model::Conflicted>(&message);
    if (conflicted == nullptr) return;
    message = model::Acked{.number = conflicted->number, .version = conflicted->version + 1, .seq = 1};
  });
  EXPECT_EQ(caught(faults), invariant::durable);
}

TEST(Planted, acknowledgements_that_never_arrive) {
  const Faults faults = down([](native::DownMessage& message) {
    if (std::holds_alternative<model::Acked>(message)) message = native::Pong{};
    // The change itself would tell its author as well.
    if (auto* changes = std::get_if<native::Changes>(&message)) {
      for (model::Change& change : changes->changes) change.writer = "somebody";
    }
  });
  EXPECT_EQ(caught(faults), invariant::once);
}

TEST(Planted, a_batch_applied_in_two_parts) {
  Faults faults;
  faults.up = [](World&, std::string frame) {
    auto messages = native::decode_up(frame);
    if (!messages.ok() || messages->size() != 1 || !messages->front().ok()) return frame;
    auto* push = std::get_if<native::Push>(&*messages->front());
    if (push == nullptr) return frame;
    std::vector<model::Group> singles;
    for (const model::Group& group : push->groups) {
      for (const model::Mutation& mutation : group) singles.push_back({mutation});
    }
    push->groups = singles;
    return native::encode_up(*push);
  };
  EXPECT_EQ(caught(faults), invariant::once);
}

TEST(Planted, a_poll_whose_answer_was_lost_and_is_not_repeated) {
  Faults faults;
  faults.polls_lost = true;
  EXPECT_TRUE(is_caught_by(faults, invariant::feed));
}

TEST(Seeds, the_same_seed_gives_the_same_trace) {
  for (const std::uint64_t seed : {3u, 17u, 42u}) {
    const Outcome first = run_seed(seed, Trace::Text::none);
    const Outcome second = run_seed(seed, Trace::Text::keep_last);
    EXPECT_EQ(first.hash, second.hash) << seed;
    EXPECT_EQ(first.events, second.events) << seed;
    EXPECT_GT(first.events, 0u);
  }
}

TEST(Seeds, another_seed_is_another_world) {
  EXPECT_NE(run_seed(3, Trace::Text::none).hash, run_seed(4, Trace::Text::none).hash);
}

}  // namespace
}  // namespace rockpool::sim
