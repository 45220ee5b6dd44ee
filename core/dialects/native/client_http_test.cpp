// The page's end over HTTP, as docs/protocol.md describes it.
#include <gtest/gtest.h>

#include "core/dialects/native/client.h"

namespace rockpool::dialects::native {
namespace {

using base::Instant;
using dialect::Carrier;
using dialect::CarrierId;

const std::string welcome =
    R"({"type":"welcome","protocol":1,"session":"s","peer":"7.","epoch":"05","user":"mara","writer":"w",)"
    R"("highest":9})";

std::string frame(int n, const std::string& message) {
  return "id: " + std::to_string(n) + "\ndata: " + message + "\n\n";
}
std::string pong(int n) { return R"({"type":"pong","cursor":"c)" + std::to_string(n) + "\"}"; }

class Link {
 public:
  explicit Link(Carrier carrier)
      : session_(make_client({.url = "https://app.example/sub/", .space = "team"}, base::Prng(1))) {
    session_->open(now, carrier, {.client = "0123456789abcdef"}, steps);
    hello = last();
  }

  Link& answer(CarrierId carrier, int status, const std::string& body) {
    return arrive(carrier, dialect::Body{status, body});
  }
  Link& arrive(CarrierId carrier, dialect::Arrival arrival) {
    session_->receive(now, carrier, std::move(arrival), steps);
    return *this;
  }
  Link& hear(const std::string& bytes) { return arrive(stream(), dialect::Frame{bytes, false}); }
  Link& welcomed() {
    return answer(hello.carrier, 200, R"({"session":"secret","n":1,"messages":[)" + welcome + "]}");
  }
  // Over SSE, with the stream's first bytes.
  Link& live() {
    welcomed();
    if (!all<dialect::OpenStream>().empty()) hear(":\n\n");
    return *this;
  }
  Link& watch(const std::string& room) {
    session_->ask(now, dialect::WatchPresence{room, true}, steps);
    return *this;
  }
  Link& flush() {
    session_->flush(now, steps);
    return *this;
  }
  Link& close() {
    session_->close(now, steps);
    return *this;
  }
  Link& wait(std::int64_t ms) {
    const Instant until = now + base::milliseconds(ms);
    for (int i = 0; i < 1'000; ++i) {
      const auto at = session_->next_wake();
      if (!at || *at > until) break;
      now = std::max(now, *at);
      session_->wake(now, steps);
    }
    now = until;
    return *this;
  }

  template <typename T>
  std::vector<T> all() const {
    std::vector<T> found;
    for (const auto& step : steps) {
      if (const auto* one = std::get_if<T>(&step)) found.push_back(*one);
    }
    return found;
  }
  dialect::Exchange last() const {
    const auto exchanges = all<dialect::Exchange>();
    return exchanges.empty() ? dialect::Exchange{} : exchanges.back();
  }
  CarrierId stream() const { return all<dialect::OpenStream>().back().carrier; }
  std::size_t requests() const { return all<dialect::Exchange>().size(); }
  std::vector<std::string> heard() const {
    std::vector<std::string> cursors;
    for (const auto& progress : all<dialect::Progress>()) cursors.push_back(progress.cursor);
    return cursors;
  }
  bool ended() const { return !all<dialect::Ended>().empty(); }

  Instant now{1'000'000};
  dialect::ClientSteps steps;
  dialect::Exchange hello;

