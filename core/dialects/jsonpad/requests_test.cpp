#include "core/dialects/jsonpad/requests.h"

#include <gtest/gtest.h>

#include "core/dialects/jsonpad/settings.h"

namespace rockpool::dialects::jsonpad {
namespace {

using Kind = Place::Kind;

TEST(JsonpadRequests, paths_are_places) {
  const auto kind = [](std::string_view path) { return place_of(path).kind; };
  EXPECT_EQ(kind("/api/v1.0/version"), Kind::version);
  EXPECT_EQ(kind("/api/v1.0/lists"), Kind::lists);
  EXPECT_EQ(kind("/api/v1.0/lists/"), Kind::lists);
  EXPECT_EQ(kind("/api/v1.0/lists/a"), Kind::list);
  EXPECT_EQ(kind("/api/v1.0/lists/a/items"), Kind::items);
  EXPECT_EQ(kind("/api/v1.0/lists/a/items/data"), Kind::items_data);
  EXPECT_EQ(kind("/api/v1.0/lists/a/items/1"), Kind::item);
  EXPECT_EQ(kind("/lists"), Kind::watch_lists);
  EXPECT_EQ(kind("/lists/a"), Kind::watch_list);
  EXPECT_EQ(kind("/items/1"), Kind::watch_item);
  EXPECT_EQ(place_of("/lists/a%2Fb").list, "a/b");
  for (const char* path : {"", "/", "/items", "/lists/a/b", "/api/v1.0", "/api/v1.0/", "/api/v1.0/items/1",
                           "/api/v1/lists", "/lists/%", "/api/v1.0/lists/a/things", "//lists"})
    EXPECT_EQ(kind(path), Kind::unknown) << path;
}

TEST(JsonpadRequests, numbers_of_items_have_one_form) {
  EXPECT_EQ(read_num("1"), 1u);
  EXPECT_EQ(read_num("18446744073709551615"), 18446744073709551615u);
  for (const char* text : {"", "0", "01", "+1", "-1", "1.0", " 1", "18446744073709551616", "1e3"})
    EXPECT_EQ(read_num(text), std::nullopt) << text;
}

TEST(JsonpadRequests, wishes_are_read_and_what_is_unknown_is_ignored) {
  Wish wish;
  EXPECT_EQ(read_wish("a=b&events=item-update,item-update&since=7&batch=500&wait=0&all=1&_=x", wish),
            std::nullopt);
  EXPECT_EQ(wish.events, bit_of(Happening::item_update));
  EXPECT_EQ(wish.since, 7u);
  EXPECT_EQ(wish.batch, 500u);
  EXPECT_FALSE(wish.waits);
  EXPECT_TRUE(wish.all);
  EXPECT_EQ(wish.connection, "x");
  Wish usual;
  EXPECT_EQ(read_wish("", usual), std::nullopt);
  EXPECT_EQ(usual.events, all_events);
  EXPECT_TRUE(usual.waits && !usual.all && !usual.since && !usual.connection && usual.batch == 0);
}

TEST(JsonpadSettings, are_read_or_refused_with_their_place) {
  const auto fine = read_settings(R"({"accounts":{"u":{"tokens":["a"],"realtimeTokens":["r"]}},)"
                                  R"("pollSeconds":5,"logSeconds":6,"logEvents":7})");
  ASSERT_TRUE(fine);
  EXPECT_EQ(fine->accounts.at("u").tokens, std::vector<std::string>{"a"});
  EXPECT_EQ(fine->accounts.at("u").realtime, std::vector<std::string>{"r"});
  EXPECT_EQ(fine->poll_ms, 5000);
  EXPECT_EQ(fine->log_ms, 6000);
  EXPECT_EQ(fine->log_events, 7u);
  for (const auto& [text, place] : {std::pair(R"({"pollSeconds":56})", "pollSeconds"),
                                    {R"({"logSeconds":"x"})", "logSeconds"},
                                    {R"({"logEvents":0})", "logEvents"},
                                    {R"({"accounts":[]})", "accounts"},
                                    {R"({"accounts":{"u":1}})", "accounts.u"},
                                    {R"({"accounts":{"u":{"tokens":"a"}}})", "accounts.u.tokens"},
                                    {R"({"accounts":{"u":{"tokens":[""]}}})", "accounts.u.tokens"},
                                    {R"({"accounts":{"u:":{}}})", "accounts.u:"},
                                    {R"({"x":1})", "x"}}) {
    const auto wrong = read_settings(text);
    ASSERT_FALSE(wrong) << text;
    EXPECT_TRUE(wrong.error().message.starts_with(place)) << wrong.error().message;
    EXPECT_EQ(wrong.error().message.find("\"a\""), std::string::npos) << "tokens are secrets";
  }
}

}  // namespace
}  // namespace rockpool::dialects::jsonpad
