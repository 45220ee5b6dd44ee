#include "core/dialects/deepstream/client_link_test.h"

namespace rockpool::dialects::deepstream {
namespace {

using base::Code;
using model::Op;

model::Mutation put(std::uint64_t number, const std::string& id, const std::string& data,
                    model::Version base) {
  model::Mutation mutation{.number = number, .key = {"todos", id}, .op = Op::put};
  mutation.data = data;
  mutation.base = base;
  return mutation;
}

Message write_ack(const Message& of) {
  return {.topic = Topic::record,
          .action = record_action::write_ack,
          .is_write_ack = true,
          .correlation_id = of.correlation_id,
          .name = of.name};
}

Message version_exists(const Message& of, std::int32_t version, const std::string& data) {
  return {.topic = Topic::record,
          .action = record_action::version_exists,
          .original_action = of.action,
          .version = version,
          .is_write_ack = true,
          .data = data,
          .correlation_id = of.correlation_id,
          .name = of.name};
}

// ---- the link ---------------------------------------------------------------------------------------------

TEST(Client, says_who_it_is_after_the_server_accepted) {
  Link link("https://app.example/ds/");
  link.open("{\"username\":\"mara\"}");
  ASSERT_EQ(link.all<dialect::OpenStream>().size(), 1u);
  EXPECT_EQ(link.all<dialect::OpenStream>()[0].url, "wss://app.example/ds/deepstream");
  link.arrive(dialect::Opened{});
  EXPECT_EQ(link.last().action, connection_action::challenge);
  EXPECT_EQ(link.last().protocol_version, "0.1a");
  link.hear({.topic = Topic::connection, .action = connection_action::accept});
  EXPECT_EQ(link.last().topic, Topic::auth);
  EXPECT_EQ(link.last().data, "{\"username\":\"mara\"}");
  EXPECT_TRUE(link.all<dialect::Ready>().empty());
  link.hear({.topic = Topic::auth, .action = auth_action::successful, .data = "{}"});
  ASSERT_EQ(link.all<dialect::Ready>().size(), 1u);
  EXPECT_EQ(link.all<dialect::Ready>()[0].user, "mara");
}

TEST(Client, sends_a_token_as_the_member_that_webhooks_know) {
  Link link;
  link.open("a\"b").arrive(dialect::Opened{});
  link.hear({.topic = Topic::connection, .action = connection_action::accept});
  EXPECT_EQ(link.last().data, R"({"token":"a\"b"})");
}

TEST(Client, gives_up_where_its_credentials_are_refused) {
  Link link;
  link.open().arrive(dialect::Opened{});
  link.hear({.topic = Topic::connection, .action = connection_action::accept});
  link.hear({.topic = Topic::auth, .action = auth_action::unsuccessful});
  ASSERT_EQ(link.all<dialect::Trouble>().size(), 1u);
  EXPECT_EQ(link.all<dialect::Trouble>()[0].error.code, Code::auth);
  EXPECT_EQ(link.session().next_wake(), std::nullopt);
}

TEST(Client, answers_pings_says_its_own_and_leaves_a_silent_server) {
  Link link;
  link.up().hear({.topic = Topic::connection, .action = connection_action::ping});
  EXPECT_EQ(link.last().action, connection_action::pong);
  link.steps.clear();
  link.wait(25'000);
  EXPECT_EQ(link.last().action, connection_action::ping);
  link.wait(40'001);
  EXPECT_EQ(link.all<dialect::Ended>().size(), 1u);
  EXPECT_EQ(link.all<dialect::CloseStream>().size(), 1u);
}

TEST(Client, ends_with_a_server_that_speaks_something_else) {
  Link link;
  link.up().arrive(dialect::Frame{"no message", true});
  EXPECT_EQ(link.all<dialect::Ended>().size(), 1u);
}

// ---- following --------------------------------------------------------------------------------------------

TEST(Client, looks_for_records_that_no_list_names_and_says_that_there_is_none) {
  Link link;
  link.up().following({"a"});
  const dialect::Subscribe look{.collection = "todos", .cursor = "", .after = "", .held = held({"b", "c"})};
  link.ask(look);
  EXPECT_EQ(link.last().names, (std::vector<std::string>{"todos/b", "todos/c"}));
  link.state("todos/b", 2, R"({"n":2})");
  link.state("todos/c", -1, "{}");
  auto told = link.all<dialect::ChangedAt>();
  ASSERT_EQ(told.size(), 2u);
  EXPECT_EQ(told[0].changes[0].record.data, R"({"n":2})");
  EXPECT_EQ(told[1].changes[0].record.key.id, "c");
  EXPECT_TRUE(told[1].changes[0].record.data.empty());
  link.steps.clear();
  link.ask(look);
  EXPECT_TRUE(link.said().empty()) << "they are followed";
  EXPECT_EQ(link.all<dialect::ChangedAt>().size(), 2u) << "and known";
  link.state("todos/c", 1, R"({"n":3})");
  EXPECT_EQ(link.all<dialect::ChangedAt>().back().changes[0].record.data, R"({"n":3})");
}

Message names_of_todos(std::vector<std::string> names, std::optional<std::int32_t> version) {
  return {.topic = Topic::record,
          .action = record_action::read_response,
          .version = version,
          .name = "todos/",
          .names = std::move(names)};
}

TEST(Client, follows_what_a_server_of_ours_says_a_collection_holds) {
  Link link;
  link.up_at_ours().ask(dialect::Subscribe{.collection = "todos"});
  EXPECT_EQ(link.last().names, std::vector<std::string>{"todos/"}) << "and no list";
  link.hear(names_of_todos({"todos/a"}, std::nullopt)).state("todos/a", 1, R"({"n":1})");
  EXPECT_TRUE(link.all<dialect::Live>().empty()) << "more names may come";
  link.hear(names_of_todos({}, 0));
  ASSERT_EQ(link.all<dialect::Part>().size(), 1u);
  EXPECT_EQ(link.all<dialect::Part>()[0].records.size(), 1u);
  link.steps.clear();
  link.hear(names_of_todos({"todos/b", "todos/a"}, std::nullopt));
  EXPECT_EQ(link.last().names, std::vector<std::string>{"todos/b"});
  link.state("todos/b", 1, R"({"n":2})");
  ASSERT_EQ(link.all<dialect::ChangedAt>().size(), 1u);
  link.steps.clear();
  link.push(put(1, "c", "{}", 0)).state("todos/c", -1, "{}");
  const Message written = link.last();
  EXPECT_EQ(written.action, record_action::create_and_update);
  link.hear(write_ack(written));
  for (const Message& said : link.said()) EXPECT_NE(said.name, "todos") << "its list is nobody's business";
}

TEST(Client, says_once_that_the_server_follows_no_more_records) {
  Link link;
  link.up().ask(dialect::Subscribe{.collection = "todos"}).state("todos", 1, R"(["todos/a","todos/b"])");
  for (const std::string name : {"todos/a", "todos/b"})
    link.hear({.topic = Topic::record, .action = record_action::load_error, .is_error = true, .name = name});
  ASSERT_EQ(link.all<dialect::Trouble>().size(), 1u);
  EXPECT_EQ(link.all<dialect::Trouble>()[0].error.code, Code::quota);
  EXPECT_EQ(link.all<dialect::Trouble>()[0].error.path, "todos");
  EXPECT_FALSE(link.all<dialect::Trouble>()[0].fatal);
}

TEST(Client, follows_a_collection_of_which_a_record_could_not_be_followed_before) {
  Link link;
  link.up().push(put(1, "a", "{}", 0));
  link.hear(
      {.topic = Topic::record, .action = record_action::load_error, .is_error = true, .name = "todos/a"});
  EXPECT_TRUE(link.all<dialect::Trouble>().empty());
  link.steps.clear();
  link.ask(dialect::Subscribe{.collection = "todos"});
  EXPECT_EQ(link.last().names, std::vector<std::string>{"todos"});
}

TEST(Client, goes_by_the_list_where_a_collection_is_not_told_as_a_whole) {
  Link link;
  link.up_at_ours().ask(dialect::Subscribe{.collection = "todos"});
  link.hear(
      {.topic = Topic::record, .action = record_action::message_denied, .is_error = true, .name = "todos/"});
  EXPECT_EQ(link.last().names, std::vector<std::string>{"todos"});
  link.state("todos", 1, R"(["todos/a"])").state("todos/a", 1, "{}");
  EXPECT_EQ(link.all<dialect::Live>().size(), 1u);
}

TEST(Client, follows_what_the_list_names_and_what_the_page_holds) {
  Link link;
  link.up().ask(dialect::Subscribe{.collection = "todos", .cursor = "", .after = "", .held = held({"held"})});
  const auto asked = link.said();
  ASSERT_EQ(asked.size(), 2u);
  EXPECT_EQ(asked[0].action, record_action::subscribe_and_read);
  EXPECT_EQ(asked[0].names, std::vector<std::string>{"todos/held"});
  EXPECT_EQ(asked[1].names, std::vector<std::string>{"todos"});
  link.steps.clear();
  link.state("todos", 4, R"(["todos/a","other/b",7,"todos/held"])");
  ASSERT_EQ(link.said().size(), 1u);
  EXPECT_EQ(link.last().names, std::vector<std::string>{"todos/a"});
  link.state("todos/held", -1, "{}");
  EXPECT_TRUE(link.all<dialect::Part>().empty()) << "one state has not come";
  link.state("todos/a", 0, "{}");
  ASSERT_EQ(link.all<dialect::Part>().size(), 1u);
  const auto records = link.all<dialect::Part>()[0].records;
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].key.id, "a");
  EXPECT_EQ(records[0].version, 1u) << "the server's first is 0";
  EXPECT_EQ(link.all<dialect::Live>().size(), 1u);
}

TEST(Client, a_collection_without_a_list_is_empty) {
  Link link;
  link.up().ask(dialect::Subscribe{.collection = "todos"}).state("todos", -1, "{}");
  ASSERT_EQ(link.all<dialect::Part>().size(), 1u);
  EXPECT_TRUE(link.all<dialect::Part>()[0].records.empty());
}

TEST(Client, tells_updates_reads_after_patches_and_takes_up_new_entries) {
  Link link;
  link.up().following({"a"});
  link.hear({.topic = Topic::record,
             .action = record_action::update,
             .version = 2,
             .data = R"({"n":2})",
             .name = "todos/a"});
  ASSERT_EQ(link.all<dialect::ChangedAt>().size(), 1u);
  EXPECT_EQ(link.all<dialect::ChangedAt>()[0].changes[0].record.version, 3u);
  EXPECT_EQ(link.all<dialect::ChangedAt>()[0].changes[0].record.data, R"({"n":2})");
  link.steps.clear();
  link.hear({.topic = Topic::record,
             .action = record_action::patch,
             .version = 3,
             .data = "3",
             .name = "todos/a",
             .path = "n"});
  EXPECT_EQ(link.last().action, record_action::read);
  link.state("todos/a", 3, R"({"n":3})");
  ASSERT_EQ(link.all<dialect::ChangedAt>().size(), 1u);
  link.steps.clear();
  link.hear({.topic = Topic::record,
             .action = record_action::update,
             .version = 2,
             .data = R"(["todos/a","todos/b"])",
             .name = "todos"});
  EXPECT_EQ(link.last().names, std::vector<std::string>{"todos/b"});
  link.state("todos/b", 1, "{}");
  ASSERT_EQ(link.all<dialect::ChangedAt>().size(), 1u);
  EXPECT_EQ(link.all<dialect::ChangedAt>()[0].changes[0].record.key.id, "b");
}

TEST(Client, tells_deletions_and_goes_on_following_the_name) {
  Link link;
  link.up().following({"a"});
  link.hear({.topic = Topic::record, .action = record_action::removed, .name = "todos/a"});
  ASSERT_EQ(link.all<dialect::ChangedAt>().size(), 1u);
  EXPECT_FALSE(link.all<dialect::ChangedAt>()[0].changes[0].record.exists());
  EXPECT_EQ(link.last().action, record_action::subscribe_and_read);
  link.steps.clear();
  link.state("todos/a", -1, "{}");
  EXPECT_TRUE(link.all<dialect::ChangedAt>().empty());
}

// ---- writing ----------------------------------------------------------------------------------------------

TEST(Client, writes_the_version_after_the_one_it_was_made_on) {
  Link link;
  link.up().following({"a"}).push(put(7, "a", R"({"n":2})", 2));
  EXPECT_EQ(link.last().action, record_action::update);
  EXPECT_EQ(link.last().version, 2);
  EXPECT_EQ(link.last().data, R"({"n":2})");
  EXPECT_TRUE(link.last().is_write_ack);
  link.hear(write_ack(link.last()));
  EXPECT_EQ(link.outcome<model::Acked>().number, 7u);
  EXPECT_EQ(link.outcome<model::Acked>().version, 3u);
  EXPECT_EQ(link.all<dialect::ChangedAt>().size(), 1u);
}

TEST(Client, makes_records_and_enters_them_in_the_list) {
  Link link;
  link.up().following({"a"}).push(put(1, "b", "{}", 0));
  EXPECT_EQ(link.last().action, record_action::subscribe_and_read) << "is it there already?";
  link.steps.clear();
  link.state("todos/b", -1, "{}");
  EXPECT_EQ(link.last().action, record_action::create_and_update);
  EXPECT_EQ(link.last().version, 1);
  link.hear(write_ack(link.last()));
  EXPECT_EQ(link.outcome<model::Acked>().version, 2u);
  EXPECT_EQ(link.last().name, "todos");
  EXPECT_EQ(link.last().data, R"(["todos/a","todos/b"])");
  EXPECT_EQ(link.last().version, 2);
}

TEST(Client, works_patches_out_and_sends_the_whole) {
  Link link;
  link.up().following({"a"});
  model::Mutation patch{.number = 3, .key = {"todos", "a"}, .op = Op::patch};
  patch.data = R"({"m":5})";
  patch.base = 2;
  link.push(std::move(patch));
  EXPECT_EQ(link.last().data, R"({"n":1,"m":5})");
}

TEST(Client, a_version_that_is_taken_is_a_conflict_with_what_is_there) {
  Link link;
  link.up().following({"a"}).push(put(4, "a", R"({"n":2})", 2));
  link.hear(version_exists(link.last(), 2, R"({"n":9})"));
  EXPECT_EQ(link.outcome<model::Conflicted>().number, 4u);
  EXPECT_EQ(link.outcome<model::Conflicted>().version, 3u);
  EXPECT_EQ(link.outcome<model::Conflicted>().data, R"({"n":9})");
}

TEST(Client, what_is_there_already_was_written_by_an_attempt_whose_answer_was_lost) {
  Link link;
  link.up().following({"a"}).push(put(4, "a", R"({"n":2})", 2));
  link.hear(version_exists(link.last(), 2, R"({ "n": 2 })"));
  EXPECT_EQ(link.outcome<model::Acked>().version, 3u);
  link.steps.clear();
  link.push(put(5, "a", R"({"n":2})", 2));
  EXPECT_TRUE(link.said().empty());
  EXPECT_EQ(link.outcome<model::Acked>().number, 5u);
}

TEST(Client, additions_that_others_overtake_are_made_anew) {
  Link link;
  link.up().following({"a"});
  model::Mutation add{.number = 6, .key = {"todos", "a"}, .op = Op::add, .path = "/n"};
  add.data = "5";
  link.push(std::move(add));
  EXPECT_EQ(link.last().data, R"({"n":6})");
  link.hear(version_exists(link.last(), 2, R"({"n":100})"));
  EXPECT_EQ(link.last().data, R"({"n":105})");
  EXPECT_EQ(link.last().version, 3);
  link.hear(write_ack(link.last()));
  EXPECT_EQ(link.outcome<model::Acked>().number, 6u);
}

TEST(Client, a_server_that_is_not_done_with_a_version_is_asked_again) {
  Link link;
  link.up().following({"a"}).push(put(4, "a", R"({"n":2})", 2));
  for (int i = 0; i < 8; ++i) {
    link.hear(version_exists(link.last(), 1, R"({"n":1})"));
    EXPECT_EQ(link.last().action, record_action::read);
    link.state("todos/a", 1, R"({"n":1})");
    EXPECT_EQ(link.last().action, record_action::update);
  }
  link.hear(version_exists(link.last(), 1, R"({"n":1})"));
  EXPECT_EQ(link.outcome<model::Declined>().error.code, Code::overloaded);
}

TEST(Client, one_write_of_a_record_at_a_time_each_on_the_one_before) {
  Link link;
  link.up().following({"a"}).push(put(1, "a", R"({"n":2})", 2));
  model::Mutation second = put(2, "a", R"({"n":3})", 0);
  second.base.reset();
  second.after = 1;
  const Message first = link.last();
  link.steps.clear();
  link.push(std::move(second));
  EXPECT_TRUE(link.said().empty());
  link.hear(write_ack(first));
  EXPECT_EQ(link.last().version, 3);
  link.hear(write_ack(link.last()));
  EXPECT_EQ(link.outcome<model::Acked>().number, 2u);
}

TEST(Client, what_was_to_follow_a_write_that_failed_is_held) {
  Link link;
  link.up().following({"a"}).push(put(1, "a", R"({"n":2})", 2));
  model::Mutation second = put(2, "a", R"({"n":3})", 0);
  second.base.reset();
  second.after = 1;
  const Message first = link.last();
  link.push(std::move(second)).hear(version_exists(first, 5, R"({"n":9})"));
  EXPECT_EQ(link.outcome<model::Held>().behind, 1u);
}

TEST(Client, an_entry_of_the_list_is_never_given_up) {
  Link link;
  link.up().following({"a"}).push(put(1, "b", "{}", 0)).state("todos/b", -1, "{}");
  link.hear(write_ack(link.last()));
  Message entry = link.last();
  for (int i = 2; i < 10; ++i) {
    EXPECT_EQ(entry.name, "todos");
    link.hear(version_exists(entry, i, "[\"todos/a\",\"other/" + std::to_string(i) + "\"]"));
    entry = link.last();
  }
  link.steps.clear();
  link.hear(version_exists(entry, 10, R"(["todos/a"])"));
  EXPECT_TRUE(link.said().empty()) << "for a while";
  link.push(put(2, "c", "{}", 0)).state("todos/c", -1, "{}");
  ASSERT_EQ(link.said().size(), 3u);
  EXPECT_EQ(link.said()[1].data, R"(["todos/a","todos/b"])");
  EXPECT_EQ(link.said()[1].version, 11);
}

TEST(Client, removes_and_takes_the_name_out_of_the_list) {
  Link link;
  link.up().following({"a", "b"});
  model::Mutation remove{.number = 8, .key = {"todos", "a"}, .op = Op::remove};
  remove.base = 2;
  link.push(std::move(remove));
  EXPECT_EQ(link.last().action, record_action::remove);
  link.steps.clear();
  link.hear({.topic = Topic::record, .action = record_action::remove_success, .name = "todos/a"});
  EXPECT_EQ(link.outcome<model::Acked>().number, 8u);
  ASSERT_EQ(link.all<dialect::ChangedAt>().size(), 1u);
  EXPECT_FALSE(link.all<dialect::ChangedAt>()[0].changes[0].record.exists());
  EXPECT_EQ(link.said()[0].data, R"(["todos/b"])");
}

TEST(Client, what_the_server_forbids_is_declined) {
  Link link;
  link.up().following({"a"}).push(put(4, "a", "{}", 2));
  link.hear({.topic = Topic::record,
             .action = record_action::message_denied,
             .original_action = record_action::update,
             .is_error = true,
             .is_write_ack = true,
             .correlation_id = link.last().correlation_id,
             .name = "todos/a"});
  EXPECT_EQ(link.outcome<model::Declined>().error.code, Code::forbidden);
}

TEST(Client, what_is_too_large_for_a_message_is_declined_here) {
  Link link;
  link.up().following({"a"}).push(put(4, "a", '"' + std::string(1 << 20, 'x') + '"', 2));
  EXPECT_EQ(link.outcome<model::Declined>().error.code, Code::too_large);
  EXPECT_TRUE(link.said().empty());
}

TEST(Client, batches_are_declined_whole) {
  Link link;
  link.up().ask(
      dialect::Push{.settled = 0, .except = {}, .groups = {{put(1, "a", "{}", 0), put(2, "b", "{}", 0)}}});
  ASSERT_EQ(link.all<dialect::Settled>().size(), 2u);
  EXPECT_EQ(link.outcome<model::Declined>().error.code, Code::unsupported);
}

}  // namespace
}  // namespace rockpool::dialects::deepstream
