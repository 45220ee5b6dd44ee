// The page's end against a server that the test plays.
#include "core/dialects/rested/client.h"

#include <gtest/gtest.h>

#include "core/base/text.h"
#include "core/dialects/rested/client_words.h"

namespace rockpool::dialects::rested {
namespace {

std::string record(char digit) {
  return R"({"uniqueId":")" + std::string(32, digit) +
         R"(","data":{"n":1},"createdAt":"2025-01-01T00:00:00.000Z",)"
         R"("updatedAt":"2025-01-01T00:00:00.000Z","version":1})";
}

struct Page {
  explicit Page(const std::string& cursor = "", std::vector<model::Record> held = {}) {
    session->open(now, dialect::Carrier::websocket, {.client = "c", .token = "key"}, steps);
    answer(404, "{}");
    session->ask(
        now,
        dialect::Subscribe{.collection = "parts", .cursor = cursor, .after = "", .held = std::move(held)},
        steps);
    session->flush(now, steps);
  }
  void answer(int status, const std::string& body, const std::string& cursor = "") {
    const dialect::Exchange asked = last<dialect::Exchange>();
    steps.clear();
    session->receive(now, asked.carrier, dialect::Body{status, body, cursor}, steps);
  }
  void open_socket() {
    socket = last<dialect::OpenStream>().carrier;
    steps.clear();
    session->receive(now, socket, dialect::Opened{}, steps);
  }
  void say(const std::string& message) {
    session->receive(now, socket, dialect::Frame{.bytes = message}, steps);
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

  base::Instant now{1'000'000};
  dialect::CarrierId socket = 0;
  dialect::ClientSteps steps;
  std::unique_ptr<dialect::ClientSession> session =
      make_client({.url = "http://host/rested", .user = "mara"}, base::Prng(1));
};

TEST(RestedClient, a_silent_socket_of_our_server_is_replaced_by_one_that_goes_on_from_there) {
  Page page;
  page.answer(200, "[" + record('a') + "]", "70-a");
  page.open_socket();
  EXPECT_EQ(page.wait(44'000).said<dialect::OpenStream>(), nullptr);
  page.wait(1'000);
  EXPECT_NE(page.said<dialect::CloseStream>(), nullptr);
  EXPECT_TRUE(page.last<dialect::OpenStream>().url.ends_with("&since=70-000000000000000a"));
  page.open_socket();
  EXPECT_EQ(page.said<dialect::Exchange>(), nullptr) << "nothing is read again";
}

TEST(RestedClient, a_silent_socket_of_another_server_is_replaced_rarely_and_all_is_read) {
  Page page;
  page.answer(200, "[" + record('a') + "]");
  page.open_socket();
  page.answer(200, "[" + record('a') + "]");
  EXPECT_EQ(page.wait(299'000).said<dialect::OpenStream>(), nullptr);
  page.wait(1'000);
  page.open_socket();
  EXPECT_NE(page.said<dialect::Exchange>(), nullptr);
}

TEST(RestedClient, an_answer_that_is_too_large_is_asked_for_in_smaller_pieces) {
  Page page;
  for (const std::string size : {"1000", "125"}) {
    EXPECT_NE(page.last<dialect::Exchange>().url.find("limit=" + size), std::string::npos);
    page.answer(400, R"({"error":"the answer would be larger than 32 MiB"})");
  }
  page.answer(200, "[" + record('a') + "]", "70-a");
  EXPECT_NE(page.said<dialect::Part>(), nullptr);
}

TEST(RestedClient, what_is_wrong_whatever_the_size_is_said) {
  Page page;
  for (int i = 0; i < 4; ++i) page.answer(400, R"({"error":"the endpoint or the API key is not valid"})");
  EXPECT_EQ(page.last<dialect::Trouble>().error.path, "parts");
}

TEST(RestedClient, a_place_in_another_history_says_nothing) {
  const std::string place = model::write_cursor({.epoch = 0xa, .space = 0, .seq = 70, .chain = 0});
  Page same(place), other(place);
  same.answer(200, "[]", "90-a");
  EXPECT_NE(same.last<dialect::OpenStream>().url.find("since=70-000000000000000a"), std::string::npos);
  other.answer(200, "[]", "90-b");
  EXPECT_EQ(other.last<dialect::Exchange>().url.find("limit=1&"), std::string::npos);
  EXPECT_NE(other.last<dialect::Exchange>().url.find("limit=1000"), std::string::npos) << "read as a whole";
}

TEST(RestedClient, a_record_of_another_history_may_be_there_again_with_an_earlier_version) {
  const std::string place = model::write_cursor({.epoch = 0xa, .space = 0, .seq = 70, .chain = 0});
  model::Record gone{.key = {"parts", std::string(32, 'a')}, .version = 9};
  gone.data = R"({"n":2})";
  gone.updated = {INT64_MAX};
  Page page(place, {gone});
  page.answer(200, "[]", "50-b");
  page.answer(200, "[]", "50-b");
  page.open_socket();
  page.steps.clear();
  page.say(R"({"type":"POST","record":{"data":{"n":1},"uniqueId":")" + std::string(32, 'a') +
           R"(","updatedAt":"2025-01-01T00:00:00.000Z","createdAt":"2025-01-01T00:00:00.000Z"},)"
           R"("version":1,"seq":51})");
  EXPECT_EQ(page.last<dialect::ChangedAt>().changes.front().record.data, R"({"n":1})");
}

TEST(RestedClient, places_of_two_histories_are_not_compared) {
  const std::string place = model::write_cursor({.epoch = 0xa, .space = 0, .seq = 70, .chain = 0});
  model::Record attempt{.key = {"parts", "new"}};
  attempt.data = "1";
  Page page(place, {attempt});
  page.answer(200, "[]", "50-b");
  EXPECT_NE(page.last<dialect::OpenStream>().url.find("since=50-000000000000000b"), std::string::npos);
}

TEST(RestedClient, a_history_that_changes_ends_the_session) {
  Page page;
  page.answer(200, "[" + record('a') + "]", "70-a");
  page.open_socket();
  page.say(R"({"type":"RESYNC","seq":5})");
  page.answer(200, "[]", "5-b");
  EXPECT_EQ(page.last<dialect::Ended>().reason, "the server was restored");
}

TEST(RestedClient, a_creation_has_the_same_name_however_often_it_is_sent) {
  const auto asked = [](const std::string& id) {
    Page page;
    page.answer(200, "[]", "70-a");
    page.open_socket();
    const model::Mutation put{
        .number = 1, .key = {"parts", id}, .op = model::Op::put, .data = "{}", .base = 0};
    page.session->ask(page.now, dialect::Push{.settled = 0, .except = {}, .groups = {{put}}}, page.steps);
    page.session->flush(page.now, page.steps);
    const auto sent = page.last<dialect::Exchange>();
    EXPECT_EQ(sent.head.method, "POST");
    const std::size_t at = sent.url.find("uniqueId=");
    return at == std::string::npos ? "" : sent.url.substr(at + 9);
  };
  EXPECT_EQ(asked(std::string(32, 'b')), std::string(32, 'b'));
  // Of an app, and the number that our server gave a record of another dialect, which is gone.
  for (const std::string id : {"alice", "726f636b706f6f6c0000ab1cef999000"}) {
    const std::string name = asked(id);
    EXPECT_TRUE(may_be_made(name)) << name;
    EXPECT_EQ(asked(id), name);
  }
  EXPECT_NE(asked("alice"), asked("bob"));
}

TEST(RestedClient, a_full_space_is_a_refusal) {
  Page page;
  page.answer(200, "[]", "70-a");
  page.open_socket();
  const model::Mutation put{
      .number = 1, .key = {"parts", std::string(32, 'b')}, .op = model::Op::put, .data = "{}", .base = 0};
  page.session->ask(page.now, dialect::Push{.settled = 0, .except = {}, .groups = {{put}}}, page.steps);
  page.session->flush(page.now, page.steps);
  page.answer(507, R"({"error":"the space is full"})");
  const auto declined = std::get<model::Declined>(page.last<dialect::Settled>().outcome);
  EXPECT_EQ(declined.error.code, base::Code::quota);
}

}  // namespace
}  // namespace rockpool::dialects::rested
