// Who is shown what, who may write what, and what becomes of readers whose rights change.
#include "core/hub/test_world.h"

namespace rockpool::hub {
namespace {

using namespace testing;
using base::Code;
using model::Acked;
using model::Conflicted;
using model::Declined;
using model::Gone;
using model::Greeted;
using model::Since;

// Records of `tasks` are their owner's, which their member `by` names; editors see and change all of them.
rights::SpaceRules owners() {
  const rights::Who owner{.owner = true, .users = {}, .roles = {"editor"}};
  rights::SpaceRules rules{.access = rights::Access::rules, .names = {}};
  using rights::Verb;
  rules.names[rights::Kind::collection] = {
      {.pattern = "tasks",
       .verbs = {{Verb::read, owner}, {Verb::create, owner}, {Verb::update, owner}, {Verb::remove, owner}},
       .owner = "by",
       .records = {}}};
  return rules;
}

rights::SpaceRules of_users() { return {.access = rights::Access::closed, .names = {}}; }

class HubRights : public ::testing::Test {
 protected:
  HubRights() { rule(owners()); }

  void rule(const rights::SpaceRules& rules) {
    auto rights = std::make_shared<rights::Rights>();
    rights->add_space("garden", rules);
    world.hub.set_rights(std::move(rights));
  }
  model::Ticket ask(const std::string& user, model::Command command) {
    model::Principal principal{.user = user};
    if (user == "eve") principal.roles = {"editor"};
    world.hub.handle(world.now, Ask{++world.last_ticket, principal, "garden", std::move(command)});
    world.drain();
    world.run();
    return world.last_ticket;
  }
  model::Ticket write(const std::string& user, model::Mutation mutation) {
    return ask(user, model::Write{"client-" + user, 0, {}, {{std::move(mutation)}}});
  }
  std::string by(const std::string& user) { return R"({"by":")" + user + "\"}"; }
  std::vector<std::string> page(const std::string& user) {
    std::vector<std::string> ids;
    for (const auto& record : world.reply<model::Page>(ask(user, model::Scan{"tasks"})).records) {
      ids.push_back(record.key.id);
    }
    return ids;
  }
  std::string cursor(const std::string& user) {
    return world.reply<Since>(ask(user, model::CatchUp{"tasks", {}, 0})).cursor;
  }
  model::Ticket catch_up(const std::string& user, const std::string& from, bool brought = false) {
    return ask(user, model::CatchUp{"tasks", model::read_cursor(from), 1 << 20, brought});
  }

