// What pages of our SDK ask for and are told beside the contract.
#include "core/gateway/baserow_world_test.h"

namespace rockpool::gateway {
namespace {

class BaserowNotes : public ::testing::Test {
 protected:
  std::string ask(const std::string& method, const std::string& rest, const std::string& body = "") {
    return baserow.ask(method, "database/rows/table/" + table + "/" + rest, body, ada);
  }
  std::string count() { return Baserow::member(ask("GET", ""), "count"); }
  std::string version(const std::string& id) {
    return Baserow::member(ask("GET", id + "/?rockpool=1"), "_rows.0.version");
  }

  Baserow baserow;
  Baserow::Person ada = baserow.make_person("ada");
  std::string table = baserow.make_table(ada, baserow.make_database(ada, "Stock"), "Parts");
  std::string first = Baserow::member(ask("GET", ""), "results.0.id");
  std::string second = Baserow::member(ask("GET", ""), "results.1.id");
};

TEST_F(BaserowNotes, are_nothing_that_others_see) {
  EXPECT_EQ(ask("GET", "").find("\"_"), std::string::npos);
  EXPECT_EQ(ask("GET", first + "/").find("\"_"), std::string::npos);
  EXPECT_EQ(ask("POST", "?rockpool_name=x", "{}").find("\"_"), std::string::npos);
  EXPECT_EQ(ask("PATCH", first + "/?rockpool_version=77", "{}").substr(0, 3), "200");
}

TEST_F(BaserowNotes, say_versions_and_where_the_log_stood) {
  const std::string page = ask("GET", "?rockpool=1");
  EXPECT_EQ(Baserow::member(page, "_rows.0.version"), "1");
  EXPECT_NE(Baserow::member(page, "_event_id"), "");
  ask("PATCH", first + "/", R"({"field_1":"bolt"})");
  EXPECT_EQ(version(first), "2");
}

TEST_F(BaserowNotes, a_page_may_begin_behind_a_row) {
  const std::string page = ask("GET", "?rockpool=1&rockpool_after=" + first + "&size=1");
  EXPECT_EQ(Baserow::member(page, "results.0.id"), second);
  EXPECT_EQ(Baserow::member(page, "count"), "1");
  EXPECT_EQ(Baserow::refusal(ask("GET", "?rockpool_after=x")).substr(0, 3), "400");
}

TEST_F(BaserowNotes, a_row_with_a_name_is_made_once) {
  const std::string made = ask("POST", "?rockpool=1&rockpool_name=abc", R"({"field_1":"bolt"})");
  EXPECT_EQ(Baserow::member(made, "_rows.0.name"), "abc");
  const std::string again = ask("POST", "?rockpool=1&rockpool_name=abc", R"({"field_1":"nut"})");
  EXPECT_EQ(again, made);
  EXPECT_EQ(count(), "3");
  EXPECT_EQ(Baserow::refusal(ask("POST", "?rockpool=1&rockpool_name=7", "{}")).substr(0, 3), "400");
}

TEST_F(BaserowNotes, a_batch_with_a_name_that_is_taken_makes_nothing) {
  ask("POST", "?rockpool=1&rockpool_name=abc", "{}");
  const std::string refused = ask("POST", "batch/?rockpool=1", R"({"items":[{},{}],"_names":["new","abc"]})");
  EXPECT_EQ(Baserow::refusal(refused), "412 ERROR_ROW_HAS_CHANGED");
  EXPECT_EQ(count(), "3");
  const std::string made = ask("POST", "batch/?rockpool=1", R"({"items":[{},{}],"_names":["","newer"]})");
  EXPECT_EQ(Baserow::member(made, "_rows.0.name").substr(0, 4), "none");
  EXPECT_EQ(Baserow::member(made, "_rows.1.name"), "newer");
  EXPECT_EQ(Baserow::refusal(ask("POST", "batch/?rockpool=1", R"({"items":[{}],"_names":[]})")).substr(0, 3),
            "400");
}

TEST_F(BaserowNotes, a_write_on_another_version_is_refused) {
  const std::string target = first + "/?rockpool=1&rockpool_version=";
  EXPECT_EQ(Baserow::member(ask("PATCH", target + "1", R"({"field_1":"a"})"), "_rows.0.version"), "2");
  EXPECT_EQ(Baserow::refusal(ask("PATCH", target + "1", R"({"field_1":"b"})")), "412 ERROR_ROW_HAS_CHANGED");
  EXPECT_EQ(Baserow::refusal(ask("DELETE", target + "1")), "412 ERROR_ROW_HAS_CHANGED");
  EXPECT_EQ(ask("DELETE", target + "2").substr(0, 3), "204");
}

TEST_F(BaserowNotes, a_batch_on_another_version_writes_nothing) {
  const std::string items = R"({"items":[{"id":)" + first + R"(,"field_1":"a"},{"id":)" + second +
                            R"(,"field_1":"b"}],"_versions":)";
  EXPECT_EQ(Baserow::refusal(ask("PATCH", "batch/?rockpool=1", items + "[1,7]}")),
            "412 ERROR_ROW_HAS_CHANGED");
  EXPECT_EQ(version(first), "1");
  EXPECT_EQ(Baserow::member(ask("PATCH", "batch/?rockpool=1", items + "[1,1]}"), "_rows.1.version"), "2");
  const std::string numbers = R"({"items":[)" + first + "," + second + R"(],"_versions":)";
  EXPECT_EQ(Baserow::refusal(ask("POST", "batch-delete/?rockpool=1", numbers + "[2,1]}")),
            "412 ERROR_ROW_HAS_CHANGED");
  EXPECT_EQ(ask("POST", "batch-delete/?rockpool=1", numbers + "[2,2]}").substr(0, 3), "204");
}

TEST_F(BaserowNotes, messages_say_them_to_who_resumes_alone) {
  const auto plain = baserow.socket(ada);
  const auto own = baserow.socket(ada, "&rockpool_resume=");
  baserow.turn_to(plain, table);
  EXPECT_NE(Baserow::member(baserow.heard(own).front(), "_epoch"), "");
  baserow.turn_to(own, table);
  ask("PATCH", first + "/", R"({"field_1":"bolt"})");
  EXPECT_EQ(baserow.heard(plain).back().find("\"_"), std::string::npos);
  EXPECT_EQ(Baserow::member(baserow.heard(own).back(), "_rows.0.version"), "2");
  ask("DELETE", first + "/");
  EXPECT_EQ(Baserow::member(baserow.heard(own).back(), "_rows.0.version"), "3");
}

}  // namespace
}  // namespace rockpool::gateway
