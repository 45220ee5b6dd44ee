#include "core/dialects/deepstream/client.h"

#include <gtest/gtest.h>

#include "core/dialect/frames.h"
#include "core/dialects/deepstream/codec.h"

namespace rockpool::dialects::deepstream {
namespace {

using base::Code;
using base::Instant;
using model::Op;

// A session, the steps it made, the messages it said, and a clock.
class Link {
 public:
  explicit Link(const std::string& url = "http://127.0.0.1:6020/")
      : session_(make_client({.url = url, .client = "c", .sdk = "js 1", .user = "mara"}, base::Prng(1))) {}

  Link& open(const std::string& token = "") {
    session_->open(now, dialect::Carrier::websocket, {.client = "c", .token = token}, steps);
    return *this;
  }
  Link& arrive(dialect::Arrival arrival) {
    session_->receive(now, 1, std::move(arrival), steps);
    return *this;
  }
  Link& hear(const Message& message) { return arrive(dialect::Frame{encode(message), true}); }
  // Logged in, with nothing left in `steps`.
  Link& up(const std::string& token = "") {
    open(token).arrive(dialect::Opened{});
    hear({.topic = Topic::connection, .action = connection_action::accept});
    hear({.topic = Topic::auth, .action = auth_action::successful});
    steps.clear();
    return *this;
  }
  Link& ask(dialect::ClientCommand command) {
    session_->ask(now, command, steps);
    return *this;
  }
  // What the server has of a record, or that it has none.
  Link& state(const std::string& name, std::int32_t version, const std::string& data) {
    return hear({.topic = Topic::record,
                 .action = record_action::read_response,
                 .version = version,
                 .data = data,
                 .name = name});
  }
  // Follows `todos`, whose list names these records, all of them at version 1.
  Link& following(const std::vector<std::string>& ids) {
    ask(dialect::Subscribe{.collection = "todos"});
    std::string list = "[";
    for (const std::string& id : ids) list += (list.size() > 1 ? ",\"todos/" : "\"todos/") + id + '"';
    state("todos", 1, list + ']');
    for (const std::string& id : ids) state("todos/" + id, 1, R"({"n":1})");
    steps.clear();
    return *this;
  }
  Link& push(model::Mutation mutation) {
    return ask(dialect::Push{.settled = 0, .except = {}, .groups = {{std::move(mutation)}}});
  }
  Link& wait(std::int64_t ms) {
    now.ms += ms;
    session_->wake(now, steps);
    return *this;
  }

  template <typename T>
  std::vector<T> all() const {
    std::vector<T> found;
    for (const auto& step : steps) {
      if (const auto* one = std::get_if<T>(&step)) found.push_back(*one);
    }
    return found;
  }
  // Since `steps` were cleared.
  std::vector<Message> said() const {
    std::vector<Message> messages;
    for (const auto& frame : all<dialect::SendFrame>()) {
      const auto decoded = decode(*frame.bytes);
      EXPECT_TRUE(decoded.ok() && frame.binary);
      messages.insert(messages.end(), decoded->begin(), decoded->end());
    }
    return messages;
  }
  Message last() const { return said().empty() ? Message{} : said().back(); }
  template <typename T>
  T outcome() const {
    const auto settled = all<dialect::Settled>();
    EXPECT_FALSE(settled.empty());
    const T* found = settled.empty() ? nullptr : std::get_if<T>(&settled.back().outcome);
    EXPECT_NE(found, nullptr);
    return found == nullptr ? T{} : *found;
  }
  dialect::ClientSession& session() { return *session_; }

  Instant now{1'000'000};
  dialect::ClientSteps steps;

