// What those who look at a table are told of its rows, whoever writes them.
#include "core/gateway/baserow_world_test.h"

namespace rockpool::gateway {
namespace {

class BaserowRowFrames : public ::testing::Test {
 protected:
  void mount(const std::string& settings = "") {
    baserow = std::make_unique<Baserow>(settings);
    ada = baserow->make_person("ada");
    table = baserow->make_table(ada, baserow->make_database(ada, "Stock"), "Parts");
    const std::string rows = baserow->ask("GET", "database/rows/table/1/", ada);
    first = Baserow::member(rows, "results.0.id"), second = Baserow::member(rows, "results.1.id");
    looks = baserow->socket(ada), elsewhere = baserow->socket(ada);
    const auto own = baserow->socket(ada);
    as = ada;
    as.web_socket_id = baserow->web_socket_id(own);
    acting = own;
    baserow->turn_to(looks, table), baserow->turn_to(own, table);
    baserow->heard(elsewhere);
  }
  // What is told of a request.
  Frames told(const std::string& method, const std::string& rest, const std::string& body = "") {
    const std::string answer = baserow->ask(method, "database/rows/table/1/" + rest, body, as);
    EXPECT_EQ(answer[0], '2') << answer;
    EXPECT_EQ(baserow->heard(acting), Frames()) << "who did it knows";
    EXPECT_EQ(baserow->heard(elsewhere), Frames()) << "who looks elsewhere need not know";
    made = Baserow::member(answer, answer.find("items") == std::string::npos ? "id" : "items.0.id");
    return baserow->heard(looks);
  }
  static std::string row(const std::string& id, const std::string& order, const std::string& name) {
    return R"({"id":)" + id + R"(,"order":")" + order + R"(.00000000000000000000","field_1":)" + name +
           R"(,"field_2":null,"field_3":false})";
  }

