// What a live query, a caller and all channels together may take in DatoCMS, and how whoever asks for more
// is told.
#include "core/gateway/datocms_place_test.h"

namespace rockpool::gateway {
namespace {

// A text of which the pattern takes long, and which fits it at its very end.
const std::string text = R"({"title":")" + std::string(4000, 'a') + R"(b"})";
const std::string costly =
    R"({ _allPostsMeta(filter: {title: {matches: {pattern: "(a?){60}b$"}}}) { count } })";

class DatocmsCostlyPattern : public ::testing::Test {
 protected:
  std::string write() {
    numbers.push_back(cms.create("post", text));
    return updates();
  }
  std::string remove() {
    cms.ask("DELETE", "cma/items/" + numbers.back());
    numbers.pop_back();
    return updates();
  }
  std::string updates() {
    const std::string events = cms.heard(stream);
    const std::size_t at = events.rfind("data: ");
    return at == std::string::npos ? "" : Datocms::member(events.substr(at + 6), "response");
  }
  // Texts are written until they are too many.
  void write_too_many() {
    while (!is_error(told) && numbers.size() < 1000) {
      const std::string newer = write();
      if (!newer.empty()) told = newer;
    }
  }
  static bool is_error(const std::string& response) {
    return Datocms::member(response, "errors.0.message").find("too long") != std::string::npos;
  }

  Datocms cms;
  dialect::CarrierId stream = cms.listen(costly, {"all", {{"X-Include-Drafts", "true"}}});
  std::vector<std::string> numbers;
  std::string told = updates();
};

TEST_F(DatocmsCostlyPattern, is_said_once_as_an_error_beside_the_result) {
  write_too_many();
  ASSERT_TRUE(is_error(told)) << told;
  EXPECT_EQ(Datocms::member(told, "errors.0.path"), R"(["_allPostsMeta"])");
  EXPECT_FALSE(cms.world.closed.contains(stream)) << "it may come to something again";
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(remove(), "") << "results do not come and go with every write";
    EXPECT_EQ(write(), "");
  }
}

TEST_F(DatocmsCostlyPattern, leaves_the_rest_of_the_query_as_it_is) {
  write_too_many();
  const std::string beside =
      R"({ post(filter: {title: {matches: {pattern: "(a?){60}b$"}}}, orderBy: id_ASC) { id } )"
      R"(none: post(filter: {title: {matches: {pattern: "(a?){60}c$"}}}) { id } )"
      R"(author { id } })";
  const std::string said = cms.drafts(beside);
  EXPECT_EQ(Datocms::member(said, "data"),
            R"({"post":{"id":")" + numbers.front() + R"("},"none":null,"author":null})");
  EXPECT_EQ(Datocms::member(said, "errors.0.path"), R"(["none"])");
  EXPECT_TRUE(Datocms::member(said, "errors.1").starts_with("none in")) << said;
}

TEST_F(DatocmsCostlyPattern, comes_to_a_result_again_when_it_takes_half_of_what_it_may) {
  write_too_many();
  ASSERT_TRUE(is_error(told)) << told;
  const std::size_t many = numbers.size();
  std::string newer;
  while (newer.empty() && numbers.size() > many / 4) newer = remove();
  EXPECT_LE(numbers.size(), many / 2);
  EXPECT_EQ(newer, R"({"data":{"_allPostsMeta":{"count":)" + std::to_string(numbers.size()) + "}}}");
}

TEST(DatocmsCostlyPatterns, of_many_queries_do_not_keep_everybody_else_waiting) {
  Datocms cms;
  std::vector<dialect::CarrierId> streams;
  for (const char* pattern : {"(a?){60}b$", "(a?){61}b$", "(a?){62}b$"})
    streams.push_back(cms.listen(R"({ _allPostsMeta(filter: {title: {matches: {pattern: ")" +
                                     std::string(pattern) + R"("}}}) { count } })",
                                 {"all", {{"X-Include-Drafts", "true"}}}));
  for (int i = 0; i < 30; ++i) cms.create("post", text);
  for (int i = 0; i < 3; ++i) cms.world.wait(0);
  for (const auto stream : streams) cms.world.sent[stream].clear();
  cms.create("post", text);
  const auto told = [&] {
    return std::count_if(streams.begin(), streams.end(),
                         [&](auto one) { return !cms.world.sent[one].empty(); });
  };
  std::vector<std::ptrdiff_t> by_turn = {told()};
  while (by_turn.back() < 3 && by_turn.size() < 9) {
    cms.world.wait(0);
    by_turn.push_back(told());
  }
  EXPECT_EQ(by_turn, (std::vector<std::ptrdiff_t>{0, 1, 2, 3}));
}

}  // namespace
}  // namespace rockpool::gateway
