// DatoCMS answers queries over the records of all dialects, and its API writes them.
#include "core/gateway/datocms_place_test.h"

namespace rockpool::gateway {
namespace {

TEST(DatocmsQueries, see_what_is_published_and_with_drafts_the_newest) {
  Datocms cms;
  const std::string id = cms.create("post", R"({"title":"one"})");
  EXPECT_EQ(cms.query("{ post { title } }"), R"({"data":{"post":null}})");
  EXPECT_EQ(cms.drafts("{ post { id title _status } }"),
            R"({"data":{"post":{"id":")" + id + R"(","title":"one","_status":"draft"}}})");
  EXPECT_EQ(Datocms::member(cms.publish(id), "data.meta.status"), "published");
  EXPECT_EQ(cms.query("{ post { title _status } }"),
            R"({"data":{"post":{"title":"one","_status":"published"}}})");
  EXPECT_EQ(Datocms::member(cms.change(id, R"({"title":"two"})"), "data.meta.status"), "updated");
  EXPECT_EQ(cms.query("{ post { title } }"), R"({"data":{"post":{"title":"one"}}})");
  EXPECT_EQ(cms.drafts("{ post { title _status } }"),
            R"({"data":{"post":{"title":"two","_status":"updated"}}})");
  cms.ask("PUT", "cma/items/" + id + "/unpublish");
  EXPECT_EQ(cms.query("{ post { title } }"), R"({"data":{"post":null}})");
  EXPECT_EQ(Datocms::member(cms.ask("DELETE", "cma/items/" + id), "data.attributes.title"), "two");
  EXPECT_EQ(cms.drafts("{ allPosts { id } _allPostsMeta { count } }"),
            R"({"data":{"allPosts":[],"_allPostsMeta":{"count":0}}})");
}

TEST(DatocmsQueries, follow_links_and_leave_out_what_is_not_to_be_seen) {
  Datocms cms;
  const std::string author = cms.create("author", R"({"name":"Ada"})");
  const std::string tag = cms.create("tag", R"({"label":"x"})");
  const std::string draft = cms.create("tag", R"({"label":"y"})");
  const std::string post = cms.create(
      "post", R"({"title":"t","author":")" + author + R"(","tags":[")" + tag + R"(",")" + draft + R"("]})");
  cms.publish(post);
  cms.publish(tag);
  EXPECT_EQ(cms.query("{ post { author { name } tags { label } } }"),
            R"({"data":{"post":{"author":null,"tags":[{"label":"x"}]}}})");
  EXPECT_EQ(cms.drafts("{ post { author { id name } tags { label } } }"),
            R"({"data":{"post":{"author":{"id":")" + author +
                R"(","name":"Ada"},"tags":[{"label":"x"},{"label":"y"}]}}})");
  EXPECT_EQ(cms.query(R"({ allPosts(filter: {author: {eq: ")" + author + R"("}}) { title } })"),
            R"({"data":{"allPosts":[{"title":"t"}]}})");
}

TEST(DatocmsQueries, see_what_other_dialects_write_as_drafts) {
  Datocms cms;
  Page& page = cms.world.page();
  page.push({{put(1, "mine", R"({"title":"by hand","more":1})", 0, "post")}});
  cms.world.perform();
  EXPECT_EQ(cms.drafts("{ post { title _status } }"),
            R"({"data":{"post":{"title":"by hand","_status":"draft"}}})");
  const std::string id = Datocms::member(cms.drafts("{ post { id } }"), "data.post.id");
  cms.publish(id);
  EXPECT_EQ(cms.world.stored("post").at("mine"), R"({"title":"by hand","more":1})");
  EXPECT_EQ(Datocms::member(cms.change(id, R"({"title":"changed"})"), "data.id"), id);
  EXPECT_EQ(cms.world.stored("post").at("mine"), R"({"title":"changed","more":1})");
}

