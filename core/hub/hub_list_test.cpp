// What dialects with numbers, pages, facets and "delete all" ask of the hub.
#include <gtest/gtest.h>

#include "core/base/text.h"
#include "core/hub/test_world.h"

namespace rockpool::hub {
namespace {

using namespace testing;
using model::Acked;
using model::Hint;
using model::Listed;
using model::Mutation;
using Order = model::List::Order;

Mutation forced(std::string id, std::string data, std::string collection = "tasks") {
  Mutation mutation = put(0, std::move(id), std::move(data), 0);
  mutation.base.reset();
  mutation.key.collection = std::move(collection);
  return mutation;
}

Mutation counted(std::string data) {
  Mutation mutation = put(0, "", std::move(data), 0);
  mutation.counted = true;
  return mutation;
}

Mutation clear(std::string collection = "tasks") {
  Mutation mutation;
  mutation.key.collection = std::move(collection);
  mutation.op = model::Op::remove;
  mutation.all = true;
  return mutation;
}

class Numbered : public ::testing::Test {
 protected:
  std::vector<model::Written> write(std::vector<Mutation> group, bool owns = false) {
    model::Write write{.tells = true};
    write.owns = owns;
    write.groups.push_back(std::move(group));
    const auto ticket = world.ask(std::move(write));
    world.run();
    std::vector<model::Written> all;
    for (const auto& reply : world.answers[ticket]) {
      if (const auto* written = std::get_if<model::Written>(&reply)) all.push_back(*written);
    }
    return all;
  }
  model::Record made(Mutation mutation) { return write({std::move(mutation)}).at(0).made.at(0); }
  Listed list(model::List command) { return world.reply<Listed>(world.ask(std::move(command))); }
  std::string ids(const model::List& command) {
    std::string text;
    for (const auto& record : list(command).records) text += record.key.id;
    return text;
  }
  const model::Changed& told() { return std::get<model::Changed>(world.tells.back().notices.front().second); }

