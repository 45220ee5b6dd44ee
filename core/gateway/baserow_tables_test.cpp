// Tables and fields: what is asked for, what is answered, and who is told.
#include "core/gateway/baserow_world_test.h"

namespace rockpool::gateway {
namespace {

class BaserowTables : public ::testing::Test {
 protected:
  std::string tables() const { return "database/tables/database/" + base + "/"; }
  std::string fields() const { return "database/fields/table/" + table + "/"; }
  // Its number.
  std::string row(std::size_t place) {
    return Baserow::member(baserow.ask("GET", "database/rows/table/" + table + "/", ada),
                           "results." + std::to_string(place) + ".id");
  }
  std::string make_field(const std::string& body) {
    const std::string made = baserow.ask("POST", fields(), body, ada);
    EXPECT_EQ(Baserow::status(made), "200") << made;
    return Baserow::member(made, "id");
  }
  std::vector<std::string> names() {
    std::vector<std::string> names;
    const auto list = model::read(baserow.ask("GET", fields(), ada).substr(4));
    for (const auto& field : *list) names.push_back(*model::text_member(field, "name"));
    return names;
  }

  Baserow baserow;
  Baserow::Person ada = baserow.make_person("ada");
  Baserow::Person eve = baserow.make_person("eve");
  std::string base = baserow.make_database(ada, "Stock");
  std::string table = baserow.make_table(ada, base, "Parts");
};

using Texts = std::vector<std::string>;

TEST_F(BaserowTables, begin_with_three_fields_two_rows_and_a_grid) {
  EXPECT_EQ(baserow.ask("GET", "database/tables/" + table + "/", ada),
            R"(200 {"id":1,"name":"Parts","order":1,"database_id":1})");
  EXPECT_EQ(
      baserow.ask("GET", fields(), ada),
      R"(200 [{"id":1,"table_id":1,"name":"Name","order":0,"type":"text","primary":true,"read_only":false,)"
      R"("text_default":""},)"
      R"({"id":2,"table_id":1,"name":"Notes","order":1,"type":"long_text","primary":false,)"
      R"("read_only":false},)"
      R"({"id":3,"table_id":1,"name":"Active","order":2,"type":"boolean","primary":false,)"
      R"("read_only":false}])");
  const auto blank = [&](std::size_t place, const std::string& order) {
    return R"({"id":)" + row(place) + R"(,"order":")" + order +
           R"(.00000000000000000000","field_1":null,"field_2":null,"field_3":false})";
  };
  EXPECT_EQ(baserow.ask("GET", "database/rows/table/1/", ada),
            R"(200 {"count":2,"next":null,"previous":null,"results":[)" + blank(0, "1") + "," +
                blank(1, "2") + "]}");
  EXPECT_EQ(Baserow::member(" " + baserow.world.stored("$baserow").at("view/1"), "name"), "Grid");
}

TEST_F(BaserowTables, begin_with_the_data_that_they_are_given) {
  const std::string made =
      baserow.ask("POST", tables(),
                  R"({"name":"Tools","data":[["Tool","Size",""],["saw",7],["axe",null,true]],)"
                  R"("first_row_header":true})",
                  ada);
  EXPECT_EQ(made, R"(200 {"id":2,"name":"Tools","order":2,"database_id":1})");
  table = "2";
  EXPECT_EQ(names(), (Texts{"Tool", "Size", "Field 3"}));
  const std::string rows = baserow.ask("GET", "database/rows/table/2/?user_field_names=true", ada);
  EXPECT_EQ(Baserow::member(rows, "count"), "2");
  EXPECT_NE(rows.find(R"("Tool":"saw","Size":"7","Field 3":null})"), std::string::npos) << rows;
  EXPECT_NE(rows.find(R"("Tool":"axe","Size":null,"Field 3":"true"})"), std::string::npos) << rows;
}

