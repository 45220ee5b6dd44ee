// A table's fields, and rows by them; and what the page's end reads besides.
#include "core/dialects/baserow/client_fields.h"

#include <gtest/gtest.h>

#include "core/base/text.h"
#include "core/dialects/baserow/client_words.h"

namespace rockpool::dialects::baserow {
namespace {

TableFields fields() {
  return TableFields::read(R"([
    {"id":1,"name":"Name","type":"text","read_only":false,"text_default":"new"},
    {"id":2,"name":"Price","type":"number","read_only":false},
    {"id":3,"name":"Colour","type":"single_select","read_only":false},
    {"id":4,"name":"Tags","type":"multiple_select","read_only":false},
    {"id":5,"name":"Due","type":"date","read_only":false},
    {"id":6,"name":"Done","type":"boolean","read_only":false},
    {"id":7,"name":"Sum","type":"formula","read_only":true},
    {"id":8,"name":"Links","type":"link_row","read_only":false}])");
}

const std::string row =
    R"({"id":9,"order":"2.50000000000000000000","field_1":"bolt","field_2":"3.50",)"
    R"("field_3":{"id":4,"value":"red","color":"red"},"field_4":[],"field_5":"2023-04-01T10:00:00Z",)"
    R"("field_6":false,"field_7":"7","field_8":[{"id":3,"value":"M3"}]})";
const std::string shown =
    R"({"order":2.5,"Name":"bolt","Price":"3.50","Colour":{"id":4,"value":"red","color":"red"},"Tags":[],)"
    R"("Due":"2023-04-01T10:00:00Z","Done":false,"Sum":"7","Links":[{"id":3,"value":"M3"}]})";

std::string cells(const std::string& there, const std::string& wanted) {
  const auto made = fields().cells(there, wanted);
  return made ? *made : made.error().path + ": " + made.error().message;
}

TEST(BaserowClientWords, a_row_that_is_called_by_a_number_here_has_a_name_of_its_own) {
  EXPECT_EQ(row_name("bolt"), "bolt");
  EXPECT_EQ(row_name("7"), "~7");
  EXPECT_EQ(row_name("~7"), "~~7") << "that is somebody else's";
  EXPECT_EQ(row_name("~~7"), "~~~7");
}

TEST(BaserowClientFields, cells_are_called_by_their_fields_and_unknown_types_pass_through) {
  const auto made = fields().row_of(*model::read(row), nullptr);
  EXPECT_EQ(made.state.remote, "9");
  EXPECT_EQ(made.state.data, shown);
  EXPECT_TRUE(made.is_whole);
}

TEST(BaserowClientFields, a_row_of_some_cells_is_put_over_what_is_there) {
  const State before{.remote = "9", .data = shown};
  const auto some = model::read(R"({"id":9,"field_2":"4.00"})");
  const auto made = fields().row_of(*some, &before);
  EXPECT_NE(made.state.data.find(R"("Name":"bolt","Price":"4.00")"), std::string::npos);
  EXPECT_TRUE(made.is_whole);
  EXPECT_FALSE(fields().row_of(*some, nullptr).is_whole);
}

TEST(BaserowClientFields, what_the_server_says_in_its_own_words_is_what_was_wanted) {
  for (const std::string wanted :
       {R"({"Name":"bolt","Price":3.5,"Colour":4,"Due":"2023-04-01T10:00:00Z","Links":[3]})",
        R"({"Name":"bolt","Price":"3.5","Colour":"red","Due":"2023-04-01T10:00:00Z","Links":[3],"Sum":"8"})",
        R"({"Name":"bolt","Price":"3.50","Colour":{"id":4},"Due":"2023-04-01T10:00:00Z","Links":["M3"]})"})
    EXPECT_TRUE(fields().is_so("", "", false) && fields().is_so(wanted, shown, false)) << wanted;
  EXPECT_FALSE(fields().is_so(R"({"Name":"nut"})", shown, false));
  EXPECT_FALSE(fields().is_so(shown.substr(0, shown.size() - 1) + R"(,"nope":1})", shown, false));
}

TEST(BaserowClientFields, a_new_row_may_begin_as_its_fields_say) {
  const std::string made = R"({"Name":"new","Price":"1"})";
  EXPECT_TRUE(fields().is_so(R"({"Price":1})", made, true));
  EXPECT_FALSE(fields().is_so(R"({"Price":1})", made, false));
}

TEST(BaserowClientFields, only_cells_that_change_and_can_be_written_are_sent) {
  EXPECT_EQ(cells(shown, R"({"Name":"nut","Price":3.5,"Sum":"8","Colour":{"id":4},"Links":[3],)"
                         R"("Due":"2023-04-01T10:00:00Z","order":7})"),
            R"("field_1":"nut")");
  EXPECT_EQ(cells(shown, R"({"Colour":"blue","Tags":[1,2]})"),
            R"("field_1":null,"field_2":null,"field_3":"blue","field_4":[1,2],"field_5":null,"field_8":[])");
  EXPECT_EQ(cells("", R"({"Name":"","Sum":"8"})"), R"("field_1":"")");
}

TEST(BaserowClientFields, a_cell_without_a_field_is_refused_by_its_name) {
  EXPECT_EQ(cells(shown, R"({"nope":1})"), "nope: the table has no field \"nope\"");
  EXPECT_EQ(cells("", "7"), ": a row is an object of cells");
}

TEST(BaserowClientWords, a_login_is_a_password_tokens_or_one_token) {
  EXPECT_EQ(read_login(R"({"email":"a@x.test","password":"p"})")->path, "token-auth/");
  EXPECT_EQ(read_login(R"({"access_token":"t","refresh_token":"r","user":{}})")->path, "token-refresh/");
  EXPECT_EQ(read_login("abc")->path, "");
  for (const std::string none : {"", "{}", R"({"email":"a@x.test"})"}) EXPECT_FALSE(read_login(none));
}

TEST(BaserowClientWords, older_servers_call_an_access_token_token) {
  EXPECT_EQ(read_access_token(R"({"token":"old"})"), "old");
  EXPECT_EQ(read_access_token(R"({"token":"old","access_token":"new"})"), "new");
  EXPECT_EQ(read_access_token("none"), "");
}

TEST(BaserowClientWords, a_table_is_named_by_id_name_or_database_and_name) {
  std::vector<KnownTable> tables;
  ASSERT_TRUE(read_tables(R"([{"name":"Stock","tables":[{"id":1,"name":"Parts"},{"id":2,"name":"A"}]},
                              {"name":"Old","tables":[{"id":3,"name":"Parts"}]},{"name":"site"}])",
                          tables));
  EXPECT_EQ(find_table(tables, "A"), 2u);
  EXPECT_EQ(find_table(tables, "Old/Parts"), 3u);
  EXPECT_EQ(find_table(tables, "table_3"), 3u);
  EXPECT_EQ(find_table(tables, "Parts"), 0u) << "there are two";
  EXPECT_EQ(find_table(tables, "B"), 0u);
}

TEST(BaserowClientWords, a_refusal_says_what_is_wrong_with_what) {
  const auto one = read_error(400, R"({"error":"ERROR_REQUEST_BODY_VALIDATION",)"
                                   R"("detail":{"field_2":[{"error":"A valid number is required."}]}})");
  EXPECT_EQ(one.message, "ERROR_REQUEST_BODY_VALIDATION: A valid number is required.");
  EXPECT_EQ(one.path, "field_2");
  EXPECT_EQ(read_error(404, R"({"error":"E","detail":"no"})").message, "E: no");
  EXPECT_EQ(read_error(404, "").code, base::Code::not_found);
  EXPECT_EQ(read_error(418, "tea").message, "the server answered 418");
}

}  // namespace
}  // namespace rockpool::dialects::baserow