  ScriptedLog log;
  World world{log};
};

TEST_F(Numbered, a_record_is_read_by_its_number) {
  const auto a = made(forced("a", "1"));
  const auto other = made(forced("a", "2", "other"));
  ASSERT_NE(a.num, other.num);
  const auto read = [&](std::string collection, std::uint64_t num) {
    return world.reply<model::Found>(world.ask(model::Read{.key = {std::move(collection), ""}, .num = num}))
        .record;
  };
  EXPECT_EQ(read("tasks", a.num), a);
  EXPECT_EQ(read("tasks", other.num), std::nullopt);
  EXPECT_EQ(read("", other.num), other);
  EXPECT_EQ(read("", 7), std::nullopt);
  EXPECT_EQ(read("nowhere", a.num), std::nullopt);
  const auto later = made(forced("a", "3"));
  EXPECT_EQ(read("tasks", a.num), later) << "the number stays over a write";
}

TEST_F(Numbered, the_servers_own_records_are_not_found_by_number) {
  const auto own = write({forced("x", "1", "$collections")}, true).at(0).made.at(0);
  ASSERT_GT(own.num, 0u);
  EXPECT_EQ(world.reply<model::Found>(world.ask(model::Read{.num = own.num})).record, std::nullopt);
}

TEST_F(Numbered, a_page_is_in_order_of_creation_in_both_directions) {
  for (const char* id : {"c", "a", "d", "b"}) made(forced(id, "1"));
  const std::uint64_t num = list({.collection = "tasks", .records_max = 2}).records.at(1).num;
  EXPECT_EQ(ids({.collection = "tasks", .records_max = 9}), "cadb");
  EXPECT_EQ(ids({.collection = "tasks", .descending = true, .records_max = 9}), "bdac");
  EXPECT_EQ(ids({.collection = "tasks", .offset = 1, .records_max = 2}), "ad");
  EXPECT_EQ(ids({.collection = "tasks", .after = num, .records_max = 9}), "db");
  EXPECT_EQ(ids({.collection = "tasks", .descending = true, .after = num, .records_max = 9}), "c");
  EXPECT_EQ(ids({.collection = "tasks", .offset = 9, .records_max = 9}), "");
  made(forced("e", "1"));
  made(forced("a", "2"));
  EXPECT_EQ(ids({.collection = "tasks", .records_max = 9}), "cadbe") << "what came later is there as well";
}

TEST_F(Numbered, a_page_is_in_order_of_times) {
  for (const char* id : {"c", "a", "b"}) {
    made(forced(id, "1"));
    world.wake(10);
  }
  made(forced("c", "2"));
  EXPECT_EQ(ids({.collection = "tasks", .order = Order::created, .records_max = 9}), "cab");
  EXPECT_EQ(ids({.collection = "tasks", .order = Order::updated, .records_max = 9}), "abc");
  EXPECT_EQ(ids({.collection = "tasks",
                 .order = Order::updated,
                 .descending = true,
                 .offset = 1,
                 .records_max = 1}),
            "b");
  EXPECT_EQ(ids({.collection = "tasks", .order = Order::updated, .offset = 2, .records_max = 5}), "c");
}

TEST_F(Numbered, totals_count_what_exists) {
  made(forced("a", R"({"n":1})"));
  made(forced("b", "22"));
  made(forced("a", "333"));
  world.wake(10);
  write({remove(0, "b", 1)});
  const auto totals = list({.collection = "tasks"}).totals;
  EXPECT_EQ(totals.records, 1u);
  EXPECT_EQ(totals.bytes, 3u);
  EXPECT_EQ(totals.updated, world.now) << "a delete is a change";
  const auto surveyed =
      world.reply<model::Surveyed>(world.ask(model::Survey{.collections = {"tasks", "none"}}));
  EXPECT_EQ(surveyed.totals, (std::vector<model::Totals>{totals, {}}));
  made(forced("a", "1", "other"));
  const auto all = world.reply<model::Surveyed>(world.ask(model::Survey{}));
  EXPECT_EQ(all.collections, (std::vector<std::string>{"other", "tasks"}));
  EXPECT_EQ(all.totals.at(1), totals);
}

TEST_F(Numbered, a_page_stops_at_its_bytes_and_says_so) {
  for (const char* id : {"a", "b", "c"}) made(forced(id, "\"12345678\""));
  const auto page = list({.collection = "tasks", .records_max = 3, .bytes_max = 25});
  EXPECT_EQ(page.records.size(), 2u);
  EXPECT_FALSE(page.done);
  EXPECT_EQ(list({.collection = "tasks", .records_max = 3, .bytes_max = 1}).records.size(), 1u);
}

TEST_F(Numbered, a_counted_record_is_named_by_its_number) {
  const auto record = made(counted("1"));
  EXPECT_EQ(record.key.id, base::decimal(record.num));
  EXPECT_EQ(world.record(record.key.id), record);
  const auto both = write({counted("2"), counted("3")}).at(0).made;
  EXPECT_LT(both.at(0).num, both.at(1).num);
  EXPECT_EQ(both.at(1).key.id, base::decimal(both.at(1).num));
  Mutation named = counted("1");
  named.key.id = "x";
  EXPECT_TRUE(std::holds_alternative<model::Declined>(write({named}).at(0).outcomes.at(0)));
}

TEST_F(Numbered, meta_is_kept_until_another_one_is_said) {
  Mutation first = forced("a", "1");
  first.meta = R"({"file":"f"})";
  EXPECT_EQ(made(first).meta, *first.meta);
  EXPECT_EQ(made(forced("a", "2")).meta, *first.meta);
  Mutation other = forced("a", "3");
  other.meta = "";
  EXPECT_EQ(made(other).meta, "");
  EXPECT_EQ(log.entries.front().batch.changes.front().record.meta, *first.meta);
}

TEST_F(Numbered, a_change_is_told_with_what_was_before) {
  made(forced("a", "1"));
  EXPECT_EQ(told().hints.at(0).before, nullptr);
  made(forced("a", "2"));
  ASSERT_NE(told().hints.at(0).before, nullptr);
  EXPECT_EQ(told().hints.at(0).before->data, "1");
  write({remove(0, "a", 2)});
  EXPECT_EQ(told().changes.at(0).record.data, "");
  EXPECT_EQ(told().hints.at(0).before->data, "2");
}

TEST_F(Numbered, a_collection_is_cleared_in_one_entry) {
  for (const char* id : {"a", "b", "c"}) made(forced(id, "1"));
  made(forced("x", "1", "other"));
  write({remove(0, "b", 1)});
  const auto before = log.entries.size();
  const auto written = write({clear()});
  EXPECT_EQ(std::get<Acked>(written.at(0).outcomes.at(0)).version, 2u);
  EXPECT_EQ(log.entries.size(), before + 1);
  ASSERT_EQ(told().changes.size(), 2u);
  for (const Hint& hint : told().hints) EXPECT_EQ(hint.clears, Hint::Clears::wholly);
  EXPECT_EQ(list({.collection = "tasks"}).totals.records, 0u);
  EXPECT_EQ(list({.collection = "other"}).totals.records, 1u);
  EXPECT_EQ(std::get<Acked>(write({clear()}).at(0).outcomes.at(0)).version, 0u) << "nothing is left";
  EXPECT_EQ(log.entries.size(), before + 1);
}

TEST_F(Numbered, a_clearing_takes_along_what_the_same_batch_made) {
  made(forced("a", "1"));
  write({forced("b", "1"), clear(), forced("c", "1")});
  EXPECT_EQ(ids({.collection = "tasks", .records_max = 9}), "c");
}

TEST_F(Numbered, more_than_a_message_holds_is_cleared_in_parts) {
  const std::size_t all = base::limits::clear_records_max + 3;
  for (std::size_t i = 0; i < all;) {
    std::vector<Mutation> group;
    for (; i < all && group.size() < 256; ++i) group.push_back(counted("1"));
    write(std::move(group));
  }
  EXPECT_EQ(std::get<Acked>(write({clear()}).at(0).outcomes.at(0)).version, base::limits::clear_records_max);
  EXPECT_EQ(told().hints.at(0).clears, Hint::Clears::partly);
  EXPECT_EQ(std::get<Acked>(write({clear()}).at(0).outcomes.at(0)).version, 3u);
  EXPECT_EQ(told().hints.at(0).clears, Hint::Clears::wholly);
}

TEST_F(Numbered, a_write_without_a_record_makes_sense_or_is_refused) {
  Mutation with_id = clear();
  with_id.key.id = "a";
  Mutation put_all = clear();
  put_all.op = model::Op::put;
  put_all.data = "1";
  Mutation patch = counted("{}");
  patch.op = model::Op::patch;
  Mutation named_version = counted("1");
  named_version.base = 3;
  for (const Mutation& wrong : {with_id, put_all, patch, named_version}) {
    EXPECT_TRUE(std::holds_alternative<model::Declined>(write({wrong}).at(0).outcomes.at(0)));
  }
}

TEST_F(Numbered, a_dialect_writes_its_own_collections_along) {
  const auto refused = write({forced("tasks", "{}", "$collections")});
  EXPECT_TRUE(std::holds_alternative<model::Declined>(refused.at(0).outcomes.at(0)));
  const auto written = write({forced("tasks", "{}", "$collections"), forced("a", "1")}, true);
  for (const auto& outcome : written.at(0).outcomes) EXPECT_TRUE(std::holds_alternative<Acked>(outcome));
}

TEST_F(Numbered, what_a_dialect_does_not_share_is_written_by_it_alone) {
  const std::string name = "jsonpad:ann/tasks";
  const auto refused = write({forced("a", "1", name)});
  EXPECT_EQ(std::get<model::Declined>(refused.at(0).outcomes.at(0)).error.code, base::Code::forbidden);
  EXPECT_TRUE(std::holds_alternative<Acked>(write({forced("a", "1", name)}, true).at(0).outcomes.at(0)));
  const auto wrong = write({forced("a", "1", "jsonpad:ann/\n")}, true);
  EXPECT_TRUE(std::holds_alternative<model::Declined>(wrong.at(0).outcomes.at(0)));
}

}  // namespace
}  // namespace rockpool::hub