TEST_F(BaserowTables, refuse_data_that_makes_no_table) {
  const auto refused = [&](const std::string& data) {
    return Baserow::refusal(
        baserow.ask("POST", tables(), R"({"name":"a","first_row_header":true,"data":)" + data + "}", ada));
  };
  EXPECT_EQ(refused("[]"), "400 ERROR_INVALID_INITIAL_TABLE_DATA");
  EXPECT_EQ(refused("[[]]"), "400 ERROR_INVALID_INITIAL_TABLE_DATA");
  EXPECT_EQ(refused("[7]"), "400 ERROR_INVALID_INITIAL_TABLE_DATA");
  EXPECT_EQ(refused("[[{}]]"), "400 ERROR_INVALID_INITIAL_TABLE_DATA");
  EXPECT_EQ(refused("7"), "400 ERROR_REQUEST_BODY_VALIDATION");
  EXPECT_EQ(refused(R"([["a","a"]])"), "400 ERROR_INITIAL_TABLE_DATA_HAS_DUPLICATE_NAMES");
  EXPECT_EQ(refused(R"([["id"]])"), "400 ERROR_RESERVED_BASEROW_FIELD_NAME");
  std::string rows = R"([["a"])", cells = "[[1";
  for (int i = 0; i < 5001; ++i) rows += ",[1]";
  EXPECT_EQ(refused(rows + "]"), "400 ERROR_INITIAL_TABLE_DATA_LIMIT_EXCEEDED");
  for (int i = 0; i < 500; ++i) cells += ",1";
  EXPECT_EQ(refused(cells + "]]"), "400 ERROR_MAX_FIELD_COUNT_EXCEEDED");
  EXPECT_EQ(Baserow::status(baserow.ask("GET", "database/tables/2/", ada)), "404") << "nothing was made";
}

TEST_F(BaserowTables, are_told_of_to_their_group_alone) {
  const auto own = baserow.socket(ada), other = baserow.socket(ada), stranger = baserow.socket(eve);
  Baserow::As as = ada;
  as.web_socket_id = baserow.web_socket_id(own);
  baserow.heard(other), baserow.heard(stranger);
  EXPECT_EQ(baserow.ask("POST", tables(), R"({"name":"Tools"})", as),
            R"(200 {"id":2,"name":"Tools","order":2,"database_id":1})");
  EXPECT_EQ(baserow.heard(other),
            (Frames{R"({"type":"table_created","table":{"id":2,"name":"Tools","order":2,"database_id":1}})"}))
      << "and nothing of its fields and rows";
  EXPECT_EQ(baserow.ask("PATCH", "database/tables/2/", R"({"name":"Gear"})", as),
            R"(200 {"id":2,"name":"Gear","order":2,"database_id":1})");
  EXPECT_EQ(baserow.heard(other),
            (Frames{R"({"type":"table_updated","table_id":2,"table":{"id":2,"name":"Gear","order":2,)"
                    R"("database_id":1},"force_table_refresh":false})"}));
  EXPECT_EQ(baserow.ask("POST", tables() + "order/", R"({"table_ids":[2,1]})", as), "204");
  const Frames orders = baserow.heard(other);
  ASSERT_EQ(orders.size(), 2u);
  EXPECT_EQ(orders[0], R"({"type":"tables_re_ordered","database_id":1,"order":[2,1]})");
  EXPECT_EQ(orders[1], R"({"type":"tables_reordered",)"
                       R"("database_id":"6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b",)"
                       R"("order":["d4735e3a265e16eee03f59718b9b5d03019c07d8b6c51f90da3a666eec13ab35",)"
                       R"("6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b"]})");
  EXPECT_EQ(baserow.ask("DELETE", "database/tables/2/", as), "204");
  EXPECT_EQ(baserow.heard(other), (Frames{R"({"type":"table_deleted","database_id":1,"table_id":2})"}));
  EXPECT_EQ(baserow.heard(own), Frames());
  EXPECT_EQ(baserow.heard(stranger), Frames());
  EXPECT_EQ(Baserow::refusal(baserow.ask("GET", "database/tables/2/", ada)),
            "404 ERROR_TABLE_DOES_NOT_EXIST");
  EXPECT_EQ(baserow.ask("GET", tables(), ada), R"(200 [{"id":1,"name":"Parts","order":2,"database_id":1}])");
}

TEST_F(BaserowTables, are_only_for_members_and_only_as_they_should_be) {
  for (const char* method : {"GET", "PATCH", "DELETE"})
    EXPECT_EQ(Baserow::refusal(baserow.ask(method, "database/tables/1/", R"({"name":"x"})", eve)),
              "400 ERROR_USER_NOT_IN_GROUP")
        << method;
  EXPECT_EQ(Baserow::refusal(baserow.ask("GET", tables(), eve)), "400 ERROR_USER_NOT_IN_GROUP");
  EXPECT_EQ(Baserow::refusal(baserow.ask("POST", tables(), R"({"name":"x"})", eve)),
            "400 ERROR_USER_NOT_IN_GROUP");
  EXPECT_EQ(Baserow::refusal(baserow.ask("POST", "database/tables/database/9/", R"({"name":"x"})", ada)),
            "404 ERROR_APPLICATION_DOES_NOT_EXIST");
  EXPECT_EQ(Baserow::refusal(baserow.ask("POST", tables() + "order/", R"({"table_ids":[9]})", ada)),
            "400 ERROR_TABLE_NOT_IN_DATABASE");
  for (const char* body :
       {"{}", R"({"name":""})", R"({"name":"x","collection":"$x"})", R"({"name":"x","first_row_header":7})"})
    EXPECT_EQ(Baserow::refusal(baserow.ask("POST", tables(), body, ada)), "400 ERROR_REQUEST_BODY_VALIDATION")
        << body;
}

