#include "core/gateway/permits.h"

#include <gtest/gtest.h>

namespace rockpool::gateway {
namespace {

using base::Code;
using rights::Verb;

class PermitsTest : public ::testing::Test {
 protected:
  PermitsTest() { permits.reset(decisions); }

  Permits::Turn ask(model::Command command, const std::string& user = "ann") {
    return permits.take(
        now,
        {.ticket = ++last_ticket, .principal = {.user = user}, .space = "s", .command = std::move(command)});
  }
  Permits::Turn say(const Authorize& question, bool allowed, std::int64_t holds_ms = 10'000) {
    return permits.answered(now, question.ticket, Permitted{allowed, base::milliseconds(holds_ms)});
  }
  static std::vector<model::Ticket> tickets(const Permits::Turn& turn) {
    std::vector<model::Ticket> all;
    for (const auto& ready : turn.ready) all.push_back(ready.ask.ticket);
    return all;
  }
  const rights::Decisions::Decision* decision(Verb verb, const std::string& name) {
    return decisions->find({"ann", "s", verb, rights::Kind::collection, name});
  }

  hub::Hub hub{hub::Limits(), base::Prng(1)};
  std::shared_ptr<rights::Decisions> decisions = std::make_shared<rights::Decisions>();
  Permits permits{hub};
  base::Instant now{1'000'000};
  model::Ticket last_ticket = 0;
};

TEST_F(PermitsTest, a_question_waits_until_the_service_has_answered) {
  const auto turn = ask(model::Scan{"tasks"});
  ASSERT_EQ(turn.questions.size(), 1u);
  EXPECT_TRUE(turn.ready.empty());
  EXPECT_EQ(turn.questions[0].verb, Verb::read);
  EXPECT_EQ(turn.questions[0].name, "tasks");
  EXPECT_EQ(turn.questions[0].principal.user, "ann");
  EXPECT_EQ(tickets(say(turn.questions[0], true)), std::vector<model::Ticket>{1});
  EXPECT_TRUE(decision(Verb::read, "tasks")->allowed);
  const auto again = ask(model::Scan{"tasks"});
  EXPECT_TRUE(again.questions.empty());
  EXPECT_EQ(tickets(again), std::vector<model::Ticket>{2});
}

TEST_F(PermitsTest, nothing_overtakes_what_the_same_people_asked_before) {
  const auto first = ask(model::Scan{"a"});
  const auto second = ask(model::Scan{"b"});
  EXPECT_EQ(tickets(ask(model::Regard{})).size(), 0u);
  EXPECT_EQ(tickets(ask(model::Regard{}, "bob")).size(), 1u) << "others are not held up";
  EXPECT_TRUE(say(second.questions[0], true).ready.empty());
  EXPECT_EQ(tickets(say(first.questions[0], true)), (std::vector<model::Ticket>{1, 2, 3}));
}

TEST_F(PermitsTest, equal_questions_are_put_once) {
  const auto first = ask(model::Scan{"a"});
  EXPECT_TRUE(ask(model::Scan{"a"}).questions.empty());
  EXPECT_EQ(tickets(say(first.questions[0], false)).size(), 2u);
  EXPECT_FALSE(decision(Verb::read, "a")->allowed);
}

TEST_F(PermitsTest, a_write_is_asked_about_by_what_it_does_and_by_what_its_conflict_would_tell) {
  const model::Mutation put{.number = 1, .key = {"a", "1"}, .op = model::Op::put, .path = {}, .data = "1"};
  const model::Mutation gone{.number = 2, .key = {"b", "1"}, .op = model::Op::remove, .path = {}, .data = ""};
  std::vector<std::pair<Verb, std::string>> asked;
  for (const auto& one : ask(model::Write{"client-1", 0, {}, {{put}, {gone}}}).questions) {
    asked.emplace_back(one.verb, one.name);
  }
  const std::vector<std::pair<Verb, std::string>> all = {
      {Verb::read, "a"}, {Verb::read, "b"}, {Verb::create, "a"}, {Verb::remove, "b"}};
  EXPECT_EQ(asked, all);
}

TEST_F(PermitsTest, without_an_answer_a_question_fails_and_can_be_asked_again) {
  const auto turn = ask(model::Scan{"a"});
  const auto failed =
      permits.answered(now, turn.questions[0].ticket, base::Error{Code::overloaded, "it sleeps", ""});
  ASSERT_EQ(failed.ready.size(), 1u);
  EXPECT_EQ(failed.ready[0].error->message, "it sleeps");
  EXPECT_EQ(decision(Verb::read, "a"), nullptr);
  EXPECT_EQ(ask(model::Scan{"a"}).questions.size(), 1u);
}

TEST_F(PermitsTest, answers_are_asked_for_again_when_they_have_run_out) {
  say(ask(model::Scan{"a"}).questions[0], true, 500);
  now = now + base::milliseconds(500);
  EXPECT_EQ(ask(model::Scan{"a"}).questions.size(), 1u);
}

TEST_F(PermitsTest, what_somebody_listens_to_is_asked_again_unasked) {
  say(ask(model::CatchUp{"a", {}, 0}).questions[0], true, 1000);
  say(ask(model::Scan{"a"}).questions[0], true, 1000);
  EXPECT_TRUE(permits.wake(now).questions.empty());
  now = now + base::seconds(1);
  const auto turn = permits.wake(now);
  ASSERT_EQ(turn.questions.size(), 1u) << "not what was only read";
  EXPECT_TRUE(say(turn.questions[0], false, 1000).turned);
  EXPECT_EQ(decisions->turns("ann", "s"), 1u);
  now = now + base::seconds(2);
  EXPECT_TRUE(permits.wake(now).questions.empty()) << "it is not heard any more";
}

TEST_F(PermitsTest, a_service_that_does_not_answer_is_left_in_peace_for_a_while) {
  say(ask(model::CatchUp{"a", {}, 0}).questions[0], true, 1000);
  now = now + base::seconds(1);
  permits.answered(now, permits.wake(now).questions.at(0).ticket, base::Error{Code::overloaded, "", ""});
  now = now + base::seconds(2);
  EXPECT_TRUE(permits.wake(now).questions.empty());
  now = now + base::seconds(4);
  EXPECT_EQ(permits.wake(now).questions.size(), 1u);
}

TEST_F(PermitsTest, whoever_is_gone_is_forgotten) {
  say(ask(model::CatchUp{"a", {}, 0}).questions[0], true, 1000);
  now = now + base::seconds(61);
  EXPECT_TRUE(permits.wake(now).questions.empty());
  EXPECT_TRUE(decisions->all().empty());
  EXPECT_FALSE(permits.next_wake());
}

TEST_F(PermitsTest, the_hub_goes_by_what_was_decided) {
  rights::Rights rights;
  rights.add_space("s", {.access = rights::Access::service, .names = {}});
  const model::Principal ann{.user = "ann"};
  EXPECT_TRUE(rights.is_asked("s"));
  EXPECT_TRUE(rights.collection("s", "a").sight(ann, Verb::read).is_nothing());
  rights.decisions()->put({"ann", "s", Verb::read, rights::Kind::collection, "a"}, {true, now});
  EXPECT_TRUE(rights.collection("s", "a").sight(ann, Verb::read).is_everything());
  const auto before = rights.mark(ann, "s");
  rights.decisions()->put({"ann", "s", Verb::read, rights::Kind::collection, "a"}, {false, now});
  EXPECT_NE(rights.mark(ann, "s").all, before.all);
  EXPECT_FALSE(rights.check(ann, "s", Verb::emit, rights::Kind::event, "e").ok());
}

}  // namespace
}  // namespace rockpool::gateway