 private:
  std::unique_ptr<dialect::ClientSession> session_;
};

std::string header(const wire::Headers& headers, std::string_view name) {
  const std::string* value = wire::find_header(headers, name);
  return value == nullptr ? "" : *value;
}

// ---- greeting ---------------------------------------------------------------------------------------------

TEST(HttpPipe, says_hello_by_post) {
  Link link(Carrier::poll);
  EXPECT_EQ(link.hello.head.method, "POST");
  EXPECT_EQ(link.hello.url, "https://app.example/sub/v1/messages");
  EXPECT_EQ(header(link.hello.head.headers, "content-type"), "application/json");
  EXPECT_EQ(header(link.hello.head.headers, "rockpool-session"), "");
  EXPECT_EQ(link.hello.body.substr(0, 29), R"({"type":"hello","protocol":1,)");
}

TEST(HttpPipe, a_poll_follows_the_welcome_at_once) {
  Link link(Carrier::poll);
  link.welcomed();
  EXPECT_EQ(link.all<dialect::Ready>().size(), 1u);
  EXPECT_EQ(link.last().head.method, "GET");
  EXPECT_EQ(link.last().url, "https://app.example/sub/v1/poll?n=1");
  EXPECT_EQ(header(link.last().head.headers, "Rockpool-Session"), "secret");
}

TEST(HttpPipe, over_sse_the_welcome_waits_for_the_first_bytes_of_the_stream) {
  Link link(Carrier::sse);
  link.welcomed();
  ASSERT_EQ(link.all<dialect::OpenStream>().size(), 1u);
  const auto stream = link.all<dialect::OpenStream>()[0];
  EXPECT_EQ(stream.url, "https://app.example/sub/v1/events");
  EXPECT_EQ(header(stream.headers, "Last-Event-ID"), "1");
  EXPECT_EQ(header(stream.headers, "Rockpool-Session"), "secret");
  link.arrive(stream.carrier, dialect::Opened{});
  EXPECT_TRUE(link.all<dialect::Ready>().empty()) << "a proxy may answer and hold back the rest";
  link.hear(":");
  EXPECT_EQ(link.all<dialect::Ready>().size(), 1u);
}

TEST(HttpPipe, a_refused_hello_is_told_and_over) {
  Link link(Carrier::sse);
  link.answer(link.hello.carrier, 503,
              R"({"messages":[{"type":"error","code":"overloaded","message":"later","retryable":true,)"
              R"("retryAfter":700}]})");
  ASSERT_EQ(link.all<dialect::Ended>().size(), 1u);
  EXPECT_EQ(link.all<dialect::Ended>()[0].retry_after_ms, 700);
  EXPECT_TRUE(link.all<dialect::Ended>()[0].spoken);
  EXPECT_EQ(link.requests(), 1u) << "there is no session to delete";
}

TEST(HttpPipe, a_refused_token_is_trouble_and_no_end_follows) {
  Link link(Carrier::poll);
  link.answer(link.hello.carrier, 401,
              R"({"messages":[{"type":"error","code":"auth","message":"no","retryable":false}]})");
  ASSERT_EQ(link.all<dialect::Trouble>().size(), 1u);
  EXPECT_FALSE(link.all<dialect::Trouble>()[0].fatal);
  EXPECT_FALSE(link.ended());
}

TEST(HttpPipe, a_page_of_a_proxy_is_no_answer_of_the_server) {
  for (const int status : {200, 404, 502}) {
    Link link(Carrier::poll);
    link.answer(link.hello.carrier, status, "<html>Please log in</html>");
    ASSERT_EQ(link.all<dialect::Ended>().size(), 1u);
    EXPECT_FALSE(link.all<dialect::Ended>()[0].spoken) << "another carrier may get through";
  }
}

TEST(HttpPipe, a_hello_without_an_answer_ends_it) {
  Link link(Carrier::poll);
  link.arrive(link.hello.carrier, dialect::Closed{.reason = "refused"});
  EXPECT_TRUE(link.ended());
}

// ---- up ---------------------------------------------------------------------------------------------------

TEST(HttpPipe, one_post_at_a_time_and_what_gathers_goes_in_the_next) {
  Link link(Carrier::sse);
  link.live();
  const std::size_t before = link.requests();
  link.watch("a").watch("b").flush();
  ASSERT_EQ(link.requests(), before + 1);
  const auto first = link.last();
  EXPECT_EQ(first.body, R"({"n":2,"received":1,"messages":[{"type":"presence","room":"a","watch":true},)"
                        R"({"type":"presence","room":"b","watch":true}]})");
  link.watch("c").flush().watch("d").flush();
  EXPECT_EQ(link.requests(), before + 1);
  link.answer(first.carrier, 200, R"({"n":3})");
  ASSERT_EQ(link.requests(), before + 2);
  EXPECT_EQ(link.last().body,
            R"({"n":4,"received":1,"messages":[{"type":"presence","room":"c","watch":true},)"
            R"({"type":"presence","room":"d","watch":true}]})");
}

TEST(HttpPipe, a_lost_answer_is_repeated_with_the_same_numbers) {
  Link link(Carrier::sse);
  link.live().watch("a").flush();
  const auto first = link.last();
  link.arrive(first.carrier, dialect::Closed{});
  EXPECT_EQ(link.last().carrier, first.carrier) << "not in the same moment";
  link.wait(200);
  EXPECT_NE(link.last().carrier, first.carrier);
  EXPECT_EQ(link.last().body, first.body);
  link.answer(link.last().carrier, 200, R"({"n":2})").watch("b").flush();
  EXPECT_EQ(link.last().body.substr(0, 6), R"({"n":3)");
}

TEST(HttpPipe, a_proxy_without_a_server_behind_it_is_tried_again) {
  Link link(Carrier::sse);
  link.live().watch("a").flush();
  const auto first = link.last();
  link.answer(first.carrier, 502, "Bad Gateway").wait(200);
  EXPECT_EQ(link.last().body, first.body);
  EXPECT_FALSE(link.ended());
}

TEST(HttpPipe, a_post_without_an_answer_is_broken_off_after_ten_seconds_and_repeated) {
  Link link(Carrier::sse);
  link.live().watch("a").flush();
  const auto first = link.last();
  link.wait(9'999);
  EXPECT_EQ(link.last().carrier, first.carrier);
  link.wait(300);
  EXPECT_EQ(link.all<dialect::CloseStream>().at(0).carrier, first.carrier);
  EXPECT_EQ(link.last().body.substr(0, first.body.size() - 2), first.body.substr(0, first.body.size() - 2));
}

TEST(HttpPipe, what_is_not_answered_for_25_seconds_ends_the_session) {
  Link link(Carrier::sse);
  link.live().watch("a").flush();
  for (int i = 0; i < 26; ++i) link.wait(1'000).hear(":\n\n");
  EXPECT_TRUE(link.ended()) << "though the stream lives";
}

TEST(HttpPipe, a_gap_makes_it_send_again_from_there) {
  Link link(Carrier::sse);
  link.live().watch("a").watch("b").flush();
  link.answer(link.last().carrier, 409, R"({"error":{"code":"bad_message","message":"a gap"},"n":2})");
  EXPECT_EQ(link.last().body,
            R"({"n":3,"received":1,"messages":[{"type":"presence","room":"b","watch":true}]})");
}

TEST(HttpPipe, numbers_that_cannot_be_end_it) {
  for (const char* n : {"1", "9"}) {
    Link link(Carrier::sse);
    link.live().watch("a").watch("b").flush();
    link.answer(link.last().carrier, 200, R"({"n":3})").watch("c").flush();
    link.answer(link.last().carrier, 200, std::string(R"({"n":)") + n + "}");
    EXPECT_TRUE(link.ended()) << n;
  }
}

TEST(HttpPipe, a_session_that_is_gone_ends_it_without_blame) {
  Link link(Carrier::sse);
  link.live().watch("a").flush();
  const std::size_t requests = link.requests();
  link.answer(link.last().carrier, 404, R"({"error":{"code":"closed","message":"gone"}})");
  ASSERT_TRUE(link.ended());
  EXPECT_TRUE(link.all<dialect::Ended>()[0].spoken);
  EXPECT_EQ(link.all<dialect::CloseStream>().size(), 1u) << "the stream is let go";
  EXPECT_EQ(link.requests(), requests) << "nothing is left to delete";
}

TEST(HttpPipe, a_request_is_no_larger_than_the_server_takes) {
  Link link(Carrier::poll);
  link.live();
  const std::string room(300'000, 'r');
  for (int i = 0; i < 5; ++i) link.watch(room);
  link.flush();
  EXPECT_LT(link.last().body.size(), std::size_t{1} << 20);
  const auto first = link.last();
  EXPECT_GT(first.body.size(), 900'000u);
  link.answer(first.carrier, 200, R"({"n":4})");
  EXPECT_EQ(link.last().body.substr(0, 6), R"({"n":5)");
}

// ---- down, a stream ---------------------------------------------------------------------------------------

TEST(HttpPipe, frames_come_once_and_in_order) {
  Link link(Carrier::sse);
  link.live().hear(frame(2, pong(2)) + frame(3, "[" + pong(3) + "," + pong(4) + "]"));
  link.hear(frame(2, pong(2)) + frame(3, pong(3)) + "id: 4.abc\ndata: " + pong(5) + "\n\n");
  EXPECT_EQ(link.heard(), (std::vector<std::string>{"c2", "c3", "c4", "c5"}));
}

TEST(HttpPipe, a_frame_that_is_missing_ends_it) {
  Link link(Carrier::sse);
  link.live().hear(frame(2, pong(2)) + frame(4, pong(4)));
  EXPECT_EQ(link.heard(), (std::vector<std::string>{"c2"}));
  EXPECT_TRUE(link.ended());
  EXPECT_EQ(link.last().head.method, "DELETE");
}

TEST(HttpPipe, a_stream_that_broke_goes_on_behind_the_last_frame) {
  Link link(Carrier::sse);
  link.live().hear(frame(2, pong(2)) + "id: 3\nda");
  const CarrierId first = link.stream();
  link.arrive(first, dialect::Closed{}).wait(200);
  ASSERT_NE(link.stream(), first);
  EXPECT_EQ(header(link.all<dialect::OpenStream>().back().headers, "Last-Event-ID"), "2");
  link.hear(frame(3, pong(3)));
  EXPECT_EQ(link.heard(), (std::vector<std::string>{"c2", "c3"}));
  EXPECT_FALSE(link.ended());
}

TEST(HttpPipe, a_stream_that_breaks_again_and_again_ends_it_within_seconds) {
  Link link(Carrier::sse);
  link.live();
  const Instant began = link.now;
  while (!link.ended() && link.now < began + base::seconds(60)) {
    link.arrive(link.stream(), dialect::Closed{.code = 502});
    if (!link.ended()) link.wait(100);
  }
  EXPECT_TRUE(link.ended());
  EXPECT_LT((link.now - began).ms, 10'000);
}

TEST(HttpPipe, confirms_after_256_kib) {
  Link link(Carrier::sse);
  link.live();
  const std::size_t before = link.requests();
  const std::string large = R"({"type":"pong","cursor":")" + std::string(140'000, 'c') + "\"}";
  link.hear(frame(2, large));
  EXPECT_EQ(link.requests(), before);
  link.hear(frame(3, large));
  ASSERT_EQ(link.requests(), before + 1);
  EXPECT_EQ(link.last().body, R"({"n":2,"received":3,"messages":[]})");
  link.answer(link.last().carrier, 200, R"({"n":1})").hear(frame(4, pong(4)));
  EXPECT_EQ(link.requests(), before + 1);
}

TEST(HttpPipe, pings_after_ten_seconds_and_confirms_with_it) {
  Link link(Carrier::sse);
  link.live().hear(frame(2, pong(2))).wait(10'000);
  EXPECT_EQ(link.last().body, R"({"n":2,"received":2,"messages":[{"type":"ping"}]})");
}

TEST(HttpPipe, a_silent_stream_is_noticed_within_30_seconds) {
  Link link(Carrier::sse);
  link.live();
  for (int i = 0; i < 29 && !link.ended(); ++i) {
    link.wait(1'000);
    if (!link.ended()) link.answer(link.last().carrier, 200, R"({"n":)" + std::to_string(2 + i / 10) + "}");
  }
  EXPECT_TRUE(link.ended()) << "though posts are answered";
}

// ---- down, polls ------------------------------------------------------------------------------------------

TEST(HttpPipe, one_poll_follows_another) {
  Link link(Carrier::poll);
  link.live();
  const auto first = link.last();
  link.answer(first.carrier, 200, R"({"n":3,"messages":[)" + pong(2) + "," + pong(3) + "]}");
  EXPECT_EQ(link.last().url, "https://app.example/sub/v1/poll?n=3");
  link.answer(link.last().carrier, 200, R"({"n":3,"messages":[]})");
  EXPECT_EQ(link.requests(), 4u);
  EXPECT_EQ(link.heard(), (std::vector<std::string>{"c2", "c3"}));
}

TEST(HttpPipe, a_poll_whose_answer_was_lost_is_asked_again) {
  Link link(Carrier::poll);
  link.live();
  const auto first = link.last();
  link.arrive(first.carrier, dialect::Closed{}).wait(200);
  EXPECT_NE(link.last().carrier, first.carrier);
  EXPECT_EQ(link.last().url, first.url);
  link.answer(first.carrier, 200, R"({"n":2,"messages":[)" + pong(2) + "]}");
  EXPECT_TRUE(link.heard().empty()) << "the first one is over";
}

TEST(HttpPipe, a_dead_poll_is_noticed_within_30_seconds) {
  Link link(Carrier::poll);
  link.live().wait(28'000);
  EXPECT_FALSE(link.ended()) << "the server may take 25 s";
  link.wait(2'000);
  EXPECT_TRUE(link.ended());
}

TEST(HttpPipe, a_server_that_is_gone_is_noticed_within_seconds) {
  Link link(Carrier::poll);
  link.live();
  const Instant began = link.now;
  while (!link.ended() && link.now < began + base::seconds(60)) {
    if (link.last().head.method == "GET") link.arrive(link.last().carrier, dialect::Closed{});
    link.wait(100);
  }
  EXPECT_LT((link.now - began).ms, 10'000);
}

// ---- the end ----------------------------------------------------------------------------------------------

TEST(HttpPipe, closing_lets_requests_go_and_deletes_the_session) {
  Link link(Carrier::poll);
  link.live();
  const auto polling = link.last();
  link.watch("a").flush();
  const auto posting = link.last();
  link.steps.clear();
  link.close();
  const auto closed = link.all<dialect::CloseStream>();
  ASSERT_EQ(closed.size(), 2u);
  EXPECT_EQ(closed[0].carrier, posting.carrier);
  EXPECT_EQ(closed[1].carrier, polling.carrier);
  EXPECT_EQ(link.last().head.method, "DELETE");
  EXPECT_EQ(header(link.last().head.headers, "Rockpool-Session"), "secret");
  EXPECT_FALSE(link.ended());
}

TEST(HttpPipe, a_bye_ends_it_with_the_servers_advice) {
  Link link(Carrier::sse);
  link.live().hear(frame(2, R"({"type":"bye","reason":"restart","reconnectAfter":900})"));
  ASSERT_TRUE(link.ended());
  EXPECT_EQ(link.all<dialect::Ended>()[0].retry_after_ms, 900);
  EXPECT_TRUE(link.all<dialect::Ended>()[0].spoken);
}

}  // namespace
}  // namespace rockpool::dialects::native
