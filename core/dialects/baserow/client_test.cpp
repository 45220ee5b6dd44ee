// The page's end against a server that the test plays.
#include "core/dialects/baserow/client.h"

#include <gtest/gtest.h>

#include "core/base/text.h"

namespace rockpool::dialects::baserow {
namespace {

const std::string tokens = R"({"access_token":"first","refresh_token":"again"})";
const std::string tables = R"([{"name":"Stock","tables":[{"id":42,"name":"Parts"}]}])";
const std::string fields =
    R"([{"id":1,"name":"Name","type":"text"},{"id":2,"name":"Price","type":"number"}])";

std::string row(std::uint64_t id, const std::string& name) {
  return R"({"id":)" + base::decimal(id) + R"(,"order":"1.0","field_1":")" + name + R"(","field_2":null})";
}
std::string page_of(const std::string& rows, std::size_t count) {
  return R"({"count":)" + base::decimal(std::uint64_t{count}) + R"(,"next":null,"results":[)" + rows + "]}";
}

struct Page {
  explicit Page(bool ours = true, const std::string& token = R"({"email":"a@x.test","password":"p"})")
      : is_ours(ours) {
    session->open(now, dialect::Carrier::websocket, {.client = "c", .token = token}, steps);
    note();
  }
  static Page in(bool ours = true) {
    Page page(ours);
    page.answer(200, tokens, "token-auth").answer(200, tables, "applications");
    return page;
  }
  void note() {
    for (const auto& step : steps) {
      if (const auto* asked = std::get_if<dialect::Exchange>(&step)) exchanges.push_back(*asked);
      if (const auto* opened = std::get_if<dialect::OpenStream>(&step)) socket = *opened;
      if (const auto* sent = std::get_if<dialect::SendFrame>(&step)) said.push_back(*sent->bytes);
      if (const auto* told = std::get_if<dialect::Settled>(&step)) settled.push_back(told->outcome);
      if (std::holds_alternative<dialect::Live>(step)) is_live = true;
      if (const auto* over = std::get_if<dialect::Ended>(&step)) ended = over->reason;
    }
    heard = std::exchange(steps, {});
  }
  // Answers the oldest request to an address that has `where` in it.
  Page& answer(int status, const std::string& body, const std::string& where) {
    for (auto one = exchanges.begin(); one != exchanges.end(); ++one) {
      if (one->url.find(where) == std::string::npos) continue;
      const auto carrier = one->carrier;
      exchanges.erase(one);
      session->receive(now, carrier, dialect::Body{status, body}, steps);
      note();
      return *this;
    }
    ADD_FAILURE() << "nothing was asked of " << where;
    return *this;
  }
  Page& frame(const std::string& text) {
    session->receive(now, socket.carrier, dialect::Frame{.bytes = text}, steps);
    note();
    return *this;
  }
  Page& follow(std::uint64_t place = 0, std::vector<model::Record> held = {}) {
    const std::string cursor =
        place == 0 ? "" : model::write_cursor({.epoch = 5, .space = 0, .seq = place, .chain = 0});
    session->ask(now, dialect::Subscribe{.collection = "Parts", .cursor = cursor, .after = "", .held = held},
                 steps);
    session->flush(now, steps);
    note();
    return *this;
  }
  Page& let_in() {
    return frame(R"({"type":"authentication","success":true,"web_socket_id":"w")" +
                 std::string(is_ours ? R"(,"_event_id":100,"_epoch":5})" : "}"));
  }
  Page& add_page(const std::string& more = "") {
    return frame(R"({"type":"page_add","page":"table","parameters":{"table_id":42})" + more + "}");
  }
  // All the way, with those rows.
  Page& read(const std::string& rows, std::size_t count) {
    follow().let_in().add_page();
    return answer(200, fields, "fields/table/42").answer(200, page_of(rows, count), "rows/table/42");
  }
  Page& push(std::vector<model::Mutation> writes) {
    dialect::Push push;
    for (auto& write : writes) push.groups.push_back({write});
    session->ask(now, push, steps);
    note();
    session->flush(now, steps);
    // What a flush says is for the edge alone.
    for (const auto& step : steps) EXPECT_FALSE(std::holds_alternative<dialect::Settled>(step));
    note();
    return *this;
  }
  Page& wait(std::int64_t ms) {
    now.ms += ms;
    session->wake(now, steps);
    note();
    return *this;
  }
  bool has_asked(const std::string& where) const {
    for (const auto& one : exchanges)
      if (one.url.find(where) != std::string::npos) return true;
    return false;
  }