TEST_F(BaserowTables, stand_over_the_collection_that_they_name) {
  auto& page = baserow.world.page();
  page.push({{put(1, "r", R"({"Name":"bolt","Notes":7})", 0, "parts"), put(2, "bare", "7", 0, "parts")}});
  baserow.world.perform();
  const std::string made = baserow.ask("POST", tables(), R"({"name":"Shared","collection":"parts"})", ada);
  table = Baserow::member(made, "id");
  const std::string rows = baserow.ask("GET", "database/rows/table/" + table + "/?user_field_names=1", ada);
  EXPECT_EQ(Baserow::member(rows, "count"), "2") << "and no blank rows";
  EXPECT_EQ(Baserow::member(rows, "results.0.Name"), "bolt");
  EXPECT_EQ(Baserow::member(rows, "results.0.Notes"), "null") << "a number is no text";
  EXPECT_EQ(Baserow::member(rows, "results.1.Name"), "null") << "what is no object has no cells";
  const std::string bare = Baserow::member(rows, "results.1.id");
  EXPECT_EQ(Baserow::status(baserow.ask(
                "PATCH", "database/rows/table/" + table + "/" + bare + "/move/?before_id=" + row(0), ada)),
            "200");
  EXPECT_EQ(row(0), bare);
  EXPECT_EQ(baserow.world.stored("parts").at("bare"), "7") << "and stays what it is";
}

TEST_F(BaserowTables, and_whatever_else_has_an_order_are_told_of_it_though_they_stand_so) {
  const auto looks = baserow.socket(ada);
  baserow.turn_to(looks, table);
  const auto told = [&](const std::string& place, const std::string& body) {
    EXPECT_EQ(baserow.ask("POST", place, body, ada), "204") << place;
    return Baserow::types(baserow.heard(looks));
  };
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(told("groups/order/", R"({"groups":[1]})"), Texts{"groups_reordered"});
    EXPECT_EQ(told("applications/group/1/order/", R"({"application_ids":[1]})"),
              Texts{"applications_reordered"});
    EXPECT_EQ(told(tables() + "order/", R"({"table_ids":[1]})"),
              (Texts{"tables_re_ordered", "tables_reordered"}));
    EXPECT_EQ(told("database/views/table/1/order/", R"({"view_ids":[1]})"), Texts{"views_reordered"});
  }
}

TEST_F(BaserowTables, stand_over_a_collection_once_in_a_group) {
  const std::string body = R"({"name":"Shared","collection":"parts"})";
  const std::string made = baserow.ask("POST", tables(), body, ada);
  const std::string again = baserow.ask("POST", tables(), body, ada);
  EXPECT_EQ(Baserow::refusal(again), "400 ERROR_REQUEST_BODY_VALIDATION");
  EXPECT_NE(Baserow::member(again, "detail.collection.0.error").find("already"), std::string::npos) << again;
  EXPECT_EQ(baserow.ask("DELETE", "database/tables/" + Baserow::member(made, "id") + "/", ada), "204");
  EXPECT_EQ(Baserow::refusal(baserow.ask("POST", tables(), body, ada)), "400 ERROR_REQUEST_BODY_VALIDATION")
      << "it may come back out of the trash";
  const std::string elsewhere = "database/tables/database/" + baserow.make_database(eve, "Hers") + "/";
  EXPECT_EQ(Baserow::status(baserow.ask("POST", elsewhere, body, eve)), "200");
}

