// Conditions and orders asked of the hub, and that its indexes follow what is written.
#include <gtest/gtest.h>

#include "core/base/text.h"
#include "core/hub/test_world.h"

namespace rockpool::hub {
namespace {

using namespace testing;
using model::Listed;
using model::Mutation;

Mutation forced(std::string id, std::string data) {
  Mutation mutation = put(0, std::move(id), std::move(data), 0);
  mutation.base.reset();
  return mutation;
}

class Queried : public ::testing::Test {
 protected:
  void write(std::vector<Mutation> group) {
    model::Write write{.tells = true};
    write.groups.push_back(std::move(group));
    world.ask(std::move(write));
    world.run();
  }
  Listed ask(model::Query query) {
    query.collection = "tasks";
    if (query.records_max == 0) query.records_max = 100;
    return world.reply<Listed>(world.ask(std::move(query)));
  }
  std::string ids(const std::string& text) {
    std::string said;
    for (const auto& record : ask({.query = text}).records) said += record.key.id;
    return said;
  }

  ScriptedLog log;
  World world{log};
};

TEST_F(Queried, a_page_has_the_records_and_the_count_of_all) {
  write({forced("a", R"({"n":2})"), forced("b", R"({"n":1})"), forced("c", R"({"n":3})")});
  const Listed page = ask({.query = R"({"orderBy":["data.n"]})", .offset = 1, .records_max = 1});
  ASSERT_EQ(page.records.size(), 1u);
  EXPECT_EQ(page.records[0].key.id, "a");
  EXPECT_EQ(page.totals.records, 3u);
  EXPECT_TRUE(page.done);
}

TEST_F(Queried, what_is_written_is_found_at_once_and_what_is_deleted_no_longer) {
  write({forced("a", R"({"n":2,"t":"x"})"), forced("b", R"({"n":1})")});
  const char* text = R"({"where":{"data.n":{"$gte":2}}})";
  EXPECT_EQ(ids(text), "a");
  write({forced("b", R"({"n":5})")});
  EXPECT_EQ(ids(text), "ab");
  Mutation gone = forced("a", "");
  gone.op = model::Op::remove;
  write({gone});
  EXPECT_EQ(ids(text), "b");
  write({forced("a", R"({"n":9})")});
  EXPECT_EQ(ids(text), "ab");
  Mutation clear = forced("", "");
  clear.op = model::Op::remove;
  clear.all = true;
  write({clear});
  EXPECT_EQ(ids(text), "");
}

TEST_F(Queried, a_page_ends_where_it_would_be_too_large) {
  write({forced("a", "\"12345678\""), forced("b", "\"12345678\"")});
  const Listed page = ask({.query = "{}", .bytes_max = 12});
  EXPECT_EQ(page.records.size(), 1u);
  EXPECT_FALSE(page.done);
}

TEST_F(Queried, a_collection_that_is_not_there_has_nothing) {
  EXPECT_EQ(ask({.query = "{}"}).totals.records, 0u);
}

TEST_F(Queried, a_question_that_makes_no_sense_is_refused) {
  const auto failed =
      world.reply<model::Failed>(world.ask(model::Query{.collection = "tasks", .query = R"({"wher":1})"}));
  EXPECT_EQ(failed.error.code, base::Code::invalid);
}

}  // namespace
}  // namespace rockpool::hub
