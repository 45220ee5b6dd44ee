#include "core/dialects/deepstream/client_link_test.h"

namespace rockpool::dialects::deepstream {
namespace {

using base::Code;

std::vector<std::string> told(const Link& link) {
  std::vector<std::string> texts;
  for (const auto& signal : link.all<dialect::Signal>()) texts.push_back(signal.text);
  return texts;
}

TEST(ClientSignals, events_go_both_ways_and_the_one_who_emits_hears_its_own) {
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

TEST(ClientSignals, calls_are_made_and_end_with_an_answer_or_a_reason) {
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

TEST(ClientSignals, calls_of_others_are_accepted_carried_out_and_answered) {
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

TEST(ClientSignals, users_online_are_the_members_of_one_room) {
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
