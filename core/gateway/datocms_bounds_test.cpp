// What a live query, a caller and all channels together may take in DatoCMS, and how whoever asks for more
// is told.
#include "core/gateway/datocms_place_test.h"

namespace rockpool::gateway {
namespace {

// A text of which the pattern takes long, and which fits it at its very end.
const std::string text = R"({"title":")" + std::string(4000, 'a') + R"(b"})";
const std::string costly =
    R"({ _allPostsMeta(filter: {title: {matches: {pattern: "(a?){60}b$"}}}) { count } })";

class DatocmsCostlyPattern : public ::testing::Test {
 protected:
  std::string write() {
    numbers.push_back(cms.create("post", text));
    return updates();
  }
  std::string remove() {
    cms.ask("DELETE", "cma/items/" + numbers.back());
    numbers.pop_back();
    return updates();
  }
  std::string updates() {
    const std::string events = cms.heard(stream);
    const std::size_t at = events.rfind("data: ");
    return at == std::string::npos ? "" : Datocms::member(events.substr(at + 6), "response");
  }
  // Texts are written until they are too many.
  void write_too_many() {
    while (!is_error(told) && numbers.size() < 1000) {
      const std::string newer = write();
      if (!newer.empty()) told = newer;
    }
  }
  static bool is_error(const std::string& response) {
    return Datocms::member(response, "errors.0.message").find("too long") != std::string::npos;
  }

  Datocms cms;
  dialect::CarrierId stream = cms.listen(costly, {"all", {{"X-Include-Drafts", "true"}}});
  std::vector<std::string> numbers;
  std::string told = updates();
};

TEST_F(DatocmsCostlyPattern, is_said_once_as_an_error_beside_the_result) {
  write_too_many();
  ASSERT_TRUE(is_error(told)) << told;
  EXPECT_EQ(Datocms::member(told, "errors.0.path"), R"(["_allPostsMeta"])");
  EXPECT_FALSE(cms.world.closed.contains(stream)) << "it may come to something again";
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(remove(), "") << "results do not come and go with every write";
    EXPECT_EQ(write(), "");
  }
}

TEST_F(DatocmsCostlyPattern, leaves_the_rest_of_the_query_as_it_is) {
  write_too_many();
  const std::string beside =
      R"({ post(filter: {title: {matches: {pattern: "(a?){60}b$"}}}, orderBy: id_ASC) { id } )"
      R"(none: post(filter: {title: {matches: {pattern: "(a?){60}c$"}}}) { id } )"
      R"(author { id } })";
  const std::string said = cms.drafts(beside);
  EXPECT_EQ(Datocms::member(said, "data"),
            R"({"post":{"id":")" + numbers.front() + R"("},"none":null,"author":null})");
  EXPECT_EQ(Datocms::member(said, "errors.0.path"), R"(["none"])");
  EXPECT_TRUE(Datocms::member(said, "errors.1").starts_with("none in")) << said;
}

TEST_F(DatocmsCostlyPattern, comes_to_a_result_again_when_it_takes_half_of_what_it_may) {
  write_too_many();
  ASSERT_TRUE(is_error(told)) << told;
  const std::size_t many = numbers.size();
  std::string newer;
  while (newer.empty() && numbers.size() > many / 4) newer = remove();
  EXPECT_LE(numbers.size(), many / 2);
  EXPECT_EQ(newer, R"({"data":{"_allPostsMeta":{"count":)" + std::to_string(numbers.size()) + "}}}");
}

TEST(DatocmsCostlyPatterns, of_many_queries_do_not_keep_everybody_else_waiting) {
  Datocms cms;
  std::vector<dialect::CarrierId> streams;
  for (const char* pattern : {"(a?){60}b$", "(a?){61}b$", "(a?){62}b$"})
    streams.push_back(cms.listen(R"({ _allPostsMeta(filter: {title: {matches: {pattern: ")" +
                                     std::string(pattern) + R"("}}}) { count } })",
                                 {"all", {{"X-Include-Drafts", "true"}}}));
  for (int i = 0; i < 30; ++i) cms.create("post", text);
  for (int i = 0; i < 3; ++i) cms.world.wait(0);
  for (const auto stream : streams) cms.world.sent[stream].clear();
  cms.create("post", text);
  const auto told = [&] {
    return std::count_if(streams.begin(), streams.end(),
                         [&](auto one) { return !cms.world.sent[one].empty(); });
  };
  std::vector<std::ptrdiff_t> by_turn = {told()};
  while (by_turn.back() < 3 && by_turn.size() < 9) {
    cms.world.wait(0);
    by_turn.push_back(told());
  }
  EXPECT_EQ(by_turn, (std::vector<std::ptrdiff_t>{0, 1, 2, 3}));
}

// ---- channels of a caller

class DatocmsCallers : public ::testing::Test {
 protected:
  // The status of asking for a channel, which is not opened.
  std::string ask(const std::string& token, const std::string& address) {
    asked = cms.send("POST", "listen", Datocms::body_of("{ post { id } }"), {token, {}, address});
    return cms.answer(asked).substr(0, 3);
  }

  Datocms cms{R"(,"channelsPerCaller":2)"};
  dialect::CarrierId asked = 0;
};

