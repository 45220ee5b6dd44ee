#include "core/dialect/facets.h"

#include <gtest/gtest.h>

#include "core/base/text.h"

namespace rockpool::dialect {
namespace {

model::Record record(std::string collection, model::Version version, std::string data) {
  return {.key = {std::string(collections_collection), std::move(collection)},
          .version = version,
          .data = std::move(data)};
}

class FacetsTest : public ::testing::Test {
 protected:
  void load(std::vector<model::Record> records) {
    ServerSteps out;
    facets.load(out);
    facets.load(out);
    ASSERT_EQ(out.size(), 1u) << "it is asked once";
    const auto& asked = std::get<Asked>(out.front());
    EXPECT_TRUE(asked.principal.system);
    EXPECT_TRUE(facets.answer(asked.ticket,
                              model::Page{.collection = std::string(collections_collection),
                                          .records = std::move(records),
                                          .cursor = model::write_cursor({.seq = 7}),
                                          .done = true},
                              out));
  }
  std::vector<Facets::Moved> watch(model::Record record) {
    model::Changed changed;
    changed.changes.push_back({.record = std::move(record), .writer = {}});
    const model::Topic topic{.space = "default",
                             .kind = model::Topic::Kind::collection,
                             .name = std::string(collections_collection)};
    return facets.watch({{topic, changed}});
  }

