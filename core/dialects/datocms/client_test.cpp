// The page's end against a server that the test plays.
#include "core/dialects/datocms/client.h"

#include <gtest/gtest.h>

#include "core/base/text.h"
#include "core/dialects/datocms/client_words.h"

namespace rockpool::dialects::datocms {
namespace {

constexpr const char* hello_answer = R"json({"data":{"__typename":"Query"}})json";
constexpr const char* our_cursor = "40-000000000000000a";
constexpr const char* welcome =
    R"({"type":"welcome","cursor":"40-000000000000000a","models":{"post":{"fields":{"title":"string"}}}})";

struct Page {
  explicit Page(const std::string& cursor = "", const std::string& url = "http://host/datocms",
                dialect::Carrier carrier = dialect::Carrier::websocket)
      : session(make_client({.url = url, .user = "mara"}, base::Prng(1))) {
    session->open(now, carrier, {.client = "c", .token = "tok"}, steps);
    if (said<dialect::Exchange>() != nullptr) answer(200, hello_answer, cursor);
  }
  void answer(int status, const std::string& body, const std::string& cursor = "") {
    const dialect::Exchange asked = last<dialect::Exchange>();
    steps.clear();
    session->receive(now, asked.carrier, dialect::Body{status, body, cursor}, steps);
  }
  void wish(int sub, const std::string& query) {
    std::string event = R"({"key":"$query:)" + std::to_string(sub) + R"(","query":")" + query + R"("})";
    std::string text = R"({"type":"subscribe","sub":-)" + std::to_string(sub) + R"(,"event":)";
    model::append_quoted(text, event);
    ask(dialect::Signal{text + '}'});
  }
  void no_wish(int sub) {
    ask(dialect::Signal{R"({"type":"unsubscribe","sub":-)" + std::to_string(sub) + '}'});
  }
  void ask(const dialect::ClientCommand& command) {
    steps.clear();
    session->ask(now, command, steps);
    session->flush(now, steps);
  }
  // A channel for what was asked, and its stream.
  void open_channel() {
    answer(200, R"({"url":"http://host/channel/1"})");
    open_stream();
  }
  void open_stream() {
    stream = last<dialect::OpenStream>().carrier;
    steps.clear();
    session->receive(now, stream, dialect::Opened{}, steps);
  }
  void say(const std::string& bytes) {
    steps.clear();
    session->receive(now, stream, dialect::Frame{.bytes = bytes}, steps);
  }
  void event(const std::string& type, const std::string& data) {
    say("event: " + type + "\ndata: " + data + "\n\n");
  }
  void close_stream(int status = 0) {
    steps.clear();
    session->receive(now, stream, dialect::Closed{static_cast<std::uint16_t>(status), "gone"}, steps);
  }
  Page& wait(std::int64_t ms) {
    steps.clear();
    now.ms += ms;
    session->wake(now, steps);
    return *this;
  }
  template <typename Step>
  const Step* said() const {
    for (auto step = steps.rbegin(); step != steps.rend(); ++step)
      if (const auto* one = std::get_if<Step>(&*step)) return one;
    return nullptr;
  }
  template <typename Step>
  Step last() const {
    EXPECT_NE(said<Step>(), nullptr);
    return said<Step>() == nullptr ? Step{} : *said<Step>();
  }
  std::vector<std::string> sent() const {
    std::vector<std::string> texts;
    for (const auto& step : steps)
      if (const auto* one = std::get_if<dialect::SendFrame>(&step)) texts.push_back(*one->bytes);
    return texts;
  }
  std::string told_data() const {
    if (const auto* part = said<dialect::Part>()) return part->records.front().data;
    const auto* changed = said<dialect::ChangedAt>();
    return changed == nullptr ? "nothing" : changed->changes.front().record.data;
  }

  base::Instant now{1'000'000};
  dialect::CarrierId stream = 0;
  dialect::ClientSteps steps;
  std::unique_ptr<dialect::ClientSession> session;
};

// On our server, with its socket open.
struct OurPage : Page {
  explicit OurPage(const std::string& url = "http://host/datocms/preview") : Page(our_cursor, url) {
    open_stream();
    greeting = sent();
    say(welcome);
  }
  void follow(const std::string& cursor = "", std::vector<model::Record> held = {}) {
    ask(dialect::Subscribe{.collection = "post", .cursor = cursor, .after = "", .held = std::move(held)});
  }
  void push(model::Op op, const std::string& id, const std::string& data, model::Version base) {
    model::Mutation mutation;
    mutation.number = ++number;
    mutation.key = {"post", id};
    mutation.op = op;
    mutation.data = data;
    mutation.base = base;
    ask(dialect::Push{.settled = 0, .except = {}, .groups = {{mutation}}});
  }
  std::vector<std::string> greeting;
  std::uint64_t number = 0;
};

std::string record(int version, const std::string& title, const std::string& status = "draft") {
  return R"({"id":"12","version":)" + std::to_string(version) +
         R"(,"createdAt":1000,"updatedAt":2000,"data":{"title":")" + title + R"(","_status":")" + status +
         R"("}})";
}
std::string records(const std::string& list) {
  return R"({"type":"records","model":"post","begin":true,"done":true,)"
         R"("cursor":"41-000000000000000a","records":[)" +
         list + "]}";
}
std::string changes(const std::string& list, int place = 42) {
  return R"({"type":"changes","model":"post","cursor":")" + std::to_string(place) +
         R"(-000000000000000a","changes":[)" + list + "]}";
}

