// Rows: what is asked for, what is answered, and who is told.
#include "core/gateway/baserow_world_test.h"

namespace rockpool::gateway {
namespace {

using Texts = std::vector<std::string>;

class BaserowRows : public ::testing::Test {
 protected:
  // Below the table, of rows.
  std::string at(const std::string& rest = "") const { return "database/rows/table/" + table + "/" + rest; }
  std::string ask(const std::string& method, const std::string& rest, const std::string& body = "") {
    return baserow.ask(method, at(rest), body, ada);
  }
  std::string make_row(const std::string& name, const std::string& query = "") {
    const std::string made = ask("POST", query, R"({"field_1":")" + name + R"("})");
    EXPECT_EQ(Baserow::status(made), "200") << made;
    return Baserow::member(made, "id");
  }
  // Numbers as they stand, or what they are refused with.
  std::string list(const std::string& query = "") {
    const std::string answer = ask("GET", query);
    if (Baserow::status(answer) != "200") return Baserow::refusal(answer);
    const auto value = model::read(answer.substr(4));
    std::string numbers;
    for (const auto& row : *model::member(*value, "results"))
      numbers += (numbers.empty() ? "" : " ") + std::to_string(*model::count_member(row, "id"));
    return numbers;
  }
  std::string field(const std::string& body) {
    return Baserow::member(baserow.ask("POST", "database/fields/table/1/", body, ada), "id");
  }

  Baserow baserow;
  Baserow::Person ada = baserow.make_person("ada");
  Baserow::Person eve = baserow.make_person("eve");
  std::string table = baserow.make_table(ada, baserow.make_database(ada, "Stock"), "Parts");
  std::string first = Baserow::member(ask("GET", ""), "results.0.id");
  std::string second = Baserow::member(ask("GET", ""), "results.1.id");
};

std::string row_text(const std::string& id, const std::string& order, const std::string& name,
                     const std::string& active = "false") {
  return R"({"id":)" + id + R"(,"order":")" + order + R"(","field_1":)" + name +
         R"(,"field_2":null,"field_3":)" + active + "}";
}

// ---- one row ----------------------------------------------------------------------------------------------

TEST_F(BaserowRows, are_made_behind_the_others) {
  const std::string made = ask("POST", "", R"({"field_1":"bolt","field_3":true})");
  const std::string id = Baserow::member(made, "id");
  EXPECT_EQ(made, "200 " + row_text(id, "3.00000000000000000000", "\"bolt\"", "true"));
  EXPECT_EQ(ask("GET", id + "/"), made);
  EXPECT_EQ(list(), first + " " + second + " " + id);
  EXPECT_EQ(baserow.world.stored("table_1").at(id), R"({"Name":"bolt","Active":true})");
}

TEST_F(BaserowRows, are_called_by_the_names_of_fields_where_that_is_wanted) {
  const std::string made = ask("POST", "?user_field_names=true", R"({"Name":"bolt"})");
  EXPECT_NE(made.find(R"("Name":"bolt","Notes":null,"Active":false})"), std::string::npos) << made;
  const std::string id = Baserow::member(made, "id");
  EXPECT_NE(ask("GET", id + "/?user_field_names").find(R"("Name":"bolt")"), std::string::npos);
  EXPECT_NE(ask("GET", id + "/?user_field_names=false").find(R"("field_1":"bolt")"), std::string::npos);
  EXPECT_EQ(Baserow::refusal(ask("POST", "?user_field_names=true", R"({"field_1":"bolt"})")),
            "400 ERROR_REQUEST_BODY_VALIDATION");
}

TEST_F(BaserowRows, begin_with_what_their_fields_say) {
  const std::string id = field(R"({"name":"Kind","type":"text","text_default":"plain"})");
  EXPECT_EQ(Baserow::member(ask("POST", "", "{}"), "field_" + id), "plain");
  EXPECT_EQ(Baserow::member(ask("POST", "", R"({"field_)" + id + R"(":null})"), "field_" + id), "null");
}

TEST_F(BaserowRows, are_changed_cell_by_cell) {
  auto& page = baserow.world.page();
  ask("PATCH", first + "/", R"({"field_1":"bolt"})");
  const auto version = [&] { return baserow.world.stored("table_1").at(first); };
  EXPECT_EQ(version(), R"({"Name":"bolt"})");
  model::Mutation more{.number = 1, .key = {"table_1", first}, .op = model::Op::set_insert};
  more.path = "/tags", more.data = R"(["x"])";
  page.push({{more}});
  baserow.world.perform();
  EXPECT_EQ(ask("PATCH", first + "/", R"({"field_2":"n","field_1":null,"id":7,"order":"1"})"),
            R"(200 {"id":)" + first +
                R"(,"order":"1.00000000000000000000","field_1":null,"field_2":"n","field_3":false})");
  EXPECT_EQ(version(), R"({"tags":["x"],"Notes":"n"})") << "what it knows nothing of stays";
}

TEST_F(BaserowRows, say_which_cell_is_wrong) {
  EXPECT_EQ(ask("PATCH", first + "/", R"({"field_1":[],"field_3":"x","field_9":1})"),
            R"(400 {"error":"ERROR_REQUEST_BODY_VALIDATION","detail":{)"
            R"("field_1":[{"error":"Not a valid string.","code":"invalid"}],)"
            R"("field_3":[{"error":"Must be a valid boolean.","code":"invalid"}],)"
            R"("field_9":[{"error":"The table has no such field.","code":"does_not_exist"}]}})");
  EXPECT_EQ(Baserow::refusal(ask("POST", "", "[]")), "400 ERROR_REQUEST_BODY_VALIDATION");
}

TEST_F(BaserowRows, are_gone_when_they_are_deleted_and_remembered) {
  ask("PATCH", first + "/", R"({"field_1":"bolt"})");
  EXPECT_EQ(ask("DELETE", first + "/"), "204");
  EXPECT_EQ(list(), second);
  EXPECT_EQ(baserow.world.stored("$baserow").at("trashed_row/" + first),
            R"({"table":1,"row":)" + first + R"(,"record":")" + first +
                R"(","data":"{\"Name\":\"bolt\"}","meta":"{\"order\":\"1.00000000000000000000\"}",)"
                R"("user":1,"trashed":1700000000000})");
  for (const char* method : {"GET", "PATCH", "DELETE"})
    EXPECT_EQ(Baserow::refusal(ask(method, first + "/", "{}")), "404 ERROR_ROW_DOES_NOT_EXIST") << method;
}

