#include "core/hub/test_world.h"

namespace rockpool::hub {
namespace {

using namespace testing;
using base::Code;

class HubPresence : public ::testing::Test {
 protected:
  model::Ticket set(const std::string& member, const std::string& state, const std::string& room = "board") {
    return world.ask(model::SetPresence{room, member, state});
  }
  std::vector<model::Present::Member> members(const std::string& room = "board") {
    return world.reply<model::Present>(world.ask(model::ListPresence{room})).members;
  }
  model::Present::Member told(std::size_t at) {
    return std::get<model::PresenceMoved>(world.tells.at(at).notices.at(0).second).member;
  }

  ScriptedLog log;
  World world{log};
};

TEST_F(HubPresence, a_member_that_says_something_is_there_and_told_of) {
  set("c1-t1", R"({"x":1})");
  EXPECT_EQ(members(), (std::vector<model::Present::Member>{{"c1-t1", "ann", R"({"x":1})"}}));
  ASSERT_EQ(world.tells.size(), 1u);
  EXPECT_EQ(world.tells[0].notices[0].first, (model::Topic{"garden", model::Topic::Kind::presence, "board"}));
  EXPECT_EQ(told(0).state, R"({"x":1})");
}

TEST_F(HubPresence, the_last_state_wins_and_the_same_one_is_not_told_again) {
  set("c1-t1", "1");
  set("c1-t1", "2");
  set("c1-t1", "2");
  EXPECT_EQ(members()[0].state, "2");
  EXPECT_EQ(world.tells.size(), 2u);
}

TEST_F(HubPresence, leaving_is_told_once_with_an_empty_state) {
  set("c1-t1", "1");
  set("c1-t1", "");
  set("c1-t1", "");
  EXPECT_TRUE(members().empty());
  ASSERT_EQ(world.tells.size(), 2u);
  EXPECT_EQ(told(1), (model::Present::Member{"c1-t1", "ann", ""}));
}

TEST_F(HubPresence, when_a_connection_goes_its_members_leave_every_room) {
  set("c1-t1", "1", "board");
  set("c1-t1", "1", "hall");
  set("c1-t2", "1", "board");
  set("c2-t1", "1", "board");
  world.hub.handle(world.now, Gone{"c1-"});
  world.drain();
  EXPECT_EQ(world.tells.size(), 7u);
  EXPECT_EQ(members().size(), 1u);
  EXPECT_TRUE(members("hall").empty());
  EXPECT_EQ(world.hub.figures().presences, 1u);
}

TEST_F(HubPresence, rooms_of_one_name_in_two_spaces_are_two) {
  set("c1-t1", "1");
  const auto other = world.ask(model::ListPresence{"board"}, "ann", "kitchen");
  EXPECT_TRUE(world.reply<model::Present>(other).members.empty());
}

TEST_F(HubPresence, a_state_holds_4_KiB_and_no_more) {
  EXPECT_EQ(world.reply<model::Present>(set("m", std::string(4096, '1'))).members.size(), 1u);
  EXPECT_EQ(world.reply<model::Failed>(set("m", std::string(4097, '1'))).error.code, Code::too_large);
}

TEST_F(HubPresence, a_member_is_in_100_rooms_and_no_more) {
  for (int i = 0; i < 100; ++i) world.reply<model::Present>(set("m", "1", "room" + std::to_string(i)));
  EXPECT_EQ(world.reply<model::Failed>(set("m", "1", "one more")).error.code, Code::quota);
  set("m", "", "room5");
  world.reply<model::Present>(set("m", "1", "one more"));
}

TEST_F(HubPresence, names_that_are_empty_or_too_long_fail) {
  EXPECT_EQ(world.reply<model::Failed>(set("", "1")).error.code, Code::invalid);
  EXPECT_EQ(world.reply<model::Failed>(set("m", "1", "")).error.code, Code::invalid);
  EXPECT_EQ(world.reply<model::Failed>(set("m", "1", std::string(257, 'r'))).error.code, Code::invalid);
}

}  // namespace
}  // namespace rockpool::hub