// ---- where ------------------------------------------------------------------------------------------------

TEST(DatoAddress, is_a_prefix_with_two_ends_or_the_originals_two_hosts) {
  const auto ours = read_address("http://host:8787/datocms/");
  ASSERT_TRUE(ours);
  EXPECT_EQ(ours->query, "http://host:8787/datocms/graphql");
  EXPECT_EQ(ours->listen, "http://host:8787/datocms/listen");
  EXPECT_EQ(ours->socket, "ws://host:8787/datocms/rockpool");
  const auto original = read_address("https://graphql.datocms.com");
  ASSERT_TRUE(original);
  EXPECT_EQ(original->query, "https://graphql.datocms.com/");
  EXPECT_EQ(original->listen, "https://graphql-listen.datocms.com/");
  EXPECT_EQ(read_address("http://host/datocms/graphql")->query, "http://host/datocms/graphql");
  EXPECT_FALSE(read_address("datocms"));
}

TEST(DatoAddress, says_for_which_records) {
  const auto address = read_address("https://graphql.datocms.com/environments/next/preview");
  ASSERT_TRUE(address);
  EXPECT_EQ(address->query, "https://graphql.datocms.com/");
  EXPECT_TRUE(address->drafts);
  EXPECT_EQ(address->environment, "next");
  const auto headers = headers_of(*address, "tok");
  EXPECT_EQ(headers.back(), (std::pair<std::string, std::string>("X-Environment", "next")));
  for (const auto& [name, value] : headers_of(*read_address("http://host"), "tok"))
    EXPECT_NE(name, "X-Include-Drafts") << "said only when it is true";
}

// ---- a server of the contract -----------------------------------------------------------------------------

TEST(DatoClient, a_query_is_registered_and_its_results_are_records_of_its_own) {
  Page page;
  EXPECT_NE(page.said<dialect::Ready>(), nullptr);
  EXPECT_EQ(page.said<dialect::OpenStream>(), nullptr);
  page.wish(1, "{ a }");
  const auto asked = page.last<dialect::Exchange>();
  EXPECT_EQ(asked.url, "http://host/datocms/listen");
  EXPECT_EQ(asked.body, R"({"query":"{ a }"})");
  page.open_channel();
  page.event("update", R"({"response":{"data":{"a":1}},"data":{"a":1}})");
  EXPECT_EQ(page.told_data(), R"({"query":"{ a }","response":{"data":{"a":1}}})");
  EXPECT_EQ(page.last<dialect::Live>().collection, "$query:1");
  page.event("update", R"({"response":{"data":{"a":1}}})");
  EXPECT_TRUE(page.steps.empty()) << "the same again";
  page.event("update", R"({"data":{"a":2}})");
  EXPECT_EQ(page.last<dialect::ChangedAt>().changes.front().record.version, 2u);
  EXPECT_EQ(page.told_data(), R"({"query":"{ a }","response":{"data":{"a":2}}})");
}

TEST(DatoClient, a_result_in_pieces_is_one) {
  Page page;
  page.wish(1, "{ a }");
  page.open_channel();
  page.say("retry: 1000\n\n: hb\n\nid: 7-3f\nevent: upd");
  page.say("ate\ndata: {\"response\":\ndata: {\"data\":{\"a\":1}}}\n\n");
  EXPECT_EQ(page.told_data(), R"({"query":"{ a }","response":{"data":{"a":1}}})");
}