TEST_F(BaserowRows, are_only_for_members) {
  for (const auto& [method, rest] :
       std::vector<std::pair<std::string, std::string>>{{"GET", ""},
                                                        {"POST", ""},
                                                        {"GET", "1/"},
                                                        {"PATCH", "1/"},
                                                        {"DELETE", "1/"},
                                                        {"PATCH", "1/move/"},
                                                        {"POST", "batch/"},
                                                        {"PATCH", "batch/"},
                                                        {"POST", "batch-delete/"}}) {
    EXPECT_EQ(Baserow::refusal(baserow.ask(method, at(rest), "{}", eve)), "400 ERROR_USER_NOT_IN_GROUP")
        << method << rest;
    EXPECT_EQ(Baserow::refusal(baserow.ask(method, "database/rows/table/9/" + rest, "{}", ada)),
              "404 ERROR_TABLE_DOES_NOT_EXIST")
        << method << rest;
  }
}

// ---- lists ------------------------------------------------------------------------------------------------

TEST_F(BaserowRows, are_listed_a_page_at_a_time) {
  const std::string third = make_row("c");
  const std::string page = ask("GET", "?size=2&user_field_names=true");
  EXPECT_EQ(Baserow::member(page, "count"), "3");
  EXPECT_EQ(Baserow::member(page, "next"),
            "http://rockpool.test/baserow/api/database/rows/table/1/?size=2&user_field_names=true&page=2");
  EXPECT_EQ(Baserow::member(page, "previous"), "null");
  EXPECT_EQ(list("?page=2&size=2"), third);
  const std::string last = ask("GET", "?page=2&size=2");
  EXPECT_EQ(Baserow::member(last, "next"), "null");
  EXPECT_EQ(Baserow::member(last, "previous"),
            "http://rockpool.test/baserow/api/database/rows/table/1/?size=2&page=1");
  for (const char* query : {"?page=0", "?page=x", "?page=2", "?page=99999999999999999999"})
    EXPECT_EQ(list(query), "400 ERROR_INVALID_PAGE") << query;
  for (const char* query : {"?size=0", "?size=x", "?size=201"})
    EXPECT_EQ(list(query), "400 ERROR_PAGE_SIZE_LIMIT") << query;
  EXPECT_EQ(list("?size=200"), first + " " + second + " " + third);
}

