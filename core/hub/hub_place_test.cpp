// What dialects need that count versions from a record's birth and write at places.
#include <algorithm>

#include "core/hub/test_world.h"

namespace rockpool::hub {
namespace {

using namespace testing;
using model::Acked;
using model::Conflicted;
using model::Declined;

class HubPlace : public ::testing::Test {
 protected:
  static model::Mutation forced(const std::string& data) {
    model::Mutation mutation = put(1, "a", data, 0);
    mutation.base.reset();
    return mutation;
  }
  static model::Mutation aged(const std::string& data, model::Version age) {
    model::Mutation mutation = put(1, "a", data, age);
    mutation.by_age = true;
    return mutation;
  }
  static model::Mutation place(const std::string& steps, const std::string& data) {
    model::Mutation mutation = forced(data);
    mutation.op = model::Op::place;
    mutation.path = steps;
    return mutation;
  }
  static model::Mutation gone() {
    model::Mutation mutation = forced("");
    mutation.op = model::Op::remove;
    return mutation;
  }
  model::Ticket write(std::vector<model::Mutation> mutations, std::uint64_t author = 0) {
    std::vector<model::Group> groups;
    for (model::Mutation& mutation : mutations) groups.push_back({std::move(mutation)});
    const model::Ticket ticket = world.ask(model::Write{.groups = std::move(groups), .author = author});
    world.run();
    return ticket;
  }
  model::Version age() { return world.record("a")->version - world.record("a")->born; }

  ScriptedLog log;
  World world{log};
};

TEST_F(HubPlace, an_age_counts_from_the_record_s_birth) {
  world.outcome<Acked>(write({aged("1", 0)}));
  world.outcome<Acked>(write({aged("2", 1)}));
  EXPECT_EQ(age(), 2u);
  write({gone()});
  world.outcome<Acked>(write({aged("3", 0)}));
  EXPECT_EQ(age(), 1u);
  EXPECT_EQ(world.record("a")->version, 4u);
}

TEST_F(HubPlace, another_age_is_a_conflict_that_tells_the_record_and_its_birth) {
  write({aged("1", 0), gone(), aged("2", 0)});
  for (const model::Version wrong : {0u, 2u, 9u}) {
    const auto conflict = world.outcome<Conflicted>(write({aged("9", wrong)}));
    EXPECT_EQ(conflict.version - conflict.born, 1u) << wrong;
    EXPECT_EQ(conflict.data, "2");
  }
  EXPECT_EQ(world.outcome<Conflicted>(write({put(1, "b", "1", 7)})).version, 0u);
}

TEST_F(HubPlace, a_blank_record_is_born_with_its_own_version) {
  model::Mutation blank = put(1, "a", "{}", 0);
  blank.blank = true;
  world.outcome<Acked>(write({blank}));
  EXPECT_EQ(age(), 0u);
  world.outcome<Conflicted>(write({blank}));
  world.outcome<Acked>(write({aged("1", 0)}));
  EXPECT_EQ(age(), 1u);
}

TEST_F(HubPlace, a_write_at_a_place_begins_a_record_or_changes_a_part_of_it) {
  write({place(R"(["x","y"])", "1"), place(R"(["l",1])", "2")});
  EXPECT_EQ(world.record("a")->data, R"({"x":{"y":1},"l":[null,2]})");
  EXPECT_EQ(world.record("a")->version, 2u);
}

TEST_F(HubPlace, a_place_that_cannot_be_changes_nothing) {
  write({forced(R"({"l":[1]})")});
  EXPECT_EQ(world.outcome<Declined>(write({place(R"(["l","x"])", "1")})).error.code, base::Code::invalid);
  EXPECT_EQ(world.outcome<Declined>(write({place("[]", "1")})).error.code, base::Code::invalid);
  EXPECT_EQ(world.record("a")->version, 1u);
}

TEST_F(HubPlace, writes_without_a_client_each_see_the_one_before_and_none_undoes_another) {
  const model::Ticket ticket = write(
      {aged("1", 0), aged("2", 1), aged("9", 7), place("[]", "1"), aged("[3]", 2), gone(), aged("4", 0)});
  const auto outcomes = world.outcomes(ticket);
  ASSERT_EQ(outcomes.size(), 7u);
  const auto is_acked = [](const auto& one) { return std::holds_alternative<Acked>(one); };
  EXPECT_EQ(std::count_if(outcomes.begin(), outcomes.end(), is_acked), 5);
  EXPECT_EQ(world.record("a")->data, "4");
  EXPECT_EQ(log.entries.size(), 1u);
}

TEST_F(HubPlace, listeners_are_told_who_wrote_and_where) {
  write({forced("{}"), place(R"(["x"])", "1")}, 77);
  const auto& [topic, notice] = world.tells.back().notices.at(0);
  const auto& changed = std::get<model::Changed>(notice);
  ASSERT_EQ(changed.hints.size(), 2u);
  EXPECT_EQ(changed.hints[0].author, 77u);
  EXPECT_EQ(changed.hints[0].path, "");
  EXPECT_EQ(changed.hints[1].author, 77u);
  EXPECT_EQ(changed.hints[1].path, R"(["x"])");
  write({forced("2")});
  const auto& later = std::get<model::Changed>(world.tells.back().notices.at(0).second);
  EXPECT_EQ(later.hints.at(0).author, 0u);
  EXPECT_EQ(later.hints.at(0).path, "");
}

}  // namespace
}  // namespace rockpool::hub
