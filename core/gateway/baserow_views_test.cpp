#include "core/gateway/baserow_grid_test.h"

namespace rockpool::gateway {
namespace {

class BaserowViews : public BaserowGrid {
 protected:
  const std::string views = "database/views/";
  std::string of_table() const { return views + "table/" + table + "/"; }
  std::string at(const std::string& id) const { return views + id + "/"; }

  struct Shown {
    std::string id, title = "Grid", order = "1", filter_type = "AND", disabled = "false", more = "";
  };
  // With the slug that the server gave it.
  std::string shown(const Shown& shown) {
    const std::string slug = Baserow::member(baserow.ask("GET", at(shown.id), ada), "slug");
    EXPECT_EQ(slug.size(), 32u);
    return R"({"id":)" + shown.id + R"(,"table_id":)" + table + R"(,"name":")" + shown.title +
           R"(","order":)" + shown.order + R"(,"type":"grid","table":)" + shown_table() +
           R"(,"filter_type":")" + shown.filter_type + R"(","filters_disabled":)" + shown.disabled +
           R"(,"public_view_has_password":false,"show_logo":true,"public":false,"slug":")" + slug +
           R"(","row_identifier_type":"id")" + shown.more + "}";
  }
  std::string make_view(const std::string& title) {
    const std::string id = id_of_new(of_table(), R"({"name":")" + title + R"(","type":"grid"})");
    baserow.heard(page);
    return id;
  }
};

const std::string nothing_in_it = R"(,"filters":[],"sortings":[],"decorations":[])";

TEST_F(BaserowViews, come_with_a_table) {
  EXPECT_EQ(baserow.ask("GET", of_table(), ben), "200 [" + shown({.id = view}) + "]");
  EXPECT_EQ(baserow.ask("GET", of_table() + "?include=filters,sortings,decorations", ben),
            "200 [" + shown({.id = view, .more = nothing_in_it}) + "]");
  EXPECT_EQ(baserow.ask("GET", at(view) + "?include=sortings", ben),
            "200 " + shown({.id = view, .more = R"(,"sortings":[])"}));
}

TEST_F(BaserowViews, are_told_of_when_they_are_made) {
  const std::string made =
      done("POST", of_table(), R"({"name":"Big","type":"grid","filter_type":"OR","filters_disabled":true})");
  const std::string id = Baserow::member(made, "id");
  Shown big{.id = id, .title = "Big", .order = "2", .filter_type = "OR", .disabled = "true"};
  EXPECT_EQ(made, shown(big));
  big.more = nothing_in_it;
  EXPECT_EQ(told(), Frames{R"({"type":"view_created","view":)" + shown(big) + "}"});
}

TEST_F(BaserowViews, are_told_of_when_they_change) {
  const std::string changed =
      done("PATCH", at(view), R"({"name":"All","filter_type":"OR","filters_disabled":true})");
  const Shown all{.id = view, .title = "All", .filter_type = "OR", .disabled = "true"};
  EXPECT_EQ(changed, shown(all));
  EXPECT_EQ(told(), Frames{R"({"type":"view_updated","view_id":)" + view + R"(,"view":)" + shown(all) + "}"});
  EXPECT_EQ(Baserow::member(done("PATCH", at(view), R"({"row_identifier_type":"count"})"), "name"), "All");
  EXPECT_EQ(Baserow::member(baserow.ask("GET", at(view), ada), "row_identifier_type"), "count");
}

TEST_F(BaserowViews, are_told_of_when_they_are_deleted) {
  EXPECT_EQ(ask("DELETE", at(view)), "204");
  EXPECT_EQ(told(), Frames{R"({"type":"view_deleted","table_id":)" + table + R"(,"view_id":)" + view + "}"});
  EXPECT_EQ(baserow.ask("GET", of_table(), ada), "200 []");
  for (const char* method : {"GET", "PATCH", "DELETE"})
    EXPECT_EQ(Baserow::refusal(ask(method, at(view))), "404 ERROR_VIEW_DOES_NOT_EXIST");
}