  // Of the last call.
  std::vector<model::Change> changes() const {
    std::vector<model::Change> all;
    for (const auto& step : heard)
      if (const auto* told = std::get_if<dialect::ChangedAt>(&step))
        all.insert(all.end(), told->changes.begin(), told->changes.end());
    return all;
  }
  std::string trouble() const {
    for (const auto& step : heard)
      if (const auto* told = std::get_if<dialect::Trouble>(&step)) return told->error.message;
    return "";
  }

  bool is_ours;
  base::Instant now{1'000'000};
  dialect::ClientSteps steps, heard;
  std::vector<dialect::Exchange> exchanges;  // not answered yet
  dialect::OpenStream socket;
  std::vector<std::string> said;
  std::vector<model::Outcome> settled;
  bool is_live = false;
  std::string ended;
  std::unique_ptr<dialect::ClientSession> session =
      make_client({.url = "http://host/baserow"}, base::Prng(1));
};

model::Mutation put(std::uint64_t number, const std::string& id, const std::string& data) {
  return {.number = number, .key = {"Parts", id}, .op = model::Op::put, .data = data, .base = 0};
}

TEST(BaserowClient, a_socket_has_the_token_that_logging_in_gave) {
  Page page = Page::in();
  page.follow();
  EXPECT_NE(page.socket.url.find("ws://host/baserow/ws/core/?jwt_token=first"), std::string::npos);
}

TEST(BaserowClient, another_token_is_asked_for_before_the_last_runs_out) {
  Page page = Page::in();
  page.wait(479'999);
  EXPECT_FALSE(page.has_asked("token-auth"));
  page.wait(1).answer(200, R"({"access_token":"second"})", "token-auth").follow();
  EXPECT_NE(page.socket.url.find("jwt_token=second"), std::string::npos);
}

TEST(BaserowClient, an_app_that_gives_access_tokens_is_asked_for_the_next_one) {
  Page page(true, "first");
  page.answer(200, tables, "applications");
  const auto ready = std::find_if(page.heard.begin(), page.heard.end(), [](const auto& step) {
    return std::holds_alternative<dialect::Ready>(step);
  });
  ASSERT_NE(ready, page.heard.end());
  EXPECT_EQ(std::get<dialect::Ready>(*ready).expires_in_ms, 600'000);
  page.session->ask(page.now, dialect::RenewToken{"second"}, page.steps);
  page.follow();
  EXPECT_NE(page.socket.url.find("jwt_token=second"), std::string::npos);
}

TEST(BaserowClient, a_refresh_token_is_used_before_each_connection) {
  Page page(true, tokens);
  EXPECT_TRUE(page.has_asked("token-refresh"));
  page.answer(401, R"({"error":"ERROR_INVALID_REFRESH_TOKEN"})", "token-refresh");
  EXPECT_EQ(page.ended, "ERROR_INVALID_REFRESH_TOKEN");
}

TEST(BaserowClient, the_rows_of_a_table_are_read_once_its_page_is_there) {
  Page page = Page::in();
  page.follow().let_in();
  EXPECT_EQ(page.said.back(), R"({"page":"table","table_id":42})");
  EXPECT_FALSE(page.has_asked("rows"));
  page.add_page().answer(200, fields, "fields");
  EXPECT_TRUE(page.has_asked("rows/table/42/?rockpool=1&size=200&rockpool_after=0"));
  page.answer(200, page_of(row(1, "bolt"), 1), "rows");
  EXPECT_TRUE(page.is_live);
}

TEST(BaserowClient, what_was_missed_is_told_and_not_read) {
  Page page = Page::in();
  page.follow(90).answer(200, fields, "fields").let_in();
  EXPECT_EQ(page.said.back(), R"({"page":"table","table_id":42,"last_seen_id":90})");
  page.add_page(R"(,"replayed":1,"_event_id":100)");
  EXPECT_FALSE(page.is_live);
  page.frame(R"({"type":"rows_created","table_id":42,"rows":[)" + row(7, "nut") +
             R"(],"_rows":[{"version":1}],"_event_id":95})");
  EXPECT_TRUE(page.is_live);
  EXPECT_FALSE(page.has_asked("rows/table"));
}

TEST(BaserowClient, a_place_in_another_history_is_none) {
  Page page = Page::in();
  page.follow(90).answer(200, fields, "fields");
  page.frame(R"({"type":"authentication","success":true,"web_socket_id":"w","_event_id":100,"_epoch":6})");
  EXPECT_EQ(page.said.back(), R"({"page":"table","table_id":42})");
}

TEST(BaserowClient, a_row_of_another_history_may_be_there_again_with_its_number_and_an_earlier_version) {
  Page page = Page::in();
  model::Record held{.key = {"Parts", "7"}, .version = 9};
  held.data = R"({"Name":"bolt"})";
  held.updated = {INT64_MAX};
  page.follow(90, {held}).answer(200, fields, "fields");
  page.frame(R"({"type":"authentication","success":true,"web_socket_id":"w","_event_id":50,"_epoch":6})");
  page.add_page().answer(200, fields, "fields").answer(200, page_of("", 0), "rows");
  page.frame(R"({"type":"rows_created","table_id":42,"rows":[)" + row(7, "nut") +
             R"(],"_rows":[{"version":1}],"_event_id":51})");
  ASSERT_EQ(page.changes().size(), 1u);
  EXPECT_NE(page.changes()[0].record.data.find("nut"), std::string::npos);
}

TEST(BaserowClient, a_table_whose_page_is_not_there_in_five_seconds_is_read_from_time_to_time) {
  Page page = Page::in(false);
  page.follow().let_in().wait(5'000);
  EXPECT_TRUE(page.has_asked("fields"));
  page.answer(200, fields, "fields").answer(200, page_of(row(1, "bolt"), 1), "rows");
  EXPECT_TRUE(page.is_live);
  page.wait(30'000);
  EXPECT_TRUE(page.has_asked("fields"));
}

TEST(BaserowClient, a_table_that_is_read_from_time_to_time_is_read_every_half_minute) {
  Page page = Page::in(false);
  page.follow().let_in().wait(5'000);
  for (std::uint64_t i = 1; i <= 3; ++i) {
    page.answer(200, fields, "fields").answer(200, page_of(row(i, "bolt"), 1), "rows").wait(29'999);
    EXPECT_TRUE(page.exchanges.empty());
    page.wait(1);
  }
}

TEST(BaserowClient, a_table_that_nobody_knows_is_looked_for_every_half_minute) {
  Page page;
  page.answer(200, tokens, "token-auth").answer(200, "[]", "applications").follow();
  for (int i = 0; i < 3; ++i) {
    page.answer(200, "[]", "applications");
    EXPECT_EQ(page.trouble(), R"(no table, or several, are called "Parts"; say Database/Table)");
    page.wait(29'999);
    EXPECT_TRUE(page.exchanges.empty());
    page.wait(1);
  }
  page.answer(200, tables, "applications").let_in();
  EXPECT_EQ(page.said.back(), R"({"page":"table","table_id":42})");
}

TEST(BaserowClient, a_table_that_was_deleted_is_back_half_a_minute_after_it_at_most) {
  for (const bool ours : {true, false}) {
    Page page = Page::in(ours);
    page.read(row(1, "bolt"), 1).frame(R"({"type":"table_deleted","database_id":5,"table_id":42})");
    page.answer(404, R"({"error":"ERROR_TABLE_DOES_NOT_EXIST","detail":"no"})", "fields");
    ASSERT_EQ(page.changes().size(), 1u);
    EXPECT_FALSE(page.changes().front().record.exists());
    EXPECT_EQ(page.trouble(), "ERROR_TABLE_DOES_NOT_EXIST: no");
    page.wait(29'999);
    EXPECT_FALSE(page.has_asked("fields"));
    page.wait(1).answer(200, fields, "fields").answer(200, page_of(row(1, "bolt"), 1), "rows");
    ASSERT_EQ(page.changes().size(), 1u);
    EXPECT_TRUE(page.changes().front().record.exists());
  }
}

TEST(BaserowClient, rows_that_go_while_they_are_read_are_looked_for_once_more_half_a_minute_later) {
  Page page = Page::in(false);
  page.follow().let_in().add_page().answer(200, fields, "fields");
  for (int reading = 0; reading < 3; ++reading) {
    page.answer(200, page_of(row(1, "bolt"), 2), "&page=1");
    page.answer(400, R"({"error":"ERROR_INVALID_PAGE"})", "&page=2");
  }
  page.wait(29'999);
  EXPECT_TRUE(page.exchanges.empty());
  page.wait(1).answer(200, fields, "fields").answer(200, page_of(row(1, "bolt"), 1), "rows");
  page.wait(30'000);
  EXPECT_TRUE(page.exchanges.empty()) << "now they fitted together";
}

TEST(BaserowClient, groups_may_be_workspaces) {
  const std::string group = R"("group":{"id":3,"name":"Lab"},"group_id":3)";
  const std::string workspace = R"("workspace":{"id":3,"name":"Lab"},"workspace_id":3)";
  for (const std::string& words : {group, workspace, group + ',' + workspace}) {
    Page page(false);
    page.answer(200, tokens, "token-auth");
    page.answer(200, R"([{"name":"Stock",)" + words + R"(,"tables":[{"id":42,"name":"Parts"}]}])",
                "applications");
    page.read(row(1, "bolt"), 1);
    EXPECT_TRUE(page.is_live) << words;
    for (const char* type : {"group_updated", "group_user_added", "group_deleted", "group_restored"})
      page.frame(R"({"type":")" + std::string(type) + "\"," + words + "}");
    EXPECT_EQ(page.ended, "") << words;
    EXPECT_TRUE(page.exchanges.empty()) << words;
  }
}

TEST(BaserowClient, many_writes_that_wait_are_one_request) {
  for (const bool ours : {true, false}) {
    Page page = Page::in(ours);
    page.read("", 0).push({put(1, "x", R"({"Name":"a"})"), put(2, "y", R"({"Name":"b"})")});
    ASSERT_TRUE(page.has_asked("/batch/"));
    const std::string items = R"({"items":[{"field_1":"a"},{"field_1":"b"}])";
    EXPECT_EQ(page.exchanges.back().body, items + (ours ? R"(,"_names":["x","y"]})" : "}"));
    const auto& headers = page.exchanges.back().head.headers;
    ASSERT_NE(wire::find_header(headers, "WebSocketId"), nullptr);
    EXPECT_EQ(*wire::find_header(headers, "WebSocketId"), "w");
    page.answer(200, R"({"items":[)" + row(1, "a") + ',' + row(2, "b") + "]}", "/batch/");
    EXPECT_EQ(page.settled.size(), 2u);
  }
}

TEST(BaserowClient, of_many_rows_the_one_to_blame_is_refused_alone) {
  Page page = Page::in();
  std::vector<model::Mutation> writes;
  for (const std::string id : {"a", "b", "c", "d"})
    writes.push_back(put(writes.size() + 1, id, R"({"Name":"x"})"));
  page.read("", 0).push(writes);
  const std::string no = R"({"error":"E","detail":{"field_1":[{"error":"no"}]}})";
  page.answer(400, no, "/batch/").answer(400, no, "/batch/").answer(400, no, "rockpool_name=a");
  ASSERT_EQ(page.settled.size(), 1u);
  const auto* declined = std::get_if<model::Declined>(&page.settled.front());
  ASSERT_NE(declined, nullptr);
  EXPECT_EQ(declined->error.path, "Name");
  EXPECT_EQ(declined->error.message, "Name: E: no");
  EXPECT_NE(page.exchanges.back().body.find(R"("_names":["b","c","d"])"), std::string::npos);
}

TEST(BaserowClient, a_cell_of_no_field_is_refused_without_asking) {
  Page page = Page::in();
  page.read("", 0).push({put(1, "x", R"({"nope":1})")});
  ASSERT_EQ(page.settled.size(), 1u);
  EXPECT_EQ(std::get<model::Declined>(page.settled.front()).error.path, "nope");
}

TEST(BaserowClient, news_of_some_cells_of_a_row_that_is_not_here_are_looked_up) {
  Page page = Page::in(false);
  page.read(row(1, "bolt"), 1);
  page.frame(R"({"type":"rows_updated","table_id":42,"rows":[{"id":1,"field_2":"3"}]})");
  EXPECT_FALSE(page.has_asked("rows"));
  page.frame(R"({"type":"rows_updated","table_id":42,"rows":[{"id":2,"field_2":"3"}]})");
  EXPECT_TRUE(page.has_asked("rows/table/42/2/"));
}

TEST(BaserowClient, news_that_the_log_had_before_the_rows_were_read_say_nothing) {
  Page page = Page::in();
  page.follow().let_in().add_page().answer(200, fields, "fields");
  page.answer(200, R"({"count":0,"results":[],"_rows":[],"_event_id":200})", "rows");
  const auto update = [](const std::string& place) {
    return R"({"type":"rows_updated","table_id":42,"rows":[)" + row(7, "nut") +
           R"(],"_rows":[{"version":2}],"_event_id":)" + place + "}";
  };
  const auto has_changed = [&] {
    return std::any_of(page.heard.begin(), page.heard.end(),
                       [](const auto& step) { return std::holds_alternative<dialect::ChangedAt>(step); });
  };
  page.frame(update("200"));
  EXPECT_FALSE(has_changed()) << "the row went since";
  page.frame(update("201"));
  EXPECT_TRUE(has_changed());
}

TEST(BaserowClient, rows_that_wait_for_a_creation_are_not_told_and_their_place_is_not_reached) {
  Page page = Page::in();
  const auto rows = [](const std::string& list, int place) {
    return R"({"count":0,"results":[)" + list + R"(],"_event_id":)" + std::to_string(place) + "}";
  };
  page.follow().let_in().wait(5'000).answer(200, fields, "fields");
  page.answer(200, rows(row(1, "bolt"), 100), "rows").wait(29'999).push({put(1, "x", R"({"Name":"a"})")});
  page.wait(1).answer(200, fields, "fields");
  page.answer(200, rows(row(1, "nut") + ',' + row(2, "new"), 200), "rockpool_after");
  const auto changed = std::find_if(page.heard.begin(), page.heard.end(), [](const auto& step) {
    return std::holds_alternative<dialect::ChangedAt>(step);
  });
  ASSERT_NE(changed, page.heard.end());
  const auto& told = std::get<dialect::ChangedAt>(*changed);
  ASSERT_EQ(told.changes.size(), 1u);
  EXPECT_EQ(model::read_cursor(told.cursor)->seq, 100u);
}

TEST(BaserowClient, a_row_that_is_made_anew_is_made_once) {
  Page page = Page::in();
  page.read("", 0).push({put(1, "77", R"({"Name":"a"})")});
  EXPECT_TRUE(page.has_asked("rockpool_name=~77"));
}

TEST(BaserowClient, fields_that_change_are_read_and_the_rows_with_them) {
  Page page = Page::in();
  page.read(row(1, "bolt"), 1);
  page.frame(R"({"type":"field_updated","field_id":9,"field":{"id":9,"table_id":7}})");
  EXPECT_FALSE(page.has_asked("fields"));
  page.frame(R"({"type":"field_updated","field_id":1,"field":{"id":1,"table_id":42}})");
  page.answer(200, R"([{"id":1,"name":"Title","type":"text"}])", "fields");
  page.answer(200, page_of(R"({"id":1,"order":"1.0","field_1":"bolt"})", 1), "rows");
  const auto changed = std::find_if(page.heard.begin(), page.heard.end(), [](const auto& step) {
    return std::holds_alternative<dialect::ChangedAt>(step);
  });
  ASSERT_NE(changed, page.heard.end());
  const auto& changes = std::get<dialect::ChangedAt>(*changed).changes;
  EXPECT_EQ(changes.front().record.data, R"({"order":1,"Title":"bolt"})");
}

TEST(BaserowClient, a_silent_socket_is_asked_and_the_session_ends_if_nobody_answers) {
  Page page = Page::in();
  page.read("", 0).wait(30'000);
  EXPECT_EQ(page.said.size(), 2u);
  page.add_page(R"(,"replayed":0,"_event_id":120)").wait(30'000);
  EXPECT_EQ(page.said.back(), R"({"page":"table","table_id":42,"last_seen_id":120})");
  page.wait(5'000);
  EXPECT_FALSE(page.ended.empty());
}

}  // namespace
}  // namespace rockpool::dialects::baserow
