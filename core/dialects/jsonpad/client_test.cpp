// The page's end against a server that the test plays.
#include "core/dialects/jsonpad/client.h"

#include <gtest/gtest.h>

#include "core/base/text.h"

namespace rockpool::dialects::jsonpad {
namespace {

const std::string token = R"({"user":"mara","token":"api","realtimeToken":"live"})";
const std::string list_text = R"({"list":{"name":"c","realtime_enabled":true}})";

std::string item(std::uint64_t id, const std::string& more = "") {
  return R"({"id":")" + base::decimal(id) + R"(","data":{"n":1},"version":1)" + more + "}";
}
std::string page_of(const std::string& items) { return R"({"items":[)" + items + "]}"; }

struct Page {
  explicit Page(bool ours = true) : is_ours(ours) {
    session->open(now, dialect::Carrier::poll, {.client = "c", .token = token}, steps);
    answer(200, R"({"lists":[],"epoch":10})", ours ? "100" : "");
  }
  // Answers the request sent last, or the last one to an address that has `where` in it.
  void answer(int status, const std::string& body, const std::string& cursor = "",
              const std::string& where = "") {
    const dialect::Exchange asked = last(where);
    steps.clear();
    session->receive(now, asked.carrier, dialect::Body{status, body, cursor}, steps);
    session->flush(now, steps);
    note();
  }
  void note() {
    for (const auto& step : steps)
      if (const auto* asked = std::get_if<dialect::Exchange>(&step)) exchanges.push_back(*asked);
  }
  dialect::Exchange last(const std::string& where = "") {
    note();
    for (auto one = exchanges.rbegin(); one != exchanges.rend(); ++one)
      if (one->url.find(where) != std::string::npos) return *one;
    ADD_FAILURE() << "nothing was asked of " << where;
    return {};
  }
  Page& follow(const std::string& cursor = "") {
    steps.clear();
    session->ask(now, dialect::Subscribe{.collection = "c", .cursor = cursor, .after = ""}, steps);
    session->flush(now, steps);
    return *this;
  }
  bool has(const std::string& where) { return last().url.find(where) != std::string::npos; }
  template <typename Step>
  const Step* said() const {
    for (const auto& step : steps)
      if (const auto* one = std::get_if<Step>(&step)) return one;
    return nullptr;
  }

  bool is_ours;
  base::Instant now{1'000'000};
  dialect::ClientSteps steps;
  std::vector<dialect::Exchange> exchanges;
  std::unique_ptr<dialect::ClientSession> session =
      make_client({.url = "http://host/jsonpad", .user = "mara"}, base::Prng(1));
};

TEST(JsonPadClient, pages_of_our_server_begin_behind_an_item) {
  Page page;
  page.follow().answer(200, list_text, "", "lists/c");
  EXPECT_TRUE(page.last("items").url.ends_with("&page_size=200&after=0"));
  std::string items;
  for (std::uint64_t id = 1; id <= 200; ++id) items += (id == 1 ? "" : ",") + item(id);
  page.answer(200, page_of(items), "", "items");
  EXPECT_TRUE(page.last("items").url.ends_with("&page_size=200&after=200"));
  page.answer(200, page_of(item(201)), "", "items");
  ASSERT_NE(page.said<dialect::Part>(), nullptr);
  EXPECT_EQ(page.said<dialect::Part>()->records.size(), 201u);
}

TEST(JsonPadClient, a_page_that_is_too_large_is_asked_for_in_smaller_ones) {
  for (const bool ours : {true, false}) {
    Page page(ours);
    page.follow().answer(200, list_text, "", "lists/c");
    for (const std::string size : {"200", "100", "50"}) {
      EXPECT_NE(page.last("items").url.find("page_size=" + size + "&"), std::string::npos);
      page.answer(ours ? 400 : 413, "{}", "", "items");
    }
    page.answer(200, page_of(item(1)), "", "items");
    EXPECT_NE(page.said<dialect::Part>(), nullptr);
  }
}

TEST(JsonPadClient, a_poll_is_waited_for_as_long_as_a_server_may_hold_it_and_a_little) {
  Page page;
  page.follow().answer(200, list_text, "", "lists/c");
  page.answer(200, page_of(""), "", "items");
  page.answer(200, "[]", "100", "all=1");
  page.now.ms += 64'000;
  page.session->wake(page.now, page.steps);
  EXPECT_EQ(page.said<dialect::Ended>(), nullptr);
  page.now.ms += 1'000;
  page.session->wake(page.now, page.steps);
  EXPECT_NE(page.said<dialect::Ended>(), nullptr);
}

TEST(JsonPadClient, a_server_that_lets_no_poll_wait_is_not_asked_again_at_once) {
  for (const bool ours : {true, false}) {
    Page page(ours);
    const std::string polls = ours ? "all=1" : "jsonpad/lists/c";
    page.follow().answer(200, list_text, "", "v1.0/lists/c");
    page.answer(200, page_of(""), "", "items");
    if (ours) page.answer(200, "[]", "100", polls);
    const auto poll = [&] { return page.last(polls).carrier; };
    const auto nothing = [&] { page.answer(200, R"([{"event_type":"timeout"}])", "100", polls); };
    const auto first = poll();
    nothing();
    EXPECT_EQ(poll(), first);
    page.now.ms += 1'000;
    page.session->wake(page.now, page.steps);
    if (!ours) page.answer(200, list_text, "", "v1.0/lists/c");
    const auto second = poll();
    EXPECT_NE(second, first);
    page.now.ms += 30'000;
    nothing();
    EXPECT_NE(poll(), second);
  }
}

TEST(JsonPadClient, a_place_in_another_history_is_none) {
  const auto cursor = [](std::uint64_t epoch) {
    return model::write_cursor({.epoch = epoch, .space = 0, .seq = 90, .chain = 0});
  };
  Page same;
  same.follow(cursor(10)).answer(200, list_text, "", "lists/c");
  EXPECT_TRUE(same.has("since=90"));
  Page other;
  other.follow(cursor(11)).answer(200, list_text, "", "lists/c");
  EXPECT_NE(other.last("items").url.find("after=0"), std::string::npos);
}

TEST(JsonPadClient, an_item_of_another_history_may_be_there_again_with_an_earlier_version) {
  Page page;
  model::Record gone{.key = {"c", "7"}, .version = 9};
  gone.data = R"({"n":2})";
  gone.updated = {INT64_MAX};
  const std::string cursor = model::write_cursor({.epoch = 11, .space = 0, .seq = 90, .chain = 0});
  page.session->ask(page.now,
                    dialect::Subscribe{.collection = "c", .cursor = cursor, .after = "", .held = {gone}},
                    page.steps);
  page.session->flush(page.now, page.steps);
  page.answer(200, list_text, "", "lists/c");
  page.answer(200, page_of(""), "", "items");
  page.answer(200,
              R"([{"object_id":7,"event_type":"item-create","event_data":)" + item(7) +
                  R"(,"list":"c","version":1,"seq":101}])",
              "101", "all=1");
  ASSERT_NE(page.said<dialect::ChangedAt>(), nullptr);
  EXPECT_EQ(page.said<dialect::ChangedAt>()->changes.front().record.data, R"({"n":1})");
}

}  // namespace
}  // namespace rockpool::dialects::jsonpad