TEST_F(BaserowViews, are_copied_with_what_is_in_them_and_stand_behind_the_first) {
  const std::string last = make_view("Last");
  done("POST", at(view) + "filters/", R"({"field":)" + name + R"(,"type":"contains","value":"b"})");
  done("POST", at(view) + "sortings/", R"({"field":)" + name + R"(,"order":"DESC"})");
  done("POST", at(view) + "decorations/", R"({"type":"background_color"})");
  done("PATCH", at(view) + "field-options/", R"({"field_options":{")" + name + R"(":{"width":300}}})");
  baserow.heard(page);
  const std::string made = done("POST", at(view) + "duplicate/");
  const std::string copy = Baserow::member(made, "id");
  const std::string in_it =
      R"(,"filters":[{"id":2,"view":)" + copy + R"(,"field":)" + name +
      R"(,"type":"contains","value":"b","preload_values":{}}],"sortings":[{"id":2,"view":)" + copy +
      R"(,"field":)" + name + R"(,"order":"DESC"}],"decorations":[{"id":2,"view":)" + copy +
      R"(,"type":"background_color","value_provider_type":"","value_provider_conf":{},)" +
      R"("order":32767}])";
  const std::string expected = shown({.id = copy, .title = "Grid 2", .order = "2", .more = in_it});
  EXPECT_EQ(made, expected);
  EXPECT_EQ(told(), (Frames{R"({"type":"view_created","view":)" + expected + "}",
                            R"({"type":"views_reordered","table_id":)" + table + R"(,"order":[)" + view +
                                "," + copy + "," + last + "]}"}));
  EXPECT_EQ(Baserow::member(baserow.ask("GET", at(copy) + "field-options/", ada),
                            "field_options." + name + ".width"),
            "300");
  done("POST", at(last) + "duplicate/");
  EXPECT_EQ(Baserow::types(told()), (std::vector<std::string>{"view_created", "views_reordered"}))
      << "also where no other one moves";
}

TEST_F(BaserowViews, are_put_in_order) {
  const std::string second = make_view("B"), third = make_view("C");
  EXPECT_EQ(ask("POST", of_table() + "order/", R"({"view_ids":[)" + third + "," + view + "]}"), "204");
  EXPECT_EQ(told(), Frames{R"({"type":"views_reordered","table_id":)" + table + R"(,"order":[)" + third +
                           "," + view + "," + second + "]}"});
  EXPECT_EQ(Baserow::member(baserow.ask("GET", of_table(), ada), "0.name"), "C");
  EXPECT_EQ(Baserow::refusal(ask("POST", of_table() + "order/", R"({"view_ids":[99]})")),
            "400 ERROR_VIEW_NOT_IN_TABLE");
  for (const char* body : {"{}", R"({"view_ids":7})", R"({"view_ids":["a"]})", R"({"view_ids":[1,1]})"})
    EXPECT_EQ(Baserow::refusal(ask("POST", of_table() + "order/", body)), "400 ERROR_REQUEST_BODY_VALIDATION")
        << body;
}

TEST_F(BaserowViews, say_what_is_wrong_with_a_body) {
  for (const char* body : {"{}", R"({"name":"a"})", R"({"name":"a","type":"kanban"})", R"({"type":"grid"})",
                           R"({"name":"","type":"grid"})", R"({"name":7,"type":"grid"})",
                           R"({"name":"a","type":"grid","filter_type":"XOR"})",
                           R"({"name":"a","type":"grid","filters_disabled":"yes"})",
                           R"({"name":"a","type":"grid","row_identifier_type":"name"})",
                           R"({"name":"a","type":"grid","public":true})"})
    EXPECT_EQ(Baserow::refusal(ask("POST", of_table(), body)), "400 ERROR_REQUEST_BODY_VALIDATION") << body;
  EXPECT_EQ(Baserow::refusal(ask("PATCH", at(view), R"({"name":")" + std::string(256, 'a') + R"("})")),
            "400 ERROR_REQUEST_BODY_VALIDATION");
  EXPECT_EQ(told(), Frames());
}

TEST_F(BaserowViews, are_for_members_only) {
  EXPECT_EQ(Baserow::refusal(baserow.ask("GET", of_table(), eve)), "400 ERROR_USER_NOT_IN_GROUP");
  EXPECT_EQ(Baserow::refusal(baserow.ask("POST", of_table(), R"({"name":"a","type":"grid"})", eve)),
            "400 ERROR_USER_NOT_IN_GROUP");
  for (const char* method : {"GET", "PATCH", "DELETE"})
    EXPECT_EQ(Baserow::refusal(baserow.ask(method, at(view), "", eve)), "400 ERROR_USER_NOT_IN_GROUP");
  for (const char* more : {"duplicate/", "filters/", "sortings/", "decorations/"})
    EXPECT_EQ(Baserow::status(baserow.ask("POST", at(view) + more, R"({"field":1,"type":"empty"})", eve)),
              "400")
        << more;
  EXPECT_EQ(Baserow::refusal(baserow.ask("GET", views + "table/99/", ada)), "404 ERROR_TABLE_DOES_NOT_EXIST");
  EXPECT_EQ(Baserow::refusal(baserow.ask("GET", at("99"), ada)), "404 ERROR_VIEW_DOES_NOT_EXIST");
  EXPECT_EQ(told(), Frames());
}

