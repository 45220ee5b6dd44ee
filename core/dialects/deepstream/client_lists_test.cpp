// What a page's collection is where the server cannot list, and what becomes of records that others write,
// remove and make anew.
#include "core/dialects/deepstream/client_link_test.h"

namespace rockpool::dialects::deepstream {
namespace {

using model::Op;

model::Mutation made(std::uint64_t number, const std::string& id, Op op, const std::string& data,
                     std::optional<model::Version> base, const std::string& path = "") {
  model::Mutation mutation{.number = number, .key = {"todos", id}, .op = op, .path = path};
  mutation.data = data;
  mutation.base = base;
  return mutation;
}

Message told(const std::string& name, std::int32_t version, const std::string& data) {
  return {.topic = Topic::record,
          .action = record_action::update,
          .version = version,
          .data = data,
          .name = name};
}

Message answer(const Message& of, std::int32_t action) {
  return {.topic = Topic::record,
          .action = action,
          .original_action = of.action,
          .is_write_ack = true,
          .correlation_id = of.correlation_id,
          .name = of.name};
}

Message version_exists(const Message& of, std::int32_t version, const std::string& data) {
  Message message = answer(of, record_action::version_exists);
  message.version = version;
  message.data = data;
  return message;
}

model::Record last_told(const Link& link) {
  const auto changed = link.all<dialect::ChangedAt>();
  EXPECT_FALSE(changed.empty());
  return changed.empty() ? model::Record() : changed.back().changes.front().record;
}

// ---- lists ------------------------------------------------------------------------------------------------

TEST(ClientLists, a_record_whose_maker_was_cut_off_before_it_was_listed_is_listed) {
  Link link;
  link.up().ask(
      dialect::Subscribe{.collection = "todos", .cursor = "", .after = "", .held = held({"a", "b"})});
  link.state("todos", 1, R"(["todos/a"])").state("todos/a", 1, "{}");
  link.steps.clear();
  link.state("todos/b", 1, "{}");
  ASSERT_EQ(link.said().size(), 1u);
  EXPECT_EQ(link.last().data, R"(["todos/a","todos/b"])");
  EXPECT_EQ(link.last().version, 2);
}

TEST(ClientLists, an_entry_that_another_took_out_while_the_record_was_made_anew_comes_back) {
  Link link;
  link.up().following({"a", "b"}).hear(told("todos", 2, R"(["todos/a"])"));
  EXPECT_EQ(link.last().data, R"(["todos/a","todos/b"])");
}

TEST(ClientLists, what_comes_to_be_under_a_name_that_is_followed_is_listed) {
  Link link;
  link.up().following({"a"}).push(made(1, "b", Op::put, "{}", 0)).state("todos/b", -1, "{}");
  link.hear(version_exists(link.last(), 1, R"({"n":9})"));
  EXPECT_EQ(link.last().data, R"(["todos/a","todos/b"])");
  Link other;
  other.up().following({"a"});
  other.hear({.topic = Topic::record, .action = record_action::removed, .name = "todos/a"});
  other.hear(told("todos", 2, "[]")).state("todos/a", -1, "{}");
  other.steps.clear();
  other.hear(told("todos/a", 1, "{}"));
  EXPECT_EQ(other.last().data, R"(["todos/a"])");
}

TEST(ClientLists, a_page_that_writes_what_others_made_lists_it) {
  Link link;
  link.up().following({"a"}).push(made(1, "b", Op::put, "{}", 0));
  link.state("todos/b", 3, R"({"n":9})");
  EXPECT_EQ(link.last().data, R"(["todos/a","todos/b"])");
}

TEST(ClientLists, an_entry_that_the_server_could_not_store_is_tried_again) {
  Link link;
  link.up().following({"a"}).push(made(1, "b", Op::put, "{}", 0)).state("todos/b", -1, "{}");
  link.hear(answer(link.last(), record_action::write_ack));
  ASSERT_EQ(link.last().name, "todos");
  const Message entry = link.last();
  link.hear(answer(entry, record_action::update_error));
  link.steps.clear();
  link.wait(25'000);
  ASSERT_FALSE(link.said().empty());
  EXPECT_EQ(link.last().data, entry.data);
}

TEST(ClientLists, a_list_that_a_conflict_tells_is_followed_at_once) {
  Link link;
  link.up().following({"a"}).push(made(1, "b", Op::put, "{}", 0)).state("todos/b", -1, "{}");
  link.hear(answer(link.last(), record_action::write_ack));
  const Message entry = link.last();
  link.steps.clear();
  link.hear(version_exists(entry, 2, R"(["todos/a","todos/c"])"));
  ASSERT_EQ(link.said().size(), 2u);
  EXPECT_EQ(link.said()[0].names, std::vector<std::string>{"todos/c"});
  EXPECT_EQ(link.said()[1].data, R"(["todos/a","todos/c","todos/b"])");
}

// ---- versions ---------------------------------------------------------------------------------------------

TEST(ClientLists, a_record_made_anew_goes_on_from_where_it_was_removed) {
  Link link;
  link.up().following({"a"}).hear(told("todos/a", 7, "{}"));
  EXPECT_EQ(last_told(link).version, 8u);
  link.hear({.topic = Topic::record, .action = record_action::removed, .name = "todos/a"});
  EXPECT_EQ(last_told(link).version, 9u);
  link.state("todos/a", 1, R"({"n":2})");
  EXPECT_EQ(last_told(link).version, 11u);
  link.steps.clear();
  link.push(made(1, "a", Op::put, R"({"n":3})", 11));
  EXPECT_EQ(link.last().version, 2) << "the server's own";
  link.hear(answer(link.last(), record_action::write_ack));
  EXPECT_EQ(link.outcome<model::Acked>().version, 12u);
}

TEST(ClientLists, what_a_conflict_was_ahead_of_is_not_told_any_more) {
  Link link;
  link.up().following({"a"}).push(made(1, "a", Op::put, R"({"n":2})", 2));
  link.hear(version_exists(link.last(), 3, R"({"n":9})"));
  link.steps.clear();
  link.hear(told("todos/a", 2, R"({"n":8})")).hear(told("todos/a", 3, R"({"n":9})"));
  EXPECT_TRUE(link.all<dialect::ChangedAt>().empty());
  link.hear(told("todos/a", 4, R"({"n":10})"));
  EXPECT_EQ(last_told(link).version, 5u);
}

// ---- writes whose answers were lost -----------------------------------------------------------------------

TEST(ClientLists, a_sum_that_somebody_else_made_alike_is_not_ours) {
  Link link;
  link.up().following({"a"}).push(made(6, "a", Op::add, "5", std::nullopt, "/n"));
  EXPECT_EQ(link.last().data, R"({"n":6})");
  link.hear(version_exists(link.last(), 2, R"({"n":6})"));
  EXPECT_TRUE(link.all<dialect::Settled>().empty());
  EXPECT_EQ(link.last().data, R"({"n":11})");
  EXPECT_EQ(link.last().version, 3);
}

TEST(ClientLists, a_sum_that_names_the_version_it_was_made_on_is_a_conflict_on_any_other) {
  Link link;
  link.up().following({"a"}).push(made(6, "a", Op::add, "5", 1, "/n"));
  EXPECT_TRUE(link.said().empty());
  EXPECT_EQ(link.outcome<model::Conflicted>().version, 2u);
  link.push(made(6, "a", Op::add, "5", 2, "/n"));
  link.hear(version_exists(link.last(), 2, R"({"n":6})"));
  EXPECT_EQ(link.outcome<model::Conflicted>().version, 3u);
}

TEST(ClientLists, what_is_so_already_is_acknowledged_as_the_version_that_made_it) {
  Link link;
  link.up().following({"a"}).hear(told("todos/a", 4, R"({"n":2,"others":1})"));
  model::Mutation behind = made(2, "a", Op::put, R"({"n":3})", std::nullopt);
  behind.after = 1;
  link.push(made(1, "a", Op::patch, R"({"n":2})", 2));
  EXPECT_EQ(link.outcome<model::Acked>().version, 3u) << "others have written since";
  link.push(std::move(behind));
  EXPECT_EQ(link.outcome<model::Held>().number, 2u) << "it has not seen that";
}

TEST(ClientLists, what_changes_nothing_on_whatever_is_there_has_made_no_version) {
  Link link;
  link.up().following({"a"}).hear(told("todos/a", 4, R"({"list":["x"]})"));
  link.push(made(1, "a", Op::set_insert, R"(["x"])", std::nullopt, "/list"));
  EXPECT_EQ(link.outcome<model::Acked>().version, 0u);
}

}  // namespace
}  // namespace rockpool::dialects::deepstream