TEST_F(DatocmsCallers, have_so_many_channels_each_and_no_more) {
  EXPECT_EQ(ask("reader", "192.0.2.1"), "200");
  EXPECT_EQ(ask("reader", "192.0.2.1"), "200");
  EXPECT_EQ(ask("reader", "192.0.2.1"), "503");
  EXPECT_EQ(Datocms::refusal(cms.answer(asked)), "503 TOO_MANY_CONNECTIONS");
  EXPECT_EQ(cms.header(asked, "Retry-After"), "1");
  EXPECT_EQ(cms.world.gateway->figures().limits_met.at("channels_of_caller"), 1u);
  EXPECT_EQ(ask("reader", "192.0.2.2"), "200") << "somebody else";
  EXPECT_EQ(ask("all", "192.0.2.1"), "200") << "with a token of its own";
}

TEST_F(DatocmsCallers, have_room_again_when_channels_are_gone) {
  ask("reader", "192.0.2.1");
  ask("reader", "192.0.2.1");
  cms.world.wait(15'000);
  EXPECT_EQ(ask("reader", "192.0.2.1"), "200") << "nobody opened them";
  const auto wrong = cms.listen("{ nope }", {"reader", {}, "192.0.2.1"});
  EXPECT_TRUE(cms.world.closed.contains(wrong)) << "it ended with an error";
  EXPECT_EQ(ask("reader", "192.0.2.1"), "200");
  EXPECT_EQ(ask("reader", "192.0.2.1"), "503");
}

TEST_F(DatocmsCallers, that_go_before_their_channel_is_made_take_no_room) {
  cms.world.held_secret = dialect::SecretWork::What::random;
  for (int i = 0; i < 3; ++i) {
    ask("reader", "192.0.2.1");
    cms.world.feed(asked, dialect::Closed{});
  }
  cms.world.release_secrets();
  EXPECT_EQ(ask("reader", "192.0.2.1"), "200");
}

TEST_F(DatocmsCallers, on_this_machine_are_not_counted_for_they_may_be_a_proxy) {
  for (int i = 0; i < 5; ++i) EXPECT_EQ(ask("reader", "127.0.0.1"), "200");
}

// ---- memory of results

class DatocmsResults : public ::testing::Test {
 protected:
  static constexpr std::size_t half = 80'000;  // of a title, whose result takes somewhat more than half

  std::string title(std::size_t bytes) { return R"({"title":")" + std::string(bytes, 't') + R"("})"; }
  dialect::CarrierId listen(const std::string& id) {
    return cms.listen(R"({ post(filter: {id: {eq: ")" + id + R"("}}) { title } })",
                      {"all", {{"X-Include-Drafts", "true"}}});
  }

  // A result is held as such, and twice in what is told.
  Datocms cms{R"(,"liveBytes":400000)"};
};

TEST_F(DatocmsResults, that_are_too_much_together_end_those_channels_that_need_more) {
  const std::string one = cms.create("post", title(half)), other = cms.create("post", title(10));
  const auto first = listen(one), second = listen(other);
  cms.heard(first), cms.heard(second);
  cms.change(other, title(half * 4 / 3));
  const std::string told = cms.heard(second);
  const std::string error = told.substr(told.find("event: channelError"));
  EXPECT_EQ(Datocms::member(error, "code"), "TEMPORARY_FAILURE") << told;
  EXPECT_EQ(Datocms::member(error, "fatal"), "false") << "the client comes again";
  EXPECT_TRUE(cms.world.closed.contains(second));
  EXPECT_EQ(cms.world.gateway->figures().limits_met.at("live_bytes"), 1u);
  EXPECT_EQ(cms.heard(first), "") << "it goes on";
  cms.change(one, title(20));
  EXPECT_EQ(cms.updates(first), R"({"post":)" + title(20) + "}");
  EXPECT_NE(cms.updates(listen(other)), "") << "now there is room";
}

TEST_F(DatocmsResults, that_are_too_much_are_told_to_whoever_opens_a_channel) {
  const auto first = listen(cms.create("post", title(half)));
  const auto late = listen(cms.create("post", title(3 * half)));
  EXPECT_NE(cms.heard(late).find("TEMPORARY_FAILURE"), std::string::npos);
  EXPECT_TRUE(cms.world.closed.contains(late));
  EXPECT_FALSE(cms.world.closed.contains(first));
}

TEST_F(DatocmsResults, that_wait_for_slow_readers_count_until_they_have_left) {
  const std::string id = cms.create("post", title(half));
  const auto stream = listen(id);
  cms.world.last_sent.clear();
  cms.change(id, title(half + 1));
  EXPECT_EQ(cms.heard(stream).find("TEMPORARY_FAILURE"), std::string::npos) << "the older one has left";
  const dialect::Shared on_its_way = cms.world.last_sent.at(stream);
  cms.change(id, title(half));
  EXPECT_NE(cms.heard(stream).find("TEMPORARY_FAILURE"), std::string::npos) << "the older one is still there";
}

TEST_F(DatocmsResults, of_equal_queries_are_held_once) {
  const std::string id = cms.create("post", title(half));
  for (int i = 0; i < 20; ++i) EXPECT_FALSE(cms.world.closed.contains(listen(id)));
}

}  // namespace
}  // namespace rockpool::gateway
