#include "core/hub/test_world.h"

namespace rockpool::hub {
namespace {

using namespace testing;
using base::Code;
using model::Topic;

class HubCalls : public ::testing::Test {
 protected:
  model::Ticket provide(const std::string& provider, const std::string& name = "sum", bool on = true) {
    return world.ask(model::Provide{name, provider, on});
  }
  model::Ticket call(const std::string& caller, const std::string& name = "sum",
                     std::int64_t timeout_ms = 0) {
    return world.ask(model::Call{name, "[1,2]", caller, timeout_ms}, "ben");
  }
  // The last one asked of somebody, and of whom.
  std::pair<std::string, model::Called> asked() {
    const auto& [topic, notice] = world.tells.back().notices.at(0);
    EXPECT_EQ(topic.kind, Topic::Kind::call);
    return {topic.name, std::get<model::Called>(notice)};
  }
  void give(const std::string& provider, std::uint64_t call, const std::string& data,
            const std::string& error = "") {
    world.reply<model::Done>(world.ask(model::Return{provider, call, data, error}));
  }
  Code failure(model::Ticket ticket) { return world.reply<model::Failed>(ticket).error.code; }
  void gone(const std::string& prefix) {
    world.hub.handle(world.now, Gone{prefix});
    world.drain();
  }

