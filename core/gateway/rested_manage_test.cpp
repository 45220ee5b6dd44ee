// RESTED's management API: every row of the contract's table, over a real hub.
#include "core/gateway/rested_place_test.h"

namespace rockpool::gateway {
namespace {

const std::string unknown(32, 'e');

TEST(RestedManage, is_for_the_admin_token_alone) {
  Rested rested;
  const std::string path = "/api/1/manage/projects";
  const std::string body = R"({"name":"a project"})";
  for (const wire::Headers& headers :
       {wire::Headers{}, wire::Headers{{"Authorization", "Bearer wrong"}},
        wire::Headers{{"Authorization", "Bearer admi"}}, wire::Headers{{"Authorization", "Basic admin"}},
        wire::Headers{{"Authorization", "Bearer "}}}) {
    const std::string answer = rested.write("POST", path, body, {.headers = headers});
    EXPECT_EQ(Rested::status(answer), "401");
    EXPECT_NE(Rested::member(answer, "error").find("admin token"), std::string::npos) << answer;
  }
  EXPECT_EQ(
      Rested::status(rested.write("POST", path, body, {.headers = {{"authorization", "bearer admin"}}})),
      "201");
}

TEST(RestedManage, makes_a_project_as_it_is_wanted) {
  Rested rested;
  const std::string made = rested.manage(
      "POST", "projects",
      R"({"name":"a project","allowedOrigins":"http://a.test, https://b.test","disallowNoOrigin":true,)"
      R"("masterKey":true,"accessTokenTtl":60})");
  EXPECT_EQ(Rested::status(made), "201");
  const std::string id = Rested::member(made, "projectId");
  EXPECT_EQ(Rested::member(made, "apiKey").size(), 32u);
  EXPECT_EQ(Rested::member(made, "masterKey").size(), 32u);
  EXPECT_EQ(Rested::member(made, "name"), "a project");
  EXPECT_EQ(Rested::member(made, "allowedOrigins"), "http://a.test,https://b.test");
  EXPECT_EQ(Rested::member(made, "disallowNoOrigin"), "true");
  EXPECT_EQ(Rested::member(made, "accessTokenTtl"), "60");
  EXPECT_EQ(made.find("secret"), std::string::npos) << "what tokens are signed with is told to nobody";
  EXPECT_EQ(rested.manage("GET", "projects/" + id).substr(4), made.substr(4));
}

TEST(RestedManage, a_project_has_its_usual_options) {
  Rested rested;
  const std::string made = rested.manage("POST", "projects", R"({"name":"Größe"})");
  EXPECT_EQ(Rested::status(made), "201") << "five characters, in seven bytes";
  EXPECT_EQ(Rested::member(made, "masterKey"), "null");
  EXPECT_EQ(Rested::member(made, "allowedOrigins"), "");
  EXPECT_EQ(Rested::member(made, "disallowNoOrigin"), "false");
  EXPECT_EQ(Rested::member(made, "accessTokenTtl"), "3600");
}

TEST(RestedManage, refuses_projects_that_make_no_sense) {
  Rested rested;
  for (const std::string& body :
       {std::string("{}"), std::string("[]"), std::string("{"), std::string(R"({"name":"four"})"),
        std::string(R"({"name":5})"), R"({"name":")" + std::string(255, 'x') + R"("})",
        std::string(R"({"name":"a\u0007bell"})"),
        std::string(R"({"name":"a project","allowedOrigins":"a.test"})"),
        std::string(R"({"name":"a project","allowedOrigins":"http://a.test/path"})"),
        std::string(R"({"name":"a project","allowedOrigins":"null"})"),
        std::string(R"({"name":"a project","allowedOrigins":7})"),
        std::string(R"({"name":"a project","allowedOrigins":[7]})"),
        std::string(R"({"name":"a project","disallowNoOrigin":1})"),
        std::string(R"({"name":"a project","masterKey":"mine"})"),
        std::string(R"({"name":"a project","accessTokenTtl":0})"),
        std::string(R"({"name":"a project","accessTokenTtl":1.5})"),
        std::string(R"({"name":"a project","nmae":1})")}) {
    const std::string answer = rested.manage("POST", "projects", body);
    EXPECT_EQ(Rested::status(answer), "400") << body;
    EXPECT_GT(Rested::member(answer, "error").size(), 10u) << answer;
  }
  EXPECT_EQ(
      Rested::status(rested.manage("POST", "projects", R"({"name":")" + std::string(254, 'x') + R"("})")),
      "201");
  EXPECT_EQ(
      Rested::status(rested.write("POST", "/api/1/manage/projects", R"({"name":"a project"})",
                                  {.headers = {{"Authorization", "Bearer admin"}}, .type = "text/plain"})),
      "400");
  EXPECT_EQ(Rested::status(rested.ask("POST", "/api/1/manage/projects",
                                      {.headers = {{"Authorization", "Bearer admin"},
                                                   {"Content-Type", "application/json"},
                                                   {"Content-Length", "65537"}}})),
            "413");
}

TEST(RestedManage, changes_what_is_said_of_a_project_and_nothing_else) {
  Rested rested;
  rested.make_project(R"(,"allowedOrigins":["http://a.test"])");
  const std::string path = "projects/" + rested.project;
  const std::string renamed = rested.manage("PATCH", path, R"({"name":"another"})");
  EXPECT_EQ(Rested::status(renamed), "200");
  EXPECT_EQ(Rested::member(renamed, "name"), "another");
  EXPECT_EQ(Rested::member(renamed, "allowedOrigins"), "http://a.test");
  EXPECT_EQ(Rested::member(renamed, "apiKey"), rested.key);
  const std::string mastered = rested.manage("PATCH", path, R"({"masterKey":true,"allowedOrigins":""})");
  EXPECT_EQ(Rested::member(mastered, "masterKey").size(), 32u);
  EXPECT_EQ(Rested::member(mastered, "allowedOrigins"), "");
  EXPECT_EQ(Rested::member(rested.manage("PATCH", path, R"({"masterKey":true})"), "masterKey"),
            Rested::member(mastered, "masterKey"))
      << "it has one";
  EXPECT_EQ(Rested::member(rested.manage("PATCH", path, R"({"masterKey":false})"), "masterKey"), "null");
  const std::string rekeyed = rested.manage("PATCH", path, R"({"apiKey":true})");
  EXPECT_NE(Rested::member(rekeyed, "apiKey"), rested.key);
  EXPECT_EQ(Rested::status(rested.manage("PATCH", path, R"({"name":"no"})")), "400");
  EXPECT_EQ(rested.manage("GET", path).substr(4), rekeyed.substr(4));
}

TEST(RestedManage, what_is_not_there_is_not_found) {
  Rested rested;
  rested.make_project();
  const std::string id = rested.make_endpoint("shop/orders");
  for (const std::string& path :
       {"projects/" + unknown, "projects/" + unknown + "/endpoints/" + id, rested.endpoint_path(unknown),
        std::string("nothing"), std::string(""), "projects/" + rested.project + "/other",
        rested.endpoint_path(id) + "/more", std::string("projects/%zz")}) {
    EXPECT_EQ(Rested::status(rested.manage("GET", path)), "404") << path;
    EXPECT_EQ(Rested::status(rested.manage("DELETE", path)), "404") << path;
    EXPECT_EQ(Rested::status(rested.manage("PATCH", path, "{}")), "404") << path;
  }
  EXPECT_EQ(
      Rested::status(rested.manage("POST", "projects/" + unknown + "/endpoints", R"({"name":"abcde"})")),
      "404");
  const std::string other = rested.project;
  rested.make_project();
  EXPECT_EQ(Rested::status(rested.manage("GET", rested.endpoint_path(id))), "404") << "of another project";
  EXPECT_EQ(Rested::status(rested.ask("GET", "/api/1/managers", {})), "404");
}

TEST(RestedManage, other_methods_are_not_known) {
  Rested rested;
  rested.make_project();
  const std::string id = rested.make_endpoint("shop/orders");
  EXPECT_EQ(Rested::status(rested.manage("GET", "projects")), "405");
  EXPECT_EQ(rested.last_header("Allow"), "POST");
  EXPECT_EQ(Rested::status(rested.manage("PUT", "projects/" + rested.project)), "405");
  EXPECT_EQ(Rested::status(rested.manage("DELETE", "projects/" + rested.project + "/endpoints")), "405");
  EXPECT_EQ(Rested::status(rested.manage("PUT", rested.endpoint_path(id))), "405");
  EXPECT_EQ(rested.last_header("Allow"), "GET, PATCH, DELETE");
}

TEST(RestedManage, makes_an_endpoint_as_it_is_wanted) {
  Rested rested;
  rested.make_project();
  const std::string made =
      rested.manage("POST", "projects/" + rested.project + "/endpoints",
                    R"({"name":"shop/orders","description":"all of them","secure":true,"readByOthers":true,)"
                    R"("updateByOthers":true,"deleteByOthers":true})");
  EXPECT_EQ(Rested::status(made), "201");
  EXPECT_EQ(Rested::member(made, "name"), "shop/orders");
  EXPECT_EQ(Rested::member(made, "description"), "all of them");
  EXPECT_EQ(Rested::member(made, "authentication"), "false");
  for (const char* flag : {"secure", "readByOthers", "updateByOthers", "deleteByOthers"})
    EXPECT_EQ(Rested::member(made, flag), "true") << flag;
  EXPECT_EQ(rested.manage("GET", rested.endpoint_path(Rested::member(made, "endpointId"))).substr(4),
            made.substr(4));
  const std::string usual = rested.make_endpoint("shop/other");
  const std::string shown = rested.manage("GET", rested.endpoint_path(usual));
  for (const char* flag : {"authentication", "secure", "readByOthers", "updateByOthers", "deleteByOthers"})
    EXPECT_EQ(Rested::member(shown, flag), "false") << flag;
  EXPECT_EQ(Rested::member(shown, "collection"), "shop/other");
  const std::string users = rested.make_endpoint("shop/users", R"(,"authentication":true,"secure":false)");
  EXPECT_EQ(Rested::member(rested.manage("GET", rested.endpoint_path(users)), "secure"), "true")
      << "users are always secure";
}

TEST(RestedManage, names_of_endpoints_are_checked_and_unique_everywhere) {
  Rested rested;
  rested.make_project();
  const std::string path = "projects/" + rested.project + "/endpoints";
  const auto make = [&](const std::string& name) {
    return Rested::status(rested.manage("POST", path, R"({"name":")" + name + R"("})"));
  };
  for (const std::string& name :
       {std::string("abcd"), std::string("Abcde"), std::string("-abcd"), std::string("abcd-"),
        std::string("/abcd"), std::string("abcd/"), std::string("ab--cd"), std::string("ab_cd"),
        std::string("ab cd"), std::string("ab.cd"), std::string(255, 'a')})
    EXPECT_EQ(make(name), "400") << name;
  EXPECT_EQ(make("abcde"), "201");
  EXPECT_EQ(make("a-b/c"), "201");
  EXPECT_EQ(make("a//bc"), "201");
  EXPECT_EQ(make(std::string(254, 'a')), "201");
  EXPECT_EQ(make("abcde"), "409");
  rested.make_project();
  EXPECT_EQ(Rested::status(
                rested.manage("POST", "projects/" + rested.project + "/endpoints", R"({"name":"abcde"})")),
            "409")
      << "in another project as well";
  EXPECT_EQ(Rested::status(rested.manage("POST", path, R"({"name":"fghij","secure":"yes"})")), "400");
  EXPECT_EQ(Rested::status(rested.manage("POST", path, R"({"name":"fghij","what":1})")), "400");
  EXPECT_EQ(Rested::status(rested.manage("POST", path, R"({"name":"fghij","collection":"$own"})")), "400");
  EXPECT_EQ(Rested::status(rested.manage("POST", path, R"({"name":"fghij","collection":"rested:a/b"})")),
            "400");
}

TEST(RestedManage, an_endpoint_that_is_renamed_leaves_its_name_to_others) {
  Rested rested;
  rested.make_project();
  const std::string id = rested.make_endpoint("first");
  rested.make_endpoint("other");
  rested.add("first", "1");
  EXPECT_EQ(Rested::status(rested.manage("PATCH", rested.endpoint_path(id), R"({"name":"other"})")), "409");
  const std::string renamed = rested.manage("PATCH", rested.endpoint_path(id), R"({"name":"second"})");
  EXPECT_EQ(Rested::status(renamed), "200");
  EXPECT_EQ(Rested::status(rested.ask("GET", rested.at("first"))), "400");
  EXPECT_NE(rested.ask("GET", rested.at("second")), "200 []") << "its records are still there";
  EXPECT_EQ(Rested::status(
                rested.manage("POST", "projects/" + rested.project + "/endpoints", R"({"name":"first"})")),
            "201");
  EXPECT_NE(rested.ask("GET", rested.at("first")), "400") << "a name of an endpoint, over records of both";
}

TEST(RestedManage, an_endpoint_takes_its_records_along_for_good) {
  Rested rested;
  rested.make_project();
  const std::string id = rested.make_endpoint("shop/orders");
  const std::string record = rested.add("shop/orders", "1");
  EXPECT_EQ(rested.manage("DELETE", rested.endpoint_path(id)), "204 ");
  EXPECT_EQ(Rested::status(rested.ask("GET", rested.at("shop/orders"))), "400");
  EXPECT_EQ(Rested::status(rested.manage("GET", rested.endpoint_path(id))), "404");
  EXPECT_TRUE(rested.world.stored("shop/orders").empty());
  rested.make_endpoint("shop/orders");
  EXPECT_EQ(rested.ask("GET", rested.at("shop/orders")), "200 []");
  EXPECT_EQ(Rested::status(rested.ask("GET", rested.at("shop/orders", "&uniqueId=" + record))), "404");
}

TEST(RestedManage, an_endpoint_takes_its_users_along) {
  Rested rested;
  rested.make_project();
  const std::string id = rested.make_endpoint("users", R"(,"authentication":true)");
  rested.make_user("users", "ann");
  EXPECT_EQ(rested.manage("DELETE", rested.endpoint_path(id)), "204 ");
  EXPECT_TRUE(rested.world.stored("$rested." + id).empty());
  EXPECT_TRUE(rested.world.stored("rested:" + rested.project + "/users").empty());
}

TEST(RestedManage, what_somebody_else_has_a_facet_over_stays) {
  Rested rested;
  rested.make_project();
  rested.make_endpoint("parts");
  rested.make_endpoint("others");
  rested.add("parts", "1");
  rested.add("others", "2");
  rested.make_project();
  const std::string second = rested.make_endpoint("parts-too", R"(,"collection":"parts")");
  EXPECT_EQ(rested.manage("DELETE", rested.endpoint_path(second)), "204 ");
  EXPECT_EQ(rested.world.stored("parts").size(), 1u);
  EXPECT_EQ(rested.world.stored("others").size(), 1u);
}

TEST(RestedManage, a_project_takes_its_endpoints_along) {
  Rested rested;
  rested.make_project();
  for (const char* name : {"shop/a", "shop/b", "shop/c"}) {
    rested.make_endpoint(name);
    rested.add(name, "1");
  }
  rested.make_endpoint("users", R"(,"authentication":true)");
  rested.make_user("users", "ann");
  EXPECT_EQ(rested.manage("DELETE", "projects/" + rested.project), "204 ");
  EXPECT_EQ(Rested::status(rested.manage("GET", "projects/" + rested.project)), "404");
  for (const char* name : {"shop/a", "shop/b", "shop/c"})
    EXPECT_TRUE(rested.world.stored(name).empty()) << name;
  for (const auto& [id, data] : rested.world.stored("$rested")) ADD_FAILURE() << id << " is left: " << data;
}

TEST(RestedManage, an_endpoint_that_is_made_while_its_project_goes_goes_as_well) {
  Rested rested;
  rested.make_project();
  rested.make_endpoint("shop/a");
  rested.world.held_secret = dialect::SecretWork::What::random;
  const std::string body = R"({"name":"shop/b"})";
  const auto made = rested.send("POST", "/api/1/manage/projects/" + rested.project + "/endpoints", &body,
                                {.headers = {{"Authorization", "Bearer admin"}}});
  EXPECT_EQ(rested.answer(made), "not answered");
  // Both writes wait for the log together.
  const wire::RequestHead head{.method = "DELETE",
                               .path = "/rested/api/1/manage/projects/" + rested.project,
                               .headers = {{"Authorization", "Bearer admin"}}};
  rested.world.gateway->receive(rested.world.now, 77, dialect::Arrived{.head = head});
  const auto is_last = [&] { return !rested.world.stored("$rested").contains("name/shop/a"); };
  while (!is_last()) ASSERT_TRUE(rested.world.step());
  rested.world.release_secrets();
  EXPECT_EQ(Rested::status(rested.manage("GET", "projects/" + rested.project)), "404");
  for (const auto& [id, data] : rested.world.stored("$rested")) ADD_FAILURE() << id << " is left: " << data;
}

TEST(RestedManage, a_project_takes_along_more_records_than_go_at_once) {
  Rested rested;
  rested.make_project();
  for (const char* name : {"shop/a", "shop/b"}) {
    rested.make_endpoint(name);
    model::Write write{.client = {}, .groups = {{}}, .owns = true};
    for (int i = 0; i < 5'001; ++i) write.groups[0].push_back(put(1, std::to_string(i), "1", 0, name));
    rested.world.gateway->ask(rested.world.now, {.ticket = edge_tickets,
                                                 .principal = {.system = true},
                                                 .space = "default",
                                                 .command = std::move(write)});
    rested.world.perform();
    EXPECT_EQ(rested.world.stored(name).size(), 5'001u);
  }
  EXPECT_EQ(rested.manage("DELETE", "projects/" + rested.project), "204 ");
  for (const char* name : {"shop/a", "shop/b"}) EXPECT_TRUE(rested.world.stored(name).empty()) << name;
  for (const auto& [id, data] : rested.world.stored("$rested")) ADD_FAILURE() << id << " is left: " << data;
}

TEST(RestedManage, more_records_than_go_at_once_go_all_the_same) {
  Rested rested;
  rested.make_project();
  const std::string id = rested.make_endpoint("shop/orders");
  for (int i = 0; i < 5'001; ++i) rested.add("shop/orders", "1");
  ASSERT_EQ(rested.world.stored("shop/orders").size(), 5'001u);
  EXPECT_EQ(rested.manage("DELETE", rested.endpoint_path(id)), "204 ");
  EXPECT_TRUE(rested.world.stored("shop/orders").empty());
  EXPECT_FALSE(rested.world.stored("$rested").contains("clearing/shop/orders"));
}

TEST(RestedManage, what_a_server_did_not_finish_deleting_the_next_one_does) {
  Rested rested;
  rested.make_project();
  const std::string id = rested.make_endpoint("shop/orders");
  for (int i = 0; i < 5'001; ++i) rested.add("shop/orders", "1");
  // The end comes when the endpoint is gone and its records are not.
  wire::RequestHead head{.method = "DELETE",
                         .path = "/rested/api/1/manage/" + rested.endpoint_path(id),
                         .headers = {{"Authorization", "Bearer admin"}}};
  rested.world.gateway->receive(rested.world.now, 77, dialect::Arrived{.head = std::move(head)});
  const auto is_begun = [&] { return rested.world.stored("$rested").contains("clearing/shop/orders"); };
  while (!is_begun()) rested.world.step();
  ASSERT_FALSE(rested.world.stored("shop/orders").empty());
  rested.restart();
  rested.world.wait(0);
  EXPECT_TRUE(rested.world.stored("shop/orders").empty()) << "though nobody has asked for anything";
  EXPECT_EQ(Rested::status(rested.ask("GET", rested.at("shop/orders"))), "400");
  EXPECT_FALSE(is_begun());
}

TEST(RestedManage, all_of_it_is_there_after_a_restart) {
  Rested rested;
  rested.make_project();
  const std::string id = rested.make_endpoint("shop/orders");
  const std::string before = rested.manage("GET", "projects/" + rested.project);
  const std::string record = rested.add("shop/orders", R"({"part":"bolt"})");
  rested.restart();
  EXPECT_EQ(rested.manage("GET", "projects/" + rested.project), before);
  EXPECT_EQ(Rested::member(rested.manage("GET", rested.endpoint_path(id)), "name"), "shop/orders");
  EXPECT_EQ(Rested::member(rested.ask("GET", rested.at("shop/orders", "&uniqueId=" + record)), "data"),
            R"({"part":"bolt"})");
}

TEST(RestedManage, attaches_to_a_collection_that_is_there) {
  Rested rested;
  Page& page = rested.world.page();
  page.push({{put(1, "x", "1", 0, "parts")}});
  rested.make_project();
  const std::string id = rested.make_endpoint("shop/parts", R"(,"collection":"parts")");
  EXPECT_EQ(Rested::member(rested.manage("GET", rested.endpoint_path(id)), "collection"), "parts");
  EXPECT_EQ(rested.ask("GET", rested.at("shop/parts", "&dataOnly=true")), "200 [1]");
  EXPECT_EQ(Rested::status(rested.manage("POST", "projects/" + rested.project + "/endpoints",
                                         R"({"name":"shop/again","collection":"parts"})")),
            "409");
}

TEST(RestedManage, secure_endpoints_are_not_shared_by_a_pattern) {
  Rested rested;
  rested.make_project();
  for (const char* more : {R"(,"secure":true)", R"(,"authentication":true)"}) {
    const std::string id = rested.make_endpoint(std::string("users") + more[3], more);
    EXPECT_EQ(Rested::member(rested.manage("GET", rested.endpoint_path(id)), "collection"),
              "rested:" + rested.project + "/users" + more[3]);
  }
  Rested named({.is_open = true, .names = {"users", "open*"}});
  named.make_project();
  const std::string id = named.make_endpoint("users", R"(,"secure":true)");
  EXPECT_EQ(Rested::member(named.manage("GET", named.endpoint_path(id)), "collection"), "users");
  const std::string other = named.make_endpoint("other");
  EXPECT_EQ(Rested::member(named.manage("GET", named.endpoint_path(other)), "collection"),
            "rested:" + named.project + "/other");
}

TEST(RestedManage, an_endpoint_has_records_however_long_its_name_is) {
  Rested closed({.is_open = true, .names = {}});
  closed.make_project();
  for (const std::size_t letters : {216u, 217u, 254u}) {
    const std::string name(letters, 'a'), other = 'b' + name.substr(1);
    const std::string first = closed.make_endpoint(name);
    const std::string second = closed.make_endpoint(other);
    closed.add(name, "1");
    closed.add(other, "2");
    EXPECT_EQ(closed.ask("GET", closed.at(name, "&dataOnly=true")), "200 [1]") << letters;
    EXPECT_EQ(closed.ask("GET", closed.at(other, "&dataOnly=true")), "200 [2]") << letters;
    EXPECT_EQ(closed.manage("DELETE", closed.endpoint_path(first)), "204 ");
    EXPECT_EQ(closed.ask("GET", closed.at(other, "&dataOnly=true")), "200 [2]") << letters;
  }
}

TEST(RestedManage, an_endpoint_becomes_secure_only_while_others_see_nothing_of_it) {
  Rested rested;
  rested.make_project();
  const std::string empty = rested.make_endpoint("empty");
  const std::string full = rested.make_endpoint("filled");
  rested.add("filled", "1");
  const std::string moved = rested.manage("PATCH", rested.endpoint_path(empty), R"({"secure":true})");
  EXPECT_EQ(Rested::status(moved), "200");
  EXPECT_EQ(Rested::member(moved, "collection"), "rested:" + rested.project + "/empty");
  EXPECT_EQ(Rested::status(rested.ask("GET", rested.at("empty"))), "401");
  EXPECT_EQ(Rested::status(rested.manage("PATCH", rested.endpoint_path(full), R"({"secure":true})")), "409");
  EXPECT_EQ(Rested::status(rested.manage("PATCH", rested.endpoint_path(empty), R"({"secure":false})")),
            "200");
  EXPECT_EQ(rested.ask("GET", rested.at("empty")), "200 []");
  EXPECT_EQ(Rested::status(rested.manage("PATCH", rested.endpoint_path(full), R"({"authentication":true})")),
            "400");
}

TEST(RestedManage, nobody_gets_a_collection_that_is_being_cleared) {
  Rested rested;
  rested.make_project();
  const std::string id = rested.make_endpoint("vault");
  const std::string own = "rested:" + rested.project + "/vault";
  model::Write write{.client = {}, .groups = {{put(1, "clearing/" + own, "{}", 0, "$rested")}}, .owns = true};
  rested.world.gateway->ask(rested.world.now, {.ticket = edge_tickets,
                                               .principal = {.system = true},
                                               .space = "default",
                                               .command = std::move(write)});
  rested.world.perform();
  EXPECT_EQ(Rested::status(rested.manage("PATCH", rested.endpoint_path(id), R"({"secure":true})")), "409");
  rested.manage("DELETE", rested.endpoint_path(id));
  const std::string made =
      rested.manage("POST", "projects/" + rested.project + "/endpoints", R"({"name":"vault","secure":true})");
  EXPECT_EQ(Rested::status(made), "409");
  EXPECT_NE(made.find("being deleted still"), std::string::npos) << made;
}

TEST(RestedManage, without_settings_only_the_servers_administrators_are_let_in) {
  Rested rested({}, "{}");
  const std::string path = "/api/1/manage/projects";
  EXPECT_EQ(Rested::status(rested.write("POST", path, R"({"name":"a project"})",
                                        {.headers = {{"Authorization", "Bearer ann"}}})),
            "401");
  EXPECT_EQ(Rested::status(rested.write("POST", path, R"({"name":"a project"})",
                                        {.headers = {{"Authorization", "Bearer the administrator"}}})),
            "201");
}

}  // namespace
}  // namespace rockpool::gateway
