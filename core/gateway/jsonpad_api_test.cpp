// JSONPad's lists and items: every row of the contract's tables, over a real hub.
#include "core/gateway/jsonpad_place_test.h"

namespace rockpool::gateway {
namespace {

Said with(const std::string& name, const std::string& value) { return {.headers = {{name, value}}}; }

TEST(JsonpadApi, says_its_version) {
  Pad pad;
  EXPECT_EQ(pad.ask("GET", "version"), R"(200 {"version":"1.0"})");
}

TEST(JsonpadApi, lets_in_by_user_and_token_alone) {
  Pad pad;
  for (const char* user : {"", "user", "user:", ":api", "user:wrong", "user:ap", "user:apii", "stranger:api",
                           "user:o", "other:api"}) {
    const std::string answer = pad.ask("GET", "lists", {.headers = {}, .user = user});
    EXPECT_EQ(answer, R"(401 {"status_code":401,"error_code":1000,"message":"Access denied"})") << user;
    EXPECT_EQ(pad.last_header("WWW-Authenticate"), "Basic realm=\"jsonpad\"");
  }
  for (const char* header : {"Basic", "Basic !!!", "Bearer api", "Basic dXNlcg=="}) {
    EXPECT_EQ(Pad::code(pad.ask("GET", "lists", {.headers = {{"Authorization", header}}, .user = ""})),
              "401 1000")
        << header;
  }
  EXPECT_EQ(pad.ask("GET", "version", {.headers = {{"Authorization", "basic dXNlcjphcGk="}}, .user = ""})
                .substr(0, 3),
            "200");
  EXPECT_EQ(pad.ask("GET", "version", {.headers = {}, .user = "ann:ann"}).substr(0, 3), "200")
      << "a token of the server's own";
  EXPECT_EQ(Pad::code(pad.ask("GET", "version", {.headers = {}, .user = "ann:ben"})), "401 1000")
      << "that is somebody else's token";
}

TEST(JsonpadApi, a_colon_belongs_to_the_token) {
  Pad pad({}, R"({"accounts":{"user":{"tokens":["a:b"]}}})");
  EXPECT_EQ(pad.ask("GET", "version", {.headers = {}, .user = "user:a:b"}).substr(0, 3), "200");
}

TEST(JsonpadApi, each_kind_of_token_is_for_its_own_paths) {
  Pad pad;
  EXPECT_EQ(pad.ask("GET", "lists", Pad::realtime()),
            R"(403 {"status_code":403,"error_code":1001,"message":"Access denied"})");
  EXPECT_EQ(Pad::code(pad.write("POST", "lists", R"({"name":"a"})", Pad::realtime())), "403 1001");
  EXPECT_EQ(Pad::code(pad.answer(pad.poll("lists", {}))), "403 1001");
}

TEST(JsonpadApi, unknown_paths_and_methods_are_told_apart) {
  Pad pad;
  pad.make_list("a");
  for (const char* path : {"nothing", "lists/a/b", "lists/a/items/1/2", "lists//items", "lists/%zz"})
    EXPECT_EQ(pad.ask("GET", path),
              R"(404 {"status_code":404,"error_code":1002,"message":"Unknown request"})")
        << path;
  EXPECT_EQ(Pad::code(pad.answer(pad.send("GET", "/api/v2.0/lists", {}))), "404 1002");
  EXPECT_EQ(Pad::code(pad.ask("PATCH", "lists")), "405 1003");
  EXPECT_EQ(pad.last_header("Allow"), "GET, POST, DELETE");
  EXPECT_EQ(Pad::code(pad.ask("HEAD", "lists/a")), "405 1003");
  EXPECT_EQ(Pad::code(pad.write("POST", "lists/a/items/1", "1")), "405 1003");
  EXPECT_EQ(Pad::code(pad.ask("DELETE", "version")), "405 1003");
}

TEST(JsonpadApi, bodies_are_json_and_not_too_large) {
  Pad pad;
  pad.make_list("a");
  EXPECT_EQ(Pad::code(pad.write("POST", "lists/a/items", "1", with("Content-Type", "text/plain"))),
            "415 1004");
  EXPECT_EQ(pad.write("POST", "lists/a/items", "1", with("Content-Type", "Application/JSON; charset=utf-8"))
                .substr(0, 3),
            "201");
  for (const char* body : {"", "{", "{\"a\":}", "nul", "1 2", "\xff"})
    EXPECT_EQ(pad.write("POST", "lists/a/items", body),
              R"(400 {"status_code":400,"error_code":3000,"message":"data is not valid JSON"})")
        << body;
  const std::string deep = std::string(65, '[') + std::string(65, ']');
  EXPECT_EQ(
      pad.write("POST", "lists/a/items", deep),
      R"(400 {"status_code":400,"error_code":3000,"message":"JSON with more than 64 levels of nesting"})");
  const std::string large = '"' + std::string(1 << 20, 'x') + '"';
  EXPECT_EQ(
      Pad::code(pad.ask("POST", "lists/a/items",
                        {.headers = {{"Content-Type", "application/json"}, {"Content-Length", "1048577"}}})),
      "413 3001")
      << "before any of it has come";
  const std::string answer = pad.write("POST", "lists/a/items", large);
  EXPECT_EQ(Pad::code(answer), "413 3001");
  EXPECT_EQ(Pad::member(answer.substr(4), "message"), "data size is too large");
}

TEST(JsonpadApi, too_many_requests_are_put_off) {
  dialect::SessionLimits limits;
  limits.messages_of_a_user = {.per_second = 1, .burst = 3};
  Pad pad({}, "{}", limits);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(pad.ask("GET", "version").substr(0, 3), "200");
  EXPECT_EQ(Pad::code(pad.ask("GET", "version")), "429 1005");
  EXPECT_EQ(pad.last_header("Retry-After"), "1");
  pad.world.wait(1000);
  EXPECT_EQ(pad.ask("GET", "version").substr(0, 3), "200");
}

TEST(JsonpadApi, a_list_is_made_shown_changed_and_deleted) {
  Pad pad;
  const std::string made = pad.write("POST", "lists", R"({"name":"tasks"})");
  EXPECT_EQ(made, R"(201 {"list":{"created":"2023-11-14T22:13:20+00:00","has_schema":false,"index_count":0,)"
                  R"("item_count":0,"data_size":0,"name":"tasks","realtime_enabled":false,)"
                  R"("updated":"2023-11-14T22:13:20+00:00"}})");
  EXPECT_EQ(pad.last_header("Location"), "lists/tasks");
  EXPECT_EQ(pad.ask("GET", "lists/tasks"), "200" + made.substr(3));
  pad.world.wait(2000);
  const std::string changed = pad.write("PUT", "lists/tasks", R"({"name":"jobs","realtime_enabled":true})");
  EXPECT_EQ(changed.substr(0, 3), "200");
  EXPECT_EQ(pad.list("jobs", "realtime_enabled"), "true");
  EXPECT_EQ(pad.list("jobs", "updated"), "2023-11-14T22:13:22+00:00");
  EXPECT_EQ(pad.list("jobs", "created"), "2023-11-14T22:13:20+00:00");
  EXPECT_EQ(Pad::code(pad.ask("GET", "lists/tasks")), "404 4002");
  EXPECT_EQ(pad.ask("DELETE", "lists/jobs"), "204 ");
  EXPECT_EQ(pad.last_header("Content-Type"), "");
  EXPECT_EQ(Pad::code(pad.ask("GET", "lists/jobs")), "404 4002");
  EXPECT_EQ(Pad::code(pad.ask("DELETE", "lists/jobs")), "404 4002");
  EXPECT_EQ(Pad::code(pad.write("PUT", "lists/jobs", "{}")), "404 4002");
}

TEST(JsonpadApi, names_of_lists_are_checked) {
  Pad pad;
  for (const char* body : {"{}", R"({"name":1})", R"({"name":""})", R"({"name":"a b"})", R"({"name":"a/b"})",
                           "[]", R"({"name":"ä"})"})
    EXPECT_EQ(Pad::code(pad.write("POST", "lists", body)), "400 4000") << body;
  EXPECT_EQ(Pad::code(pad.write("POST", "lists", R"({"name":")" + std::string(65, 'a') + "\"}")), "400 4000");
  pad.make_list("a");
  pad.make_list("b");
  EXPECT_EQ(Pad::code(pad.write("POST", "lists", R"({"name":"a"})")), "400 4001");
  EXPECT_EQ(Pad::code(pad.write("PUT", "lists/a", R"({"name":"b"})")), "400 4001");
  EXPECT_EQ(pad.write("PUT", "lists/a", R"({"name":"a"})").substr(0, 3), "200") << "its own name";
  for (const char* body : {R"({"name":"c","schema":{"type":"object"}})", R"({"name":"c","indexes":["x"]})",
                           R"({"name":"c","realtime_enabled":1})"})
    EXPECT_EQ(Pad::code(pad.write("POST", "lists", body)), "400 4003") << body;
  EXPECT_EQ(pad.write("POST", "lists", R"({"name":"c","schema":null,"indexes":[]})").substr(0, 3), "201");
}

TEST(JsonpadApi, figures_of_a_list_are_exact_whoever_writes) {
  Pad pad;
  pad.make_list("tasks");
  const std::string first = pad.add("tasks", R"({ "n": 1 })");
  pad.add("tasks", "22");
  pad.world.wait(5000);
  pad.write("PUT", "lists/tasks/items/" + first, "333");
  EXPECT_EQ(pad.list("tasks", "item_count"), "2");
  EXPECT_EQ(pad.list("tasks", "data_size"), "5");
  EXPECT_EQ(pad.list("tasks", "updated"), "2023-11-14T22:13:25+00:00");
  pad.world.page().push({{put(1, "x", "4444", 0, "tasks")}});
  EXPECT_EQ(pad.list("tasks", "item_count"), "3");
  EXPECT_EQ(pad.list("tasks", "data_size"), "9");
  pad.ask("DELETE", "lists/tasks/items/" + first);
  EXPECT_EQ(pad.list("tasks", "data_size"), "6");
  pad.restart();
  EXPECT_EQ(pad.list("tasks", "item_count"), "2");
  EXPECT_EQ(pad.list("tasks", "data_size"), "6");
}

TEST(JsonpadApi, lists_are_shown_by_pages_in_any_order) {
  Pad pad;
  for (const char* name : {"b", "c", "a"}) {
    pad.make_list(name);
    pad.world.wait(1000);
  }
  pad.add("c", "1");
  const auto names = [&](const std::string& query) {
    const auto page = model::read(pad.ask("GET", "lists" + query).substr(4));
    std::string text;
    for (const auto& list : *model::member(*page, "lists")) text += *model::text_member(list, "name");
    return text;
  };
  EXPECT_EQ(names(""), "abc");
  EXPECT_EQ(names("?descending=1"), "cba");
  EXPECT_EQ(names("?sort=created"), "bca");
  EXPECT_EQ(names("?sort=updated"), "bac");
  EXPECT_EQ(names("?sort=item_count&descending=1&page_size=1"), "c");
  EXPECT_EQ(names("?sort=data_size"), "abc");
  EXPECT_EQ(names("?page=2&page_size=2"), "c");
  EXPECT_EQ(names("?page=3&page_size=2"), "");
  const std::string page = pad.ask("GET", "lists?page=2&page_size=2").substr(4);
  for (const auto& [name, value] : std::map<std::string, std::string>{{"page", "2"},
                                                                      {"page_size", "2"},
                                                                      {"pages", "2"},
                                                                      {"total", "3"},
                                                                      {"sort", "name"},
                                                                      {"descending", "false"}})
    EXPECT_EQ(Pad::member(page, name), value);
  for (const char* query : {"?page=0", "?page=x", "?page_size=0", "?page_size=1001", "?sort=size"})
    EXPECT_EQ(Pad::code(pad.ask("GET", std::string("lists") + query)), "400 1006") << query;
}

TEST(JsonpadApi, a_list_that_did_not_change_is_not_sent_again) {
  Pad pad;
  pad.make_list("a");
  pad.world.wait(3000);
  pad.ask("GET", "lists/a");
  const std::string since = pad.last_header("Last-Modified");
  EXPECT_EQ(since, "Tue, 14 Nov 2023 22:13:20 GMT");
  EXPECT_EQ(pad.ask("GET", "lists/a", with("If-Modified-Since", since)), "304 ");
  pad.add("a", "1");
  EXPECT_EQ(pad.ask("GET", "lists/a", with("If-Modified-Since", since)).substr(0, 3), "200");
  const std::string within = pad.last_header("Last-Modified");
  pad.add("a", "2");
  EXPECT_EQ(pad.ask("GET", "lists/a", with("If-Modified-Since", within)).substr(0, 3), "200")
      << "two changes in one second";
  EXPECT_EQ(pad.ask("GET", "lists/a", with("If-Modified-Since", "yesterday")).substr(0, 3), "200");
}

TEST(JsonpadApi, a_list_asked_for_again_within_a_second_is_not_sent_again) {
  Pad pad;
  pad.make_list("a");
  pad.ask("GET", "lists/a");
  const std::string first = pad.last_header("Last-Modified");
  EXPECT_EQ(pad.ask("GET", "lists/a", with("If-Modified-Since", first)), "304 ");
  pad.world.wait(3000);
  EXPECT_EQ(pad.ask("GET", "lists/a", with("If-Modified-Since", first)), "304 ") << "it is what it was";
  pad.add("a", "1");
  EXPECT_EQ(pad.ask("GET", "lists/a", with("If-Modified-Since", first)).substr(0, 3), "200");
  const std::string second = pad.last_header("Last-Modified");
  pad.add("a", "2");
  EXPECT_EQ(pad.ask("GET", "lists/a").substr(0, 3), "200");
  EXPECT_EQ(pad.last_header("Last-Modified"), second);
  EXPECT_EQ(pad.ask("GET", "lists/a", with("If-Modified-Since", second)).substr(0, 3), "200")
      << "two were answered with that time, and who asks may have the first";
}

TEST(JsonpadApi, a_time_that_was_given_for_something_older_is_no_reason_to_send_nothing) {
  Pad pad;
  pad.make_list("a");
  pad.world.wait(1000);
  pad.ask("GET", "lists/a");
  const std::string first = pad.last_header("Last-Modified");
  pad.add("a", "1");
  pad.ask("GET", "lists/a");
  EXPECT_EQ(pad.last_header("Last-Modified"), first) << "a second early";
  EXPECT_EQ(pad.ask("GET", "lists/a", with("If-Modified-Since", first)).substr(0, 3), "200");
}

TEST(JsonpadApi, an_item_is_made_shown_changed_and_deleted) {
  Pad pad;
  pad.make_list("a");
  const std::string made = pad.write("POST", "lists/a/items", R"({ "n" : 1 })");
  const std::string id = Pad::member(Pad::member(made.substr(4), "item"), "id");
  EXPECT_EQ(made, R"(201 {"item":{"created":"2023-11-14T22:13:20+00:00","data":{"n":1},"id":")" + id +
                      R"(","updated":"2023-11-14T22:13:20+00:00"}})");
  EXPECT_EQ(pad.last_header("Location"), "items/" + id);
  EXPECT_EQ(pad.ask("GET", "lists/a/items/" + id), "200" + made.substr(3));
  pad.world.wait(1000);
  EXPECT_EQ(
      Pad::member(
          Pad::member(pad.write("PUT", "lists/a/items/" + id, R"({"m":2,"o":{"p":1}})").substr(4), "item"),
          "data"),
      R"({"m":2,"o":{"p":1}})");
  EXPECT_EQ(
      Pad::member(Pad::member(pad.write("put", "lists/a/items/" + id, "[null]").substr(4), "item"), "data"),
      "[null]")
      << "methods may come in lower case";
  EXPECT_EQ(Pad::code(pad.write("PATCH", "lists/a/items/" + id, R"({"m":1})")), "400 3000");
  pad.write("PUT", "lists/a/items/" + id, R"({"m":2,"o":{"p":1}})");
  const std::string merged = pad.write("PATCH", "lists/a/items/" + id, R"({"o":{"q":2},"x":null})");
  EXPECT_EQ(Pad::member(Pad::member(merged.substr(4), "item"), "data"), R"({"m":2,"o":{"q":2},"x":null})");
  EXPECT_EQ(pad.ask("DELETE", "lists/a/items/" + id), "204 ");
  for (const char* method : {"GET", "DELETE"})
    EXPECT_EQ(Pad::code(pad.ask(method, "lists/a/items/" + id)), "404 3005");
  EXPECT_EQ(Pad::code(pad.write("PUT", "lists/a/items/" + id, "1")), "404 3005");
}