TEST(BaserowPrivateTables, are_worked_with_like_others) {
  Baserow baserow("", Baserow::usual_limits(), {.is_open = false, .names = {"parts"}});
  const auto ada = baserow.make_person("ada");
  const std::string base = baserow.make_database(ada, "Stock");
  const std::string table = baserow.make_table(ada, base, "Parts");
  const auto looks = baserow.socket(ada);
  baserow.turn_to(looks, table);
  const std::string rows = "database/rows/table/" + table + "/";
  const std::string made = baserow.ask("POST", rows, R"({"field_1":"bolt"})", ada);
  EXPECT_EQ(Baserow::status(made), "200") << made;
  const std::string row = rows + Baserow::member(made, "id") + "/";
  EXPECT_EQ(Baserow::member(baserow.ask("PATCH", row, R"({"field_1":"nut"})", ada), "field_1"), "nut");
  EXPECT_EQ(Baserow::member(baserow.ask("GET", rows + "?search=nut", ada), "count"), "1");
  EXPECT_EQ(Baserow::status(baserow.ask("PATCH", row + "move/", ada)), "200");
  EXPECT_EQ(baserow.ask("DELETE", row, ada), "204");
  EXPECT_EQ(baserow.heard(looks).size(), 7u);
  EXPECT_EQ(baserow.world.stored("baserow:1/table_1").size(), 2u);
  baserow.ask("POST", "database/tables/database/1/", R"({"name":"Parts","collection":"parts"})", ada);
  EXPECT_TRUE(baserow.world.stored("$collections").contains("parts")) << "which is shared by its name";
}

class BaserowFields : public BaserowTables {
 protected:
  // As `$collections` has them.
  std::string stored() const {
    return Baserow::member(baserow.world.stored("$collections").at("table_1"), "fields");
  }
  static std::string field(const std::string& key, const std::string& type, const std::string& options = "") {
    return R"({"key":")" + key + R"(","type":")" + type + R"(",)" +
           (options.empty() ? "" : R"("options":{)" + options + "},") + R"("of":"baserow:1"})";
  }
};

TEST_F(BaserowFields, are_said_of_the_collection_for_every_dialect) {
  const std::string usual =
      field("Name", "text") + "," + field("Notes", "text") + "," + field("Active", "boolean");
  EXPECT_EQ(stored(), "[" + usual + "]");
  make_field(R"({"name":"n","type":"number"})");
  make_field(R"({"name":"s","type":"single_select","select_options":[{"value":"red","color":"red"}]})");
  make_field(R"({"name":"at","type":"created_on"})");
  EXPECT_EQ(stored(), "[" + usual + "," + field("n", "number", R"("min":0)") + "," +
                          field("s", "option", R"("ids":[1])") + "]");
  baserow.ask("PATCH", "database/fields/4/", R"({"name":"m","number_negative":true})", ada);
  baserow.ask("DELETE", "database/fields/5/", ada);
  EXPECT_EQ(stored(), "[" + usual + "," + field("n", "number") + "]")
      << "by its member, whatever it is called";
  baserow.ask("PATCH", "trash/restore/", R"({"trash_item_type":"field","trash_item_id":5})", ada);
  EXPECT_EQ(stored(),
            "[" + usual + "," + field("n", "number") + "," + field("s", "option", R"("ids":[1])") + "]");
  baserow.ask("DELETE", "database/tables/1/", ada);
  EXPECT_EQ(stored(), "[]") << "what is in the trash demands nothing";
  baserow.ask("PATCH", "trash/restore/", R"({"trash_item_type":"table","trash_item_id":1})", ada);
  EXPECT_NE(stored(), "[]");
}

TEST_F(BaserowFields, hold_for_what_others_write) {
  auto& page = baserow.world.page();
  page.push({{put(1, "a", R"({"Name":"x","more":[1]})", 0, "table_1")}});
  page.push({{put(2, "b", R"({"Name":1})", 0, "table_1")}});
  page.push({{put(3, "c", "7", 0, "table_1")}});
  baserow.world.perform();
  const auto records = baserow.world.stored("table_1");
  EXPECT_TRUE(records.contains("a"));
  EXPECT_FALSE(records.contains("b"));
  EXPECT_FALSE(records.contains("c"));
}

// ---- fields -----------------------------------------------------------------------------------------------

