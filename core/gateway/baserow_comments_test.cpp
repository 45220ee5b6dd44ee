#include "core/gateway/baserow_grid_test.h"

namespace rockpool::gateway {
namespace {

class BaserowComments : public BaserowGrid {
 protected:
  std::string row = make_row("bolt");
  std::string place() const { return "row_comments/" + table + "/" + row + "/"; }
};

TEST_F(BaserowComments, are_told_of_on_the_page_of_the_table) {
  const std::string made = done("POST", place(), R"({"comment":"check"})");
  const std::string time = Baserow::member(made, "created_on");
  EXPECT_EQ(time.size(), std::string("2023-01-18T09:30:00.123000Z").size());
  EXPECT_EQ(made, R"({"id":1,"table_id":)" + table + R"(,"row_id":)" + row +
                      R"(,"comment":"check","first_name":"ada","created_on":")" + time +
                      R"(","updated_on":")" + time + R"(","user_id":)" + ada.id + "}");
  EXPECT_EQ(told(), Frames{R"({"type":"row_comment_created","row_comment":)" + made + "}"});
}

TEST_F(BaserowComments, are_listed_a_page_at_a_time_the_newest_first) {
  for (const char* text : {"a", "b", "c"})
    done("POST", place(), R"({"comment":")" + std::string(text) + R"("})");
  const std::string all = baserow.ask("GET", place(), ben);
  EXPECT_EQ(Baserow::member(all, "count"), "3");
  EXPECT_EQ(Baserow::member(all, "results.0.comment"), "c");
  EXPECT_EQ(Baserow::member(all, "results.2.comment"), "a");
  EXPECT_EQ(Baserow::member(all, "next"), "null");
  const std::string second = baserow.ask("GET", place() + "?size=2&page=2", ben);
  EXPECT_EQ(Baserow::member(second, "results.0.comment"), "a");
  EXPECT_EQ(Baserow::member(second, "previous"),
            "http://rockpool.test/baserow/api/" + place() + "?size=2&page=1");
  EXPECT_EQ(Baserow::refusal(baserow.ask("GET", place() + "?size=2&page=3", ben)), "400 ERROR_INVALID_PAGE");
  EXPECT_EQ(Baserow::refusal(baserow.ask("GET", place() + "?page=x", ben)), "400 ERROR_INVALID_PAGE");
  EXPECT_EQ(Baserow::refusal(baserow.ask("GET", place() + "?size=201", ben)), "400 ERROR_PAGE_SIZE_LIMIT");
  EXPECT_EQ(Baserow::refusal(baserow.ask("GET", place() + "?size=0", ben)), "400 ERROR_PAGE_SIZE_LIMIT");
}

TEST_F(BaserowComments, have_from_1_to_10000_characters) {
  const auto with = [&](std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += "\xc3\xa9";
    return Baserow::status(ask("POST", place(), R"({"comment":")" + text + R"("})"));
  };
  EXPECT_EQ(with(0), "400");
  EXPECT_EQ(with(1), "200");
  EXPECT_EQ(with(10'000), "200");
  EXPECT_EQ(with(10'001), "400");
  for (const char* body : {"{}", R"({"comment":7})", R"({"comment":null})", "[]"})
    EXPECT_EQ(Baserow::refusal(ask("POST", place(), body)), "400 ERROR_REQUEST_BODY_VALIDATION") << body;
}

TEST_F(BaserowComments, are_of_rows_that_are_there_and_for_members) {
  const std::string comment = R"({"comment":"check"})";
  EXPECT_EQ(Baserow::refusal(baserow.ask("POST", place(), comment, eve)), "400 ERROR_USER_NOT_IN_GROUP");
  EXPECT_EQ(Baserow::refusal(baserow.ask("GET", place(), eve)), "400 ERROR_USER_NOT_IN_GROUP");
  for (const char* method : {"GET", "POST"}) {
    EXPECT_EQ(Baserow::refusal(ask(method, "row_comments/99/1/", comment)), "404 ERROR_TABLE_DOES_NOT_EXIST");
    for (const char* other : {"0", "99"})
      EXPECT_EQ(Baserow::refusal(ask(method, "row_comments/" + table + "/" + other + "/", comment)),
                "404 ERROR_ROW_DOES_NOT_EXIST");
  }
  done("DELETE", "database/rows/table/" + table + "/" + row + "/");
  EXPECT_EQ(Baserow::refusal(ask("POST", place(), comment)), "404 ERROR_ROW_DOES_NOT_EXIST");
}

TEST_F(BaserowComments, are_counted_in_what_is_told_of_their_rows) {
  done("POST", place(), R"({"comment":"a"})");
  done("POST", place(), R"({"comment":"b"})");
  baserow.heard(page);
  done("PATCH", "database/rows/table/" + table + "/" + row + "/", R"({"field_)" + name + R"(":"nut"})");
  const Frames frames = told();
  ASSERT_FALSE(frames.empty());
  EXPECT_EQ(Baserow::member(frames.back(), "metadata"), R"({")" + row + R"(":{"row_comment_count":2}})");
}

}  // namespace
}  // namespace rockpool::gateway