 private:
  std::unique_ptr<dialect::ClientSession> session_;
};

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

TEST(Client, follows_what_the_list_names_and_what_the_page_holds) {
  Link link;
  link.up().ask(dialect::Subscribe{.collection = "todos", .cursor = "", .after = "", .held = {"held"}});
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
  const auto& records = link.all<dialect::Part>()[0].records;
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

// ---- signals ----------------------------------------------------------------------------------------------

std::vector<std::string> told(const Link& link) {
  std::vector<std::string> texts;
  for (const auto& signal : link.all<dialect::Signal>()) texts.push_back(signal.text);
  return texts;
}

TEST(Client, events_go_both_ways_and_the_one_who_emits_hears_its_own) {
  Link link;
  link.up().ask(dialect::Signal{R"({"type":"subscribe","sub":-1,"event":"tick"})"});
  EXPECT_EQ(link.last().names, std::vector<std::string>{"tick"});
  link.hear({.topic = Topic::event, .action = event_action::emit, .data = "[1]", .name = "tick"});
  link.ask(dialect::Signal{R"({"type":"emit","event":"tick","data":2})"});
  EXPECT_EQ(link.last().data, "2");
  EXPECT_EQ(told(link), (std::vector<std::string>{R"({"type":"event","event":"tick","data":[1]})",
                                                  R"({"type":"event","event":"tick","data":2})"}));
  link.steps.clear();
  link.ask(dialect::Signal{R"({"type":"unsubscribe","sub":-1})"});
  EXPECT_EQ(link.last().action, event_action::unsubscribe);
  link.ask(dialect::Signal{R"({"type":"emit","event":"tick"})"});
  EXPECT_TRUE(told(link).empty());
}

TEST(Client, calls_are_made_and_end_with_an_answer_or_a_reason) {
  Link link;
  link.up().ask(dialect::Signal{R"({"type":"call","id":3,"rpc":"add","data":{"a":1},"timeout":1000})"});
  EXPECT_EQ(link.last().action, rpc_action::request);
  EXPECT_EQ(link.last().data, R"({"a":1})");
  const std::string id = link.last().correlation_id;
  const auto answer = [&](std::int32_t action, const std::string& data) {
    link.hear({.topic = Topic::rpc, .action = action, .data = data, .correlation_id = id, .name = "add"});
  };
  answer(rpc_action::accept, "");
  answer(rpc_action::response, "7");
  answer(rpc_action::request_error, R"({"code":1})");
  answer(rpc_action::no_rpc_provider, "");
  const auto texts = told(link);
  ASSERT_EQ(texts.size(), 3u);
  EXPECT_EQ(texts[0], R"({"type":"result","id":3,"data":7})");
  EXPECT_EQ(texts[1], R"({"type":"result","id":3,"error":{"code":1}})");
  EXPECT_NE(texts[2].find(R"("code":"not_found")"), std::string::npos);
}

TEST(Client, calls_of_others_are_accepted_carried_out_and_answered) {
  Link link;
  link.up().ask(dialect::Signal{R"({"type":"provide","rpc":"add","on":true})"});
  EXPECT_EQ(link.last().action, rpc_action::provide);
  link.hear({.topic = Topic::rpc,
             .action = rpc_action::request,
             .data = "[1,2]",
             .correlation_id = "x9",
             .name = "add"});
  EXPECT_EQ(link.last().action, rpc_action::accept);
  EXPECT_EQ(told(link), std::vector<std::string>{R"({"type":"rpc","id":1,"rpc":"add","data":[1,2]})"});
  link.ask(dialect::Signal{R"({"type":"result","id":1,"data":3})"});
  EXPECT_EQ(link.last().action, rpc_action::response);
  EXPECT_EQ(link.last().data, "3");
  EXPECT_EQ(link.last().correlation_id, "x9");
  link.steps.clear();
  link.ask(dialect::Signal{R"({"type":"result","id":1,"data":3})"});
  EXPECT_TRUE(link.said().empty()) << "once";
}

TEST(Client, users_online_are_the_members_of_one_room) {
  Link link;
  link.up().ask(dialect::WatchPresence{.room = "deepstream"});
  ASSERT_EQ(link.said().size(), 2u);
  link.hear({.topic = Topic::presence, .action = presence_action::query_all_response, .names = {"ada"}});
  link.hear({.topic = Topic::presence, .action = presence_action::leave_all, .name = "ada"});
  const auto seen = link.all<dialect::PresenceSeen>();
  ASSERT_EQ(seen.size(), 2u);
  EXPECT_TRUE(seen[0].whole);
  EXPECT_EQ(seen[0].members[0].user, "ada");
  EXPECT_EQ(seen[1].members[0].state, "");
  link.ask(dialect::WatchPresence{.room = "other"});
  EXPECT_EQ(link.all<dialect::Trouble>()[0].error.code, Code::unsupported);
}

}  // namespace
}  // namespace rockpool::dialects::deepstream