TEST(DatoClient, what_is_fatal_ends_a_query_and_says_why) {
  Page page;
  page.wish(1, "{ nope }");
  page.open_channel();
  page.event("channelError",
             R"({"code":"INVALID_QUERY","message":"See the response.","fatal":true,"response":{"errors":)"
             R"([{"message":"Field 'nope' doesn't exist on type 'Query'"}]}})");
  EXPECT_EQ(page.told_data(), R"({"code":"invalid","message":"Field 'nope' doesn't exist on type 'Query'",)"
                              R"("errors":[{"message":"Field 'nope' doesn't exist on type 'Query'"}]})");
  EXPECT_NE(page.said<dialect::CloseStream>(), nullptr);
  EXPECT_EQ(page.wait(60'000).said<dialect::Exchange>(), nullptr);
}

TEST(DatoClient, what_passes_is_asked_again_and_nothing_is_told) {
  Page page;
  page.wish(1, "{ a }");
  page.open_channel();
  page.event("channelError", R"({"code":"TEMPORARY_FAILURE","message":"later","fatal":false})");
  EXPECT_EQ(page.said<dialect::ChangedAt>(), nullptr);
  EXPECT_EQ(page.wait(899).said<dialect::Exchange>(), nullptr);
  EXPECT_NE(page.wait(202).said<dialect::Exchange>(), nullptr);
}

TEST(DatoClient, a_stream_that_ends_is_asked_for_again_ever_later_until_one_was_healthy) {
  Page page;
  page.wish(1, "{ a }");
  for (const std::int64_t ms : {1'000, 2'000, 4'000, 8'000, 16'000, 20'000, 20'000}) {
    page.open_channel();
    page.close_stream(410);
    EXPECT_EQ(page.said<dialect::Ended>(), nullptr) << "other streams go on";
    EXPECT_EQ(page.wait(ms * 9 / 10 - 1).said<dialect::Exchange>(), nullptr) << ms;
    EXPECT_NE(page.wait(ms / 5 + 2).said<dialect::Exchange>(), nullptr) << ms;
  }
  page.open_channel();
  page.now.ms += 10'000;
  page.close_stream();
  EXPECT_NE(page.wait(1'101).said<dialect::Exchange>(), nullptr);
}

TEST(DatoClient, a_stream_that_says_nothing_for_long_is_opened_anew) {
  Page page;
  page.wish(1, "{ a }");
  page.open_channel();
  EXPECT_EQ(page.wait(299'000).said<dialect::CloseStream>(), nullptr);
  EXPECT_NE(page.wait(1'000).said<dialect::CloseStream>(), nullptr);
}

TEST(DatoClient, too_many_questions_are_asked_again_when_the_server_says) {
  Page page;
  page.wish(1, "{ a }");
  page.answer(429, "", "3");
  EXPECT_EQ(page.wait(2'999).said<dialect::Exchange>(), nullptr);
  EXPECT_NE(page.wait(752).said<dialect::Exchange>(), nullptr);
  page.answer(429, "");
  EXPECT_EQ(page.wait(999).said<dialect::Exchange>(), nullptr);
  EXPECT_NE(page.wait(252).said<dialect::Exchange>(), nullptr);
}

TEST(DatoClient, a_refusal_that_a_retry_cannot_mend_is_told) {
  Page page;
  page.wish(1, "{ a }");
  page.answer(503, "");
  EXPECT_EQ(page.said<dialect::ChangedAt>(), nullptr);
  page.wait(1'101);
  page.answer(403,
              R"({"data":[{"id":"a1b2c3","type":"api_error","attributes":{"code":"INSUFFICIENT_PERMISSIONS",)"
              R"("details":{"message":"no drafts"}}}]})");
  EXPECT_EQ(page.told_data(), R"({"code":"forbidden","message":"no drafts"})");
  EXPECT_EQ(page.wait(60'000).said<dialect::Exchange>(), nullptr);
}

TEST(DatoClient, a_token_that_is_refused_ends_the_link_wherever) {
  Page page;
  page.wish(1, "{ a }");
  page.answer(401, "");
  EXPECT_EQ(page.last<dialect::Trouble>().error.code, base::Code::auth);
  Page other;
  other.wish(1, "{ a }");
  other.open_channel();
  other.event("channelError", R"({"code":"INVALID_AUTHORIZATION_HEADER","message":"gone","fatal":true})");
  EXPECT_EQ(other.last<dialect::Trouble>().error.code, base::Code::auth);
}

TEST(DatoClient, an_error_goes_with_the_next_result) {
  Page page;
  page.wish(1, "{ a }");
  page.answer(403, "");
  page.no_wish(1);
  page.wish(1, "{ a }");
  page.open_channel();
  page.event("update", R"({"data":{"a":1}})");
  ASSERT_NE(page.said<dialect::Part>(), nullptr) << "nothing but the result is left";
  EXPECT_EQ(page.said<dialect::Part>()->records.size(), 1u);
}

TEST(DatoClient, nobody_who_listens_means_no_stream) {
  Page page;
  page.wish(1, "{ a }");
  page.open_channel();
  page.no_wish(1);
  EXPECT_EQ(page.last<dialect::CloseStream>().carrier, page.stream);
}

TEST(DatoClient, collections_of_another_server_are_not_offered) {
  Page page;
  page.ask(dialect::Subscribe{.collection = "post", .cursor = "", .after = ""});
  EXPECT_EQ(page.last<dialect::Trouble>().error.code, base::Code::unsupported);
  EXPECT_EQ(page.last<dialect::Trouble>().error.path, "post");
}

TEST(DatoClient, where_no_stream_may_be_used_it_looks_from_time_to_time) {
  Page page("", "http://host/datocms", dialect::Carrier::poll);
  page.wish(1, "{ a }");
  EXPECT_EQ(page.last<dialect::Exchange>().url, "http://host/datocms/graphql");
  page.answer(200, R"({"data":{"a":1}})");
  EXPECT_EQ(page.told_data(), R"({"query":"{ a }","response":{"data":{"a":1}}})");
  EXPECT_EQ(page.wait(9'999).said<dialect::Exchange>(), nullptr);
  EXPECT_NE(page.wait(1).said<dialect::Exchange>(), nullptr);
}

TEST(DatoClient, wrong_options_are_said_at_once) {
  Page page("", "datocms");
  EXPECT_EQ(page.last<dialect::Trouble>().error.code, base::Code::usage);
}

// ---- our server -------------------------------------------------------------------------------------------

TEST(DatoClient, on_our_server_one_socket_is_for_all_queries) {
  OurPage page;
  EXPECT_EQ(page.greeting, std::vector<std::string>{R"({"type":"hello","token":"tok","drafts":true})"});
  EXPECT_EQ(page.last<dialect::Live>().collection, "$query:models") << "as the page looks for it";
  EXPECT_EQ(page.told_data(), R"({"post":{"fields":{"title":"string"}}})");
  page.wish(1, "{ a }");
  EXPECT_EQ(page.sent(), std::vector<std::string>{R"({"type":"listen","key":"$query:1","query":"{ a }"})"});
  page.say(R"({"type":"update","key":"$query:1","id":"1-a","response":{"data":{"a":1}}})");
  EXPECT_EQ(page.told_data(), R"({"query":"{ a }","response":{"data":{"a":1}}})");
  page.say(R"({"type":"error","key":"$query:1","code":"INVALID_QUERY","message":"m","fatal":true,)"
           R"("response":{"errors":[]}})");
  EXPECT_EQ(page.told_data(), R"({"code":"invalid","message":"m"})");
  page.no_wish(1);
  EXPECT_TRUE(page.sent().empty()) << "the server has let go of it already";
  page.wish(2, "{ b }");
  page.no_wish(2);
  EXPECT_EQ(page.sent(), std::vector<std::string>{R"({"type":"leave","key":"$query:2"})"});
}

TEST(DatoClient, where_the_socket_is_forbidden_each_query_has_a_stream) {
  Page page(our_cursor);
  page.wish(1, "{ a }");
  EXPECT_EQ(page.said<dialect::Exchange>(), nullptr) << "not while the socket may still open";
  page.wait(5'000);
  EXPECT_EQ(page.last<dialect::Exchange>().url, "http://host/datocms/listen?shape=response");
}

TEST(DatoClient, a_socket_that_did_not_get_through_is_tried_again_ever_later) {
  Page page(our_cursor);
  page.wait(5'000);
  for (const std::int64_t ms : {30'000, 60'000, 120'000, 240'000, 300'000, 300'000}) {
    EXPECT_EQ(page.wait(ms - 1).said<dialect::OpenStream>(), nullptr) << ms;
    page.stream = page.wait(1).last<dialect::OpenStream>().carrier;
    EXPECT_EQ(page.last<dialect::OpenStream>().kind, dialect::Carrier::websocket);
    page.close_stream();
  }
  page.wait(300'000);
  page.open_stream();
  EXPECT_NE(page.said<dialect::Ended>(), nullptr) << "a session with the socket begins";
}

TEST(DatoClient, a_socket_that_is_silent_is_asked_and_then_given_up) {
  OurPage page;
  EXPECT_EQ(page.wait(29'999).said<dialect::SendFrame>(), nullptr);
  EXPECT_EQ(page.wait(1).sent(), std::vector<std::string>{R"({"type":"ping"})"});
  page.say(R"({"type":"pong"})");
  page.wait(30'000);
  EXPECT_NE(page.wait(15'000).said<dialect::Ended>(), nullptr);
}

TEST(DatoClient, a_model_is_read_and_then_followed) {
  OurPage page;
  page.follow();
  EXPECT_EQ(page.sent(), std::vector<std::string>{R"({"type":"follow","model":"post"})"});
  page.say(records(record(3, "one")));
  const auto part = page.last<dialect::Part>();
  ASSERT_EQ(part.records.size(), 1u);
  EXPECT_EQ(part.records[0].key.id, "12");
  EXPECT_EQ(part.records[0].version, 3u);
  page.say(changes(R"({"id":"12","record":)" + record(4, "two") + '}'));
  EXPECT_EQ(page.last<dialect::ChangedAt>().changes[0].record.version, 4u);
  page.say(changes(R"({"id":"12"})", 43));
  EXPECT_EQ(page.last<dialect::ChangedAt>().changes[0].record.data, "");
}

TEST(DatoClient, older_news_of_its_end_do_not_take_away_a_record_that_was_made_again) {
  OurPage page;
  page.follow();
  page.say(records(""));
  page.push(model::Op::put, "mine", R"({"title":"again"})", 0);
  page.answer(201, R"({"record":)" + record(3, "again") + "}");
  page.say(changes(R"({"id":"12","version":2})", 41));
  EXPECT_EQ(page.said<dialect::ChangedAt>(), nullptr);
  page.say(changes(R"({"id":"12","version":4})"));
  ASSERT_NE(page.said<dialect::ChangedAt>(), nullptr);
  EXPECT_EQ(page.last<dialect::ChangedAt>().changes[0].record.data, "");
}

TEST(DatoClient, what_is_here_goes_on_where_it_stood_unless_the_history_is_another) {
  const std::string cursor = model::write_cursor({.epoch = 10, .space = 0, .seq = 38, .chain = 0});
  OurPage page;
  page.follow(cursor);
  EXPECT_EQ(page.sent(),
            std::vector<std::string>{R"({"type":"follow","model":"post","since":"38-000000000000000a"})"});
  page.say(changes(""));
  EXPECT_NE(page.said<dialect::Live>(), nullptr);
  OurPage other;
  other.follow(model::write_cursor({.epoch = 11, .space = 0, .seq = 38, .chain = 0}));
  EXPECT_EQ(other.sent(), std::vector<std::string>{R"({"type":"follow","model":"post"})"});
}

TEST(DatoClient, a_write_says_what_differs_and_on_which_version) {
  OurPage page;
  page.follow();
  page.say(records(record(3, "one")));
  page.push(model::Op::patch, "12", R"({"title":"two"})", 3);
  const auto asked = page.last<dialect::Exchange>();
  EXPECT_EQ(asked.head.method, "PUT");
  EXPECT_EQ(asked.url, "http://host/datocms/cma/items/12?version=3");
  EXPECT_TRUE(asked.body.starts_with(R"({"data":{"type":"item","attributes":{"title":"two"},)"))
      << asked.body;
  page.answer(200, R"({"data":{},"record":)" + record(4, "two") + "}");
  EXPECT_EQ(std::get<model::Acked>(page.last<dialect::Settled>().outcome).version, 4u);
}

TEST(DatoClient, a_record_is_made_by_its_name_once) {
  OurPage page;
  page.follow();
  page.say(records(""));
  page.push(model::Op::put, "mine", R"({"title":"one"})", 0);
  const auto asked = page.last<dialect::Exchange>();
  EXPECT_EQ(asked.head.method, "POST");
  EXPECT_EQ(asked.url, "http://host/datocms/cma/items?id=mine");
  page.answer(201, R"({"record":)" + record(1, "one") + "}");
  EXPECT_EQ(page.last<dialect::ChangedAt>().changes[0].record.key.id, "mine");
  EXPECT_EQ(page.last<dialect::ChangedAt>().changes[0].record.meta, "12");
}

TEST(DatoClient, published_is_a_state_that_is_written_like_a_field) {
  OurPage page;
  page.follow();
  page.say(records(record(3, "one")));
  page.push(model::Op::patch, "12", R"({"title":"two","_status":"published"})", 3);
  EXPECT_EQ(page.last<dialect::Exchange>().url, "http://host/datocms/cma/items/12?version=3");
  page.answer(200, R"({"record":)" + record(4, "two") + "}");
  EXPECT_EQ(page.last<dialect::Exchange>().url, "http://host/datocms/cma/items/12/publish?version=4");
  page.answer(200, R"({"record":)" + record(5, "two", "published") + "}");
  EXPECT_EQ(std::get<model::Acked>(page.last<dialect::Settled>().outcome).version, 5u);
  page.push(model::Op::patch, "12", R"({"_status":"draft"})", 5);
  EXPECT_EQ(page.last<dialect::Exchange>().url, "http://host/datocms/cma/items/12/unpublish?version=5");
}

TEST(DatoClient, what_is_edited_anew_is_published_by_saying_so) {
  OurPage page;
  page.follow();
  page.say(records(record(3, "one", "published")));
  page.push(model::Op::patch, "12", R"({"title":"two","_status":"publish"})", 3);
  page.answer(200, R"({"record":)" + record(4, "two", "updated") + "}");
  EXPECT_EQ(page.last<dialect::Exchange>().url, "http://host/datocms/cma/items/12/publish?version=4");
  page.answer(200, R"({"record":)" + record(5, "two", "published") + "}");
  page.push(model::Op::patch, "12", R"({"_status":"publish"})", 5);
  EXPECT_EQ(page.said<dialect::Exchange>(), nullptr) << "it is, as it is";
  page.push(model::Op::patch, "12", R"({"_status":"unpublish"})", 5);
  EXPECT_EQ(page.last<dialect::Exchange>().url, "http://host/datocms/cma/items/12/unpublish?version=5");
}

TEST(DatoClient, a_record_that_somebody_else_has_changed_is_read_first) {
  OurPage page;
  page.follow();
  page.say(records(record(3, "one")));
  page.push(model::Op::patch, "12", R"({"title":"two"})", 3);
  page.answer(412, "");
  EXPECT_EQ(page.sent(), std::vector<std::string>{R"({"type":"read","model":"post","id":"12"})"});
  page.say(R"({"type":"record","model":"post","id":"12","record":)" + record(4, "theirs") + "}");
  EXPECT_TRUE(std::holds_alternative<model::Conflicted>(page.last<dialect::Settled>().outcome));
}

TEST(DatoClient, published_records_are_not_written) {
  OurPage page("http://host/datocms");
  page.follow();
  page.say(records(record(3, "one", "published")));
  page.push(model::Op::patch, "12", R"({"title":"two"})", 3);
  const auto settled = page.last<dialect::Settled>();
  ASSERT_TRUE(std::holds_alternative<model::Declined>(settled.outcome));
  EXPECT_EQ(std::get<model::Declined>(settled.outcome).error.code, base::Code::forbidden);
}

TEST(DatoWords, two_records_say_the_same_whatever_is_null_or_ours) {
  EXPECT_TRUE(says_the_same(R"({"a":1})", R"({"a":1,"b":null,"_isValid":true})", false));
  EXPECT_FALSE(says_the_same(R"({"a":1})", R"({"a":1,"b":2})", false));
  EXPECT_TRUE(says_the_same(R"({"a":1})", R"({"a":1,"b":2})", true)) << "as the server likes";
  EXPECT_FALSE(says_the_same(R"({"_status":"published"})", R"({"_status":"updated"})", false));
  EXPECT_TRUE(says_the_same("", "", false) && !says_the_same("", "{}", false));
  const auto write = item_write("post", R"({"a":1})", R"({"a":1,"b":2})");
  EXPECT_TRUE(write.body.find(R"("attributes":{"b":null})") != std::string::npos) << write.body;
}

}  // namespace
}  // namespace rockpool::dialects::datocms