  MountOptions options;
  Ticket last_ticket = 0;
  Facets facets{"pad", options, last_ticket};
};

constexpr const char* one = R"({"name":"a","facets":{"pad:ann":{"n":1},"rest:p":{}}})";

TEST_F(FacetsTest, are_read_once_and_followed) {
  EXPECT_FALSE(facets.is_loaded());
  load({record("a", 3, one)});
  EXPECT_TRUE(facets.is_loaded());
  EXPECT_EQ(facets.loaded_seq(), 7u);
  EXPECT_EQ(*facets.find("a", "ann"), R"({"n":1})");
  EXPECT_EQ(facets.find("a", "p"), nullptr) << "that is another dialect's";
  EXPECT_EQ(facets.owners("a"), std::vector<std::string>{"ann"});
  const auto moved = watch(record("a", 4, R"({"facets":{"pad:ann":{"n":2},"pad:ben":{}}})"));
  ASSERT_EQ(moved.size(), 2u);
  EXPECT_EQ(moved[0].before, R"({"n":1})");
  EXPECT_EQ(moved[0].after, R"({"n":2})");
  EXPECT_EQ(moved[1].owner, "ben");
  EXPECT_EQ(moved[1].before, std::nullopt);
  EXPECT_TRUE(watch(record("a", 4, one)).empty()) << "that is known already";
  EXPECT_EQ(watch(record("a", 5, "")).size(), 2u);
  EXPECT_TRUE(facets.owners("a").empty());
}

TEST_F(FacetsTest, demand_fields_beside_those_of_others) {
  const std::string other = R"({"key":"m","type":"text","of":"rest:p"})";
  load({record("a", 3, R"({"name":"a","facets":{"rest:p":{}},"fields":[)" + other + "]}")});
  const auto fields = *model::read(R"([{"key":"n","type":"number"}])");
  const auto put = facets.put("a", "ann", "{}", fields);
  ASSERT_TRUE(put.has_value());
  EXPECT_EQ(put->base, 3u);
  EXPECT_EQ(put->data, R"({"name":"a","facets":{"rest:p":{},"pad:ann":{}},"fields":[)" + other +
                           R"(,{"key":"n","type":"number","of":"pad:ann"}]})");
  watch(record("a", 4, put->data));
  EXPECT_EQ(facets.put("a", "ann", "{}", fields), std::nullopt) << "it is so already";
  EXPECT_EQ(facets.detach("a", "ann").mutation.data,
            R"({"name":"a","facets":{"rest:p":{}},"fields":[)" + other + "]}");
}

TEST_F(FacetsTest, what_came_before_the_page_is_not_undone_by_it) {
  watch(record("a", 4, R"({"facets":{"pad:ben":{}}})"));
  load({record("a", 3, one)});
  EXPECT_EQ(facets.owners("a"), std::vector<std::string>{"ben"});
}

TEST_F(FacetsTest, a_failed_question_is_put_again) {
  ServerSteps out;
  facets.load(out);
  EXPECT_FALSE(facets.answer(99, model::Failed{}, out)) << "not its question";
  EXPECT_TRUE(facets.answer(std::get<Asked>(out.front()).ticket, model::Failed{}, out));
  EXPECT_FALSE(facets.is_loaded());
  facets.load(out);
  EXPECT_EQ(out.size(), 2u);
}

TEST_F(FacetsTest, a_collection_is_shared_by_its_name_or_has_its_owners) {
  load({record("a", 3, one)});
  EXPECT_EQ(facets.collection_for("ann", "b"), "b");
  EXPECT_EQ(facets.collection_for("ann", "a"), "pad:ann/a") << "she has that one already";
  EXPECT_EQ(facets.collection_for("ben", "a"), "a");
  options.sharing = {.is_open = true, .names = {"team-*"}};
  EXPECT_EQ(facets.collection_for("ben", "a"), "pad:ben/a");
  EXPECT_EQ(facets.collection_for("ben", "team-1"), "team-1");
  options.sharing = {.is_open = false, .names = {"*", "a"}};
  EXPECT_EQ(facets.collection_for("ben", "b"), "pad:ben/b") << "closed spaces share by the full name";
  EXPECT_EQ(facets.collection_for("ben", "a"), "a");
}

TEST_F(FacetsTest, a_taken_name_is_counted) {
  load({record("a", 1, one), record("pad:ann/a", 1, R"({"facets":{"pad:ann":{}}})")});
  EXPECT_EQ(facets.collection_for("ann", "a"), "pad:ann/a~2");
}

TEST_F(FacetsTest, a_name_that_is_too_long_for_its_owner_is_cut_and_still_its_own) {
  options.sharing = {.is_open = false, .names = {}};
  const std::string owner(32, 'o'), fits(219, 'n'), longer(254, 'n');
  load({record("pad:" + owner + '/' + fits, 1, R"({"facets":{"pad:)" + owner + R"(":{}}})")});
  const std::string free(218, 'n');
  EXPECT_EQ(facets.collection_for(owner, free), "pad:" + owner + '/' + free);
  const std::string counted = facets.collection_for(owner, fits);
  EXPECT_EQ(counted.size(), 256u);
  EXPECT_TRUE(counted.ends_with("~2"));
  const std::string cut = facets.collection_for(owner, longer);
  EXPECT_EQ(cut.size(), 256u);
  EXPECT_EQ(cut, facets.collection_for(owner, longer));
  EXPECT_NE(cut, facets.collection_for(owner, longer.substr(1)));
  EXPECT_NE(cut, facets.collection_for(owner, std::string(253, 'n') + 'm'));
  std::string letters;
  while (letters.size() < 254) letters += "ü";
  for (const char* before : {"", "x"}) {
    const std::string whole = facets.collection_for(owner, before + letters);
    EXPECT_TRUE(base::is_utf8(whole)) << whole;
    EXPECT_LE(whole.size(), 256u);
  }
}

TEST_F(FacetsTest, are_written_beside_what_others_added) {
  load({record("a", 3, one)});
  const auto put = facets.put("a", "ben", R"({"n":9})");
  EXPECT_EQ(put.data, R"({"name":"a","facets":{"pad:ann":{"n":1},"rest:p":{},"pad:ben":{"n":9}}})");
  EXPECT_EQ(put.base, 3u);
  const auto fresh = facets.put("b", "ben", "{}");
  EXPECT_EQ(fresh.data, R"({"name":"b","facets":{"pad:ben":{}}})");
  EXPECT_EQ(fresh.base, 0u);
}

TEST_F(FacetsTest, the_last_one_takes_the_record_along) {
  load({record("a", 3, one), record("b", 2, R"({"name":"b","facets":{"pad:ann":{}}})")});
  const auto first = facets.detach("a", "ann");
  EXPECT_FALSE(first.is_last);
  EXPECT_EQ(first.mutation.data, R"({"name":"a","facets":{"rest:p":{}}})");
  const auto last = facets.detach("b", "ann");
  EXPECT_TRUE(last.is_last);
  EXPECT_EQ(last.mutation.op, model::Op::remove);
  EXPECT_EQ(last.mutation.base, 2u);
}

}  // namespace
}  // namespace rockpool::dialect
