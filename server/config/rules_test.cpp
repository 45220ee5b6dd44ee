#include "server/config/rules.h"

#include <gtest/gtest.h>

namespace rockpool::config {
namespace {

using rights::Access;
using rights::Kind;
using rights::Verb;

rights::SpaceRules rules_of(std::string_view text, const std::string& space = "default") {
  const auto config = read_config(text, "");
  EXPECT_TRUE(config.ok()) << config.error().message;
  return config.ok() ? config->spaces.at(space).rules : rights::SpaceRules();
}

std::string mistake_in(std::string_view text) {
  const auto config = read_config(text, "");
  return config.ok() ? "none" : config.error().message;
}

TEST(Rules, say_who_may_do_what_with_a_collection) {
  const auto rules = rules_of(R"({"spaces": {"default": {"access": "rules"}}, "collections": {
    "notes": {"owner": "by",
              "rules": {"read": ["owner", "role:editor"], "write": "owner", "delete": "nobody"},
              "records": {"public-*": {"read": "anyone"}}}}})");
  EXPECT_EQ(rules.access, Access::rules);
  const auto& notes = rules.names.at(Kind::collection).at(0);
  EXPECT_EQ(notes.pattern, "notes");
  EXPECT_EQ(notes.owner, "by");
  EXPECT_TRUE(notes.verbs.at(Verb::read).owner);
  EXPECT_EQ(notes.verbs.at(Verb::read).roles, std::vector<std::string>{"editor"});
  EXPECT_TRUE(notes.verbs.at(Verb::create).owner);
  EXPECT_EQ(notes.verbs.at(Verb::remove), rights::Who()) << "the particular one counts";
  EXPECT_TRUE(notes.records.at(0).second.at(Verb::read).anyone);
}

TEST(Rules, of_a_space_stand_in_it) {
  const auto rules = rules_of(
      R"({"spaces": {"team": {"access": "closed", "events": {"chat/*": {"emit": "user:ada"}},
          "procedures": {"pay": {"call": "user", "provide": "role:backend"}},
          "rooms": {"*": {"presence": "user"}}}}})",
      "team");
  EXPECT_EQ(rules.names.at(Kind::event).at(0).verbs.at(Verb::emit).users, std::vector<std::string>{"ada"});
  EXPECT_TRUE(rules.names.at(Kind::procedure).at(0).verbs.at(Verb::call).user);
  EXPECT_TRUE(rules.names.at(Kind::room).at(0).verbs.at(Verb::presence).user);
}

TEST(Rules, that_are_wrong_are_named) {
  EXPECT_NE(mistake_in(R"({"collections": {"a": {"rules": {"read": "everybody"}}}})")
                .find("collections.a.rules.read: \"everybody\" is nobody known"),
            std::string::npos);
  EXPECT_EQ(mistake_in(R"({"collections": {"a": {"rules": {"reed": "user"}}}})"),
            "collections.a.rules.reed: unknown key; did you mean 'read'?");
  EXPECT_NE(mistake_in(R"({"events": {"e": {"emit": "owner"}}})").find("events.e.emit: \"owner\" is nobody"),
            std::string::npos);
  EXPECT_NE(mistake_in(R"({"collections": {"$x": {}}})").find("collections.$x: is no name"),
            std::string::npos);
  EXPECT_NE(mistake_in(R"({"events": {"e": {"emit": "user"}}, "spaces": {"default": {"events": {"e": {}}}}})")
                .find("write it once"),
            std::string::npos);
  EXPECT_EQ(mistake_in(R"({"collections": {"a": {"owner": ""}}})"),
            "collections.a.owner: must name a member of the records");
}

}  // namespace
}  // namespace rockpool::config