// ---- filters ----------------------------------------------------------------------------------------------

TEST_F(BaserowViews, have_filters_that_are_told_of) {
  const std::string made =
      done("POST", at(view) + "filters/", R"({"field":)" + name + R"(,"type":"contains","value":"bo"})");
  const std::string id = Baserow::member(made, "id");
  const std::string filter = R"({"id":)" + id + R"(,"view":)" + view + R"(,"field":)" + name +
                             R"(,"type":"contains","value":"bo","preload_values":{}})";
  EXPECT_EQ(made, filter);
  EXPECT_EQ(told(), Frames{R"({"type":"view_filter_created","view_filter":)" + filter + "}"});
  EXPECT_EQ(baserow.ask("GET", at(view) + "filters/", ben), "200 [" + filter + "]");
  EXPECT_EQ(baserow.ask("GET", views + "filter/" + id + "/", ben), "200 " + filter);

  const std::string changed = done("PATCH", views + "filter/" + id + "/",
                                   R"({"field":)" + active + R"(,"type":"boolean","value":1})");
  EXPECT_EQ(changed, R"({"id":)" + id + R"(,"view":)" + view + R"(,"field":)" + active +
                         R"(,"type":"boolean","value":"1","preload_values":{}})");
  EXPECT_EQ(told(), Frames{R"({"type":"view_filter_updated","view_filter_id":)" + id + R"(,"view_filter":)" +
                           changed + "}"});

  EXPECT_EQ(ask("DELETE", views + "filter/" + id + "/"), "204");
  EXPECT_EQ(told(), Frames{R"({"type":"view_filter_deleted","view_id":)" + view + R"(,"view_filter_id":)" +
                           id + "}"});
  for (const char* method : {"GET", "PATCH", "DELETE"})
    EXPECT_EQ(Baserow::refusal(ask(method, views + "filter/" + id + "/")),
              "404 ERROR_VIEW_FILTER_DOES_NOT_EXIST");
}

TEST_F(BaserowViews, have_filters_of_types_that_fit_their_fields) {
  const auto filter = [&](const std::string& field, const std::string& type) {
    const std::string answer =
        ask("POST", at(view) + "filters/", R"({"field":)" + field + R"(,"type":")" + type + R"("})");
    return answer.starts_with("200") ? "200" : Baserow::refusal(answer);
  };
  for (const char* type : {"equal", "not_equal", "contains", "contains_not", "empty", "not_empty"})
    EXPECT_EQ(filter(name, type), "200") << type;
  for (const char* type : {"boolean", "empty", "not_empty"}) EXPECT_EQ(filter(active, type), "200") << type;
  const std::string unfit = "400 ERROR_VIEW_FILTER_TYPE_UNSUPPORTED_FIELD";
  for (const char* type : {"higher_than", "lower_than", "boolean", "single_select_equal", "date_equal"})
    EXPECT_EQ(filter(name, type), unfit) << type;
  EXPECT_EQ(filter(active, "contains"), unfit);
  EXPECT_EQ(filter("99", "equal"), "400 ERROR_FIELD_NOT_IN_TABLE");
  EXPECT_EQ(filter(name, "like"), "400 ERROR_REQUEST_BODY_VALIDATION");
  for (const char* body : {"{}", R"({"field":1})", R"({"field":"x","type":"equal"})",
                           R"({"field":1,"type":"equal","value":{}})"})
    EXPECT_EQ(Baserow::refusal(ask("POST", at(view) + "filters/", body)), "400 ERROR_REQUEST_BODY_VALIDATION")
        << body;
}

