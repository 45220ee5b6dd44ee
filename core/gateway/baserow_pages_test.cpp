#include "core/gateway/baserow_world_test.h"

namespace rockpool::gateway {
namespace {

// Two tables in a group of Ada and Ben.
class BaserowPages : public testing::Test {
 protected:
  BaserowPages() {
    baserow.join(ada, ada.group, ben);
    baserow.make_database(ada, "Stock");
    baserow.store_table("42", "1");
    baserow.store_table("43", "1");
  }
  dialect::CarrierId open(const Baserow::Person& person, const std::string& more = "") {
    const auto socket = baserow.socket(person, more);
    baserow.heard(socket);
    return socket;
  }
  Frames say(dialect::CarrierId socket, const std::string& text) {
    baserow.say(socket, text);
    return baserow.heard(socket);
  }
  static std::string added(const std::string& table) {
    return R"({"type":"page_add","page":"table","parameters":{"table_id":)" + table + "}}";
  }
  static std::string discarded(const std::string& table) {
    return R"({"type":"page_discard","page":"table","parameters":{"table_id":)" + table + "}}";
  }

  Baserow baserow;
  Baserow::Person ada = baserow.make_person("ada"), ben = baserow.make_person("ben"),
                  eve = baserow.make_person("eve");
};

TEST_F(BaserowPages, are_joined_and_left_as_the_contract_says) {
  const auto socket = open(ben);
  EXPECT_EQ(say(socket, R"({"page":"table","table_id":42})"), Frames{added("42")});
  EXPECT_EQ(say(socket, R"({"page":"table","table_id":42})"), (Frames{discarded("42"), added("42")}));
  EXPECT_EQ(say(socket, R"({"page":"table","table_id":"43","x":1})"),
            (Frames{discarded("42"), added("\"43\"")}))
      << "what was said is said again, and nothing else";
  EXPECT_EQ(say(socket, R"({"page":""})"), Frames{discarded("\"43\"")});
  EXPECT_EQ(say(socket, R"({"page":""})"), Frames());
}

TEST_F(BaserowPages, are_refused_by_silence_and_the_old_one_is_lost) {
  const auto socket = open(ben);
  for (const char* wish :
       {R"({"page":"table"})", R"({"page":"table","table_id":0})", R"({"page":"table","table_id":null})",
        R"({"page":"table","table_id":99})", R"({"page":"table","table_id":"x"})",
        R"({"page":"table","table_id":-42})", R"({"page":"table","table_id":[42]})",
        R"({"page":"view","slug":"x"})", R"({"page":"nothing"})"}) {
    say(socket, R"({"page":"table","table_id":42})");
    EXPECT_EQ(say(socket, wish), Frames{discarded("42")}) << wish;
  }
  EXPECT_EQ(say(open(eve), R"({"page":"table","table_id":42})"), Frames()) << "of a group she is not in";
}

TEST_F(BaserowPages, are_kept_where_nothing_is_asked_for) {
  const auto socket = open(ben);
  say(socket, R"({"page":"table","table_id":42})");
  for (const char* text : {"[]", "5", "\"x\"", "null", "{}", R"({"table_id":43})", R"({"page":7})",
                           R"({"page":null})", R"({"page":["table"],"table_id":43})"})
    EXPECT_EQ(say(socket, text), Frames()) << text;
  EXPECT_EQ(say(socket, R"({"page":""})"), Frames{discarded("42")});
  EXPECT_EQ(baserow.state(socket), "open");
}

TEST_F(BaserowPages, end_where_something_else_than_json_is_said) {
  const auto other = open(ben);
  auto socket = open(ben);
  say(socket, "{");
  EXPECT_EQ(baserow.state(socket), "1007 invalid JSON");
  socket = open(ben);
  baserow.world.feed(socket, dialect::Frame{"{}", true});
  EXPECT_EQ(baserow.state(socket), "1003 binary frames are not taken");
  socket = open(ben);
  say(socket, std::string(65, '[') + std::string(65, ']'));
  EXPECT_EQ(baserow.state(socket), "1009 the JSON is too large");
  EXPECT_EQ(say(other, R"({"page":"table","table_id":42})"), Frames{added("42")}) << "nobody else notices";
}

TEST_F(BaserowPages, cannot_be_joined_in_the_trash) {
  baserow.ask("DELETE", "applications/1/", ada);
  EXPECT_EQ(say(open(ben), R"({"page":"table","table_id":42})"), Frames());
}

TEST_F(BaserowPages, are_left_by_who_leaves_the_group) {
  const auto of_ada = open(ada), of_ben = open(ben), elsewhere = open(ben);
  for (const auto one : {of_ada, of_ben}) say(one, R"({"page":"table","table_id":42})");
  baserow.ask("POST", "groups/" + ada.group + "/leave/", ben);
  EXPECT_EQ(Baserow::types(baserow.heard(of_ben)),
            (std::vector<std::string>{"page_discard", "group_user_deleted"}));
  EXPECT_EQ(Baserow::types(baserow.heard(elsewhere)), std::vector<std::string>{"group_user_deleted"});
  EXPECT_EQ(Baserow::types(baserow.heard(of_ada)), std::vector<std::string>{"group_user_deleted"});
  EXPECT_EQ(say(of_ben, R"({"page":""})"), Frames()) << "it is on none any more";
}

TEST_F(BaserowPages, are_left_by_who_is_removed_from_the_group_in_whatever_way) {
  const auto of_ben = open(ben);
  say(of_ben, R"({"page":"table","table_id":42})");
  baserow.ask("DELETE", "groups/users/4/", ada);
  EXPECT_EQ(baserow.heard(of_ben).front(), discarded("42"));
}

TEST_F(BaserowPages, go_quiet_with_what_they_show) {
  const auto of_ben = open(ben);
  say(of_ben, R"({"page":"table","table_id":42})");
  baserow.ask("DELETE", "applications/1/", ada);
  EXPECT_EQ(Baserow::types(baserow.heard(of_ben)), std::vector<std::string>{"application_deleted"});
  EXPECT_EQ(say(of_ben, R"({"page":""})"), Frames{discarded("42")});
}

}  // namespace
}  // namespace rockpool::gateway