TEST_F(BaserowTables, have_fields_of_every_type) {
  const auto made = [&](const std::string& type, const std::string& more = "") {
    const std::string answer = baserow.ask(
        "POST", fields(), R"({"name":"a )" + type + R"(","type":")" + type + '"' + more + "}", ada);
    const std::size_t at = answer.find(R"("read_only":)");
    return answer.substr(0, 3) + " " + answer.substr(at + 12);
  };
  const std::string end = R"("related_fields":[]})";
  EXPECT_EQ(made("text", R"(,"text_default":"none")"), R"(200 false,"text_default":"none",)" + end);
  EXPECT_EQ(made("long_text"), "200 false," + end);
  EXPECT_EQ(made("number", R"(,"number_decimal_places":2,"number_negative":true)"),
            R"(200 false,"number_decimal_places":2,"number_negative":true,)" + end);
  EXPECT_EQ(made("boolean"), "200 false," + end);
  EXPECT_EQ(made("date", R"(,"date_include_time":true,"date_format":"ISO","date_time_format":"12")"),
            R"(200 false,"date_format":"ISO","date_include_time":true,"date_time_format":"12",)" + end);
  EXPECT_EQ(made("url"), "200 false," + end);
  EXPECT_EQ(made("email"), "200 false," + end);
  EXPECT_EQ(made("phone_number"), "200 false," + end);
  EXPECT_EQ(made("single_select", R"(,"select_options":[{"value":"red","color":"light-red"}])"),
            R"(200 false,"select_options":[{"id":1,"value":"red","color":"light-red"}],)" + end);
  EXPECT_EQ(made("multiple_select"), R"(200 false,"select_options":[],)" + end);
  for (const char* type : {"created_on", "last_modified"})
    EXPECT_EQ(made(type),
              R"(200 true,"date_format":"EU","date_include_time":false,"date_time_format":"24",)" + end);
}

TEST_F(BaserowTables, refuse_fields_that_are_none) {
  const auto refused = [&](const std::string& body) {
    return Baserow::refusal(baserow.ask("POST", fields(), body, ada));
  };
  for (const char* body :
       {"{}", R"({"name":"a"})", R"({"name":"a","type":"formula"})", R"({"name":"","type":"text"})",
        R"({"name":"a","type":"number","number_decimal_places":6})",
        R"({"name":"a","type":"number","number_negative":"x"})",
        R"({"name":"a","type":"date","date_format":"x"})", R"({"name":"a","type":"text","text_default":7})",
        R"({"name":"a","type":"single_select","select_options":7})",
        R"({"name":"a","type":"single_select","select_options":[{"color":"red"}]})"})
    EXPECT_EQ(refused(body), "400 ERROR_REQUEST_BODY_VALIDATION") << body;
  EXPECT_EQ(refused(R"({"name":"Name","type":"text"})"), "400 ERROR_FIELD_WITH_SAME_NAME_ALREADY_EXISTS");
  for (const char* name : {"id", "order", "field_7"})
    EXPECT_EQ(refused(R"({"name":")" + std::string(name) + R"(","type":"text"})"),
              "400 ERROR_RESERVED_BASEROW_FIELD_NAME");
  EXPECT_EQ(Baserow::refusal(baserow.ask("POST", fields(), R"({"name":"a","type":"text"})", eve)),
            "400 ERROR_USER_NOT_IN_GROUP");
  EXPECT_EQ(
      Baserow::refusal(baserow.ask("POST", "database/fields/table/9/", R"({"name":"a","type":"text"})", ada)),
      "404 ERROR_TABLE_DOES_NOT_EXIST");
  for (const char* method : {"GET", "PATCH", "DELETE"}) {
    EXPECT_EQ(Baserow::refusal(baserow.ask(method, "database/fields/9/", "{}", ada)),
              "404 ERROR_FIELD_DOES_NOT_EXIST");
    EXPECT_EQ(Baserow::refusal(baserow.ask(method, "database/fields/1/", "{}", eve)),
              "400 ERROR_USER_NOT_IN_GROUP");
  }
  EXPECT_EQ(Baserow::refusal(baserow.ask("DELETE", "database/fields/1/", ada)),
            "400 ERROR_CANNOT_DELETE_PRIMARY_FIELD");
}

