// DatoCMS over the life of servers: several of them, several mounts, models that come and go, rights that are
// withdrawn, and the end.
#include "core/gateway/datocms_place_test.h"

namespace rockpool::gateway {
namespace {

const std::string titles = "{ allPosts(orderBy: id_ASC) { title } }";
const DatocmsSender with_drafts{"all", {{"X-Include-Drafts", "true"}}};

std::size_t count(const std::string& text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

// ---- several of them

TEST(DatocmsServers, of_one_log_tell_what_is_written_at_the_other) {
  Datocms here;
  Datocms there(here.world.log);
  const auto stream = here.listen(titles, with_drafts);
  EXPECT_EQ(here.updates(stream), R"({"allPosts":[]})");
  // Both make their collections known: who comes second has to look what the first one said.
  there.send("POST", "graphql", Datocms::body_of(titles));
  there.world.wait(1'000);
  const std::string id = there.create("post", R"({"title":"there"})");
  // A server hears of the others when it comes to the log itself.
  here.create("tag", R"({"label":"x"})");
  EXPECT_EQ(here.updates(stream), R"({"allPosts":[{"title":"there"}]})");
  here.change(id, R"({"title":"here"})");
  there.create("tag", R"({"label":"y"})");
  EXPECT_EQ(there.drafts(titles), R"({"data":{"allPosts":[{"title":"here"}]}})");
  EXPECT_NE(here.create("post", "{}"), there.create("post", "{}")) << "numbers are given once";
}

TEST(DatocmsServers, give_out_channels_that_are_theirs_alone) {
  Datocms here;
  Datocms there(here.world.log);
  EXPECT_EQ(there.answer(there.open(here.channel(titles))).substr(0, 3), "410") << "so that clients ask anew";
}

TEST(DatocmsServers, with_two_mounts_show_the_same_records_at_both) {
  Datocms cms;
  const auto first = cms.listen(titles, with_drafts);
  cms.heard(first);
  cms.mount_at("/again");
  const auto second = cms.listen(titles, with_drafts);
  EXPECT_EQ(cms.updates(second), R"({"allPosts":[]})");
  const std::string id = cms.create("post", R"({"title":"a"})");
  EXPECT_EQ(cms.updates(first), R"({"allPosts":[{"title":"a"}]})");
  EXPECT_EQ(cms.updates(second), R"({"allPosts":[{"title":"a"}]})");
  cms.publish(id);
  EXPECT_EQ(cms.query("{ post { id } }"), R"({"data":{"post":{"id":")" + id + R"("}}})");
}

// ---- models that come and go

TEST(DatocmsModels, that_are_taken_out_and_come_back_have_their_records_still) {
  Datocms cms;
  const std::string id = cms.create("tag", R"({"label":"one"})");
  cms.publish(id);
  const std::string all = std::exchange(cms.models, R"({"home_page":{"fields":{"hero_title":"string"}}})");
  cms.restart();
  EXPECT_NE(cms.drafts("{ allTags { label } }").find("Field 'allTags' doesn't exist on type 'Query'"),
            std::string::npos);
  EXPECT_EQ(Datocms::refusal(cms.ask("GET", "cma/items/" + id)), "404 NOT_FOUND");
  Page& page = cms.world.page();
  page.push({{put(1, "by-page", R"({"label":"two"})", 0, "tag")}});
  cms.world.perform();
  cms.models = all;
  cms.restart();
  EXPECT_EQ(
      cms.drafts("{ allTags(orderBy: id_ASC) { label _status } }"),
      R"({"data":{"allTags":[{"label":"one","_status":"published"},{"label":"two","_status":"draft"}]}})");
}

TEST(DatocmsModels, whose_collection_is_emptied_and_filled_again_are_told_as_they_are) {
  Datocms cms;
  Page& page = cms.world.page();
  page.subscribe("post");
  page.push({{put(1, "a", R"({"title":"first"})", 0, "post")}});
  const auto stream = cms.listen("{ allPosts { id title } }", with_drafts);
  const std::string before = cms.updates(stream);
  EXPECT_NE(before.find("first"), std::string::npos) << before;
  const model::Version held = page.records["post"]["a"].version;
  page.push(
      {{{.number = 2, .key = {"post", "a"}, .op = model::Op::remove, .path = "", .data = "", .base = held}}});
  cms.world.perform();
  EXPECT_EQ(cms.updates(stream), R"({"allPosts":[]})");
  page.push({{put(3, "a", R"({"title":"second"})", held + 1, "post")}});
  cms.world.perform();
  const std::string told = cms.updates(stream);
  EXPECT_EQ(count(told, "\"title\""), 1u) << told;
  EXPECT_NE(told.find("second"), std::string::npos) << told;
  EXPECT_EQ(R"({"data":)" + told + '}', cms.drafts("{ allPosts { id title } }"));
}

// ---- writes

TEST(DatocmsChannels, are_told_once_of_all_writes_of_a_turn) {
  Datocms cms;
  const auto stream = cms.listen("{ _allPostsMeta { count } }", with_drafts);
  cms.heard(stream);
  for (int i = 0; i < 7; ++i) cms.create("post", "{}");
  const std::string told = cms.heard(stream);
  EXPECT_EQ(count(told, "event: update"), 1u) << told;
  EXPECT_NE(told.find(R"("count":7)"), std::string::npos) << told;
}

// ---- rights

class Withdrawn final : public dialect::Standing {
 public:
  explicit Withdrawn(std::string credential) : credential_(std::move(credential)) {}
  base::Result<model::Principal> renew(const model::Principal& principal) const override {
    if (principal.credential != credential_) return principal;
    return base::Error{.code = base::Code::auth, .message = "gone", .path = ""};
  }

 private:
  std::string credential_;
};

TEST(DatocmsChannels, end_for_good_when_what_let_them_in_is_withdrawn) {
  Datocms cms;
  const auto kept = cms.listen(titles);
  const DatocmsSender server_token{"key:gone"};
  const auto stream = cms.listen(titles, server_token);
  const std::string asked = cms.channel(titles, server_token), resting = cms.channel(titles, server_token);
  const auto first = cms.open(resting);
  const std::string last = Datocms::last_event(cms.heard(first));
  cms.world.feed(first, dialect::Closed{});
  cms.heard(stream);
  cms.world.gateway->review(cms.world.now, Withdrawn("key:gone"));
  cms.world.perform();
  const std::string told = cms.heard(stream);
  EXPECT_EQ(Datocms::member(told, "code"), "INVALID_AUTHORIZATION_HEADER") << told;
  EXPECT_EQ(Datocms::member(told, "fatal"), "true");
  EXPECT_TRUE(cms.world.closed.contains(stream));
  EXPECT_EQ(cms.answer(cms.open(asked)).substr(0, 3), "410") << "it was not opened yet";
  EXPECT_EQ(cms.answer(cms.open(resting, last)).substr(0, 3), "410") << "it was about to come back";
  EXPECT_FALSE(cms.world.closed.contains(kept)) << "tokens of the configuration stay";
}

// ---- the end

TEST(DatocmsChannels, are_told_at_the_end_when_to_come_back_each_at_another_time) {
  Datocms cms;
  std::vector<dialect::CarrierId> streams;
  for (int i = 0; i < 8; ++i) streams.push_back(cms.listen(titles));
  const std::string unopened = cms.channel(titles);
  for (const auto stream : streams) cms.heard(stream);
  cms.world.gateway->drain(cms.world.now);
  cms.world.perform();
  std::set<std::uint64_t> times;
  for (const auto stream : streams) {
    const std::string told = cms.heard(stream);
    ASSERT_TRUE(told.starts_with("retry: ") && told.ends_with("\n\n")) << told;
    const auto ms = base::read_decimal(told.substr(7, told.size() - 9));
    ASSERT_TRUE(ms && *ms < 3000) << told;
    times.insert(*ms);
  }
  EXPECT_GT(times.size(), 4u);
  const auto refused = cms.send("POST", "listen", Datocms::body_of(titles));
  EXPECT_EQ(Datocms::refusal(cms.answer(refused)), "503 TOO_MANY_CONNECTIONS");
  EXPECT_EQ(cms.header(refused, "Retry-After"), "1");
  EXPECT_EQ(cms.answer(cms.open(unopened)).substr(0, 3), "503") << "it would end at once";
  EXPECT_EQ(cms.query("{ post { title } }"), R"({"data":{"post":null}})") << "who asks once is answered";
}

}  // namespace
}  // namespace rockpool::gateway