TEST(DatocmsQueries, are_told_of_a_value_that_does_not_fit_by_every_dialect) {
  Datocms cms;
  cms.drafts("{ post { id } }");
  Page& page = cms.world.page();
  page.push({{put(1, "mine", R"({"title":7})", 0, "post")}});
  cms.world.perform();
  EXPECT_FALSE(cms.world.stored("post").contains("mine"));
}

TEST(DatocmsQueries, show_what_was_given_to_a_json_field_and_nothing_else) {
  Datocms cms;
  const std::string id = cms.create("post", R"({"title":"t","extra":{"b":1}})");
  cms.change(id, R"({"extra":{"a":null,"c":2}})");
  EXPECT_EQ(cms.drafts("{ post { title extra } }"),
            R"({"data":{"post":{"title":"t","extra":{"a":null,"c":2}}}})");
  cms.change(id, R"({"title":null})");
  EXPECT_EQ(cms.drafts("{ post { title } }"), R"({"data":{"post":{"title":null}}})");
}

TEST(DatocmsQueries, show_values_that_do_not_fit_their_type_as_null_or_in_its_form) {
  Datocms cms;
  cms.create("post", R"({"starts_at":"2026-01-02","views":9007199254740993})");
  EXPECT_EQ(cms.drafts("{ post { startsAt views } }"), R"({"data":{"post":null}})") << "views are refused";
  cms.create("post", R"({"starts_at":"2026-01-02","views":9007199254740991})");
  EXPECT_EQ(cms.drafts("{ post { startsAt views } }"),
            R"({"data":{"post":{"startsAt":"2026-01-02T00:00:00.000Z","views":9007199254740991}}})");
}