  ScriptedLog log;
  World world{log};
};

TEST_F(HubCalls, an_event_is_told_to_who_listens_and_to_nobody_of_another_space) {
  world.reply<model::Done>(world.ask(model::Emit{"bell", "1"}));
  ASSERT_EQ(world.tells.size(), 1u);
  const auto& [topic, notice] = world.tells[0].notices.at(0);
  EXPECT_EQ(topic, (Topic{"garden", Topic::Kind::event, "bell"}));
  EXPECT_EQ(std::get<model::Emitted>(notice).data, "1");
  EXPECT_EQ(std::get<model::Emitted>(notice).user, "ann");
}

TEST_F(HubCalls, a_call_is_carried_out_by_who_provides_it) {
  world.reply<model::Done>(provide("p1."));
  const model::Ticket ticket = call("c1.");
  EXPECT_FALSE(world.is_answered(ticket));
  const auto [provider, called] = asked();
  EXPECT_EQ(provider, "p1.");
  EXPECT_EQ(called.procedure, "sum");
  EXPECT_EQ(called.data, "[1,2]");
  EXPECT_EQ(called.user, "ben");
  give("p1.", called.call, "3");
  EXPECT_EQ(world.reply<model::Returned>(ticket).data, "3");
  give("p1.", called.call, "4");
  EXPECT_EQ(world.answers[ticket].size(), 1u);
}

TEST_F(HubCalls, the_reason_of_a_provider_reaches_the_caller) {
  provide("p1.");
  const model::Ticket ticket = call("c1.");
  give("p1.", asked().second.call, "", R"({"code":"refused"})");
  EXPECT_EQ(world.reply<model::Returned>(ticket).error, R"({"code":"refused"})");
}

TEST_F(HubCalls, providers_are_asked_in_turn) {
  provide("p1.");
  provide("p2.");
  provide("p2.");
  std::string order;
  for (int i = 0; i < 4; ++i) {
    call("c1.");
    order += asked().first;
  }
  EXPECT_EQ(order, "p1.p2.p1.p2.");
}

TEST_F(HubCalls, nobody_provides_what_was_withdrawn_or_is_another_space_s) {
  EXPECT_EQ(failure(call("c1.")), Code::not_found);
  provide("p1.");
  provide("p1.", "sum", false);
  provide("p1.", "sum", false);
  EXPECT_EQ(failure(call("c1.")), Code::not_found);
  world.ask(model::Provide{"sum", "p1.", true}, "ann", "meadow");
  EXPECT_EQ(failure(call("c1.")), Code::not_found);
  EXPECT_EQ(world.hub.figures().providers, 1u);
}

TEST_F(HubCalls, a_call_fails_at_once_when_its_provider_goes_away) {
  provide("p1.");
  provide("p2.");
  const model::Ticket first = call("c1.");
  const model::Ticket second = call("c1.");
  gone("p1.");
  EXPECT_EQ(failure(first), Code::closed);
  EXPECT_FALSE(world.is_answered(second));
  call("c1.");
  EXPECT_EQ(asked().first, "p2.");
  EXPECT_EQ(world.hub.figures().providers, 1u);
}

TEST_F(HubCalls, what_a_caller_asked_is_forgotten_when_it_goes_away) {
  provide("p1.");
  const model::Ticket ticket = call("c1.");
  gone("c1.");
  EXPECT_EQ(world.answers[ticket].size(), 1u);
  EXPECT_EQ(world.hub.figures().calls, 0u);
  give("p1.", asked().second.call, "3");
  EXPECT_EQ(world.answers[ticket].size(), 1u);
}

TEST_F(HubCalls, only_the_one_who_was_asked_can_answer) {
  provide("p1.");
  const model::Ticket ticket = call("c1.");
  give("p2.", asked().second.call, "666");
  give("p1.", asked().second.call + 1, "666");
  EXPECT_FALSE(world.is_answered(ticket));
}

TEST_F(HubCalls, a_call_ends_after_10_seconds_or_when_it_was_said_to_at_most_5_minutes) {
  provide("p1.");
  const model::Ticket usual = call("c1.");
  const model::Ticket brief = call("c1.", "sum", 1000);
  const model::Ticket endless = call("c1.", "sum", 1'000'000'000);
  EXPECT_EQ(world.hub.next_wake(), world.now + base::milliseconds(1000));
  world.wake(999);
  EXPECT_FALSE(world.is_answered(brief));
  world.wake(1);
  EXPECT_EQ(failure(brief), Code::timeout);
  world.wake(9'000);
  EXPECT_EQ(failure(usual), Code::timeout);
  world.wake(289'999);
  EXPECT_FALSE(world.is_answered(endless));
  world.wake(1);
  EXPECT_EQ(failure(endless), Code::timeout);
  EXPECT_EQ(world.hub.next_wake(), std::nullopt);
}

TEST_F(HubCalls, who_rejects_a_call_leaves_it_to_another_one) {
  provide("p1.");
  provide("p2.");
  const model::Ticket ticket = call("c1.");
  const auto [first, called] = asked();
  world.reply<model::Done>(
      world.ask(model::Return{.provider = first, .call = called.call, .rejected = true}));
  const auto [second, again] = asked();
  EXPECT_NE(second, first);
  EXPECT_EQ(again.call, called.call);
  EXPECT_FALSE(world.is_answered(ticket));
  give(first, called.call, "1");
  world.ask(model::Return{.provider = second, .call = called.call, .rejected = true});
  EXPECT_EQ(failure(ticket), Code::not_found);
}

TEST_F(HubCalls, who_is_to_accept_a_call_has_a_second_for_it_and_then_the_usual_time) {
  world.ask(model::Provide{.procedure = "sum", .provider = "p1.", .accepts = true});
  const model::Ticket unheard = call("c1.");
  world.wake(999);
  EXPECT_FALSE(world.is_answered(unheard));
  world.wake(1);
  world.reply<model::Unaccepted>(unheard);
  const model::Ticket taken = call("c1.");
  world.reply<model::Done>(world.ask(model::Accept{.provider = "p1.", .call = asked().second.call}));
  world.wake(9'999);
  EXPECT_FALSE(world.is_answered(taken));
  world.wake(1);
  EXPECT_EQ(failure(taken), Code::timeout);
  EXPECT_EQ(world.hub.next_wake(), std::nullopt);
}

TEST_F(HubCalls, a_caller_that_wants_to_hears_that_its_call_is_accepted) {
  provide("p1.");
  world.ask(model::Provide{.procedure = "slow", .provider = "p1.", .accepts = true});
  const auto accepted = [&](model::Ticket ticket) {
    const auto& replies = world.answers[ticket];
    return !replies.empty() && std::holds_alternative<model::Accepted>(replies.front());
  };
  model::Call call{.procedure = "sum", .data = "1", .caller = "c1.", .wants_accepted = true};
  EXPECT_TRUE(accepted(world.ask(call)));
  call.procedure = "slow";
  const model::Ticket slow = world.ask(call);
  EXPECT_FALSE(accepted(slow));
  world.ask(model::Accept{.provider = "p1.", .call = asked().second.call});
  EXPECT_TRUE(accepted(slow));
  give("p1.", asked().second.call, "3");
  EXPECT_TRUE(std::holds_alternative<model::Returned>(world.answers[slow].back()));
}

TEST_F(HubCalls, only_what_was_not_accepted_goes_to_another_provider_when_one_goes_away) {
  world.ask(model::Provide{.procedure = "sum", .provider = "p1.", .accepts = true});
  const model::Ticket taken = call("c1.");
  world.ask(model::Accept{.provider = "p1.", .call = asked().second.call});
  const model::Ticket open = call("c1.");
  world.ask(model::Provide{.procedure = "sum", .provider = "p2.", .accepts = true});
  gone("p1.");
  EXPECT_EQ(failure(taken), Code::closed);
  EXPECT_FALSE(world.is_answered(open));
  EXPECT_EQ(asked().first, "p2.");
  give("p2.", asked().second.call, "3");
  EXPECT_EQ(world.reply<model::Returned>(open).data, "3");
}

TEST_F(HubCalls, a_connection_has_100_open_calls_and_provides_1000_procedures) {
  provide("p1.");
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(world.is_answered(call("c1.")));
  EXPECT_EQ(failure(call("c1.")), Code::quota);
  EXPECT_FALSE(world.is_answered(call("c2.")));
  for (int i = 1; i < 1000; ++i) provide("p1.", "p" + std::to_string(i));
  EXPECT_EQ(failure(provide("p1.", "one more")), Code::quota);
  provide("p1.", "p1", false);
  world.reply<model::Done>(provide("p1.", "one more"));
}

TEST_F(HubCalls, wrong_names_are_refused) {
  for (const std::string& name : {std::string(), std::string(257, 'x'), std::string("a\nb")}) {
    EXPECT_EQ(failure(provide("p1.", name)), Code::invalid);
    EXPECT_EQ(failure(call("c1.", name)), Code::invalid);
    EXPECT_EQ(failure(world.ask(model::Emit{name, "1"})), Code::invalid);
  }
  EXPECT_EQ(failure(provide("p1.", "$x")), Code::forbidden);
  EXPECT_TRUE(world.tells.empty());
}

}  // namespace
}  // namespace rockpool::hub
