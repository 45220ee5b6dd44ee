#include "core/gateway/baserow_world_test.h"

namespace rockpool::gateway {
namespace {

class BaserowResume : public testing::Test {
 protected:
  std::string rename(const std::string& name) {
    return baserow.ask("PATCH", "groups/1/", R"({"name":")" + name + R"("})", ada);
  }
  static std::vector<std::string> names(const Frames& frames) {
    std::vector<std::string> names;
    for (const std::string& frame : frames)
      if (Baserow::member(frame, "type") == "group_updated")
        names.push_back(Baserow::member(frame, "group.name"));
    return names;
  }
  static std::string id_of(const std::string& frame) { return Baserow::member(frame, "_event_id"); }

  Baserow baserow{R"(,"logSeconds":60,"logEvents":100)"};
  Baserow::Person ada = baserow.make_person("ada");
};

TEST_F(BaserowResume, is_nothing_that_others_see) {
  const auto plain = baserow.socket(ada);
  EXPECT_EQ(baserow.heard(plain).front().find("_event_id"), std::string::npos);
  rename("A");
  EXPECT_EQ(baserow.heard(plain).front().find("_event_id"), std::string::npos);
}

TEST_F(BaserowResume, tells_what_was_missed_in_order_and_then_what_happens) {
  const auto first = baserow.socket(ada, "&rockpool_resume=");
  const Frames greeting = baserow.heard(first);
  EXPECT_EQ(greeting.front().find("resync"), std::string::npos);
  rename("A");
  const Frames heard = baserow.heard(first);
  ASSERT_EQ(names(heard), std::vector<std::string>{"A"});
  EXPECT_LT(std::stoull(id_of(greeting.front())), std::stoull(id_of(heard.front())));
  baserow.world.feed(first, dialect::Closed{});
  rename("B");
  rename("C");
  const auto again = baserow.socket(ada, "&rockpool_resume=" + id_of(heard.front()));
  const Frames missed = baserow.heard(again);
  EXPECT_EQ(Baserow::member(missed.front(), "type"), "authentication");
  EXPECT_EQ(missed.front().find("resync"), std::string::npos);
  EXPECT_EQ(names(missed), (std::vector<std::string>{"B", "C"}));
  rename("D");
  EXPECT_EQ(names(baserow.heard(again)), std::vector<std::string>{"D"});
  const auto from_greeting = baserow.socket(ada, "&rockpool_resume=" + id_of(greeting.front()));
  EXPECT_EQ(names(baserow.heard(from_greeting)), (std::vector<std::string>{"A", "B", "C", "D"}));
}

TEST_F(BaserowResume, tells_only_what_the_user_may_see) {
  const auto ben = baserow.make_person("ben");
  const auto first = baserow.socket(ben, "&rockpool_resume=");
  const std::string since = id_of(baserow.heard(first).front());
  rename("A");
  EXPECT_EQ(names(baserow.heard(baserow.socket(ben, "&rockpool_resume=" + since))),
            std::vector<std::string>());
}

TEST_F(BaserowResume, says_when_nobody_knows_what_was_missed) {
  const auto first = baserow.socket(ada, "&rockpool_resume=");
  const std::string since = id_of(baserow.heard(first).front());
  const auto greeting = [&](const std::string& from) {
    return baserow.heard(baserow.socket(ada, "&rockpool_resume=" + from)).front();
  };
  EXPECT_EQ(Baserow::member(greeting("x"), "resync"), "true");
  EXPECT_EQ(Baserow::member(greeting("99999999999999"), "resync"), "true") << "of another history";
  EXPECT_EQ(greeting(since).find("resync"), std::string::npos);
  rename("A");
  baserow.world.wait(60'000);
  EXPECT_EQ(Baserow::member(greeting(since), "resync"), "true") << "it is too long ago";
  const std::string newest = id_of(greeting("x"));
  for (int i = 0; i < 101; ++i) rename("B");
  EXPECT_EQ(Baserow::member(greeting(newest), "resync"), "true") << "it is too much";
  baserow.restart();
  EXPECT_EQ(Baserow::member(greeting(newest), "resync"), "true") << "a new process knows nothing";
}

TEST_F(BaserowResume, goes_on_from_the_log_when_the_socket_has_read) {
  const auto socket = baserow.socket(ada, "&rockpool_resume=");
  baserow.heard(socket);
  baserow.world.feed(socket, dialect::Stalled{});
  rename("A");
  rename("B");
  EXPECT_EQ(baserow.heard(socket), Frames());
  baserow.world.feed(socket, dialect::Drained{});
  EXPECT_EQ(names(baserow.heard(socket)), (std::vector<std::string>{"A", "B"}));
  baserow.world.feed(socket, dialect::Stalled{});
  for (int i = 0; i < 101; ++i) rename("C");
  baserow.world.feed(socket, dialect::Drained{});
  EXPECT_EQ(Baserow::types(baserow.heard(socket)), std::vector<std::string>{"resync"});
  rename("D");
  EXPECT_EQ(names(baserow.heard(socket)), std::vector<std::string>{"D"});
}

TEST_F(BaserowResume, tells_much_in_pieces_that_the_socket_has_read) {
  Baserow large;
  const auto ann = large.make_person("ann");
  const auto first = large.socket(ann, "&rockpool_resume=");
  const std::string since = id_of(large.heard(first).front());
  const auto rename = [&](int number) {
    std::string name = std::to_string(1000 + number);
    while (name.size() < 4 + 3 * 251) name += "\u4e00";
    EXPECT_EQ(Baserow::status(large.ask("PATCH", "groups/1/", R"({"name":")" + name + R"("})", ann)), "200");
  };
  constexpr int count = 800;  // of 800 bytes
  for (int i = 0; i < count; ++i) rename(i);
  const auto carrier = large.next_carrier() + 1;
  large.world.unread.insert(carrier);
  ASSERT_EQ(large.socket(ann, "&rockpool_resume=" + since), carrier);
  Frames heard = large.heard(carrier);
  heard.erase(heard.begin());
  EXPECT_LT(heard.size(), 400u);
  rename(count);
  EXPECT_EQ(large.heard(carrier), Frames()) << "what happens now has its turn";
  for (int pieces = 0; pieces < 4; ++pieces) {
    large.world.feed(carrier, dialect::Drained{});
    for (std::string& frame : large.heard(carrier)) heard.push_back(std::move(frame));
  }
  ASSERT_EQ(heard.size(), static_cast<std::size_t>(count) + 1);
  for (int i = 0; i <= count; ++i)
    EXPECT_EQ(Baserow::member(heard[static_cast<std::size_t>(i)], "group.name").substr(0, 4),
              std::to_string(1000 + i));
}

TEST_F(BaserowResume, says_of_a_page_what_was_missed_there) {
  baserow.make_database(ada, "Stock");
  baserow.store_table("42", "1");
  const auto socket = baserow.socket(ada);
  baserow.heard(socket);
  const auto turn = [&](const std::string& since) {
    baserow.say(socket, R"({"page":"table","table_id":42,"last_seen_id":)" + since + "}");
    return baserow.heard(socket).back();
  };
  const std::string newest = id_of(baserow.heard(baserow.socket(ada, "&rockpool_resume=")).front());
  EXPECT_EQ(turn(newest), R"({"type":"page_add","page":"table","parameters":{"table_id":42},"replayed":0})");
  EXPECT_EQ(turn("1"), R"({"type":"page_add","page":"table","parameters":{"table_id":42},"resync":true})");
  EXPECT_EQ(turn("\"x\""),
            R"({"type":"page_add","page":"table","parameters":{"table_id":42},"resync":true})");
}

TEST_F(BaserowResume, lets_go_of_what_is_too_old_by_itself) {
  rename("A");
  ASSERT_TRUE(baserow.world.gateway->next_wake().has_value());
  EXPECT_LE(baserow.world.gateway->next_wake()->ms, baserow.world.now.ms + 60'000);
}

}  // namespace
}  // namespace rockpool::gateway