  std::unique_ptr<Baserow> baserow;
  Baserow::Person ada;
  Baserow::As as;
  dialect::CarrierId looks = 0, elsewhere = 0, acting = 0;
  std::string table, first, second, made;
};

TEST_F(BaserowRowFrames, tell_of_new_rows) {
  mount();
  const Frames one = told("POST", "", R"({"field_1":"a"})");
  EXPECT_EQ(one, (Frames{R"({"type":"rows_created","table_id":1,"rows":[)" + row(made, "3", "\"a\"") +
                         R"(],"metadata":{},"before_row_id":null})"}));
  const Frames frames = told("POST", "batch/?before=" + first + "&user_field_names=true",
                             R"({"items":[{"Name":"a"},{"Name":"b"}]})");
  ASSERT_EQ(frames.size(), 1u) << "one for all of them";
  EXPECT_EQ(Baserow::member(frames[0], "before_row_id"), first);
  EXPECT_EQ(Baserow::member(frames[0], "rows.0.field_1"), "a")
      << "by the ids of fields, however it was asked";
  EXPECT_EQ(Baserow::member(frames[0], "rows.1.field_1"), "b");
}

TEST_F(BaserowRowFrames, tell_of_changed_rows_what_they_were) {
  mount();
  EXPECT_EQ(
      told("PATCH", first + "/", R"({"field_1":"a"})"),
      (Frames{R"({"type":"before_rows_update","table_id":1,"row_ids":[)" + first +
                  R"(],"updated_field_ids":[1]})",
              R"({"type":"rows_updated","table_id":1,"rows_before_update":[)" + row(first, "1", "null") +
                  R"(],"rows":[)" + row(first, "1", "\"a\"") + R"(],"metadata":{}})"}));
  const Frames frames = told("PATCH", "batch/",
                             R"({"items":[{"id":)" + second + R"(,"field_1":"b"},{"id":)" + first +
                                 R"(,"field_1":"c","field_3":true}]})");
  ASSERT_EQ(Baserow::types(frames), (Frames{"before_rows_update", "rows_updated"}));
  EXPECT_EQ(Baserow::member(frames[0], "row_ids"), "[" + second + "," + first + "]");
  EXPECT_EQ(Baserow::member(frames[0], "updated_field_ids"), "[1,3]");
  EXPECT_EQ(Baserow::member(frames[1], "rows_before_update.1.field_1"), "a");
  EXPECT_EQ(Baserow::member(frames[1], "rows.1.field_1"), "c");
}

TEST_F(BaserowRowFrames, tell_of_moved_rows) {
  mount();
  EXPECT_EQ(
      told("PATCH", first + "/move/"),
      (Frames{
          R"({"type":"before_rows_update","table_id":1,"row_ids":[)" + first + R"(],"updated_field_ids":[]})",
          R"({"type":"rows_updated","table_id":1,"rows_before_update":[)" + row(first, "1", "null") +
              R"(],"rows":[)" + row(first, "3", "null") + R"(],"metadata":{}})"}));
}

TEST_F(BaserowRowFrames, tell_of_deleted_rows_what_they_were) {
  mount();
  EXPECT_EQ(told("DELETE", first + "/"),
            (Frames{R"({"type":"before_rows_delete","table_id":1,"row_ids":[)" + first + "]}",
                    R"({"type":"rows_deleted","table_id":1,"row_ids":[)" + first + R"(],"rows":[)" +
                        row(first, "1", "null") + "]}"}));
  told("POST", "", "{}");
  const std::string third = made;
  const Frames frames = told("POST", "batch-delete/", R"({"items":[)" + third + "," + second + "]}");
  ASSERT_EQ(Baserow::types(frames), (Frames{"before_rows_delete", "rows_deleted"}));
  EXPECT_EQ(Baserow::member(frames[1], "row_ids"), "[" + third + "," + second + "]");
}

TEST_F(BaserowRowFrames, are_upstreams_alone_where_that_is_wanted) {
  mount(R"(,"profile":"upstream")");
  EXPECT_EQ(Baserow::types(told("PATCH", first + "/", R"({"field_1":"a"})")), (Frames{"rows_updated"}));
  EXPECT_EQ(Baserow::types(told("DELETE", first + "/")), (Frames{"rows_deleted"}));
}

TEST_F(BaserowRowFrames, count_comments_of_rows) {
  mount();
  EXPECT_EQ(
      Baserow::status(baserow->ask("POST", "row_comments/1/" + first + "/", R"({"comment":"check"})", ada)),
      "200");
  baserow->heard(looks), baserow->heard(acting);
  const Frames frames =
      told("PATCH", "batch/", R"({"items":[{"id":)" + first + R"(},{"id":)" + second + "}]}");
  EXPECT_EQ(Baserow::member(frames.back(), "metadata"), R"({")" + first + R"(":{"row_comment_count":1}})");
}

TEST_F(BaserowRowFrames, tell_of_rows_that_are_back_without_a_place) {
  mount();
  told("DELETE", first + "/");
  const std::string body =
      R"({"trash_item_type":"row","trash_item_id":)" + first + R"(,"parent_trash_item_id":1})";
  EXPECT_EQ(baserow->ask("PATCH", "trash/restore/", body, as), "204");
  const Frames told_of = {R"({"type":"rows_created","table_id":1,"rows":[)" + row(first, "1", "null") +
                          R"(],"metadata":{},"before_row_id":null})"};
  EXPECT_EQ(baserow->heard(looks), told_of);
  EXPECT_EQ(baserow->heard(acting), told_of);
}

TEST_F(BaserowRowFrames, tell_everybody_what_other_dialects_write) {
  mount();
  auto& page = baserow->world.page();
  page.push({{put(1, "by-hand", R"({"Name":"x","Active":true,"more":1})", 0, "table_1")}});
  baserow->world.perform();
  for (const auto socket : {looks, acting}) {
    const Frames frames = baserow->heard(socket);
    ASSERT_EQ(Baserow::types(frames), (Frames{"rows_created"}));
    EXPECT_EQ(Baserow::member(frames[0], "rows.0.field_1"), "x");
    EXPECT_EQ(Baserow::member(frames[0], "rows.0.field_3"), "true");
    EXPECT_EQ(Baserow::member(frames[0], "before_row_id"), "null");
    made = Baserow::member(frames[0], "rows.0.id");
    EXPECT_EQ(Baserow::member(frames[0], "rows.0.order"), made + ".00000000000000000000");
  }
  page.push({{{.number = 2,
               .key = {"table_1", "by-hand"},
               .op = model::Op::patch,
               .data = R"({"Name":"y"})",
               .base = 1}}});
  baserow->world.perform();
  const Frames changed = baserow->heard(looks);
  ASSERT_EQ(Baserow::types(changed), (Frames{"before_rows_update", "rows_updated"}));
  EXPECT_EQ(Baserow::member(changed[1], "rows.0.field_1"), "y");
  page.push({{{.number = 3, .key = {"table_1", "by-hand"}, .op = model::Op::remove, .base = 2}}});
  baserow->world.perform();
  const Frames gone = baserow->heard(looks);
  ASSERT_EQ(Baserow::types(gone), (Frames{"before_rows_delete", "rows_deleted"}));
  EXPECT_EQ(Baserow::member(gone[1], "row_ids"), "[" + made + "]");
  EXPECT_EQ(Baserow::member(gone[1], "rows.0.field_1"), "y");
}

TEST_F(BaserowRowFrames, are_encoded_once_for_all_who_look) {
  mount();
  std::set<dialect::CarrierId> page = {looks};
  for (const char* name : {"ben", "cem", "dora"}) {
    const auto person = baserow->make_person(name);
    baserow->join(ada, ada.group, person);
    for (int i = 0; i < 67; ++i) {
      const auto socket = baserow->socket(person);
      baserow->turn_to(socket, table);
      page.insert(socket);
    }
  }
  for (const auto socket : {looks, acting, elsewhere}) baserow->heard(socket);
  told("PATCH", first + "/", R"({"field_1":"z"})");
  const dialect::Shared bytes = baserow->world.last_sent.at(looks);
  EXPECT_NE(bytes->find(R"("field_1":"z")"), std::string::npos) << *bytes;
  for (const auto socket : page) EXPECT_EQ(baserow->world.last_sent.at(socket), bytes) << "the same buffer";
}

}  // namespace
}  // namespace rockpool::gateway