TEST_F(BaserowViews, hide_filters_and_sortings_of_fields_in_the_trash) {
  const std::string field =
      id_of_new("database/fields/table/" + table + "/", R"({"name":"X","type":"text"})");
  const std::string filter =
      id_of_new(at(view) + "filters/", R"({"field":)" + field + R"(,"type":"equal","value":"a"})");
  const std::string sort = id_of_new(at(view) + "sortings/", R"({"field":)" + field + R"(,"order":"ASC"})");
  done("DELETE", "database/fields/" + field + "/");
  EXPECT_EQ(baserow.ask("GET", at(view) + "filters/", ada), "200 []");
  EXPECT_EQ(baserow.ask("GET", at(view) + "sortings/", ada), "200 []");
  EXPECT_EQ(Baserow::refusal(ask("GET", views + "filter/" + filter + "/")),
            "404 ERROR_VIEW_FILTER_DOES_NOT_EXIST");
  EXPECT_EQ(Baserow::refusal(ask("PATCH", views + "sort/" + sort + "/", R"({"order":"DESC"})")),
            "404 ERROR_VIEW_SORT_DOES_NOT_EXIST");
  baserow.heard(page);
  done("PATCH", "trash/restore/", R"({"trash_item_type":"field","trash_item_id":)" + field + "}");
  const Frames frames = baserow.heard(page);
  ASSERT_EQ(Baserow::types(frames), std::vector<std::string>{"field_restored"});
  EXPECT_EQ(Baserow::member(frames[0], "field.filters"),
            R"([{"id":)" + filter + R"(,"view":)" + view + R"(,"field":)" + field +
                R"(,"type":"equal","value":"a","preload_values":{}}])");
  EXPECT_EQ(Baserow::member(frames[0], "field.sortings.0.id"), sort);
}

// ---- sortings and decorations -----------------------------------------------------------------------------

TEST_F(BaserowViews, have_sortings_that_are_told_of) {
  const std::string made = done("POST", at(view) + "sortings/", R"({"field":)" + name + "}");
  const std::string id = Baserow::member(made, "id");
  const std::string begin = R"({"id":)" + id + R"(,"view":)" + view + R"(,"field":)" + name + R"(,"order":)";
  EXPECT_EQ(made, begin + R"("ASC"})");
  EXPECT_EQ(told(), Frames{R"({"type":"view_sort_created","view_sort":)" + made + "}"});
  EXPECT_EQ(baserow.ask("GET", at(view) + "sortings/", ben), "200 [" + made + "]");
  EXPECT_EQ(baserow.ask("GET", views + "sort/" + id + "/", ben), "200 " + made);

  const std::string changed = done("PATCH", views + "sort/" + id + "/", R"({"order":"DESC"})");
  EXPECT_EQ(changed, begin + R"("DESC"})");
  EXPECT_EQ(told(), Frames{R"({"type":"view_sort_updated","view_sort_id":)" + id + R"(,"view_sort":)" +
                           changed + "}"});
  EXPECT_EQ(Baserow::refusal(ask("POST", at(view) + "sortings/", R"({"field":)" + name + "}")),
            "400 ERROR_VIEW_SORT_FIELD_ALREADY_EXISTS");
  EXPECT_EQ(Baserow::refusal(ask("POST", at(view) + "sortings/", R"({"field":99})")),
            "400 ERROR_FIELD_NOT_IN_TABLE");
  for (const char* body : {"{}", R"({"field":1,"order":"UP"})"})
    EXPECT_EQ(Baserow::refusal(ask("POST", at(view) + "sortings/", body)),
              "400 ERROR_REQUEST_BODY_VALIDATION");

  EXPECT_EQ(ask("DELETE", views + "sort/" + id + "/"), "204");
  EXPECT_EQ(told(),
            Frames{R"({"type":"view_sort_deleted","view_id":)" + view + R"(,"view_sort_id":)" + id + "}"});
  EXPECT_EQ(Baserow::refusal(ask("GET", views + "sort/" + id + "/")), "404 ERROR_VIEW_SORT_DOES_NOT_EXIST");
}

