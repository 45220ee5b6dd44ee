// What our SDK writes by DatoCMS's management API: records of names that pages make, and not over what it has
// not seen.
#include "core/gateway/datocms_place_test.h"

namespace rockpool::gateway {
namespace {

std::string make(Datocms& cms, const std::string& name, const std::string& attributes,
                 const std::string& model = "post") {
  return cms.ask("POST", "cma/items?id=" + name, Datocms::item_body(model, attributes));
}
std::string attributes(const std::string& text) { return R"({"data":{"attributes":)" + text + "}}"; }

TEST(DatocmsFences, name_a_record_and_find_it_there_the_second_time) {
  Datocms cms;
  const std::string made = make(cms, "my%20own", R"({"title":"one"})");
  EXPECT_EQ(made.substr(0, 3), "201");
  EXPECT_EQ(Datocms::member(made, "data.meta.version"), "1");
  EXPECT_EQ(cms.world.stored("post").at("my own"), R"({"title":"one"})");
  const std::string id = Datocms::member(made, "data.id");
  EXPECT_EQ(cms.drafts("{ allPosts { id title } }"),
            R"({"data":{"allPosts":[{"id":")" + id + R"(","title":"one"}]}})");
  const std::string again = make(cms, "my%20own", R"({"title":"two"})");
  EXPECT_EQ(again.substr(0, 3), "200");
  EXPECT_EQ(Datocms::member(again, "data.id"), id);
  EXPECT_EQ(Datocms::member(again, "data.attributes.title"), "one");
  cms.ask("DELETE", "cma/items/" + id);
  EXPECT_EQ(make(cms, "my%20own", "{}").substr(0, 3), "201");
  for (const char* wrong : {"", "12"})
    EXPECT_EQ(Datocms::refusal(make(cms, wrong, "{}")), "422 INVALID_FIELD") << wrong;
  EXPECT_EQ(Datocms::refusal(make(cms, std::string(3000, 'x'), "{}")).substr(0, 1), "4");
  EXPECT_EQ(make(cms, "home", "{}", "home_page").substr(0, 3), "201");
  EXPECT_EQ(make(cms, "home", "{}", "home_page").substr(0, 3), "200");
  EXPECT_EQ(Datocms::refusal(make(cms, "other", "{}", "home_page")), "422 INVALID_FIELD");
}

TEST(DatocmsFences, make_a_record_once_when_two_ask_at_a_time) {
  Datocms cms;
  cms.create("post", "{}");
  std::vector<dialect::CarrierId> asked;
  for (int i = 0; i < 2; ++i) {
    const dialect::CarrierId carrier = 6'000'000 + static_cast<dialect::CarrierId>(i);
    wire::RequestHead head{.method = "POST",
                           .path = "/datocms/cma/items",
                           .query = "id=mine",
                           .headers = {{"Authorization", "Bearer all"}}};
    cms.world.gateway->receive(cms.world.now, carrier, dialect::Arrived{.head = head, .peer = "127.0.0.1"});
    cms.world.gateway->receive(cms.world.now, carrier, dialect::Body{0, Datocms::item_body("post", "{}")});
    asked.push_back(carrier);
  }
  cms.world.perform();
  EXPECT_EQ(cms.answer(asked[0]).substr(0, 3), "201");
  EXPECT_EQ(cms.answer(asked[1]).substr(0, 3), "200");
}

TEST(DatocmsFences, refuse_a_write_over_what_was_not_seen) {
  Datocms cms;
  make(cms, "mine", R"({"title":"one"})");
  const auto put = [&](const std::string& target) {
    return cms.ask("PUT", "cma/items/" + target, attributes(R"({"title":"two"})"));
  };
  const std::string stale = "412 STALE_ITEM_VERSION";
  EXPECT_EQ(Datocms::refusal(put("mine?version=7")), stale);
  const std::string changed = put("mine?version=1");
  EXPECT_EQ(Datocms::member(changed, "data.attributes.title"), "two");
  EXPECT_EQ(Datocms::member(changed, "data.meta.version"), "2");
  EXPECT_EQ(Datocms::refusal(put("mine?version=1")), stale);
  EXPECT_EQ(Datocms::refusal(cms.ask("PUT", "cma/items/mine?version=1", attributes(R"({"views":7})"))), stale)
      << "another field, too";
  EXPECT_EQ(Datocms::refusal(put("mine?version=x")), "422 INVALID_FIELD");
  EXPECT_EQ(Datocms::refusal(put("mine/publish?version=1")), stale);
  EXPECT_EQ(Datocms::member(put("mine/publish?version=2"), "data.meta.version"), "3");
  EXPECT_EQ(Datocms::refusal(put("mine/unpublish?version=2")), stale);
  EXPECT_EQ(Datocms::refusal(cms.ask("DELETE", "cma/items/mine?version=2")), stale);
  EXPECT_EQ(cms.ask("DELETE", "cma/items/mine?version=3").substr(0, 3), "200");
  EXPECT_EQ(Datocms::refusal(put("mine?version=3")), "404 NOT_FOUND");
}

TEST(DatocmsFences, leave_answers_as_they_are_where_they_are_not_asked_for) {
  Datocms cms;
  const std::string id = cms.create("post", "{}");
  EXPECT_EQ(cms.change(id, R"({"title":"a"})").find(R"("version":)"), std::string::npos);
}

TEST(DatocmsFences, ask_which_record_is_meant_when_models_share_a_name) {
  Datocms cms;
  make(cms, "same", "{}");
  make(cms, "same", R"({"label":"x"})", "tag");
  EXPECT_EQ(Datocms::refusal(cms.ask("GET", "cma/items/same")), "422 INVALID_FIELD");
  EXPECT_EQ(Datocms::member(cms.ask("GET", "cma/items/same?model=tag"), "data.attributes.label"), "x");
  EXPECT_EQ(Datocms::refusal(cms.ask("GET", "cma/items/same?model=author")), "404 NOT_FOUND");
}

TEST(DatocmsFences, link_to_records_by_their_names) {
  Datocms cms;
  const std::string ada = Datocms::member(make(cms, "ada", R"({"name":"Ada"})", "author"), "data.id");
  const std::string tag = cms.create("tag", "{}");
  make(cms, "red", "{}", "tag");
  const std::string made = make(cms, "mine", R"({"author":"ada","tags":["red",")" + tag + R"("]})");
  EXPECT_EQ(Datocms::member(made, "data.attributes.author"), ada);
  EXPECT_EQ(cms.world.stored("post").at("mine"), R"({"author":"ada","tags":["red",")" + tag + R"("]})");
  EXPECT_EQ(Datocms::refusal(make(cms, "other", R"({"author":"404"})")), "422 INVALID_FIELD");
}

TEST(DatocmsFences, links_of_pages_wait_for_the_records_that_they_name) {
  Datocms cms;
  const std::string early = make(cms, "early", R"({"author":"bea"})");
  EXPECT_EQ(Datocms::member(early, "data.attributes.author"), "null");
  const std::string bea = Datocms::member(make(cms, "bea", R"({"name":"Bea"})", "author"), "data.id");
  EXPECT_EQ(Datocms::member(cms.ask("GET", "cma/items/early"), "data.attributes.author"), bea);
}

}  // namespace
}  // namespace rockpool::gateway
