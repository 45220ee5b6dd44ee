#include "core/rights/rights.h"

#include <gtest/gtest.h>

namespace rockpool::rights {
namespace {

using base::Code;
using model::Principal;
using model::Record;

const Principal nobody;
const Principal ada{.user = "ada"};
const Principal bob{.user = "bob"};
const Principal editor{.user = "eve", .roles = {"editor"}};
const Principal admin{.user = "root", .admin = true};

Who who(bool anyone, bool user, bool owner, std::vector<std::string> users = {},
        std::vector<std::string> roles = {}) {
  return {
      .anyone = anyone, .user = user, .owner = owner, .users = std::move(users), .roles = std::move(roles)};
}
const Who anyone = who(true, false, false);
const Who user = who(false, true, false);
const Who owner = who(false, false, true);
const Who by_editor = who(false, false, true, {}, {"editor"});

Rights rights_of(Access access, std::vector<NameRules> collections, Kind kind = Kind::collection) {
  SpaceRules rules{.access = access, .names = {}};
  rules.names[kind] = std::move(collections);
  Rights rights;
  rights.add_space("s", rules);
  return rights;
}

Record record(std::string id, std::string data, std::string meta = {}) {
  return {.key = {"c", std::move(id)}, .version = 1, .data = std::move(data), .meta = std::move(meta)};
}

bool may(const Rights& rights, const Principal& principal, Verb verb, const Record* before = nullptr,
         const std::string* data = nullptr, std::string_view id = "1") {
  return rights.collection("s", "c").check(principal, verb, before, data, id).ok();
}

bool sees(const Rights& rights, const Principal& principal, const Record& record, Verb verb = Verb::read) {
  const CollectionRights collection = rights.collection("s", "c");
  return collection.shows(collection.sight(principal, verb), record);
}

TEST(Rights, allow_everything_where_nothing_was_said) {
  const Rights rights;
  EXPECT_TRUE(may(rights, nobody, Verb::create));
  EXPECT_TRUE(rights.check(nobody, "s", Verb::emit, Kind::event, "e").ok());
  EXPECT_TRUE(rights.mark(nobody, "s").seen.empty());
}

TEST(Rights, are_any_users_in_a_closed_space_and_nobodys_in_one_of_rules) {
  const Rights closed = rights_of(Access::closed, {});
  EXPECT_TRUE(may(closed, ada, Verb::update));
  EXPECT_FALSE(may(closed, nobody, Verb::read));
  const Rights ruled = rights_of(Access::rules, {});
  EXPECT_FALSE(may(ruled, ada, Verb::read));
  EXPECT_TRUE(may(ruled, admin, Verb::read));
}

TEST(Rights, of_verbs_that_rules_leave_out_are_nobodys_outside_of_open_spaces) {
  const NameRules rules{.pattern = "c", .verbs = {{Verb::read, user}}, .owner = {}, .records = {}};
  EXPECT_FALSE(may(rights_of(Access::closed, {rules}), ada, Verb::update));
  EXPECT_TRUE(may(rights_of(Access::open, {rules}), nobody, Verb::update));
  EXPECT_FALSE(may(rights_of(Access::open, {rules}), nobody, Verb::read));
}

TEST(Rights, to_subscribe_are_those_to_read_unless_said_otherwise) {
  const Rights rights = rights_of(Access::rules, {{"c", {{Verb::read, user}}, {}, {}}});
  EXPECT_TRUE(may(rights, ada, Verb::subscribe));
  const Rights other =
      rights_of(Access::rules,
                {{"c", {{Verb::read, user}, {Verb::subscribe, who(false, false, false, {"bob"})}}, {}, {}}});
  EXPECT_FALSE(may(other, ada, Verb::subscribe));
  EXPECT_TRUE(may(other, bob, Verb::subscribe));
}

TEST(Rights, are_those_of_the_most_particular_pattern) {
  const Rights rights = rights_of(Access::rules, {{"*", {{Verb::read, anyone}}, {}, {}},
                                                  {"c*", {{Verb::read, user}}, {}, {}},
                                                  {"c", {{Verb::read, by_editor}}, {}, {}}});
  EXPECT_TRUE(rights.collection("s", "other").sight(nobody, Verb::read).is_everything());
  EXPECT_TRUE(rights.collection("s", "cd").sight(nobody, Verb::read).is_nothing());
  EXPECT_TRUE(rights.collection("s", "cd").sight(ada, Verb::read).is_everything());
  EXPECT_FALSE(rights.collection("s", "c").sight(ada, Verb::read).is_everything());
  EXPECT_TRUE(rights.collection("s", "c").sight(editor, Verb::read).is_everything());
}

TEST(Rights, of_an_owner_end_at_the_records_of_others) {
  const Rights rights = rights_of(
      Access::rules,
      {{"c",
        {{Verb::read, owner}, {Verb::create, owner}, {Verb::update, by_editor}, {Verb::remove, owner}},
        "by",
        {}}});
  const Record of_ada = record("1", R"({"by":"ada"})");
  EXPECT_TRUE(sees(rights, ada, of_ada));
  EXPECT_FALSE(sees(rights, bob, of_ada));
  EXPECT_FALSE(sees(rights, nobody, record("2", R"({"by":""})")));
  const std::string mine = R"({"by":"ada"})";
  const std::string his = R"({"by":"bob"})";
  EXPECT_TRUE(may(rights, ada, Verb::create, nullptr, &mine));
  EXPECT_FALSE(may(rights, ada, Verb::create, nullptr, &his));
  EXPECT_TRUE(may(rights, ada, Verb::update, &of_ada));
  EXPECT_FALSE(may(rights, bob, Verb::update, &of_ada));
  EXPECT_FALSE(may(rights, ada, Verb::update, &of_ada, &his)) << "gives it away";
  EXPECT_TRUE(may(rights, editor, Verb::update, &of_ada, &his));
  EXPECT_FALSE(may(rights, bob, Verb::remove, &of_ada));
  const auto refused = rights.collection("s", "c").check(ada, Verb::create, nullptr, &his, "1");
  EXPECT_EQ(refused.error().code, Code::forbidden);
  EXPECT_EQ(refused.error().path, "/by");
}

TEST(Rights, of_a_creator_go_by_what_is_kept_beside_the_record) {
  const Rights rights =
      rights_of(Access::rules, {{"c", {{Verb::read, owner}, {Verb::create, user}}, "", {}}});
  const CollectionRights collection = rights.collection("s", "c");
  const std::string meta = collection.meta(ada, nullptr, "{}");
  EXPECT_EQ(meta, R"({"owner":"ada"})");
  const Record created = record("1", "{}", meta);
  EXPECT_TRUE(sees(rights, ada, created));
  EXPECT_FALSE(sees(rights, bob, created));
  EXPECT_EQ(collection.meta(bob, &created, "[1]"), meta) << "an update leaves it";
  EXPECT_EQ(collection.meta(bob, &created, ""), R"({"left":"ada"})");
}

TEST(Rights, tell_a_change_to_who_sees_all_to_its_owner_and_to_who_lost_it) {
  const Rights rights = rights_of(Access::rules, {{"c", {{Verb::read, owner}}, "by", {}}});
  const CollectionRights collection = rights.collection("s", "c");
  const Record before = record("1", R"({"by":"ada"})");
  Record after = record("1", R"({"by":"bob"})");
  after.meta = collection.meta(admin, &before, after.data);
  EXPECT_EQ(after.meta, R"({"left":"ada"})");
  const auto told = collection.told(after);
  ASSERT_EQ(told.size(), 3u);
  EXPECT_EQ(told[0].scope, "");
  EXPECT_EQ(told[1].scope, "=bob");
  EXPECT_FALSE(told[1].left);
  EXPECT_EQ(told[2].scope, "=ada");
  EXPECT_TRUE(told[2].left);
  EXPECT_EQ(collection.sight(ada, Verb::subscribe).scopes(), std::vector<std::string>{"=ada"});
  EXPECT_TRUE(collection.has_left(collection.sight(ada, Verb::subscribe), after));
  EXPECT_FALSE(collection.has_left(collection.sight(bob, Verb::subscribe), after));
  const Record next =
      record("1", R"({"by":"bob","x":1})", collection.meta(bob, &after, R"({"by":"bob","x":1})"));
  EXPECT_EQ(next.meta, "") << "who lost it long ago is not told any more";
}

TEST(Rights, of_parts_of_a_collection_are_told_apart_by_id) {
  const Rights rights = rights_of(
      Access::rules, {{"c", {{Verb::read, anyone}}, "", {{"secret-*", {{Verb::read, by_editor}}}}}});
  const Record open = record("1", "{}");
  const Record secret = record("secret-1", "{}");
  EXPECT_TRUE(sees(rights, nobody, open));
  EXPECT_FALSE(sees(rights, nobody, secret));
  EXPECT_TRUE(sees(rights, editor, secret));
  const CollectionRights collection = rights.collection("s", "c");
  EXPECT_EQ(collection.sight(nobody, Verb::subscribe).scopes(), std::vector<std::string>{""});
  EXPECT_EQ(collection.sight(editor, Verb::subscribe).scopes(), (std::vector<std::string>{"", "1"}));
  EXPECT_EQ(collection.told(secret)[0].scope, "1");
}

TEST(Rights, of_a_credential_that_only_reads_end_at_writing_whoever_holds_it) {
  const Rights rights;
  for (Principal principal : {ada, admin}) {
    principal.read_only = true;
    EXPECT_TRUE(may(rights, principal, Verb::read));
    EXPECT_FALSE(may(rights, principal, Verb::create));
    EXPECT_FALSE(rights.check(principal, "s", Verb::emit, Kind::event, "e").ok());
    principal.realtime = true;
    EXPECT_FALSE(may(rights, principal, Verb::read));
    EXPECT_TRUE(may(rights, principal, Verb::subscribe));
  }
}

TEST(Rights, of_events_procedures_and_rooms_go_by_their_names) {
  const Rights rights = rights_of(
      Access::rules, {{"chat/*", {{Verb::emit, user}, {Verb::subscribe, anyone}}, {}, {}}}, Kind::event);
  EXPECT_TRUE(rights.check(ada, "s", Verb::emit, Kind::event, "chat/1").ok());
  EXPECT_TRUE(rights.check(nobody, "s", Verb::subscribe, Kind::event, "chat/1").ok());
  const auto refused = rights.check(nobody, "s", Verb::emit, Kind::event, "chat/1");
  EXPECT_EQ(refused.error().message, "you may not emit event \"chat/1\" without logging in");
  EXPECT_FALSE(rights.check(ada, "s", Verb::call, Kind::procedure, "chat/1").ok());
  const Rights rooms = rights_of(Access::rules, {{"lobby", {{Verb::presence, user}}, {}, {}}}, Kind::room);
  EXPECT_TRUE(rooms.check(ada, "s", Verb::subscribe, Kind::room, "lobby").ok());
}

TEST(Rights, have_marks_that_differ_where_principals_do) {
  const Rights rights = rights_of(Access::rules, {{"c", {{Verb::read, by_editor}}, "by", {}},
                                                  {"d", {{Verb::update, by_editor}}, "by", {}}});
  EXPECT_EQ(rights.mark(ada, "s"), rights.mark(ada, "s"));
  EXPECT_NE(rights.mark(ada, "s").all, rights.mark(bob, "s").all);
  EXPECT_NE(rights.mark(ada, "s").seen, rights.mark(editor, "s").seen);
  EXPECT_TRUE(rights.mark(admin, "s").seen.empty());
  EXPECT_FALSE(rights.mark(ada, "s").seen.empty());
  const Rights others = rights_of(Access::rules, {{"c", {{Verb::read, by_editor}}, "for", {}},
                                                  {"d", {{Verb::update, by_editor}}, "by", {}}});
  EXPECT_NE(rights.mark(ada, "s").seen, others.mark(ada, "s").seen) << "another member names the owner";
}

TEST(Rights, take_numbers_for_users_and_nothing_else) {
  const Rights rights = rights_of(Access::rules, {{"c", {{Verb::read, owner}}, "by", {}}});
  const Principal seven{.user = "7"};
  EXPECT_TRUE(sees(rights, seven, record("1", R"({"by":7})")));
  EXPECT_FALSE(sees(rights, seven, record("1", R"({"by":["7"]})")));
  EXPECT_FALSE(sees(rights, seven, record("1", R"(["7"])")));
  EXPECT_FALSE(sees(rights, Principal{.user = "null"}, record("1", R"({"by":null})")));
  EXPECT_TRUE(sees(rights, Principal{.user = "a\"b"}, record("1", R"({"by":"a\"b"})")));
}

TEST(Patterns, fit_whole_names) {
  EXPECT_TRUE(matches("", ""));
  EXPECT_TRUE(matches("*", ""));
  EXPECT_TRUE(matches("a*c", "abbbc"));
  EXPECT_TRUE(matches("*b*", "abc"));
  EXPECT_FALSE(matches("a*c", "abcd"));
  EXPECT_FALSE(matches("a", "ab"));
  EXPECT_FALSE(matches("", "a"));
  EXPECT_FALSE(matches("*a*a*a*a*a*a*a*a*b", std::string(2000, 'a')));
}

}  // namespace
}  // namespace rockpool::rights