  ScriptedLog log;
  World world{log};
};

TEST_F(HubRights, show_each_user_its_own_records) {
  write("ann", put(1, "a", by("ann"), 0));
  write("bob", put(1, "b", by("bob"), 0));
  EXPECT_EQ(page("ann"), std::vector<std::string>{"a"});
  EXPECT_EQ(page("eve"), (std::vector<std::string>{"a", "b"}));
  EXPECT_TRUE(world.reply<model::Found>(ask("ann", model::Read{{"tasks", "a"}})).record);
  EXPECT_FALSE(world.reply<model::Found>(ask("ann", model::Read{{"tasks", "b"}})).record);
}

TEST_F(HubRights, refuse_who_is_shown_nothing) {
  EXPECT_EQ(world.reply<model::Failed>(ask("", model::Scan{"tasks"})).error.code, Code::forbidden);
  EXPECT_EQ(world.reply<model::Failed>(ask("ann", model::CatchUp{"other", {}, 0})).error.code,
            Code::forbidden);
}

TEST_F(HubRights, refuse_writes_for_others_and_to_others) {
  EXPECT_EQ(world.outcome<Declined>(write("ann", put(1, "a", by("bob"), 0))).error.path, "/by");
  write("bob", put(1, "b", by("bob"), 0));
  EXPECT_EQ(world.outcome<Declined>(write("ann", put(2, "b", by("ann"), 1))).error.code, Code::forbidden);
  EXPECT_EQ(world.outcome<Declined>(write("ann", remove(3, "b", 1))).error.code, Code::forbidden);
  EXPECT_EQ(world.outcome<Acked>(write("eve", put(1, "b", by("ann"), 1))).version, 2u);
  EXPECT_EQ(world.outcome<Acked>(write("ann", remove(4, "b", 2))).version, 3u);
}

TEST_F(HubRights, do_not_tell_by_a_conflict_what_may_not_be_read) {
  using rights::Verb;
  rights::SpaceRules rules = owners();
  rules.names[rights::Kind::collection][0].verbs[Verb::create] = {.user = true, .users = {}, .roles = {}};
  rules.names[rights::Kind::collection][0].verbs[Verb::update] = {.user = true, .users = {}, .roles = {}};
  rule(rules);
  write("bob", put(1, "b", by("bob"), 0));
  const auto refused = world.outcome<Declined>(write("ann", put(1, "b", by("ann"), 0)));
  EXPECT_EQ(refused.error.code, Code::forbidden);
  EXPECT_EQ(refused.error.message.find("bob"), std::string::npos);
  EXPECT_EQ(world.outcome<Conflicted>(write("bob", put(2, "b", by("bob"), 0))).data, by("bob"));
}

TEST_F(HubRights, tell_a_change_once_to_each_who_sees_it) {
  write("ann", put(1, "a", by("ann"), 0));
  world.tells.clear();
  write("eve", put(1, "a", by("bob"), 1));
  ASSERT_EQ(world.tells.size(), 1u);
  std::map<std::string, model::Change> heard;
  for (const auto& [topic, notice] : world.tells[0].notices) {
    heard[topic.scope] = std::get<model::Changed>(notice).changes.at(0);
  }
  ASSERT_EQ(heard.size(), 3u);
  EXPECT_EQ(heard[""].record.data, by("bob"));
  EXPECT_EQ(heard["=bob"].record.data, by("bob"));
  EXPECT_TRUE(heard["=ann"].left);
  EXPECT_TRUE(heard["=ann"].record.data.empty());
  EXPECT_EQ(heard["=ann"].record.version, 2u);
}

TEST_F(HubRights, bring_a_reader_up_to_date_with_what_it_sees_and_what_left_its_sight) {
  write("ann", put(1, "a", by("ann"), 0));
  const std::string from = cursor("ann");
  write("bob", put(1, "b", by("bob"), 0));
  write("ann", put(2, "c", by("ann"), 0));
  write("eve", put(1, "a", by("bob"), 1));
  const auto since = world.reply<Since>(catch_up("ann", from));
  ASSERT_EQ(since.changes.size(), 2u);
  EXPECT_EQ(since.changes[0].record.key.id, "c");
  EXPECT_EQ(since.changes[1].record.key.id, "a");
  EXPECT_TRUE(since.changes[1].left);
  EXPECT_TRUE(since.changes[1].record.data.empty());
  EXPECT_EQ(since.scopes, std::vector<std::string>{"=ann"});
  EXPECT_EQ(world.reply<Since>(catch_up("eve", from)).changes.size(), 3u);
}

TEST_F(HubRights, tell_an_owner_of_a_deletion_by_somebody_else) {
  write("ann", put(1, "a", by("ann"), 0));
  const std::string from = cursor("ann");
  write("eve", remove(1, "a", 1));
  EXPECT_EQ(world.reply<Since>(catch_up("ann", from)).changes.size(), 1u);
  EXPECT_EQ(world.reply<Since>(catch_up("bob", from)).changes.size(), 0u);
}

TEST_F(HubRights, end_the_cursors_of_who_is_shown_more_than_before) {
  ask("ann", model::Greet{"client-ann", 0, {}});
  write("bob", put(1, "b", by("bob"), 0));
  const std::string from = cursor("ann");
  EXPECT_TRUE(std::holds_alternative<Since>(world.answers[catch_up("ann", from, true)].at(0)));
  rule(of_users());
  ask("ann", model::Greet{"client-ann", 0, {}});
  EXPECT_EQ(world.reply<Gone>(catch_up("ann", from, true)).reason, model::gone_other_rights);
  EXPECT_EQ(world.reply<Since>(catch_up("ann", from)).changes.size(), 0u) << "of this session it is good";
  write("ann", put(1, "c", by("ann"), 0));
  EXPECT_TRUE(std::holds_alternative<Since>(world.answers[catch_up("ann", cursor("ann"), true)].at(0)));
}

TEST_F(HubRights, of_cursors_survive_a_restart) {
  ask("ann", model::Greet{"client-ann", 0, {}});
  write("ann", put(1, "c", by("ann"), 0));
  const std::string from = cursor("ann");
  World again(log);
  auto rights = std::make_shared<rights::Rights>();
  rights->add_space("garden", owners());
  again.hub.set_rights(rights);
  const auto ask_again = [&] {
    const auto ticket = again.ask(model::CatchUp{"tasks", model::read_cursor(from), 1 << 20, true});
    again.run();
    return again.answers[ticket].at(0);
  };
  EXPECT_TRUE(std::holds_alternative<Since>(ask_again()));
  again.hub.set_rights(std::make_shared<rights::Rights>());
  EXPECT_TRUE(std::holds_alternative<Gone>(ask_again()));
}

TEST_F(HubRights, write_nothing_down_where_everybody_sees_everything) {
  rule(of_users());
  ask("ann", model::Greet{"client-ann", 0, {}});
  EXPECT_TRUE(log.entries.empty());
}

TEST_F(HubRights, say_when_they_are_others) {
  const std::string before = world.reply<Greeted>(ask("ann", model::Greet{"client-ann", 0, {}})).rights;
  EXPECT_EQ(world.reply<model::Regarded>(ask("ann", model::Regard{})).rights, before);
  rule(of_users());
  EXPECT_NE(world.reply<model::Regarded>(ask("ann", model::Regard{})).rights, before);
}

TEST_F(HubRights, of_events_procedures_and_rooms_are_asked_at_each_use) {
  const auto code = [&](model::Command command) {
    return world.reply<model::Failed>(ask("ann", std::move(command))).error.code;
  };
  EXPECT_EQ(code(model::Listen{"e"}), Code::forbidden);
  EXPECT_EQ(code(model::Emit{"e", ""}), Code::forbidden);
  EXPECT_EQ(code(model::Provide{"p", "1.", true}), Code::forbidden);
  EXPECT_EQ(code(model::Call{"p", "", "1.", 0}), Code::forbidden);
  EXPECT_EQ(code(model::SetPresence{"r", "1.t", "1"}), Code::forbidden);
  EXPECT_EQ(code(model::ListPresence{"r"}), Code::forbidden);
  rule(of_users());
  world.reply<model::Done>(ask("ann", model::Listen{"e"}));
  world.reply<model::Done>(ask("ann", model::Emit{"e", ""}));
  world.reply<model::Present>(ask("ann", model::SetPresence{"r", "1.t", "1"}));
}

TEST_F(HubRights, leave_the_servers_own_collections_to_the_server) {
  model::Mutation mutation = put(1, "a", "1", 0);
  mutation.key.collection = "$own";
  EXPECT_EQ(world.outcome<Declined>(write("eve", mutation)).error.code, Code::forbidden);
  mutation.number = 0;
  world.hub.handle(
      world.now, Ask{++world.last_ticket, {.system = true}, "garden", model::Write{"", 0, {}, {{mutation}}}});
  world.drain();
  world.run();
  EXPECT_EQ(world.outcome<Acked>(world.last_ticket).version, 1u);
}

}  // namespace
}  // namespace rockpool::hub
