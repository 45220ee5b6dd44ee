#include "core/gateway/baserow_grid_test.h"

namespace rockpool::gateway {
namespace {

class BaserowTrash : public BaserowGrid {
 protected:
  explicit BaserowTrash(const std::string& settings = "") : BaserowGrid(settings) {}

  std::string of_rows() const { return "database/rows/table/" + table + "/"; }
  std::string restore(const std::string& type, const std::string& id, const std::string& parent = "") {
    return ask("PATCH", "trash/restore/",
               R"({"trash_item_type":")" + type + R"(","trash_item_id":)" + id +
                   (parent.empty() ? "" : R"(,"parent_trash_item_id":)" + parent) + "}");
  }
  std::string entries(const std::string& query = "") {
    return baserow.ask("GET", "trash/group/" + ada.group + "/" + query, ben);
  }
  // Deleted, and what was told of that is heard.
  void drop(const std::string& target) {
    done("DELETE", target);
    told_of_drop();
  }
  void told_of_drop() {
    for (const auto socket : {own, page, elsewhere}) baserow.heard(socket);
  }
};

TEST_F(BaserowTrash, gives_back_a_view_with_what_is_in_it) {
  done("POST", "database/views/" + view + "/filters/", R"({"field":)" + name + R"(,"type":"empty"})");
  drop("database/views/" + view + "/");
  EXPECT_EQ(restore("view", view), "204");
  const Frames frames = told_to_all();
  ASSERT_EQ(Baserow::types(frames), std::vector<std::string>{"view_created"});
  EXPECT_EQ(Baserow::member(frames[0], "view.id"), view);
  EXPECT_EQ(Baserow::member(frames[0], "view.filters.0.type"), "empty");
  EXPECT_EQ(Baserow::refusal(restore("view", view)), "404 ERROR_TRASH_ITEM_DOES_NOT_EXIST") << "twice";
}

TEST_F(BaserowTrash, gives_back_a_row_as_it_was) {
  const std::string row = make_row("bolt");
  const std::string before = baserow.ask("GET", of_rows() + row + "/", ada);
  drop(of_rows() + row + "/");
  EXPECT_EQ(Baserow::refusal(restore("row", row)), "400 ERROR_PARENT_ID_MUST_BE_PROVIDED");
  EXPECT_EQ(Baserow::refusal(restore("row", row, "99")), "404 ERROR_TRASH_ITEM_DOES_NOT_EXIST");
  EXPECT_EQ(restore("row", row, table), "204");
  EXPECT_EQ(told_to_all(), Frames{R"({"type":"rows_created","table_id":)" + table + R"(,"rows":[)" +
                                  before.substr(4) + R"(],"metadata":{},"before_row_id":null})"});
  EXPECT_EQ(baserow.ask("GET", of_rows() + row + "/", ada), before);
  drop(of_rows() + row + "/");
  EXPECT_EQ(restore("row", row, table), "204") << "again";
}

TEST_F(BaserowTrash, gives_back_together_what_was_deleted_together) {
  const std::string first = make_row("bolt"), second = make_row("nut");
  done("POST", of_rows() + "batch-delete/", R"({"items":[)" + first + "," + second + "]}");
  told_of_drop();
  EXPECT_EQ(Baserow::refusal(restore("row", first, table)), "404 ERROR_TRASH_ITEM_DOES_NOT_EXIST");
  const std::string batch = Baserow::member(entries(), "results.0.trash_item_id");
  EXPECT_EQ(restore("rows", batch, table), "204");
  const Frames frames = told_to_all();
  ASSERT_EQ(Baserow::types(frames), std::vector<std::string>{"rows_created"});
  EXPECT_EQ(Baserow::member(frames[0], "rows.0.id"), first);
  EXPECT_EQ(Baserow::member(frames[0], "rows.1.id"), second);
}

TEST_F(BaserowTrash, keeps_a_row_that_somebody_made_again_meanwhile) {
  const std::string row = make_row("bolt");
  drop(of_rows() + row + "/");
  auto& native = baserow.world.page();
  native.push({{put(1, row, R"({"Name":"another"})", 0, "table_" + table)}});
  EXPECT_EQ(Baserow::refusal(restore("row", row, table)), "404 ERROR_TRASH_ITEM_DOES_NOT_EXIST");
  EXPECT_EQ(baserow.world.stored("table_" + table).at(row), R"({"Name":"another"})");
}

TEST_F(BaserowTrash, keeps_comments_for_a_row_that_comes_back) {
  const std::string row = make_row("bolt");
  const std::string comments = "row_comments/" + table + "/" + row + "/";
  done("POST", comments, R"({"comment":"check"})");
  drop(of_rows() + row + "/");
  restore("row", row, table);
  EXPECT_EQ(Baserow::member(baserow.ask("GET", comments, ada), "count"), "1");
  EXPECT_EQ(Baserow::member(baserow.heard(page).back(), "metadata"),
            R"({")" + row + R"(":{"row_comment_count":1}})");
}

TEST_F(BaserowTrash, gives_back_tables_applications_and_groups) {
  drop("database/tables/" + table + "/");
  EXPECT_EQ(restore("table", table), "204");
  const Frames told_table{R"({"type":"table_created","table":)" + shown_table() + "}"};
  for (const auto socket : {own, page, elsewhere}) EXPECT_EQ(baserow.heard(socket), told_table);

  drop("applications/" + database + "/");
  EXPECT_EQ(restore("application", database), "204");
  for (const auto socket : {own, page, elsewhere}) {
    const Frames frames = baserow.heard(socket);
    ASSERT_EQ(Baserow::types(frames), std::vector<std::string>{"application_created"});
    EXPECT_EQ(Baserow::member(frames[0], "application.tables"), "[" + shown_table() + "]");
  }

  drop("groups/" + ada.group + "/");
  EXPECT_EQ(restore("group", ada.group), "204");
  const Frames own_frames = baserow.heard(own), page_frames = baserow.heard(page);
  ASSERT_EQ(Baserow::types(own_frames), std::vector<std::string>{"group_restored"});
  ASSERT_EQ(Baserow::types(page_frames), std::vector<std::string>{"group_restored"});
  EXPECT_EQ(Baserow::member(own_frames[0], "group.permissions"), "ADMIN");
  EXPECT_EQ(Baserow::member(page_frames[0], "group.permissions"), "MEMBER");
  EXPECT_EQ(Baserow::member(page_frames[0], "applications.0.tables.0.id"), table);
}

TEST_F(BaserowTrash, gives_back_what_is_above_first) {
  const std::string row = make_row("bolt");
  const std::string field =
      id_of_new("database/fields/table/" + table + "/", R"({"name":"X","type":"text"})");
  for (const auto& target :
       {of_rows() + row + "/", "database/fields/" + field + "/", "database/views/" + view + "/",
        "database/tables/" + table + "/", "applications/" + database + "/", "groups/" + ada.group + "/"})
    drop(target);
  const std::string refused = "400 ERROR_CANNOT_RESTORE_PARENT_BEFORE_CHILD";
  EXPECT_EQ(Baserow::refusal(restore("row", row, table)), refused);
  EXPECT_EQ(Baserow::refusal(restore("field", field)), refused);
  EXPECT_EQ(Baserow::refusal(restore("view", view)), refused);
  EXPECT_EQ(Baserow::refusal(restore("table", table)), refused);
  EXPECT_EQ(Baserow::refusal(restore("application", database)), refused);
  EXPECT_EQ(restore("group", ada.group), "204");
  EXPECT_EQ(restore("application", database), "204");
  EXPECT_EQ(restore("table", table), "204");
  EXPECT_EQ(restore("field", field), "204");
  EXPECT_EQ(restore("view", view), "204");
  EXPECT_EQ(restore("row", row, table), "204");
}

TEST_F(BaserowTrash, gives_a_field_another_name_if_its_own_was_taken) {
  const std::string of_table = "database/fields/table/" + table + "/";
  const std::string field = id_of_new(of_table, R"({"name":"X","type":"text"})");
  drop("database/fields/" + field + "/");
  done("POST", of_table, R"({"name":"X","type":"text"})");
  baserow.heard(page);
  EXPECT_EQ(restore("field", field), "204");
  const Frames frames = baserow.heard(page);
  ASSERT_EQ(Baserow::types(frames), std::vector<std::string>{"field_restored"});
  EXPECT_EQ(Baserow::member(frames[0], "field.name"), "X 2");
}

TEST_F(BaserowTrash, shows_groups_and_applications_whether_in_it_or_not) {
  drop("applications/" + database + "/");
  EXPECT_EQ(baserow.ask("GET", "trash/", ben),
            R"(200 {"groups":[{"id":)" + ben.group +
                R"(,"trashed":false,"name":"ben's group","applications":[]},{"id":)" + ada.group +
                R"(,"trashed":false,"name":"ada's group","applications":[{"id":)" + database +
                R"(,"name":"Stock","trashed":true}]}]})");
  drop("groups/" + ada.group + "/");
  EXPECT_EQ(Baserow::member(baserow.ask("GET", "trash/", ben), "groups.1.trashed"), "true");
}

TEST_F(BaserowTrash, lists_what_is_in_it_the_last_thing_first) {
  const std::string row = make_row("bolt"), first = make_row("a"), second = make_row("b");
  drop(of_rows() + row + "/");
  baserow.world.wait(1000);
  done("POST", of_rows() + "batch-delete/", R"({"items":[)" + first + "," + second + "]}");
  baserow.world.wait(1000);
  drop("database/views/" + view + "/");
  const std::string all = entries();
  EXPECT_EQ(Baserow::member(all, "count"), "3") << all;
  const std::string time = Baserow::member(all, "results.0.trashed_at");
  EXPECT_EQ(all.find(R"(","trash_item_type":"view","trash_item_id":)" + view +
                     R"(,"parent_trash_item_id":null,"trashed_at":")" + time + R"(","application":)" +
                     database + R"(,"group":)" + ada.group +
                     R"(,"name":"Grid","names":null,"parent_name":"Parts"})") != std::string::npos,
            true)
      << all;
  EXPECT_EQ(Baserow::member(all, "results.0.user_who_trashed"), "ada");
  EXPECT_EQ(Baserow::member(all, "results.1.trash_item_type"), "rows");
  EXPECT_EQ(Baserow::member(all, "results.1.names"), R"(["row )" + first + R"(","row )" + second + R"("])");
  EXPECT_EQ(Baserow::member(all, "results.2.trash_item_type"), "row");
  EXPECT_EQ(Baserow::member(all, "results.2.trash_item_id"), row);
  EXPECT_EQ(Baserow::member(all, "results.2.parent_trash_item_id"), table);
  EXPECT_EQ(Baserow::member(entries("?size=1&page=2"), "results.0.trash_item_type"), "rows");
  const std::string other = baserow.make_database(ada, "Other");
  EXPECT_EQ(Baserow::member(entries("?application_id=" + other), "count"), "0");
  EXPECT_EQ(Baserow::refusal(entries("?application_id=99")), "404 ERROR_APPLICATION_DOES_NOT_EXIST");
  EXPECT_EQ(Baserow::refusal(entries("?application_id=" + baserow.make_database(ben, "Ben's"))),
            "400 ERROR_APPLICATION_NOT_IN_GROUP");
}

TEST_F(BaserowTrash, is_for_members_only) {
  drop("database/views/" + view + "/");
  EXPECT_EQ(Baserow::refusal(baserow.ask("GET", "trash/group/" + ada.group + "/", eve)),
            "400 ERROR_USER_NOT_IN_GROUP");
  EXPECT_EQ(Baserow::refusal(baserow.ask("GET", "trash/group/99/", ada)), "404 ERROR_GROUP_DOES_NOT_EXIST");
  const std::string wanted = R"({"trash_item_type":"view","trash_item_id":)" + view + "}";
  EXPECT_EQ(Baserow::refusal(baserow.ask("PATCH", "trash/restore/", wanted, eve)),
            "400 ERROR_USER_NOT_IN_GROUP");
}

TEST_F(BaserowTrash, says_what_is_wrong_with_a_body) {
  for (const char* body : {"{}", R"({"trash_item_type":"view"})", R"({"trash_item_id":1})",
                           R"({"trash_item_type":"user","trash_item_id":1})",
                           R"({"trash_item_type":"workspace","trash_item_id":1})",
                           R"({"trash_item_type":"view","trash_item_id":"x"})",
                           R"({"trash_item_type":"view","trash_item_id":1,"parent_trash_item_id":"x"})",
                           R"({"trash_item_type":"view","trash_item_id":1,"more":1})"})
    EXPECT_EQ(Baserow::refusal(ask("PATCH", "trash/restore/", body)), "400 ERROR_REQUEST_BODY_VALIDATION")
        << body;
  for (const char* type : {"group", "application", "table", "field", "view"})
    EXPECT_EQ(Baserow::refusal(restore(type, "1")), "404 ERROR_TRASH_ITEM_DOES_NOT_EXIST") << type;
  EXPECT_EQ(Baserow::refusal(restore("rows", "1")), "404 ERROR_TRASH_ITEM_DOES_NOT_EXIST");
}

TEST(BaserowWorkspaces, come_out_of_the_trash_under_that_name) {
  Baserow baserow(R"(,"keys":"workspace")");
  const auto ada = baserow.make_person("ada");
  const std::string group = Baserow::member(baserow.ask("GET", "workspaces/", ada), "0.id");
  EXPECT_EQ(baserow.ask("DELETE", "workspaces/" + group + "/", ada), "204");
  EXPECT_EQ(Baserow::member(baserow.ask("GET", "trash/", ada), "workspaces.0.trashed"), "true");
  const std::string entries = baserow.ask("GET", "trash/workspace/" + group + "/", ada);
  EXPECT_EQ(Baserow::member(entries, "results.0.trash_item_type"), "workspace");
  EXPECT_EQ(Baserow::member(entries, "results.0.workspace"), group);
  const std::string wanted = R"({"trash_item_type":"workspace","trash_item_id":)" + group + "}";
  EXPECT_EQ(baserow.ask("PATCH", "trash/restore/", wanted, ada), "204");
}

// ---- for good ---------------------------------------------------------------------------------------------

class BaserowSweep : public BaserowTrash {
 protected:
  BaserowSweep() : BaserowTrash(R"(,"trashGraceSeconds":3)") {}

