// A table with a grid view, and those who look at it: Ada, in whose group it is, Ben, who is in that, too,
// and Eve, who is not.
#pragma once

#include "core/gateway/baserow_world_test.h"

namespace rockpool::gateway {

class BaserowGrid : public testing::Test {
 protected:
  explicit BaserowGrid(const std::string& settings = "") : baserow(settings) {
    baserow.join(ada, ada.group, ben);
    database = baserow.make_database(ada, "Stock");
    table = baserow.make_table(ada, database, "Parts");
    const std::string fields = baserow.ask("GET", "database/fields/table/" + table + "/", ada);
    name = Baserow::member(fields, "0.id");
    notes = Baserow::member(fields, "1.id");
    active = Baserow::member(fields, "2.id");
    view = Baserow::member(baserow.ask("GET", "database/views/table/" + table + "/", ada), "0.id");
    own = baserow.socket(ada);
    own_id = baserow.web_socket_id(own);
    page = baserow.socket(ben);
    elsewhere = baserow.socket(ben);
    baserow.turn_to(own, table);
    baserow.turn_to(page, table);
    baserow.heard(elsewhere);
  }

  // By Ada, by way of whose own socket it comes.
  std::string ask(const std::string& method, const std::string& target, const std::string& body = "") {
    return baserow.ask(method, target, body, {.token = ada.token, .web_socket_id = own_id});
  }
  // The same, of which it is expected that it works.
  std::string done(const std::string& method, const std::string& target, const std::string& body = "") {
    const std::string answer = ask(method, target, body);
    EXPECT_EQ(answer[0], '2') << method << ' ' << target << ' ' << answer;
    return answer.size() < 4 ? "" : answer.substr(4);
  }
  std::string id_of_new(const std::string& target, const std::string& body) {
    return Baserow::member(done("POST", target, body), "id");
  }
  // On the page of the table: nobody else is told, and not whose request it was.
  Frames told() {
    EXPECT_EQ(baserow.heard(own), Frames());
    EXPECT_EQ(baserow.heard(elsewhere), Frames());
    return baserow.heard(page);
  }
  // The same, but that nobody is excluded.
  Frames told_to_all() {
    const Frames frames = baserow.heard(page);
    EXPECT_EQ(baserow.heard(own), frames);
    EXPECT_EQ(baserow.heard(elsewhere), Frames());
    return frames;
  }
  std::string make_row(const std::string& text) {
    const std::string row =
        id_of_new("database/rows/table/" + table + "/", R"({"field_)" + name + R"(":")" + text + R"("})");
    baserow.heard(page);
    return row;
  }
  std::string shown_table() const {
    return R"({"id":)" + table + R"(,"name":"Parts","order":1,"database_id":)" + database + "}";
  }

  Baserow baserow;
  Baserow::Person ada = baserow.make_person("ada");
  Baserow::Person ben = baserow.make_person("ben");
  Baserow::Person eve = baserow.make_person("eve");
  std::string database, table, view;
  std::string name, notes, active;  // ids of fields
  std::string own_id;
  dialect::CarrierId own = 0, page = 0, elsewhere = 0;
};

}  // namespace rockpool::gateway
