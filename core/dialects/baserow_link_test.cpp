// How the page's end of Baserow comes back to a server that went: each time with a new log-in, after waits
// that grow.
#include <deque>

#include <gtest/gtest.h>

#include "core/dialect/dialects.h"
#include "core/sync/link.h"

namespace rockpool::dialects {
namespace {

const std::string token = R"({"email":"a@x.test","password":"p"})";
const std::string tokens = R"({"access_token":"first"})";
const std::string tables = R"([{"name":"Stock","tables":[{"id":42,"name":"Parts"}]}])";

// A link whose owner does what the engine does, and a server that the test plays.
class Line {
 public:
  void open() {
    exchanges_.clear();
    socket_ = 0;
    dialect::ClientSteps out;
    link_.open(now_, {.client = "c", .token = token}, out);
    take(out);
  }
  // Answers what was asked first; what that was.
  std::string answer(int status, const std::string& body) {
    const dialect::Exchange asked = exchanges_.front();
    exchanges_.pop_front();
    arrive(asked.carrier, dialect::Body{status, body});
    return asked.head.method + ' ' + asked.url;
  }
  // Logged in, and a table is wanted.
  void begin() {
    EXPECT_EQ(answer(200, tokens), "POST http://host/api/user/token-auth/");
    EXPECT_EQ(answer(200, tables), "GET http://host/api/applications/");
    dialect::ClientSteps out;
    link_.ask(now_, dialect::Subscribe{.collection = "Parts"}, out);
    link_.flush(now_, out);
    take(out);
    EXPECT_NE(socket_, 0u);
  }
  void cut() { arrive(socket_, dialect::Closed{.reason = "gone"}); }
  void frame(const std::string& text) { arrive(socket_, dialect::Frame{.bytes = text}); }
  // How long the wait before the next attempt is, which is then made.
  std::int64_t wait() {
    EXPECT_EQ(link_.phase(), sync::Link::Phase::waiting);
    const auto at = link_.next_wake().value_or(now_);
    const std::int64_t ms = (at - now_).ms;
    now_ = at;
    EXPECT_TRUE(link_.is_due(now_));
    open();
    return ms;
  }

 private:
  void arrive(dialect::CarrierId from, dialect::Arrival arrival) {
    dialect::ClientSteps out;
    link_.receive(now_, from, std::move(arrival), out);
    take(out);
  }
  void take(const dialect::ClientSteps& out) {
    for (const dialect::ClientStep& step : out) {
      if (const auto* asked = std::get_if<dialect::Exchange>(&step)) exchanges_.push_back(*asked);
      if (const auto* opened = std::get_if<dialect::OpenStream>(&step)) socket_ = opened->carrier;
      if (std::holds_alternative<dialect::Ready>(step)) link_.ready(now_);
      if (const auto* ended = std::get_if<dialect::Ended>(&step)) {
        dialect::ClientSteps closing;
        link_.drop(now_, closing);
        link_.wait(now_, ended->retry_after_ms);
      }
    }
  }

  sync::Link link_{*dialect::find_dialect("baserow"),
                   {.url = "http://host"},
                   {dialect::Carrier::websocket},
                   std::nullopt,
                   base::Prng(1)};
  base::Instant now_{1'000'000};
  std::deque<dialect::Exchange> exchanges_;
  dialect::CarrierId socket_ = 0;
};

// Half a second first, half a minute at last, and never none.
template <typename Fail>
void expect_waits_that_grow(Fail fail) {
  Line line;
  line.open();
  fail(line);
  EXPECT_LE(line.wait(), 550);
  std::int64_t longest = 0;
  for (int i = 0; i < 30; ++i) {
    fail(line);
    longest = std::max(longest, line.wait());
  }
  EXPECT_GT(longest, 15'000);
  EXPECT_LE(longest, 30'050);
}

TEST(BaserowLink, waits_longer_each_time_where_no_log_in_is_answered) {
  expect_waits_that_grow([](Line& line) { line.answer(503, ""); });
}

TEST(BaserowLink, waits_longer_each_time_where_sockets_end_at_once_and_logs_in_anew) {
  expect_waits_that_grow([](Line& line) {
    line.begin();
    line.cut();
  });
}

TEST(BaserowLink, waits_longer_each_time_where_a_new_token_is_turned_away_by_the_socket) {
  expect_waits_that_grow([](Line& line) {
    line.begin();
    line.frame(R"({"type":"authentication","success":false,"web_socket_id":"w"})");
  });
}

}  // namespace
}  // namespace rockpool::dialects