TEST_F(BaserowRows, are_listed_in_the_order_of_fields) {
  ask("PATCH", first + "/", R"({"field_1":"b","field_3":true})");
  ask("PATCH", second + "/", R"({"field_1":"C"})");
  const std::string third = make_row("a");
  EXPECT_EQ(list("?order_by=field_1"), third + " " + first + " " + second);
  EXPECT_EQ(list("?order_by=-field_1"), second + " " + first + " " + third);
  EXPECT_EQ(list("?order_by=field_3,-field_1"), second + " " + third + " " + first);
  EXPECT_EQ(list("?order_by=-Name&user_field_names=true"), second + " " + first + " " + third);
  EXPECT_EQ(list("?order_by=field_9"), "400 ERROR_ORDER_BY_FIELD_NOT_FOUND");
}

TEST_F(BaserowRows, are_found_by_what_they_show) {
  const std::string color = field(R"({"name":"Color","type":"single_select",)"
                                  R"("select_options":[{"value":"Red","color":"red"}]})");
  ask("PATCH", first + "/", R"({"field_1":"A bolt"})");
  ask("PATCH", second + "/", R"({"field_)" + color + R"(":1})");
  EXPECT_EQ(list("?search=BOLT"), first);
  EXPECT_EQ(list("?search=red"), second);
  EXPECT_EQ(list("?search=nothing"), "");
}

// ---- order ------------------------------------------------------------------------------------------------

TEST_F(BaserowRows, are_put_before_others) {
  const std::string third = make_row("c", "?before=" + second);
  EXPECT_EQ(list(), first + " " + third + " " + second);
  EXPECT_EQ(Baserow::member(ask("GET", third + "/"), "order"), "1.50000000000000000000");
  const std::string fourth = make_row("d", "?before=" + first);
  EXPECT_EQ(Baserow::member(ask("GET", fourth + "/"), "order"), "0.50000000000000000000");
  EXPECT_EQ(Baserow::refusal(ask("POST", "?before=999", "{}")), "404 ERROR_ROW_DOES_NOT_EXIST");
  EXPECT_EQ(Baserow::refusal(ask("POST", "?before=x", "{}")), "400 ERROR_QUERY_PARAMETER_VALIDATION");
}

TEST_F(BaserowRows, are_moved_among_the_others) {
  const std::string third = make_row("c");
  EXPECT_EQ(Baserow::member(ask("PATCH", third + "/move/?before_id=" + first), "order"),
            "0.50000000000000000000");
  EXPECT_EQ(list(), third + " " + first + " " + second);
  EXPECT_EQ(Baserow::member(ask("PATCH", third + "/move/"), "order"), "3.00000000000000000000");
  EXPECT_EQ(list(), first + " " + second + " " + third);
  EXPECT_EQ(Baserow::member(ask("GET", third + "/"), "field_1"), "c");
  EXPECT_EQ(Baserow::refusal(ask("PATCH", third + "/move/?before_id=999")), "404 ERROR_ROW_DOES_NOT_EXIST");
  EXPECT_EQ(Baserow::refusal(ask("PATCH", "999/move/")), "404 ERROR_ROW_DOES_NOT_EXIST");
}

