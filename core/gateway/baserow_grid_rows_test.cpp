#include "core/gateway/baserow_grid_test.h"

namespace rockpool::gateway {
namespace {

class BaserowGridRows : public BaserowGrid {
 protected:
  BaserowGridRows() {
    const std::string all = baserow.ask("GET", "database/rows/table/" + table + "/", ada);
    for (const char* at : {"0", "1"})
      done("DELETE", "database/rows/table/" + table + "/" +
                         Baserow::member(all, "results." + std::string(at) + ".id") + "/");
    for (const char* text : {"bolt", "nut", "Bolt", "axle"}) make_row(text);
  }
  std::string place() const { return "database/views/grid/" + view + "/"; }
  // What is in the first field of each row, with commas.
  std::string names(const std::string& query = "") {
    const std::string answer = baserow.ask("GET", place() + query, ben);
    const auto value = model::read(answer.substr(4));
    const model::Value* rows = value ? model::member(*value, "results") : nullptr;
    if (rows == nullptr) return answer;
    std::string names;
    for (const auto& row : rows->elements())
      names += (names.empty() ? "" : ",") + *model::text_member(row, "field_" + name);
    return names;
  }
  std::string filter(const std::string& field, const std::string& type, const std::string& value) {
    return id_of_new("database/views/" + view + "/filters/",
                     R"({"field":)" + field + R"(,"type":")" + type + R"(","value":")" + value + R"("})");
  }
};

TEST_F(BaserowGridRows, stand_by_their_position) { EXPECT_EQ(names(), "bolt,nut,Bolt,axle"); }

TEST_F(BaserowGridRows, are_those_that_pass_all_filters_or_any) {
  filter(name, "contains", "bolt");
  EXPECT_EQ(names(), "bolt,Bolt");
  filter(name, "not_equal", "Bolt");
  EXPECT_EQ(names(), "bolt");
  done("PATCH", "database/views/" + view + "/", R"({"filter_type":"OR"})");
  EXPECT_EQ(names(), "bolt,nut,Bolt,axle");
  done("PATCH", "database/views/" + view + "/", R"({"filter_type":"AND","filters_disabled":true})");
  EXPECT_EQ(names(), "bolt,nut,Bolt,axle");
}

TEST_F(BaserowGridRows, leave_out_filters_of_fields_in_the_trash) {
  filter(notes, "not_empty", "");
  EXPECT_EQ(names(), "");
  done("DELETE", "database/fields/" + notes + "/");
  EXPECT_EQ(names(), "bolt,nut,Bolt,axle");
}

TEST_F(BaserowGridRows, stand_by_the_sortings_of_the_view) {
  const std::string sortings = "database/views/" + view + "/sortings/";
  done("PATCH", "database/rows/table/" + table + "/" + make_row("clip") + "/",
       R"({"field_)" + active + R"(":true})");
  const std::string by_active = id_of_new(sortings, R"({"field":)" + active + R"(,"order":"DESC"})");
  EXPECT_EQ(names(), "clip,bolt,nut,Bolt,axle");
  done("POST", sortings, R"({"field":)" + name + R"(,"order":"ASC"})");
  EXPECT_EQ(names(), "clip,axle,bolt,Bolt,nut");
  done("DELETE", "database/views/sort/" + by_active + "/");
  EXPECT_EQ(names(), "axle,bolt,Bolt,clip,nut");
  EXPECT_EQ(names("?order_by=-field_" + name), "nut,clip,bolt,Bolt,axle") << "as the request says";
}

TEST_F(BaserowGridRows, come_by_the_page_or_by_limit_and_offset) {
  EXPECT_EQ(names("?size=3"), "bolt,nut,Bolt");
  EXPECT_EQ(names("?size=3&page=2"), "axle");
  EXPECT_EQ(names("?limit=2&offset=1"), "nut,Bolt");
  EXPECT_EQ(names("?limit=2&offset=9"), "");
  const std::string part = baserow.ask("GET", place() + "?limit=2&offset=1", ada);
  EXPECT_EQ(Baserow::member(part, "count"), "4");
  EXPECT_EQ(Baserow::member(part, "next"),
            "http://rockpool.test/baserow/api/" + place() + "?limit=2&offset=3");
  EXPECT_EQ(Baserow::member(part, "previous"),
            "http://rockpool.test/baserow/api/" + place() + "?limit=2&offset=0");
  EXPECT_EQ(Baserow::refusal(baserow.ask("GET", place() + "?page=9", ada)), "400 ERROR_INVALID_PAGE");
  EXPECT_EQ(Baserow::refusal(baserow.ask("GET", place() + "?limit=201", ada)), "400 ERROR_PAGE_SIZE_LIMIT");
  EXPECT_EQ(Baserow::refusal(baserow.ask("GET", place() + "?offset=-1", ada)), "400 ERROR_INVALID_PAGE");
}

TEST_F(BaserowGridRows, are_searched) {
  EXPECT_EQ(names("?search=bol"), "bolt,Bolt");
  filter(name, "not_equal", "bolt");
  EXPECT_EQ(names("?search=bol"), "Bolt");
  EXPECT_EQ(Baserow::status(baserow.ask("GET", place() + "?search=" + std::string(1025, 'a'), ada)), "400");
}

TEST_F(BaserowGridRows, come_with_field_options_and_metadata_where_that_is_wanted) {
  const std::string row = make_row("clip");
  done("POST", "row_comments/" + table + "/" + row + "/", R"({"comment":"check"})");
  const std::string plain = baserow.ask("GET", place(), ada);
  EXPECT_EQ(Baserow::member(plain, "field_options").find("none"), 0u);
  EXPECT_EQ(Baserow::member(plain, "row_metadata").find("none"), 0u);
  const std::string all = baserow.ask("GET", place() + "?include=field_options,row_metadata", ada);
  EXPECT_EQ(Baserow::member(all, "field_options." + name + ".width"), "200");
  EXPECT_EQ(Baserow::member(all, "row_metadata"), R"({")" + row + R"(":{"row_comment_count":1}})");
}

TEST_F(BaserowGridRows, are_for_members_only) {
  EXPECT_EQ(Baserow::refusal(baserow.ask("GET", place(), eve)), "400 ERROR_USER_NOT_IN_GROUP");
  EXPECT_EQ(Baserow::refusal(baserow.ask("GET", "database/views/grid/99/", ada)),
            "404 ERROR_VIEW_DOES_NOT_EXIST");
}

}  // namespace
}  // namespace rockpool::gateway
