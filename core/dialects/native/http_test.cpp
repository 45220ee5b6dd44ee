#include "core/dialects/native/http_place_test.h"

namespace rockpool::dialects::native {
namespace {

const std::string gone = "404 closed";

// ---- begin ------------------------------------------------------------------------------------------------

TEST(Http, begins_with_hello_and_answers_with_the_session_and_its_welcome) {
  HttpPlace place;
  const CarrierId request = place.begin();
  EXPECT_EQ(place.last<Identify>().origin, "https://app.example");
  EXPECT_TRUE(place.all<Respond>().empty());
  place.identify(dialect::Identified{{.user = "mara"}, session_name}).answer(model::Greeted{.writer = "w"});
  const std::string said = place.answered(request);
  EXPECT_TRUE(
      said.starts_with("200 {\"session\":\"" + session_name + R"(","n":1,"messages":[{"type":"welcome",)"))
      << said;
  EXPECT_NE(said.find(R"("peer":")" + dialect::member_prefix(kept)), std::string::npos) << said;
}

TEST(Http, takes_what_comes_with_hello_as_the_next_numbers) {
  HttpPlace place;
  place.begun("[" + hello + R"(,{"type":"subscribe","sub":1,"collection":"a"},{"type":"ping"}])");
  const std::string said = place.answered(place.last_request);
  EXPECT_TRUE(said.find(R"("n":3)") != std::string::npos) << said;
  EXPECT_LT(said.find("subscribed"), said.find("pong"));
  place.post(R"({"n":4,"messages":[{"type":"ping"}]})");
  EXPECT_EQ(place.answered(place.last_request), R"(200 {"n":4})");
}

TEST(Http, tells_how_long_the_token_lasts) {
  HttpPlace place;
  place.begun(hello, place.now.ms + 60'000);
  EXPECT_NE(place.answered(place.last_request).find(R"("expiresIn":60000)"), std::string::npos);
}

TEST(Http, refuses_a_hello_with_the_status_that_fits) {
  const auto status = [](const std::string& body) {
    HttpPlace place;
    const CarrierId request = place.begin(body);
    return place.refused(request);
  };
  EXPECT_EQ(status(R"({"type":"hello","protocol":2,"client":"0123456789abcdef"})"),
            "400 unsupported_version");
  EXPECT_EQ(status(R"({"type":"hello","protocol":1,"client":"short"})"), "400 invalid");
  EXPECT_EQ(status(R"({"type":"hello","protocol":1,"client":"0123456789abcdef","space":"$x"})"),
            "403 forbidden");
  EXPECT_EQ(status(R"({"type":"hello"})"), "400 bad_message");
  EXPECT_EQ(status(R"({"type":"ping"})"), "400 bad_message");
  EXPECT_EQ(status("[]"), "400 bad_message");
  EXPECT_EQ(status("{\"type\":\"hel"), "400 bad_message");
  EXPECT_EQ(status(R"({"n":2,"messages":[)" + hello + "]}"), "400 bad_message");
}

TEST(Http, refuses_who_is_denied_and_those_who_come_at_a_bad_time) {
  for (const auto& [code, expected] :
       {std::pair{Code::auth, "401 auth"}, {Code::forbidden, "403 forbidden"}}) {
    HttpPlace place;
    const CarrierId request = place.begin();
    place.identify(dialect::Denied{{.code = code, .message = "no", .path = ""}});
    EXPECT_EQ(place.refused(request), expected);
    EXPECT_EQ(place.server().census().poll, 0u);
  }
  HttpPlace place;
  const CarrierId request = place.begin();
  place.identify(dialect::Identified{})
      .answer(model::Failed{{.code = Code::storage, .message = "", .path = ""}});
  EXPECT_EQ(place.refused(request), "503 storage");
  EXPECT_NE(wire::find_header(place.last<Respond>().head.headers, "Retry-After"), nullptr);
}

TEST(Http, forgets_a_begin_whose_client_went_away) {
  HttpPlace place;
  const CarrierId request = place.begin();
  place.steps.clear();
  place.hear(request, dialect::Closed{});
  EXPECT_EQ(place.last<CloseStream>().carrier, kept);
  EXPECT_EQ(place.server().census().poll, 0u);
}

// ---- up ---------------------------------------------------------------------------------------------------

TEST(Http, takes_each_message_once_however_often_it_is_sent) {
  HttpPlace place;
  place.up();
  const std::string ping = R"({"type":"presence","room":"r","state":1})";
  place.post(R"({"n":2,"messages":[)" + ping + "]}");
  EXPECT_EQ(place.all<Asked>().size(), 1u);
  place.post(R"({"n":2,"messages":[)" + ping + "," + ping + "]}");
  EXPECT_EQ(place.all<Asked>().size(), 1u);
  EXPECT_EQ(place.answered(place.last_request), R"(200 {"n":3})");
  place.post(R"({"n":2,"messages":[)" + ping + "]}");
  EXPECT_TRUE(place.all<Asked>().empty());
  EXPECT_EQ(place.answered(place.last_request), R"(200 {"n":3})");
  place.post(R"({"n":3,"messages":[]})");
  EXPECT_EQ(place.answered(place.last_request), R"(200 {"n":3})");
}

TEST(Http, names_the_last_number_when_messages_are_missing) {
  HttpPlace place;
  place.up().post(R"({"n":3,"messages":[{"type":"ping"}]})");
  EXPECT_EQ(place.refused(place.last_request), "409 bad_message");
  EXPECT_TRUE(place.answered(place.last_request).ends_with(R"("n":1})"));
  place.post(R"({"n":2,"messages":[{"type":"ping"},{"type":"ping"}]})");
  EXPECT_EQ(place.answered(place.last_request), R"(200 {"n":3})");
}

TEST(Http, takes_bare_messages_as_the_next_ones) {
  HttpPlace place;
  place.up().post(R"({"type":"ping"})");
  EXPECT_EQ(place.answered(place.last_request), R"(200 {"n":2})");
  place.post(R"([{"type":"ping"},{"type":"ping"}])");
  EXPECT_EQ(place.answered(place.last_request), R"(200 {"n":4})");
  place.ask("POST", "/v1/messages?session=" + session_name);
  EXPECT_EQ(place.all<ReadBody>().size(), 1u);
}

TEST(Http, takes_nothing_of_a_body_that_is_broken) {
  HttpPlace place;
  place.up();
  for (const char* body : {"", "{", "7", R"({"n":2})", R"({"n":2,"messages":{}})", R"({"n":0,"messages":[]})",
                           R"({"n":"2","messages":[]})", R"({"n":2,"messages":[{"type":"ping"}])",
                           R"({"received":-1,"messages":[]})"}) {
    place.post(body);
    EXPECT_EQ(place.refused(place.last_request), "400 bad_message") << body;
  }
  const CarrierId half = place.ask("POST", "/v1/messages", place.ours());
  place.hear(half, dialect::Closed{});
  place.post(R"({"n":2,"messages":[]})");
  EXPECT_EQ(place.answered(place.last_request), R"(200 {"n":1})");
}

TEST(Http, answers_a_wrong_message_in_the_session_and_counts_its_number) {
  HttpPlace place;
  place.up().post(R"({"n":2,"messages":[{"type":"nothing"}]})");
  EXPECT_EQ(place.answered(place.last_request), R"(200 {"n":2})");
  place.poll("1");
  EXPECT_NE(place.answered(place.last_request).find(R"("code":"bad_message")"), std::string::npos);
}

TEST(Http, refuses_to_hear_that_more_was_received_than_was_sent) {
  HttpPlace place;
  place.up().post(R"({"n":2,"received":2,"messages":[{"type":"ping"}]})");
  EXPECT_EQ(place.refused(place.last_request), "400 bad_message");
  place.post(R"({"n":2,"received":1,"messages":[{"type":"ping"}]})");
  EXPECT_EQ(place.answered(place.last_request), R"(200 {"n":2})");
}

TEST(Http, ends_a_session_as_soon_as_its_client_speaks_through_a_newer_one) {
  HttpPlace place;
  place.up();
  Place& beside = place;
  beside.Place::up(1).say(R"({"type":"ping"})", 1);
  ASSERT_EQ(place.all<CloseStream>().size(), 1u);
  EXPECT_EQ(place.last<CloseStream>().carrier, kept);
  EXPECT_EQ(place.last<CloseStream>().code, wire::CloseCode::policy);
  EXPECT_EQ(place.server().census().poll, 0u);
  place.steps.clear();
  place.post(R"({"n":2,"messages":[{"type":"push","settled":0,"except":[],"mutations":[]}]})");
  EXPECT_EQ(place.refused(place.last_request), "404 closed");
}

TEST(Http, answers_that_are_under_way_reach_the_reader_of_a_replaced_session) {
  HttpPlace place;
  place.up().told("{\"a\":1}");
  Place& beside = place;
  beside.Place::up(1).say(R"({"type":"ping"})", 1);
  place.poll("1");
  EXPECT_EQ(place.answered(place.last_request), R"(200 {"n":2,"messages":[{"a":1}]})");
  place.poll("2");
  EXPECT_EQ(place.refused(place.last_request), "404 closed");
}

TEST(Http, takes_only_so_many_sessions_from_an_address) {
  HttpPlace place({.limits = {.sessions = 3, .of_an_address = 1}});
  place.address = "10.0.0.1";
  place.up();
  place.ask("POST", "/v1/messages");
  EXPECT_EQ(place.refused(place.last_request), "429 overloaded");
  EXPECT_EQ(place.last<Respond>().head.headers.back(),
            (std::pair<std::string, std::string>("Retry-After", "5")));
  place.address = "127.0.0.1";
  place.begin();
  place.begin();
  place.address = "10.0.0.2";
  place.ask("POST", "/v1/messages");
  EXPECT_EQ(place.refused(place.last_request), "503 overloaded");
  place.ask("DELETE", "/v1/messages", place.ours());
  place.address = "10.0.0.1";
  place.begin();
  EXPECT_EQ(place.all<Identify>().size(), 1u);
}

TEST(Http, counts_sessions_that_arrive_together) {
  HttpPlace place({.limits = {.of_an_address = 1, .count_loopback = true}});
  const CarrierId first = place.ask("POST", "/v1/messages");
  const CarrierId second = place.ask("POST", "/v1/messages");
  place.steps.clear();
  place.hear(first, dialect::Body{0, hello}).hear(second, dialect::Body{0, hello});
  EXPECT_EQ(place.refused(second), "429 overloaded");
}

// ---- polls ------------------------------------------------------------------------------------------------

TEST(Http, answers_a_poll_with_what_is_behind_its_number) {
  HttpPlace place;
  place.up().told("{\"a\":1}").told("[{\"b\":2},{\"c\":3}]");
  place.poll("1");
  EXPECT_EQ(place.answered(place.last_request), R"(200 {"n":3,"messages":[{"a":1},{"b":2},{"c":3}]})");
}

TEST(Http, repeats_an_answer_that_never_arrived) {
  HttpPlace place;
  place.up().told("{\"a\":1}");
  place.poll("1");
  const std::string first = place.answered(place.last_request);
  place.told("{\"b\":2}");
  place.poll("1");
  EXPECT_EQ(place.answered(place.last_request), R"(200 {"n":3,"messages":[{"a":1},{"b":2}]})");
  EXPECT_EQ(first, R"(200 {"n":2,"messages":[{"a":1}]})");
}

TEST(Http, holds_a_poll_until_there_is_something_and_sends_all_of_one_turn) {
  HttpPlace place;
  const CarrierId request = place.up().poll("1");
  EXPECT_TRUE(place.all<Respond>().empty());
  place.told("{\"a\":1}").told("{\"b\":2}");
  EXPECT_TRUE(place.all<Respond>().empty());
  ASSERT_LE(place.server().next_wake(), place.now);
  place.wait(0);
  EXPECT_EQ(place.answered(request), R"(200 {"n":3,"messages":[{"a":1},{"b":2}]})");
}

TEST(Http, answers_a_poll_after_25_seconds_of_nothing_and_the_session_lives_on) {
  HttpPlace place;
  place.up().wait(20'000);
  const CarrierId request = place.poll("1");
  place.wait(24'999);
  EXPECT_TRUE(place.all<Respond>().empty());
  place.wait(1);
  EXPECT_EQ(place.answered(request), R"(200 {"n":1,"messages":[]})");
  place.wait(24'999);
  EXPECT_EQ(place.server().census().poll, 1u);
}

TEST(Http, refuses_a_poll_for_a_number_that_is_gone_or_was_never_sent) {
  HttpPlace place;
  place.up().told("{\"a\":1}");
  place.poll("2");
  EXPECT_TRUE(place.all<Respond>().empty());
  for (const char* n : {"1", "3", "x", "-1", "18446744073709551616"}) {
    const CarrierId request = place.poll(n);
    EXPECT_EQ(place.refused(request), "400 bad_message") << n;
  }
}

TEST(Http, answers_the_older_of_two_polls_at_once) {
  HttpPlace place;
  const CarrierId first = place.up().poll("1");
  const CarrierId second = place.poll("1");
  EXPECT_EQ(place.refused(first), "409 closed");
  place.steps.clear();
  place.told("{\"a\":1}").wait(0);
  EXPECT_EQ(place.answered(second), R"(200 {"n":2,"messages":[{"a":1}]})");
}

TEST(Http, ends_a_poll_for_a_stream_and_a_stream_for_a_poll) {
  HttpPlace place;
  const CarrierId first = place.up().poll("1");
  const CarrierId second = place.stream();
  EXPECT_EQ(place.refused(first), "409 closed");
  place.poll("1");
  EXPECT_EQ(place.last<CloseStream>().carrier, second);
  EXPECT_EQ(place.server().census().poll, 1u);
  place.steps.clear();
  place.hear(second, dialect::Closed{}).wait(0);
  EXPECT_TRUE(place.steps.empty());
}

TEST(Http, forgets_a_poll_whose_client_went_away) {
  HttpPlace place;
  const CarrierId request = place.up().poll("1");
  place.hear(request, dialect::Closed{});
  place.told("{\"a\":1}").wait(0);
  EXPECT_TRUE(place.steps.empty());
  place.poll("1");
  EXPECT_EQ(place.answered(place.last_request), R"(200 {"n":2,"messages":[{"a":1}]})");
}

// ---- streams ----------------------------------------------------------------------------------------------

TEST(Http, streams_events_with_their_numbers_after_a_comment) {
  HttpPlace place;
  const CarrierId request = place.up().stream({{"Last-Event-ID", "1"}});
  const wire::Headers headers = place.last<AcceptStream>().headers;
  EXPECT_EQ(*wire::find_header(headers, "Content-Type"), "text/event-stream");
  EXPECT_EQ(*wire::find_header(headers, "Cache-Control"), "no-store, no-transform");
  EXPECT_EQ(*wire::find_header(headers, "X-Accel-Buffering"), "no");
  EXPECT_EQ(place.streamed(request), ":\n\n");
  place.steps.clear();
  place.told("{\"a\":1}").told("[{\"b\":2}]");
  EXPECT_EQ(place.streamed(request), "id: 2\ndata: {\"a\":1}\n\nid: 3\ndata: [{\"b\":2}]\n\n");
}

TEST(Http, shares_the_bytes_of_an_event) {
  HttpPlace place;
  place.up().stream();
  place.steps.clear();
  const dialect::Shared bytes = dialect::share("{}");
  place.server().deliver(place.now, kept, bytes, place.steps);
  EXPECT_EQ(place.last<SendFrame>().bytes, bytes);
}

TEST(Http, begins_a_stream_behind_the_last_event_that_came) {
  HttpPlace place;
  place.up().told("{\"a\":1}").told("{\"b\":2}");
  CarrierId request = place.stream({{"Last-Event-ID", "2.cursor"}});
  EXPECT_EQ(place.streamed(request), ":\n\nid: 3\ndata: {\"b\":2}\n\n");
  request = place.stream({{"Last-Event-ID", "1"}});
  EXPECT_EQ(place.refused(request), "400 bad_message");
  request = place.ask("GET", "/v1/events?n=3&session=" + session_name);
  EXPECT_EQ(place.streamed(request), ":\n\n");
}

TEST(Http, begins_a_stream_behind_what_is_confirmed_when_nothing_is_said) {
  HttpPlace place;
  place.up().told("{\"a\":1}").told("{\"b\":2}");
  place.post(R"({"received":2,"messages":[]})");
  const CarrierId request = place.stream();
  EXPECT_EQ(place.streamed(request), ":\n\nid: 3\ndata: {\"b\":2}\n\n");
}

TEST(Http, breaks_the_silence_of_a_stream_every_10_seconds) {
  HttpPlace place;
  const CarrierId request = place.up().stream();
  place.steps.clear();
  place.wait(9'999);
  EXPECT_EQ(place.streamed(request), "");
  place.wait(1);
  EXPECT_EQ(place.streamed(request), ":\n\n");
  place.wait(5'000).steps.clear();
  place.told("{}");
  place.steps.clear();
  place.post(R"({"type":"ping"})");
  place.wait(9'999);
  EXPECT_TRUE(place.streamed(request).starts_with("id: "));
}

// ---- what is kept -----------------------------------------------------------------------------------------

TEST(Http, pauses_catching_up_at_512_KiB_that_nobody_confirmed) {
  HttpPlace place;
  place.up().post(R"({"n":2,"messages":[{"type":"subscribe","sub":1,"collection":"a","snapshot":true}]})");
  const auto page = [] {
    model::Page made{.collection = "a", .records = {record("1")}, .cursor = cursor(2)};
    made.records[0].data = '"' + std::string(300'000, 'x') + '"';
    return made;
  };
  place.answer(page());
  EXPECT_EQ(place.all<Asked>().size(), 1u);
  place.answer(page());
  EXPECT_TRUE(place.all<Asked>().empty());
  place.post(R"({"received":3,"messages":[]})");
  EXPECT_EQ(place.all<Asked>().size(), 1u);
}

TEST(Http, ends_a_session_with_more_than_1_MiB_unconfirmed) {
  HttpPlace place;
  place.up();
  for (int i = 0; i < 5; ++i) place.told('"' + std::string(300'000, 'x') + '"');
  EXPECT_EQ(place.last<CloseStream>().carrier, kept);
  place.poll("1");
  EXPECT_EQ(place.refused(place.last_request), gone);
}

// ---- life -------------------------------------------------------------------------------------------------

TEST(Http, ends_a_session_after_25_seconds_without_a_word) {
  HttpPlace place;
  place.up().wait(24'999);
  place.post(R"({"type":"ping"})");
  place.steps.clear();
  const CarrierId stream = place.stream({{"Last-Event-ID", "2"}});
  place.steps.clear();
  place.wait(25'000);
  std::vector<CarrierId> closed;
  for (const CloseStream& step : place.all<CloseStream>()) closed.push_back(step.carrier);
  EXPECT_EQ(closed, (std::vector{kept, stream}));
  const CarrierId late = place.poll("2");
  EXPECT_EQ(place.refused(late), gone);
}

TEST(Http, keeps_nothing_for_a_client_that_fell_silent) {
  HttpPlace place;
  place.up().told("{}").wait(25'000);
  EXPECT_EQ(place.last<CloseStream>().carrier, kept);
  EXPECT_EQ(place.server().census().poll, 0u);
}

TEST(Http, removes_a_session_at_once) {
  HttpPlace place;
  const CarrierId poll = place.up().poll("1");
  place.ask("DELETE", "/v1/messages", place.ours());
  const auto answers = place.all<Respond>();
  ASSERT_EQ(answers.size(), 2u);
  EXPECT_EQ(answers[0].carrier, poll);
  EXPECT_EQ(answers[0].head.status, 404);
  EXPECT_EQ(answers[1].head.status, 204);
  EXPECT_EQ(place.last<CloseStream>().carrier, kept);
  place.ask("DELETE", "/v1/messages", place.ours());
  EXPECT_EQ(place.refused(place.last_request), gone);
}

TEST(Http, says_why_a_session_ended_to_the_next_who_asks_and_then_knows_it_no_more) {
  HttpPlace place;
  place.begun(hello, place.now.ms + 5'000).wait(5'000);
  EXPECT_EQ(place.last<CloseStream>().carrier, kept);
  const CarrierId post = place.ask("POST", "/v1/messages", place.ours());
  place.steps.clear();
  place.hear(post, dialect::Body{0, R"({"type":"ping"})"});
  EXPECT_EQ(place.refused(post), gone);
  CarrierId request = place.poll("1");
  EXPECT_NE(place.answered(request).find(R"("code":"auth")"), std::string::npos);
  request = place.poll("2");
  EXPECT_EQ(place.refused(request), gone);
}

TEST(Http, says_why_a_session_ended_on_its_stream_and_closes_it) {
  HttpPlace place;
  place.begun(hello, place.now.ms + 5'000);
  const CarrierId request = place.stream({{"Last-Event-ID", "1"}});
  place.steps.clear();
  place.wait(5'000);
  EXPECT_NE(place.streamed(request).find(R"("code":"auth")"), std::string::npos);
  EXPECT_EQ(place.last<CloseStream>().carrier, request);
  EXPECT_EQ(place.last<CloseStream>().code, wire::CloseCode::policy);
}

TEST(Http, does_not_wait_for_ever_with_the_reason_of_an_end) {
  HttpPlace early;
  early.begun(hello, early.now.ms + 5'000).wait(5'000).wait(24'999);
  early.poll("1");
  EXPECT_NE(early.answered(early.last_request).find(R"("code":"auth")"), std::string::npos);
  HttpPlace late;
  late.begun(hello, late.now.ms + 5'000).wait(5'000).wait(25'000);
  late.poll("1");
  EXPECT_EQ(late.refused(late.last_request), "404 closed");
}

TEST(Http, says_good_bye_to_all_readers_when_the_server_goes) {
  HttpPlace place;
  const CarrierId request = place.up().poll("1");
  place.steps.clear();
  place.server().drain(place.now, place.steps);
  EXPECT_NE(place.answered(request).find(R"("type":"bye")"), std::string::npos);
  place.begin();
  EXPECT_EQ(place.refused(place.last_request), "503 overloaded");
  EXPECT_TRUE(place.all<Identify>().empty());
}

// ---- wrong use --------------------------------------------------------------------------------------------

TEST(Http, refuses_other_methods_and_says_which_there_are) {
  for (const auto& [method, target, allow] : {std::tuple{"GET", "/v1/messages", "POST, DELETE"},
                                              {"PUT", "/v1/messages", "POST, DELETE"},
                                              {"POST", "/v1/events", "GET"},
                                              {"HEAD", "/v1/poll", "GET"},
                                              {"DELETE", "/v1/poll", "GET"}}) {
    HttpPlace place;
    place.up().ask(method, target, place.ours());
    EXPECT_EQ(place.refused(place.last_request), "405 unsupported");
    EXPECT_EQ(*wire::find_header(place.last<Respond>().head.headers, "Allow"), allow);
  }
}

TEST(Http, does_not_know_forged_sessions_and_leaves_the_others_alone) {
  HttpPlace place;
  place.up();
  for (const std::string& name : {std::string("f"), session_name + "0", std::string(10'000, 'a')}) {
    for (const char* target : {"/v1/events", "/v1/poll"}) {
      const CarrierId request = place.ask("GET", target, {{"Rockpool-Session", name}});
      EXPECT_EQ(place.refused(request), gone);
    }
    for (const char* method : {"POST", "DELETE"}) {
      const CarrierId request = place.ask(method, "/v1/messages", {{"Rockpool-Session", name}});
      EXPECT_EQ(place.refused(request), gone);
    }
  }
  const CarrierId nobody = place.ask("GET", "/v1/poll");
  EXPECT_EQ(place.refused(nobody), gone);
  place.post(R"({"n":2,"messages":[{"type":"ping"}]})");
  EXPECT_EQ(place.answered(place.last_request), R"(200 {"n":2})");
}

}  // namespace
}  // namespace rockpool::dialects::native