TEST(JsonpadApi, merging_keeps_to_the_limits_of_json) {
  Pad pad;
  pad.make_list("a");
  const auto object = [](int from, int to) {
    std::string text = "{";
    for (int i = from; i < to; ++i)
      text.append(text.size() > 1 ? "," : "").append("\"k" + base::decimal(std::int64_t{i}) + "\":1");
    return text + '}';
  };
  const std::string id = pad.add("a", object(0, 6000));
  EXPECT_EQ(Pad::code(pad.write("PATCH", "lists/a/items/" + id, object(5000, 10'001))), "413 3001");
  EXPECT_TRUE(pad.write("PATCH", "lists/a/items/" + id, object(5000, 10'000)).starts_with("200 "));
}

TEST(JsonpadApi, items_of_unknown_lists_and_unknown_items_are_not_found) {
  Pad pad;
  pad.make_list("a");
  EXPECT_EQ(pad.write("POST", "lists/none/items", "1"),
            R"(404 {"status_code":404,"error_code":3002,"message":"the specified list does not exist"})");
  EXPECT_EQ(Pad::code(pad.ask("GET", "lists/none/items")), "404 3003");
  for (const char* id : {"1", "0", "01", "x", "-1", "99999999999999999999", "18446744073709551616"})
    EXPECT_EQ(Pad::code(pad.ask("GET", std::string("lists/a/items/") + id)), "404 3005") << id;
}

TEST(JsonpadApi, any_value_is_an_item_and_comes_out_as_it_went_in) {
  Pad pad;
  pad.make_list("a");
  for (const std::string value :
       {"null", "false", "0", R"("")", "[]", "{}", "9007199254740993", "18446744073709551615",
        "-9223372036854775808", "123456789012345678901234567890", "1.10",
        R"({"b":1,"a":{"c":23928779684449153}})"}) {
    const std::string id = pad.add("a", value);
    EXPECT_NE(pad.ask("GET", "lists/a/items/" + id).find("\"data\":" + value + ","), std::string::npos)
        << value;
  }
  const std::string id = pad.add("a", R"({"n":123456789012345678901234567890,"m":1})");
  EXPECT_NE(pad.write("PATCH", "lists/a/items/" + id, R"({"m":2})")
                .find(R"("n":123456789012345678901234567890,"m":2)"),
            std::string::npos);
}

TEST(JsonpadApi, new_ids_are_below_what_javascript_holds_and_rise) {
  Pad pad;
  pad.make_list("a");
  std::uint64_t before = 0;
  for (int i = 0; i < 20; ++i) {
    const auto id = base::read_decimal(pad.add("a", "1"));
    ASSERT_TRUE(id);
    EXPECT_GT(*id, before);
    EXPECT_LT(*id, 1ull << 53);
    before = *id;
  }
}

TEST(JsonpadApi, items_are_shown_by_pages_in_any_order) {
  Pad pad;
  pad.make_list("a");
  std::vector<std::string> ids;
  for (const char* data : {"1", "2", "3"}) {
    ids.push_back(pad.add("a", data));
    pad.world.wait(1000);
  }
  pad.write("PUT", "lists/a/items/" + ids[0], "4");
  const auto data = [&](const std::string& query) {
    return pad.ask("GET", "lists/a/items/data" + query).substr(4);
  };
  EXPECT_EQ(data(""), "[4,2,3]");
  EXPECT_EQ(data("?descending=1"), "[3,2,4]");
  EXPECT_EQ(data("?sort=updated"), "[2,3,4]");
  EXPECT_EQ(data("?sort=created&descending=1&page_size=2"), "[3,2]");
  EXPECT_EQ(data("?page=2&page_size=2"), "[3]");
  const std::string page = pad.ask("GET", "lists/a/items?page=2&page_size=2").substr(4);
  EXPECT_EQ(page, R"({"descending":false,"items":[{"created":"2023-11-14T22:13:22+00:00","data":3,"id":")" +
                      ids[2] +
                      R"(","updated":"2023-11-14T22:13:22+00:00"}],"page":2,"page_size":2,"pages":2,)"
                      R"("sort":"index","total":3})");
  EXPECT_EQ(Pad::code(pad.ask("GET", "lists/a/items?sort=name")), "400 1006");
}

TEST(JsonpadApi, an_item_that_did_not_change_is_not_sent_again) {
  Pad pad;
  pad.make_list("a");
  const std::string id = pad.add("a", "1");
  pad.ask("GET", "lists/a/items/" + id);
  const std::string tag = pad.last_header("ETag");
  EXPECT_EQ(pad.ask("GET", "lists/a/items/" + id, with("If-None-Match", tag)), "304 ");
  EXPECT_EQ(pad.ask("GET", "lists/a/items/" + id, with("If-None-Match", "\"x\", W/" + tag)), "304 ");
  pad.write("PUT", "lists/a/items/" + id, "2");
  EXPECT_EQ(pad.ask("GET", "lists/a/items/" + id, with("If-None-Match", tag)).substr(0, 3), "200");
}

TEST(JsonpadApi, all_items_and_all_lists_are_deleted_at_once) {
  Pad pad;
  pad.make_list("a");
  pad.make_list("b");
  for (int i = 0; i < 3; ++i) pad.add("a", "1");
  pad.add("b", "1");
  EXPECT_EQ(pad.ask("DELETE", "lists/a/items"), "204 ");
  EXPECT_EQ(pad.ask("DELETE", "lists/a/items"), "204 ") << "nothing is left to be deleted";
  EXPECT_EQ(pad.list("a", "item_count"), "0");
  EXPECT_EQ(pad.list("b", "item_count"), "1");
  EXPECT_EQ(pad.ask("DELETE", "lists"), "204 ");
  EXPECT_EQ(Pad::member(pad.ask("GET", "lists").substr(4), "total"), "0");
  EXPECT_TRUE(pad.world.stored("b").empty());
  EXPECT_EQ(pad.ask("DELETE", "lists"), "204 ");
}

TEST(JsonpadApi, lists_of_an_account_are_nobody_elses) {
  Pad pad;
  pad.make_list("a");
  const Said other{.headers = {}, .user = "other:o"};
  EXPECT_EQ(Pad::code(pad.ask("GET", "lists/a", other)), "404 4002");
  EXPECT_EQ(pad.write("POST", "lists", R"({"name":"a"})", other).substr(0, 3), "201");
  pad.add("a", "1");
  EXPECT_EQ(pad.ask("GET", "lists/a/items/data", other), "200 [1]") << "an open space is shared";
  pad.ask("DELETE", "lists", other);
  EXPECT_EQ(pad.ask("GET", "lists/a/items/data"), "200 [1]") << "somebody still has it";
  pad.ask("DELETE", "lists");
  EXPECT_TRUE(pad.world.stored("a").empty());
}

TEST(JsonpadApi, lists_that_are_not_shared_have_collections_of_their_own) {
  Pad pad({.is_open = false, .names = {"*", "team"}});
  pad.make_list("mine");
  pad.make_list("team");
  pad.add("mine", "1");
  pad.add("team", "2");
  EXPECT_TRUE(pad.world.stored("mine").empty());
  EXPECT_EQ(pad.world.stored("jsonpad:user/mine").size(), 1u);
  EXPECT_EQ(pad.world.stored("team").size(), 1u);
}

TEST(JsonpadApi, a_new_list_of_an_old_name_has_a_collection_of_its_own) {
  Pad pad;
  pad.make_list("a");
  pad.add("a", "1");
  pad.write("PUT", "lists/a", R"({"name":"b"})");
  pad.make_list("a");
  EXPECT_EQ(pad.ask("GET", "lists/a/items/data"), "200 []");
  EXPECT_EQ(pad.ask("GET", "lists/b/items/data"), "200 [1]");
}

TEST(JsonpadApi, says_where_the_log_stands_and_versions_to_who_asks) {
  Pad pad;
  pad.make_list("a");
  pad.ask("GET", "lists");
  const std::string cursor = pad.last_header("Rockpool-Cursor");
  EXPECT_EQ(pad.last_header("Access-Control-Expose-Headers"), "Rockpool-Cursor");
  const std::string id = pad.add("a", "1");
  EXPECT_EQ(Pad::member(pad.poll_now("lists?all=1&wait=0&since=" + cursor).substr(4), "version"), "1");
  const auto version = [&](const std::string& answer) {
    return Pad::member(Pad::member(answer.substr(4), "item"), "version");
  };
  EXPECT_EQ(version(pad.ask("GET", "lists/a/items/" + id + "?versions=1")), "1");
  EXPECT_EQ(version(pad.ask("GET", "lists/a/items/" + id)).substr(0, 4), "none");
  EXPECT_EQ(version(pad.write("PUT", "lists/a/items/" + id + "?versions=1", "2")), "2");
  EXPECT_NE(pad.ask("GET", "lists/a/items?versions=1").find(R"("version":2)"), std::string::npos);
}

TEST(JsonpadApi, a_write_to_another_version_is_refused) {
  Pad pad;
  pad.make_list("a");
  const std::string item = "lists/a/items/" + pad.add("a", R"({"a":1})");
  EXPECT_EQ(pad.write("PUT", item + "?version=1", R"({"a":2})").substr(0, 3), "200");
  for (const std::string version : {"1", "3", "", "two"}) {
    EXPECT_EQ(Pad::code(pad.write("PUT", item + "?version=" + version, "3")), "412 3006") << version;
    EXPECT_EQ(Pad::code(pad.write("PATCH", item + "?version=" + version, "{}")), "412 3006");
    EXPECT_EQ(Pad::code(pad.ask("DELETE", item + "?version=" + version)), "412 3006");
  }
  EXPECT_EQ(pad.ask("DELETE", item + "?version=2"), "204 ");
}

TEST(JsonpadApi, an_item_that_is_named_is_made_once) {
  Pad pad;
  pad.make_list("a");
  const std::string first = pad.write("POST", "lists/a/items?id=mine", "1");
  EXPECT_EQ(first.substr(0, 3), "201");
  const std::string again = pad.write("POST", "lists/a/items?id=mine", "2");
  EXPECT_EQ(again, "200" + first.substr(3)) << "what is there, as it is";
  EXPECT_EQ(pad.ask("GET", "lists/a/items/data"), "200 [1]");
  ASSERT_EQ(pad.world.stored("a").size(), 1u);
  for (const std::string id : {"17", "", "%00", "."})
    EXPECT_EQ(Pad::code(pad.write("POST", "lists/a/items?id=" + id, "1")), "400 1006") << id;
}

TEST(JsonpadApi, lists_survive_a_restart) {
  Pad pad;
  pad.make_list("a");
  pad.add("a", "1");
  pad.restart();
  EXPECT_EQ(pad.ask("GET", "lists/a/items/data"), "200 [1]");
  EXPECT_EQ(Pad::code(pad.write("POST", "lists", R"({"name":"a"})")), "400 4001");
}

TEST(JsonpadApi, a_list_of_more_items_than_go_at_once_goes_all_the_same) {
  Pad pad;
  pad.make_list("tasks");
  for (int i = 0; i < 5'001; ++i) pad.add("tasks", "1");
  EXPECT_EQ(pad.ask("DELETE", "lists/tasks"), "204 ");
  EXPECT_TRUE(pad.world.stored("tasks").empty());
  EXPECT_EQ(pad.world.stored("$jsonpad").at("user"), R"({"cleared":0})");
  pad.make_list("tasks");
}

TEST(JsonpadApi, what_a_server_did_not_finish_deleting_the_next_one_does) {
  Pad pad;
  pad.make_list("tasks");
  for (int i = 0; i < 5'001; ++i) pad.add("tasks", "1");
  wire::RequestHead head{.method = "DELETE",
                         .path = "/jsonpad/api/v1.0/lists/tasks",
                         .headers = {{"Authorization", "Basic dXNlcjphcGk="}}};
  pad.world.gateway->receive(pad.world.now, 77, dialect::Arrived{.head = std::move(head)});
  const auto marked = [&] { return pad.world.stored("$jsonpad").at("user"); };
  while (marked() == R"({"cleared":0})") pad.world.step();
  EXPECT_EQ(marked(), R"({"cleared":0,"clearing":["tasks"]})");
  ASSERT_FALSE(pad.world.stored("tasks").empty());
  pad.restart();
  pad.world.wait(0);
  EXPECT_TRUE(pad.world.stored("tasks").empty()) << "though nobody has asked for anything";
  EXPECT_EQ(marked(), R"({"cleared":0})");
  pad.make_list("tasks");
}

}  // namespace
}  // namespace rockpool::gateway
