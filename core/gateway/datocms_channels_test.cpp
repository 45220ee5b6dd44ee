// Channels of DatoCMS: made, opened in time, told of every new result and of nothing else.
#include "core/gateway/datocms_place_test.h"

namespace rockpool::gateway {
namespace {

TEST(DatocmsChannels, tell_the_result_at_once_and_when_it_changes) {
  Datocms cms;
  const std::string id = cms.create("post", R"({"title":"one"})");
  cms.publish(id);
  const auto stream = cms.listen("{ post { title } }");
  ASSERT_TRUE(cms.world.accepted.contains(stream));
  EXPECT_EQ(*wire::find_header(cms.world.accepted.at(stream).headers, "Content-Type"), "text/event-stream");
  const std::string first = cms.heard(stream);
  EXPECT_TRUE(first.starts_with("retry: 1000\n\nid: ")) << first;
  EXPECT_NE(first.find("event: update\ndata: {\"response\":{\"data\":{\"post\":{\"title\":\"one\"}}},"
                       "\"data\":{\"post\":{\"title\":\"one\"}}}\n\n"),
            std::string::npos)
      << first;
  cms.change(id, R"({"title":"two"})");
  EXPECT_EQ(cms.updates(stream), "") << "a draft";
  cms.publish(id);
  EXPECT_EQ(cms.updates(stream), R"({"post":{"title":"two"}})");
  cms.change(id, R"({"views":7})");
  cms.publish(id);
  EXPECT_EQ(cms.updates(stream), "") << "the same result";
  cms.create("tag", R"({"label":"x"})");
  EXPECT_EQ(cms.updates(stream), "");
}

TEST(DatocmsChannels, tell_of_writes_in_other_dialects) {
  Datocms cms;
  const auto stream =
      cms.listen("{ allPosts(orderBy: id_ASC) { title } }", {"all", {{"X-Include-Drafts", "true"}}});
  EXPECT_EQ(cms.updates(stream), R"({"allPosts":[]})");
  Page& page = cms.world.page();
  page.push({{put(1, "a", R"({"title":"x"})", 0, "post")}, {put(2, "b", R"({"title":"y"})", 0, "post")}});
  cms.world.perform();
  const std::string told = cms.updates(stream);
  EXPECT_TRUE(told.ends_with(R"({"allPosts":[{"title":"x"},{"title":"y"}]})")) << told;
}

TEST(DatocmsChannels, have_the_shape_that_was_asked_for) {
  Datocms cms;
  const auto first = [&](const std::string& shape) {
    const std::string said = cms.ask("POST", "listen?shape=" + shape, Datocms::body_of("{ post { id } }"));
    const std::string url = Datocms::member(said, "url");
    const std::string told = cms.heard(cms.open(url.substr(url.find("listen/"))));
    return told.substr(told.find("data: "));
  };
  EXPECT_EQ(first("response"), "data: {\"response\":{\"data\":{\"post\":null}}}\n\n");
  EXPECT_EQ(first("data"), "data: {\"data\":{\"post\":null}}\n\n");
}

TEST(DatocmsChannels, are_gone_when_nobody_opens_them_for_15_seconds) {
  Datocms cms;
  const std::string late = cms.channel("{ post { id } }");
  cms.world.wait(14'900);
  const std::string in_time = cms.channel("{ post { id } }");
  EXPECT_TRUE(cms.world.accepted.contains(cms.open(late)));
  const std::string never = cms.channel("{ post { id } }");
  cms.world.wait(15'000);
  EXPECT_EQ(cms.answer(cms.open(in_time)).substr(0, 3), "410");
  EXPECT_EQ(cms.answer(cms.open(never)).substr(0, 3), "410");
  EXPECT_EQ(cms.answer(cms.open("listen/channels/none")).substr(0, 3), "410");
}

TEST(DatocmsChannels, go_on_for_whoever_says_what_came_last) {
  Datocms cms;
  const std::string path = cms.channel("{ post { title } }");
  const auto first = cms.open(path);
  const std::string last = Datocms::last_event(cms.heard(first));
  ASSERT_NE(last, "");
  cms.world.feed(first, dialect::Closed{});
  cms.world.wait(30'000);
  EXPECT_EQ(cms.answer(cms.open(path)).substr(0, 3), "410") << "it does not say what it heard";
  const auto second = cms.open(path, last);
  EXPECT_EQ(cms.heard(second), "retry: 1000\n\n") << "the result is what it was";
  cms.world.feed(second, dialect::Closed{});
  cms.publish(cms.create("post", R"({"title":"new"})"));
  const auto third = cms.open(path, last);
  EXPECT_EQ(cms.updates(third), R"({"post":{"title":"new"}})");
  cms.world.feed(third, dialect::Closed{});
  cms.world.wait(60'000);
  EXPECT_EQ(cms.answer(cms.open(path, last)).substr(0, 3), "410");
}

TEST(DatocmsChannels, end_with_what_is_wrong_with_the_query) {
  Datocms cms;
  const std::string path = cms.channel("{ post { nope } }");
  const auto stream = cms.open(path);
  const std::string told = cms.heard(stream);
  EXPECT_TRUE(told.starts_with("retry: 1000\n\nevent: channelError\ndata: ")) << told;
  const std::string error = told.substr(told.find('{'));
  EXPECT_EQ(Datocms::member(error, "code"), "INVALID_QUERY");
  EXPECT_EQ(Datocms::member(error, "fatal"), "true");
  EXPECT_EQ(Datocms::member(error, "message"),
            "The query returned an erroneous response. Please consult the response details to understand the "
            "cause.");
  EXPECT_EQ(Datocms::member(error, "response.errors.0.message"),
            "Field 'nope' doesn't exist on type 'PostRecord'");
  EXPECT_TRUE(cms.world.closed.contains(stream));
  EXPECT_EQ(cms.answer(cms.open(path, "1-x")).substr(0, 3), "410");
}

TEST(DatocmsChannels, say_that_they_are_there_every_15_seconds) {
  Datocms cms;
  const auto stream = cms.listen("{ post { title } }");
  cms.heard(stream);
  cms.world.wait(14'000);
  EXPECT_EQ(cms.heard(stream), "");
  cms.world.wait(1'000);
  EXPECT_EQ(cms.heard(stream), ": hb\n\n");
  cms.world.wait(10'000);
  cms.publish(cms.create("post", R"({"title":"x"})"));
  cms.heard(stream);
  cms.world.wait(10'000);
  EXPECT_EQ(cms.heard(stream), "") << "it has spoken ten seconds ago";
  cms.world.wait(5'000);
  EXPECT_EQ(cms.heard(stream), ": hb\n\n");
}

TEST(DatocmsChannels, that_do_not_read_are_told_the_newest_result_alone) {
  Datocms cms;
  const auto stream = cms.listen("{ _allPostsMeta { count } }");
  cms.heard(stream);
  cms.world.feed(stream, dialect::Stalled{});
  for (int i = 0; i < 5; ++i) cms.publish(cms.create("post", "{}"));
  EXPECT_EQ(cms.updates(stream), "");
  cms.world.feed(stream, dialect::Drained{});
  EXPECT_EQ(cms.updates(stream), R"({"_allPostsMeta":{"count":5}})");
}

TEST(DatocmsChannels, of_large_results_have_one_under_way_at_a_time) {
  Datocms cms;
  const std::string id = cms.create("post", "{}");
  cms.publish(id);
  const auto stream = cms.listen("{ post { title } }");
  EXPECT_EQ(cms.world.accepted.at(stream).terms.stalled_ms_max, 30'000) << "so long it may take nothing";
  cms.heard(stream);
  const auto write = [&](char letter) {
    cms.change(id, R"({"title":")" + std::string(100'000, letter) + R"("})");
    cms.publish(id);
    return cms.updates(stream);
  };
  cms.world.unread.insert(stream);
  EXPECT_NE(write('a'), "");
  EXPECT_EQ(write('b'), "") << "the first one waits yet";
  EXPECT_EQ(write('c'), "");
  cms.world.feed(stream, dialect::Drained{});
  EXPECT_EQ(cms.updates(stream), R"({"post":{"title":")" + std::string(100'000, 'c') + R"("}})");
}

TEST(DatocmsChannels, that_did_not_read_while_a_result_came_and_went_are_told_nothing) {
  Datocms cms;
  const std::string id = cms.create("post", R"({"title":"a"})");
  cms.publish(id);
  const auto stream = cms.listen("{ post { title } }");
  cms.heard(stream);
  cms.world.feed(stream, dialect::Stalled{});
  for (const char* title : {"b", "a"}) {
    cms.change(id, R"({"title":")" + std::string(title) + R"("})");
    cms.publish(id);
    cms.heard(stream);
  }
  cms.world.feed(stream, dialect::Drained{});
  EXPECT_EQ(cms.updates(stream), "");
}

TEST(DatocmsChannels, go_on_for_nobody_who_names_an_event_that_was_never_sent) {
  Datocms cms;
  const std::string path = cms.channel("{ post { title } }");
  const auto first = cms.open(path, "7-whatever");
  const std::string told = cms.heard(first);
  EXPECT_NE(told.find("event: update"), std::string::npos) << "the first one is always told";
  const std::string last = Datocms::last_event(told);
  cms.world.wait(15'000);
  for (const char* wrong : {"x", "99999-0", "-"})
    EXPECT_EQ(cms.answer(cms.open(path, wrong)).substr(0, 3), "410") << wrong;
  EXPECT_FALSE(cms.world.closed.contains(first)) << "it is still open";
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(cms.world.accepted.contains(cms.open(path, last)));
  EXPECT_EQ(cms.answer(cms.open(path, last)).substr(0, 3), "503") << "too often";
}

TEST(DatocmsChannels, that_ask_the_same_share_one_text) {
  Datocms cms;
  std::vector<dialect::CarrierId> streams;
  for (const char* spelling : {"{ post { title } }", "query { post { title } }", "{post{title,}} # a remark"})
    streams.push_back(cms.listen(spelling));
  cms.publish(cms.create("post", R"({"title":"x"})"));
  for (const auto stream : streams) {
    EXPECT_EQ(cms.world.last_sent.at(stream), cms.world.last_sent.at(streams[0])) << "the same buffer";
  }
}

TEST(DatocmsChannels, are_not_more_than_there_may_be) {
  Datocms cms(R"(,"channelsMax":2)");
  cms.listen("{ post { id } }");
  const auto second = cms.listen("{ post { id } }");
  const auto refused = cms.send("POST", "listen", Datocms::body_of("{ post { id } }"));
  EXPECT_EQ(Datocms::refusal(cms.answer(refused)), "503 TOO_MANY_CONNECTIONS")
      << "which a client tries again";
  EXPECT_EQ(cms.header(refused, "Retry-After"), "1");
  cms.world.feed(second, dialect::Closed{});
  cms.world.wait(60'000);
  EXPECT_TRUE(cms.channel("{ post { id } }").starts_with("listen/channels/"));
}

TEST(DatocmsChannels, tell_when_a_record_a_filter_looks_for_comes_to_be) {
  Datocms cms;
  const std::string author = cms.create("author", R"({"name":"Ada"})");
  const auto stream =
      cms.listen(R"({ allPosts(filter: {author: {eq: ")" + author + R"("}}) { title author { name } } })",
                 {"all", {{"X-Include-Drafts", "true"}}});
  EXPECT_EQ(cms.updates(stream), R"({"allPosts":[]})");
  cms.create("post", R"({"title":"t","author":")" + author + R"("})");
  EXPECT_EQ(cms.updates(stream), R"({"allPosts":[{"title":"t","author":{"name":"Ada"}}]})");
  cms.change(author, R"({"name":"Bea"})");
  EXPECT_EQ(cms.updates(stream), R"({"allPosts":[{"title":"t","author":{"name":"Bea"}}]})");
  cms.ask("DELETE", "cma/items/" + author);
  EXPECT_EQ(cms.updates(stream), R"({"allPosts":[]})") << "there is no record of that number any more";
}

}  // namespace
}  // namespace rockpool::gateway