TEST_F(BaserowViews, have_decorations_that_are_told_of) {
  const std::string made = done("POST", at(view) + "decorations/",
                                R"({"type":"left_border_color","value_provider_type":"single_select_color",)"
                                R"("value_provider_conf":{"field_id":7},"order":2})");
  const std::string id = Baserow::member(made, "id");
  EXPECT_EQ(made, R"({"id":)" + id + R"(,"view":)" + view +
                      R"(,"type":"left_border_color","value_provider_type":"single_select_color",)"
                      R"("value_provider_conf":{"field_id":7},"order":2})");
  EXPECT_EQ(told(), Frames{R"({"type":"view_decoration_created","view_decoration":)" + made + "}"});
  EXPECT_EQ(baserow.ask("GET", at(view) + "decorations/", ben), "200 [" + made + "]");
  EXPECT_EQ(baserow.ask("GET", views + "decoration/" + id + "/", ben), "200 " + made);

  const std::string changed = done("PATCH", views + "decoration/" + id + "/",
                                   R"({"value_provider_type":"","value_provider_conf":{}})");
  EXPECT_EQ(changed, R"({"id":)" + id + R"(,"view":)" + view +
                         R"(,"type":"left_border_color","value_provider_type":"",)"
                         R"("value_provider_conf":{},"order":2})");
  EXPECT_EQ(told(), Frames{R"({"type":"view_decoration_updated","view_decoration_id":)" + id +
                           R"(,"view_decoration":)" + changed + "}"});
  for (const char* body :
       {"{}", R"({"type":"pink"})", R"({"type":"background_color","value_provider_type":"x"})",
        R"({"type":"background_color","value_provider_conf":[]})",
        R"({"type":"background_color","order":32768})", R"({"type":"background_color","order":-1})"})
    EXPECT_EQ(Baserow::refusal(ask("POST", at(view) + "decorations/", body)),
              "400 ERROR_REQUEST_BODY_VALIDATION")
        << body;

  EXPECT_EQ(ask("DELETE", views + "decoration/" + id + "/"), "204");
  EXPECT_EQ(told(), Frames{R"({"type":"view_decoration_deleted","view_id":)" + view +
                           R"(,"view_decoration_id":)" + id + "}"});
  EXPECT_EQ(Baserow::refusal(ask("GET", views + "decoration/" + id + "/")),
            "404 ERROR_VIEW_DECORATION_DOES_NOT_EXIST");
}

// ---- field options ----------------------------------------------------------------------------------------

TEST_F(BaserowViews, are_told_some_field_options_and_tell_all) {
  const std::string usual =
      R"({"width":200,"hidden":false,"order":32767,"aggregation_type":"","aggregation_raw_type":""})";
  const auto all = [&](const std::string& of_name) {
    return R"("field_options":{")" + name + R"(":)" + of_name + R"(,")" + notes + R"(":)" + usual + R"(,")" +
           active + R"(":)" + usual + "}}";
  };
  const std::string place = at(view) + "field-options/";
  EXPECT_EQ(baserow.ask("GET", place, ben), "200 {" + all(usual));
  const std::string wide =
      R"({"width":300,"hidden":true,"order":0,"aggregation_type":"","aggregation_raw_type":"sum"})";
  EXPECT_EQ(done("PATCH", place,
                 R"({"field_options":{")" + name +
                     R"(":{"width":300,"hidden":true,"order":0,"aggregation_raw_type":"sum"}}})"),
            "{" + all(wide));
  EXPECT_EQ(told(), Frames{R"({"type":"view_field_options_updated","view_id":)" + view + "," + all(wide)});
  EXPECT_EQ(done("PATCH", place, R"({"field_options":{}})"), "{" + all(wide));
  EXPECT_EQ(told(), Frames()) << "nothing is different";
}

TEST_F(BaserowViews, say_which_field_option_is_wrong) {
  const std::string place = at(view) + "field-options/";
  EXPECT_EQ(ask("PATCH", place, R"({"field_options":{")" + name + R"(":{"width":0}}})"),
            R"(400 {"error":"ERROR_REQUEST_BODY_VALIDATION","detail":{"field_options":{")" + name +
                R"(":{"width":[{"error":"Ensure this value is greater than or equal to 1.",)"
                R"("code":"min_value"}]}}}})");
  for (const char* options :
       {R"({"order":32768})", R"({"hidden":1})", R"({"width":"wide"})", "7", R"({"aggregation_type":5})"})
    EXPECT_EQ(
        Baserow::refusal(ask("PATCH", place, R"({"field_options":{")" + name + R"(":)" + options + "}}")),
        "400 ERROR_REQUEST_BODY_VALIDATION")
        << options;
  EXPECT_EQ(Baserow::refusal(ask("PATCH", place, R"({"field_options":{"99":{}}})")),
            "400 ERROR_FIELD_NOT_IN_TABLE");
  EXPECT_EQ(Baserow::refusal(ask("PATCH", place, R"({"field_options":[]})")),
            "400 ERROR_REQUEST_BODY_VALIDATION");
  EXPECT_EQ(told(), Frames());
}

}  // namespace
}  // namespace rockpool::gateway