TEST(DatocmsQueries, of_what_is_published_do_not_show_that_drafts_are_edited) {
  Datocms cms;
  const std::string first = cms.create("post", R"({"title":"first"})");
  cms.publish(first);
  cms.world.wait(60'000);
  const std::string second = cms.create("post", R"({"title":"second"})");
  cms.publish(second);
  const std::string text = "{ allPosts { title _updatedAt } }";
  const std::string before = cms.query(text);
  EXPECT_LT(before.find("second"), before.find("first"));
  cms.world.wait(60'000);
  cms.change(first, R"({"title":"edited"})");
  EXPECT_EQ(cms.query(text), before);
}

TEST(DatocmsQueries, are_bounded_in_what_they_look_for) {
  Datocms cms;
  cms.create("post", R"({"title":"a"})");
  std::string patterns;
  for (int i = 0; i < 21; ++i) patterns += R"({title: {matches: {pattern: "x"}}}, )";
  EXPECT_NE(cms.drafts("{ allPosts(filter: {OR: [" + patterns + "]}) { id } }").find("at most 20 patterns"),
            std::string::npos);
  std::string orders;
  for (int i = 0; i < 1000; ++i) orders += "id_ASC, ";
  EXPECT_EQ(
      Datocms::member(cms.drafts("{ allPosts(orderBy: [" + orders + "]) { title } }"), "data.allPosts.0"),
      R"({"title":"a"})");
}

TEST(DatocmsQueries, have_one_record_of_a_single_model) {
  Datocms cms;
  EXPECT_EQ(cms.drafts("{ homePage { heroTitle } }"), R"({"data":{"homePage":null}})");
  cms.create("home_page", R"({"hero_title":"Hello"})");
  EXPECT_EQ(cms.drafts("{ homePage { heroTitle } }"), R"({"data":{"homePage":{"heroTitle":"Hello"}}})");
  EXPECT_EQ(Datocms::refusal(cms.ask("POST", "cma/items", Datocms::item_body("home_page", "{}"))),
            "422 INVALID_FIELD");
}

TEST(DatocmsQueries, are_paged_within_bounds) {
  Datocms cms;
  for (int i = 0; i < 25; ++i) cms.create("tag", R"({"label":")" + std::to_string(i) + R"("})");
  const std::string all = cms.drafts("{ allTags(orderBy: id_ASC) { label } }");
  EXPECT_NE(all.find(R"("19"}]})"), std::string::npos) << "twenty: " << all;
  EXPECT_EQ(cms.drafts("{ allTags(orderBy: id_ASC, skip: 3, first: 2) { label } }"),
            R"({"data":{"allTags":[{"label":"3"},{"label":"4"}]}})");
  for (const char* wrong : {"first: 501", "first: -1", "skip: -1"}) {
    const std::string said = cms.drafts("{ allTags(" + std::string(wrong) + ") { label } }");
    EXPECT_EQ(Datocms::member(said, "data"), "null") << said;
    EXPECT_EQ(Datocms::member(said, "errors.0.path"), R"(["allTags"])") << said;
  }
  EXPECT_EQ(cms.drafts("{ _allTagsMeta(filter: {label: {in: [\"1\", \"2\"]}}) { count } }"),
            R"({"data":{"_allTagsMeta":{"count":2}}})");
}

TEST(DatocmsQueries, show_what_a_record_is) {
  Datocms cms;
  const std::string id =
      cms.create("post", R"({"title":"t","slug":"s","views":3,"rating":1.5,"day":"2026-01-02",)"
                         R"("starts_at":"2026-01-02T03:04:05Z",)"
                         R"("extra":{"b":[1],"a":null},"hot":true})");
  EXPECT_EQ(cms.drafts(
                "{ post { title slug views rating day startsAt extra hot author { id } _modelApiKey _isValid "
                "_createdAt _publishedAt _editingUrl __typename } }"),
            R"({"data":{"post":{"title":"t","slug":"s","views":3,"rating":1.5,"day":"2026-01-02",)"
            R"("startsAt":"2026-01-02T03:04:05Z","extra":{"b":[1],"a":null},"hot":true,"author":null,)"
            R"("_modelApiKey":"post","_isValid":true,"_createdAt":"2023-11-14T22:13:20.000Z",)"
            R"("_publishedAt":null,"_editingUrl":null,"__typename":"PostRecord"}}})");
}

TEST(DatocmsQueries, show_colors_and_places_as_the_json_that_they_are) {
  Datocms cms;
  cms.models = R"({"shop":{"fields":{"tint":"color","at":{"type":"geo","required":true}}}})";
  cms.restart();
  const std::string color = R"({"alpha":255,"blue":0,"green":128,"red":1})", place = R"([48.2,16.4])";
  cms.create("shop", R"({"tint":)" + color + R"(,"at":)" + place + '}');
  cms.create("shop", "{}");
  EXPECT_EQ(cms.drafts("{ allShops(orderBy: id_ASC) { tint at _isValid } }"),
            R"({"data":{"allShops":[{"tint":)" + color + R"(,"at":)" + place +
                R"(,"_isValid":true},{"tint":null,"at":null,"_isValid":false}]}})");
  EXPECT_EQ(cms.drafts("{ allShops(filter: {tint: {exists: true}}) { tint } }"),
            R"({"data":{"allShops":[{"tint":)" + color + "}]}}");
  EXPECT_NE(cms.drafts("{ allShops(filter: {tint: {eq: 1}}) { tint } }").find("errors"), std::string::npos);
  EXPECT_NE(cms.drafts("{ allShops(orderBy: tint_ASC) { tint } }").find("errors"), std::string::npos);
}

TEST(DatocmsQueries, leave_out_invalid_records_when_asked_to) {
  Datocms cms;
  cms.create("author", R"({"name":"Ada"})");
  cms.create("author", R"({"name":""})");
  EXPECT_EQ(cms.drafts("{ allAuthors(orderBy: id_ASC) { name _isValid } }"),
            R"({"data":{"allAuthors":[{"name":"Ada","_isValid":true},{"name":"","_isValid":false}]}})");
  EXPECT_EQ(cms.query("{ allAuthors { name } _allAuthorsMeta { count } }",
                      {"all", {{"X-Include-Drafts", "true"}, {"X-Exclude-Invalid", "true"}}}),
            R"({"data":{"allAuthors":[{"name":"Ada"}],"_allAuthorsMeta":{"count":1}}})");
}

TEST(DatocmsQueries, of_environments_see_records_of_their_own) {
  Datocms cms;
  const Datocms::As side{"all", {{"X-Environment", "side"}}};
  EXPECT_EQ(cms.ask("POST", "cma/items", Datocms::item_body("tag", R"({"label":"s"})"), side).substr(0, 3),
            "201");
  cms.create("tag", R"({"label":"m"})");
  EXPECT_EQ(cms.drafts("{ allTags { label } }"), R"({"data":{"allTags":[{"label":"m"}]}})");
  EXPECT_EQ(cms.ask("POST", "graphql/environments/side/preview", Datocms::body_of("{ allTags { label } }")),
            R"(200 {"data":{"allTags":[{"label":"s"}]}})");
}

TEST(DatocmsQueries, are_as_they_were_after_a_restart) {
  Datocms cms;
  const std::string id = cms.create("post", R"({"title":"one"})");
  cms.publish(id);
  cms.change(id, R"({"title":"two"})");
  cms.restart();
  EXPECT_EQ(cms.query("{ post { id title } }"), R"({"data":{"post":{"id":")" + id + R"(","title":"one"}}})");
  EXPECT_EQ(cms.drafts("{ post { title } }"), R"({"data":{"post":{"title":"two"}}})");
}

TEST(DatocmsQueries, are_refused_with_the_place_of_what_is_wrong) {
  Datocms cms;
  EXPECT_EQ(cms.query("{ post { nope } }"),
            R"({"errors":[{"message":"Field 'nope' doesn't exist on type 'PostRecord'",)"
            R"("locations":[{"line":1,"column":10}],)"
            R"("fields":["query","post","nope"],"extensions":{"code":"undefinedField"}}]})");
  EXPECT_NE(cms.query("{ post(nope: 1) { title } }").find("Field 'post' doesn't accept argument 'nope'"),
            std::string::npos);
  EXPECT_NE(cms.query("mutation { x }").find("Schema is not configured for mutations"), std::string::npos);
  EXPECT_NE(cms.query("{ post(filter: {title: {matches: {pattern: \"(\"}}}) { title } }")
                .find(R"("path":["post"])"),
            std::string::npos);
}

// ---- requests

TEST(DatocmsRequests, need_a_token_that_may) {
  Datocms cms;
  const std::string body = Datocms::body_of("{ post { id } }");
  for (const std::string place : {"graphql", "listen"}) {
    EXPECT_EQ(Datocms::refusal(cms.ask("POST", place, body, {""})), "401 INVALID_AUTHORIZATION_HEADER");
    EXPECT_EQ(Datocms::refusal(cms.ask("POST", place, body, {"a user of the server"})),
              "403 INSUFFICIENT_PERMISSIONS")
        << "who may see some records only";
    EXPECT_EQ(cms.ask("POST", place, body, {"the administrator"}).substr(0, 3), "200");
    EXPECT_EQ(Datocms::refusal(cms.ask("POST", place, body, {"reader", {{"X-Include-Drafts", "true"}}})),
              "403 INSUFFICIENT_PERMISSIONS");
    EXPECT_EQ(Datocms::refusal(cms.ask("POST", place + "/preview", body, {"reader"})),
              "403 INSUFFICIENT_PERMISSIONS");
    EXPECT_EQ(Datocms::refusal(cms.ask("POST", place, body, {"writer"})), "403 INSUFFICIENT_PERMISSIONS");
    EXPECT_EQ(Datocms::refusal(cms.ask("POST", place, body, {"side"})), "403 INSUFFICIENT_PERMISSIONS");
    EXPECT_EQ(Datocms::refusal(cms.ask("POST", place, body, {"all", {{"X-Environment", "none"}}})),
              "404 INVALID_ENVIRONMENT");
  }
  EXPECT_EQ(Datocms::refusal(cms.ask("POST", "cma/items", Datocms::item_body("tag", "{}"), {"reader"})),
            "403 INSUFFICIENT_PERMISSIONS");
}

TEST(DatocmsRequests, say_yes_by_true_alone) {
  Datocms cms;
  const std::string body = Datocms::body_of("{ post { id } }");
  for (const char* said : {"false", "1", "", "TRUE"}) {
    EXPECT_EQ(Datocms::refusal(cms.ask("POST", "graphql", body, {"all", {{"X-Include-Drafts", said}}})),
              "400 INVALID_X_INCLUDE_DRAFTS_HEADER");
    EXPECT_EQ(Datocms::refusal(cms.ask("POST", "listen", body, {"all", {{"X-Exclude-Invalid", said}}})),
              "400 INVALID_X_EXCLUDE_INVALID_HEADER");
  }
}

TEST(DatocmsRequests, have_a_json_object_with_a_query_as_their_body) {
  Datocms cms;
  for (const char* place : {"graphql", "listen"})
    for (const char* body : {"", "{", "[]", "1", R"({"query":7})", "{}", R"({"query":""})"})
      EXPECT_EQ(Datocms::refusal(cms.ask("POST", place, body)), "400 INVALID_JSON_BODY") << body;
}

TEST(DatocmsRequests, go_to_the_places_there_are_with_and_without_a_slash) {
  Datocms cms;
  const std::string body = Datocms::body_of("{ __typename }");
  for (const char* place : {"graphql", "graphql/", "graphql/preview", "graphql/environments/main",
                            "graphql/environments/side/preview/"})
    EXPECT_EQ(cms.ask("POST", place, body), R"(200 {"data":{"__typename":"Query"}})") << place;
  for (const char* place :
       {"", "graphq", "graphql/x", "graphql/environments", "cma", "cma/items/1/2", "listen/x"})
    EXPECT_EQ(cms.ask("POST", place, body).substr(0, 3), "404") << place;
  const auto wrong = cms.send("GET", "graphql");
  EXPECT_EQ(cms.answer(wrong).substr(0, 3), "405");
  EXPECT_EQ(cms.header(wrong, "Allow"), "POST");
  EXPECT_EQ(cms.header(cms.send("POST", "graphql", body), "Content-Type"), "application/json")
      << "clients compare it with this text";
}

TEST(DatocmsItems, name_the_field_that_is_wrong) {
  Datocms cms;
  const auto message = [&](const std::string& attributes) {
    const std::string said = cms.ask("POST", "cma/items", Datocms::item_body("post", attributes));
    EXPECT_EQ(Datocms::refusal(said), "422 INVALID_FIELD") << said;
    return Datocms::member(said, "data.0.attributes.details.message");
  };
  EXPECT_EQ(message(R"({"nope":1})"), "nope: the model has no such field");
  EXPECT_EQ(message(R"({"views":1.5})"), "views: does not fit the type integer");
  EXPECT_EQ(message(R"({"day":"2026-02-30"})"), "day: does not fit the type date");
  EXPECT_EQ(message(R"({"author":"99"})"), "author: give ids of records of the model author");
  EXPECT_EQ(message("[]"), "data.attributes: give an object");
  EXPECT_EQ(Datocms::refusal(cms.ask("POST", "cma/items", Datocms::item_body("nope", "{}"))),
            "422 INVALID_FIELD");
  EXPECT_EQ(Datocms::refusal(cms.change("99", "{}")), "404 NOT_FOUND");
  EXPECT_EQ(Datocms::refusal(cms.publish("x")), "404 NOT_FOUND");
  EXPECT_EQ(Datocms::refusal(cms.ask("POST", "graphql/environments//preview", "{}")),
            "404 INVALID_ENVIRONMENT");
  EXPECT_EQ(Datocms::refusal(cms.ask("POST", "cma/items", "no json")), "400 INVALID_JSON_BODY");
}

}  // namespace
}  // namespace rockpool::gateway