TEST_F(BaserowRows, find_room_however_often_it_is_halved) {
  std::vector<std::string> expected = {first};
  std::string before = second;
  for (int i = 0; i < 150; ++i) {
    before = make_row("x", "?before=" + before);
    expected.insert(expected.begin() + 1, before);
  }
  expected.push_back(second);
  std::string wanted;
  for (const std::string& id : expected) wanted += (wanted.empty() ? "" : " ") + id;
  EXPECT_EQ(list("?size=200"), wanted);
}

// ---- many at once -----------------------------------------------------------------------------------------

TEST_F(BaserowRows, are_made_changed_and_deleted_many_at_once) {
  const std::string made =
      ask("POST", "batch/?before=" + second, R"({"items":[{"field_1":"a"},{"field_1":"b"}]})");
  const std::string a = Baserow::member(made, "items.0.id"), b = Baserow::member(made, "items.1.id");
  EXPECT_EQ(list(), first + " " + a + " " + b + " " + second);
  const std::string changed =
      ask("PATCH", "batch/",
          R"({"items":[{"id":)" + b + R"(,"field_1":"B"},{"id":)" + a + R"(,"field_3":true}]})");
  EXPECT_EQ(Baserow::member(changed, "items.0.field_1"), "B");
  EXPECT_EQ(Baserow::member(changed, "items.1.field_1"), "a");
  EXPECT_EQ(Baserow::member(changed, "items.1.field_3"), "true");
  EXPECT_EQ(ask("POST", "batch-delete/", R"({"items":[)" + b + "," + first + "]}"), "204");
  EXPECT_EQ(list(), a + " " + second);
  EXPECT_EQ(Baserow::member(" " + baserow.world.stored("$baserow").at("trashed_row/" + first), "batch"), b);
}

TEST_F(BaserowRows, are_all_or_none_of_them_changed) {
  EXPECT_EQ(ask("PATCH", "batch/", R"({"items":[{"id":)" + first + R"(,"field_1":"a"},{"field_3":7}]})"),
            R"(400 {"error":"ERROR_REQUEST_BODY_VALIDATION","detail":{"items":{)"
            R"("1":{"id":[{"error":"This field is required.","code":"required"}]}}}})");
  EXPECT_EQ(Baserow::refusal(
                ask("PATCH", "batch/", R"({"items":[{"id":)" + first + R"(,"field_1":"a"},{"id":999}]})")),
            "404 ERROR_ROW_DOES_NOT_EXIST");
  const std::string twice = R"({"id":)" + first + "}";
  EXPECT_EQ(Baserow::refusal(ask("PATCH", "batch/", R"({"items":[)" + twice + "," + twice + "]}")),
            "400 ERROR_ROW_IDS_NOT_UNIQUE");
  EXPECT_EQ(Baserow::refusal(ask("POST", "batch-delete/", R"({"items":[)" + first + "," + first + "]}")),
            "400 ERROR_ROW_IDS_NOT_UNIQUE");
  EXPECT_EQ(Baserow::refusal(ask("POST", "batch-delete/", R"({"items":[)" + first + ",999]}")),
            "404 ERROR_ROW_DOES_NOT_EXIST");
  for (const char* body : {"{}", R"({"items":[]})", R"({"items":7})", R"({"items":["x"]})"})
    for (const char* rest : {"batch/", "batch-delete/"})
      EXPECT_EQ(Baserow::refusal(ask("POST", rest, body)), "400 ERROR_REQUEST_BODY_VALIDATION") << body;
  std::string items = "{}";
  for (int i = 0; i < 199; ++i) items += ",{}";
  EXPECT_EQ(Baserow::refusal(ask("POST", "batch/", R"({"items":[)" + items + ",{}]}")),
            "400 ERROR_REQUEST_BODY_VALIDATION");
  EXPECT_EQ(list(), first + " " + second);
  EXPECT_EQ(Baserow::member(ask("GET", first + "/"), "field_1"), "null");
  EXPECT_EQ(Baserow::status(ask("POST", "batch/", R"({"items":[)" + items + "]}")), "200");
}

}  // namespace
}  // namespace rockpool::gateway
