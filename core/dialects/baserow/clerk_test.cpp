#include "core/dialects/baserow/clerk.h"

#include <gtest/gtest.h>

namespace rockpool::dialects::baserow {
namespace {

// A clerk whose questions are answered by hand.
class BaserowClerk : public testing::Test {
 protected:
  Job job(const std::string& name) {
    return {.author = 7,
            .plan = [this, name](Plan& plan) -> MaybeFault {
              planned.push_back(name);
              plan.put(Group{.id = plan.next_id(Kind::group), .name = name});
              return std::nullopt;
            },
            .done = [this, name](ServerSteps&) { done.push_back(name); },
            .refuse = [this, name](const Fault& fault,
                                   ServerSteps&) { refused.push_back(name + " " + text_of(fault)); }};
  }
  void change(const std::string& name) { clerk.change(now, job(name), steps); }
  // The one question that is open.
  const dialect::Asked& question() { return std::get<dialect::Asked>(steps.back()); }
  void answer(const model::Reply& reply) { EXPECT_TRUE(clerk.answer(now, question().ticket, reply, steps)); }
  static model::Written acked(std::uint64_t seq) {
    return {.outcomes = {model::Acked{.version = 1, .seq = seq}, model::Acked{.version = 1, .seq = seq}}};
  }
  // The log has come so far.
  void tell(std::uint64_t seq) {
    model::Change change{.seq = seq};
    change.record.key = {"other", "x"};
    const model::Topic topic{.space = "default", .name = "other"};
    books.watch({{topic, model::Changed{.changes = {change}, .cursor = {}}}});
    clerk.seen(now, steps);
  }

  Desk desk{{}, {}, base::Prng(1)};
  Books books{desk};
  Clerk clerk{desk, books};
  Instant now{1'700'000'000'000};
  ServerSteps steps;
  std::vector<std::string> planned, done, refused;
};

TEST_F(BaserowClerk, makes_one_change_after_the_other) {
  change("a");
  change("b");
  EXPECT_EQ(planned, std::vector<std::string>{"a"});
  const auto& write = std::get<model::Write>(question().command);
  EXPECT_EQ(write.author, 7u);
  EXPECT_TRUE(write.owns);
  ASSERT_EQ(write.groups.size(), 1u);
  EXPECT_EQ(write.groups[0][0].key.id, "counter/group");
  EXPECT_EQ(write.groups[0][0].base, 0u);
  EXPECT_EQ(write.groups[0][1].key.id, "group/1");
  answer(acked(5));
  EXPECT_EQ(done, std::vector<std::string>()) << "the books have not seen it";
  tell(4);
  EXPECT_EQ(done, std::vector<std::string>());
  tell(5);
  EXPECT_EQ(done, std::vector<std::string>{"a"});
  EXPECT_EQ(planned, (std::vector<std::string>{"a", "b"}));
}

TEST_F(BaserowClerk, plans_anew_when_somebody_was_quicker) {
  change("a");
  answer(model::Written{.outcomes = {model::Conflicted{.data = {}}, model::Held{}}});
  EXPECT_EQ(planned, (std::vector<std::string>{"a", "a"}));
  answer(acked(5));
  tell(5);
  EXPECT_EQ(done, std::vector<std::string>{"a"});
}

TEST_F(BaserowClerk, gives_up_after_some_tries_and_goes_on_with_the_next) {
  change("a");
  change("b");
  for (int i = 0; i < 16; ++i) answer(model::Written{.outcomes = {model::Conflicted{.data = {}}}});
  ASSERT_EQ(refused.size(), 1u);
  EXPECT_EQ(refused[0].find(R"(a {"error":"ERROR_NOT_AVAILABLE")"), 0u);
  EXPECT_EQ(planned.back(), "b");
  answer(acked(5));
  tell(5);
  EXPECT_EQ(done, std::vector<std::string>{"b"});
}

TEST_F(BaserowClerk, says_what_the_hub_says) {
  change("a");
  change("b");
  change("c");
  answer(model::Failed{.error = {.code = base::Code::overloaded, .message = "busy", .path = {}}});
  answer(model::Written{
      .outcomes = {model::Declined{.error = {.code = base::Code::quota, .message = "full", .path = {}}}}});
  ASSERT_EQ(refused.size(), 2u);
  EXPECT_EQ(refused[0].find(R"(a {"error":"ERROR_NOT_AVAILABLE")"), 0u);
  EXPECT_EQ(refused[1], R"(b {"error":"ERROR_REQUEST_TOO_LARGE","detail":"full"})");
  EXPECT_EQ(planned.back(), "c");
}

TEST_F(BaserowClerk, is_done_at_once_with_what_changes_nothing) {
  Job nothing = job("nothing");
  nothing.plan = [](Plan&) -> MaybeFault { return std::nullopt; };
  clerk.change(now, nothing, steps);
  EXPECT_EQ(done, std::vector<std::string>{"nothing"});
  Job wrong = job("wrong");
  wrong.plan = [](Plan&) -> MaybeFault { return Fault{.wrong = Wrong::no_group}; };
  clerk.change(now, wrong, steps);
  EXPECT_EQ(refused.size(), 1u);
  EXPECT_TRUE(steps.empty());
}

TEST_F(BaserowClerk, waits_for_all_entries_of_a_change_that_takes_several) {
  change("a");
  model::Written first = acked(5);
  first.more = true;
  answer(first);
  tell(5);
  EXPECT_EQ(done, std::vector<std::string>());
  answer(acked(6));
  tell(6);
  EXPECT_EQ(done, std::vector<std::string>{"a"});
}

TEST_F(BaserowClerk, lets_so_many_wait_and_no_more) {
  for (int i = 0; i < 10'000; ++i) change("a");
  EXPECT_TRUE(refused.empty());
  change("b");
  EXPECT_EQ(refused.size(), 1u);
}

// A job that brings in another one waits for nobody.
TEST_F(BaserowClerk, takes_a_change_that_another_one_brings) {
  Job first = job("first");
  first.done = [this](ServerSteps&) { change("second"); };
  clerk.change(now, first, steps);
  answer(acked(5));
  tell(5);
  EXPECT_EQ(planned, (std::vector<std::string>{"first", "second"}));
}

}  // namespace
}  // namespace rockpool::dialects::baserow
