// What a write results in has to fit the schema of its collection.
#include "core/hub/test_world.h"

namespace rockpool::hub {
namespace {

using namespace testing;
using base::Code;
using model::Acked;
using model::Declined;

class HubSchema : public ::testing::Test {
 protected:
  void hold(const std::string& pattern, std::string_view text) {
    auto schemas = std::make_shared<schema::Schemas>();
    schemas->add("garden", pattern, *schema::Schema::compile(*model::read(text)));
    world.hub.set_schemas(std::move(schemas));
  }
  model::Ticket write(std::vector<model::Mutation> mutations) {
    const model::Ticket ticket = world.write(std::move(mutations), "client-1");
    world.run();
    return ticket;
  }

  ScriptedLog log;
  World world{log};
};

constexpr std::string_view counted = R"({"type":"object","required":["n"],"properties":{"n":{"maximum":3}}})";

TEST_F(HubSchema, a_write_that_does_not_fit_is_refused_with_its_place) {
  hold("*", counted);
  const auto declined = world.outcome<Declined>(write({put(1, "a", R"({"n":4})", 0)}));
  EXPECT_EQ(declined.error.code, Code::invalid);
  EXPECT_EQ(declined.error.path, "/n");
  EXPECT_EQ(declined.error.message, "/n: maximum: must be at most 3");
  EXPECT_FALSE(world.record("a").has_value());
  EXPECT_EQ(world.outcome<Acked>(write({put(2, "a", R"({"n":3})", 0)})).version, 1u);
}

TEST_F(HubSchema, what_counts_is_what_the_write_results_in) {
  write({put(1, "a", R"({"n":1,"m":1})", 0)});
  hold("*", counted);
  model::Mutation patch = put(2, "a", R"({"n":null})", 1);
  patch.op = model::Op::patch;
  EXPECT_EQ(world.outcome<Declined>(write({patch})).error.path, "");
  EXPECT_EQ(world.outcome<Acked>(write({add(3, "a", "/n", "2")})).version, 2u);
  EXPECT_EQ(world.outcome<Declined>(write({add(4, "a", "/n", "2")})).error.path, "/n");
}

TEST_F(HubSchema, one_that_does_not_fit_refuses_the_whole_batch) {
  hold("*", counted);
  const auto ticket =
      world.write_groups({{put(1, "a", R"({"n":1})", 0), put(2, "b", R"({})", 0)}}, "client-1");
  world.run();
  const auto outcomes = world.outcomes(ticket);
  ASSERT_EQ(outcomes.size(), 2u);
  EXPECT_EQ(std::get<Declined>(outcomes[0]).error.code, Code::depends);
  EXPECT_EQ(std::get<Declined>(outcomes[1]).error.code, Code::invalid);
  EXPECT_FALSE(world.record("a").has_value());
}

TEST_F(HubSchema, what_was_stored_before_stays_and_may_be_removed) {
  write({put(1, "a", R"({"n":9})", 0)});
  hold("*", counted);
  EXPECT_EQ(world.record("a")->data, R"({"n":9})");
  EXPECT_EQ(world.outcome<Acked>(write({remove(2, "a", 1)})).version, 2u);
}

TEST_F(HubSchema, holds_for_the_collections_it_names) {
  hold("other-*", counted);
  EXPECT_EQ(world.outcome<Acked>(write({put(1, "a", "5", 0)})).version, 1u);
}

}  // namespace
}  // namespace rockpool::hub