  // One step of the sweeper after another.
  void pass(std::int64_t ms) {
    baserow.world.wait(ms);
    for (int i = 0; i < 10; ++i) baserow.world.wait(1);
  }
  // Kinds of the things that there are.
  std::set<std::string> kinds() const {
    std::set<std::string> kinds;
    for (const auto& [record, data] : baserow.world.stored("$baserow"))
      if (const std::string kind = record.substr(0, record.find('/')); kind != "counter") kinds.insert(kind);
    return kinds;
  }
  void fill() {
    const std::string row = make_row("bolt");
    done("POST", "row_comments/" + table + "/" + row + "/", R"({"comment":"check"})");
    done("POST", "database/views/" + view + "/filters/", R"({"field":)" + name + R"(,"type":"empty"})");
    done("POST", "database/views/" + view + "/sortings/", R"({"field":)" + name + "}");
    done("POST", "database/views/" + view + "/decorations/", R"({"type":"background_color"})");
    done("DELETE", of_rows() + make_row("nut") + "/");
    told_of_drop();
  }
};

TEST_F(BaserowSweep, takes_a_table_and_all_below_it_when_its_time_is_over) {
  fill();
  ASSERT_FALSE(baserow.world.stored("table_" + table).empty());
  drop("database/tables/" + table + "/");
  pass(2900);
  EXPECT_FALSE(baserow.world.stored("table_" + table).empty());
  EXPECT_TRUE(kinds().contains("view"));
  pass(200);
  EXPECT_TRUE(baserow.world.stored("table_" + table).empty());
  EXPECT_EQ(kinds(), (std::set<std::string>{"application", "email", "group", "member", "user"}))
      << "nothing of the table is left";
  EXPECT_TRUE(baserow.world.stored("$collections").empty());
  EXPECT_EQ(Baserow::refusal(restore("table", table)), "404 ERROR_TRASH_ITEM_DOES_NOT_EXIST");
  EXPECT_EQ(told(), Frames()) << "nobody is told";
}

TEST_F(BaserowSweep, takes_a_group_with_its_tables) {
  fill();
  drop("groups/" + ada.group + "/");
  pass(3100);
  EXPECT_TRUE(baserow.world.stored("table_" + table).empty());
  EXPECT_EQ(kinds(), (std::set<std::string>{"email", "group", "member", "user"}));
  EXPECT_EQ(told(), Frames());
  EXPECT_EQ(baserow.ask("GET", "groups/", ada), "200 []");
}

TEST_F(BaserowSweep, takes_rows_views_and_fields_one_by_one) {
  const std::string row = make_row("bolt");
  done("POST", "row_comments/" + table + "/" + row + "/", R"({"comment":"check"})");
  done("POST", "database/views/" + view + "/filters/", R"({"field":)" + notes + R"(,"type":"empty"})");
  drop(of_rows() + row + "/");
  drop("database/fields/" + notes + "/");
  drop("database/views/" + view + "/");
  pass(3100);
  EXPECT_EQ(kinds(),
            (std::set<std::string>{"application", "email", "field", "group", "member", "table", "user"}));
  EXPECT_EQ(Baserow::refusal(restore("row", row, table)), "404 ERROR_TRASH_ITEM_DOES_NOT_EXIST");
  EXPECT_EQ(Baserow::member(entries(), "count"), "0");
  EXPECT_EQ(told(), Frames());
}

TEST_F(BaserowSweep, leaves_what_was_restored) {
  drop("database/views/" + view + "/");
  pass(2000);
  restore("view", view);
  pass(2000);
  EXPECT_EQ(Baserow::status(baserow.ask("GET", "database/views/" + view + "/", ada)), "200");
}

TEST_F(BaserowSweep, goes_on_after_a_restart) {
  fill();
  drop("database/tables/" + table + "/");
  baserow.restart();
  pass(3100);
  EXPECT_TRUE(baserow.world.stored("table_" + table).empty());
  EXPECT_FALSE(kinds().contains("table"));
}

TEST_F(BaserowSweep, takes_the_rows_of_a_large_table_a_part_at_a_time) {
  std::string rows = R"({"items":[{})";
  for (int i = 1; i < 200; ++i) rows += ",{}";
  const std::size_t batches = base::limits::clear_records_max / 200 + 1;
  for (std::size_t i = 0; i < batches; ++i) done("POST", of_rows() + "batch/", rows + "]}");
  EXPECT_GT(baserow.world.stored("table_" + table).size(), base::limits::clear_records_max);
  drop("database/tables/" + table + "/");
  pass(3100);
  EXPECT_TRUE(baserow.world.stored("table_" + table).empty());
  EXPECT_FALSE(kinds().contains("table"));
}

TEST_F(BaserowSweep, takes_more_than_fits_into_one_step) {
  std::string rows = R"({"items":[)";
  for (int i = 0; i < 200; ++i) rows += std::string(i == 0 ? "" : ",") + "{}";
  for (int round = 0; round < 4; ++round) {
    const std::string made = done("POST", of_rows() + "batch/", rows + "]}");
    const auto value = model::read(made);
    std::string ids;
    for (const auto& row : model::member(*value, "items")->elements())
      ids += (ids.empty() ? "" : ",") + model::write(*model::member(row, "id"));
    done("POST", of_rows() + "batch-delete/", R"({"items":[)" + ids + "]}");
  }
  drop("database/tables/" + table + "/");
  EXPECT_TRUE(kinds().contains("trashed_row"));
  pass(3100);
  EXPECT_FALSE(kinds().contains("trashed_row"));
  EXPECT_FALSE(kinds().contains("table"));
}

// ---- collections that others use, too ---------------------------------------------------------------------

TEST(BaserowSharedRows, go_with_the_last_table_over_them) {
  Baserow baserow(R"(,"trashGraceSeconds":3)", Baserow::usual_limits(), {.is_open = true, .names = {"*"}});
  const auto ada = baserow.make_person("ada"), ben = baserow.make_person("ben");
  const auto make = [&](const Baserow::Person& person) {
    return Baserow::member(
        baserow.ask("POST", "database/tables/database/" + baserow.make_database(person, "Stock") + "/",
                    R"({"name":"Parts","collection":"parts"})", person),
        "id");
  };
  const std::string first = make(ada), second = make(ben);
  baserow.ask("POST", "database/rows/table/" + first + "/", "{}", ada);
  const auto pass = [&] {
    for (const int ms : {3100, 1, 1, 1, 1, 1, 1}) baserow.world.wait(ms);
  };
  ASSERT_EQ(baserow.world.stored("parts").size(), 1u);
  baserow.ask("DELETE", "database/tables/" + first + "/", ada);
  pass();
  EXPECT_EQ(baserow.world.stored("parts").size(), 1u) << "the other one still shows them";
  baserow.ask("DELETE", "database/tables/" + second + "/", ben);
  pass();
  EXPECT_TRUE(baserow.world.stored("parts").empty());
}

}  // namespace
}  // namespace rockpool::gateway