TEST_F(BaserowTables, tell_of_fields_those_who_look_at_them) {
  const auto looks = baserow.socket(ada), elsewhere = baserow.socket(ada), own = baserow.socket(ada);
  Baserow::As as = ada;
  as.web_socket_id = baserow.web_socket_id(own);
  baserow.turn_to(looks, table), baserow.turn_to(own, table);
  baserow.heard(elsewhere);
  EXPECT_EQ(baserow
                .ask("POST", fields(),
                     R"({"name":"Color","type":"single_select",)"
                     R"("select_options":[{"value":"red","color":"red"}]})",
                     as)
                .substr(0, 3),
            "200");
  const std::string shown =
      R"({"id":4,"table_id":1,"name":"Color","order":3,"type":"single_select","primary":false,)"
      R"("read_only":false,"select_options":[{"id":1,"value":"red","color":"red"}]})";
  EXPECT_EQ(baserow.heard(looks),
            (Frames{R"({"type":"field_created","field":)" + shown + R"(,"related_fields":[]})"}));
  baserow.ask(
      "PATCH", "database/fields/4/",
      R"({"name":"Hue","select_options":[{"value":"blue","color":"b"},{"id":1,"value":"r","color":"c"}]})",
      as);
  EXPECT_EQ(
      baserow.heard(looks),
      (Frames{R"({"type":"field_updated","field_id":4,"field":{"id":4,"table_id":1,"name":"Hue","order":3,)"
              R"("type":"single_select","primary":false,"read_only":false,"select_options":[)"
              R"({"id":2,"value":"blue","color":"b"},{"id":1,"value":"r","color":"c"}]},)"
              R"("related_fields":[]})"}));
  EXPECT_EQ(baserow.ask("DELETE", "database/fields/4/", as), R"(200 {"related_fields":[]})");
  EXPECT_EQ(baserow.heard(looks),
            (Frames{R"({"type":"field_deleted","table_id":1,"field_id":4,"related_fields":[]})"}));
  EXPECT_EQ(baserow.heard(own), Frames());
  EXPECT_EQ(baserow.heard(elsewhere), Frames());
  EXPECT_EQ(names(), (Texts{"Name", "Notes", "Active"}));
}

TEST_F(BaserowTables, tell_of_fields_that_are_back_with_what_views_say_of_them) {
  const auto looks = baserow.socket(ada), own = baserow.socket(ada);
  Baserow::As as = ada;
  as.web_socket_id = baserow.web_socket_id(own);
  EXPECT_EQ(Baserow::status(baserow.ask("POST", "database/views/1/filters/",
                                        R"({"field":2,"type":"contains","value":"x"})", ada)),
            "200");
  EXPECT_EQ(Baserow::status(
                baserow.ask("POST", "database/views/1/sortings/", R"({"field":2,"order":"DESC"})", ada)),
            "200");
  baserow.ask("DELETE", "database/fields/2/", ada);
  baserow.turn_to(looks, table), baserow.turn_to(own, table);
  EXPECT_EQ(baserow.ask("PATCH", "trash/restore/", R"({"trash_item_type":"field","trash_item_id":2})", as),
            "204");
  const Frames told = {
      R"({"type":"field_restored","field":{"id":2,"table_id":1,"name":"Notes","order":1,"type":"long_text",)"
      R"("primary":false,"read_only":false,)"
      R"("filters":[{"id":1,"view":1,"field":2,"type":"contains","value":"x","preload_values":{}}],)"
      R"("sortings":[{"id":1,"view":1,"field":2,"order":"DESC"}]},"related_fields":[]})"};
  EXPECT_EQ(baserow.heard(looks), told);
  EXPECT_EQ(baserow.heard(own), told) << "whoever brings it back is told as well";
}

TEST_F(BaserowTables, keep_what_rows_have_when_a_field_changes_its_type) {
  const std::string field = make_field(R"({"name":"Count","type":"number"})");
  const std::string place = "database/rows/table/1/" + row(0) + "/?user_field_names=true";
  baserow.ask("PATCH", place, R"({"Count":7})", ada);
  const auto turned_to = [&](const std::string& type) {
    baserow.ask("PATCH", "database/fields/" + field + "/", R"({"type":")" + type + R"("})", ada);
    return Baserow::member(baserow.ask("GET", place, ada), "Count");
  };
  EXPECT_EQ(turned_to("text"), "null");
  EXPECT_EQ(turned_to("number"), "7");
  baserow.ask("PATCH", "database/fields/" + field + "/", R"({"number_decimal_places":2,"name":"N"})", ada);
  EXPECT_EQ(Baserow::member(baserow.ask("GET", place, ada), "N"), "7.00");
}

TEST_F(BaserowTables, give_fields_members_of_their_own) {
  make_field(R"({"name":"a.b","type":"text"})");
  baserow.ask("DELETE", "database/fields/3/", ada);
  make_field(R"({"name":"Active","type":"text"})");
  const auto stored = baserow.world.stored("$baserow");
  EXPECT_EQ(Baserow::member(" " + stored.at("field/4"), "key"), "field_4") << "no path can lead to a.b";
  EXPECT_EQ(Baserow::member(" " + stored.at("field/5"), "key"), "field_5") << "the old one may come back";
}

}  // namespace
}  // namespace rockpool::gateway
