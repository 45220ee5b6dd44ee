// What a write results in has to suit the fields that dialects have made of its collection.
#include "core/hub/test_world.h"

namespace rockpool::hub {
namespace {

using namespace testing;
using base::Code;
using model::Acked;
using model::Declined;

class HubFields : public ::testing::Test {
 protected:
  // Says of the collection of the test's records that it has those fields.
  static model::Mutation say(const std::string& fields) {
    model::Mutation said = put(0, "tasks", R"({"name":"tasks","fields":)" + fields + "}", 0);
    said.key.collection = "$collections";
    return said;
  }
  model::Ticket own(std::vector<model::Mutation> group) {
    model::Write write{.client = {}, .owns = true};
    write.groups.push_back(std::move(group));
    const model::Ticket ticket = world.ask(std::move(write));
    world.run();
    return ticket;
  }
  model::Ticket write(std::vector<model::Mutation> mutations) {
    const model::Ticket ticket = world.write(std::move(mutations), "client-1");
    world.run();
    return ticket;
  }

  ScriptedLog log;
  World world{log};
};

const std::string number = R"([{"key":"n","type":"number"}])";

TEST_F(HubFields, refuse_a_write_that_does_not_suit_them) {
  own({say(number)});
  const auto declined = world.outcome<Declined>(write({put(1, "a", R"({"n":"x"})", 0)}));
  EXPECT_EQ(declined.error.code, Code::invalid);
  EXPECT_EQ(declined.error.path, "/n");
  EXPECT_EQ(world.outcome<Declined>(write({put(2, "a", "7", 0)})).error.path, "");
  EXPECT_EQ(world.outcome<Acked>(write({put(3, "a", R"({"n":3,"more":"x"})", 0)})).version, 1u);
  model::Mutation patch = put(4, "a", R"({"n":[]})", 1);
  patch.op = model::Op::patch;
  EXPECT_EQ(world.outcome<Declined>(write({patch})).error.path, "/n");
}

TEST_F(HubFields, leave_what_was_there_before_them) {
  write({put(1, "a", R"({"n":"x"})", 0)});
  own({say(number)});
  model::Mutation patch = put(2, "a", R"({"m":1})", 1);
  patch.op = model::Op::patch;
  EXPECT_EQ(world.outcome<Acked>(write({patch})).version, 2u);
}

TEST_F(HubFields, hold_within_the_batch_that_makes_them_and_not_when_it_fails) {
  const model::Mutation bad = put(0, "a", R"({"n":"x"})", 0);
  own({say(number), bad});
  EXPECT_FALSE(world.record("a").has_value());
  own({bad});
  EXPECT_TRUE(world.record("a").has_value()) << "nothing came of the fields";
  own({say(R"([{"key":"m","type":"text"}])")});
  EXPECT_EQ(world.outcome<Declined>(write({put(1, "b", R"({"m":1,"n":"x"})", 0)})).error.path, "/m");
}

}  // namespace
}  // namespace rockpool::hub
