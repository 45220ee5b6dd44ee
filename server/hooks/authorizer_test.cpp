#include "server/hooks/authorizer.h"

#include <gtest/gtest.h>

namespace rockpool::hooks {
namespace {

base::Result<gateway::Permitted> answer(std::string body, int status = 200) {
  return answer_of({.url = {}, .secret = {}, .ms_max = 1, .cache_seconds = 7},
                   net::Reply{status, std::move(body)});
}

TEST(Authorizer, says_who_wants_what) {
  gateway::Authorize question;
  question.principal.user = "a\"da";
  question.principal.roles = {"editor", "author"};
  question.space = "default";
  question.verb = rights::Verb::remove;
  question.name = "todos";
  EXPECT_EQ(body_of(question),
            R"({"user":"a\"da","roles":["editor","author"],"space":"default","verb":"delete",)"
            R"("kind":"collection","name":"todos"})");
  question.principal = {};
  EXPECT_TRUE(body_of(question).starts_with(R"({"user":null,"roles":[],)"));
}

TEST(Authorizer, yes_and_no_hold_for_as_long_as_the_owner_says) {
  const auto yes = answer(R"({"allow":true,"why":"x"})");
  ASSERT_TRUE(yes.ok());
  EXPECT_TRUE(yes->allowed);
  EXPECT_EQ(yes->holds, base::seconds(7));
  const auto no = answer(R"({"allow":false})");
  ASSERT_TRUE(no.ok());
  EXPECT_FALSE(no->allowed);
}

TEST(Authorizer, anything_else_is_no_answer) {
  for (const char* body : {R"({"allow":1})", R"({"allow":"true"})", "{}", "true", "", "{", "[true]"}) {
    EXPECT_FALSE(answer(body).ok()) << body;
  }
  EXPECT_FALSE(answer(R"({"allow":true})", 201).ok());
  EXPECT_FALSE(answer(R"({"allow":true})", 302).ok());
  const auto late = answer_of({}, base::Error{base::Code::timeout, "no answer in time", ""});
  ASSERT_FALSE(late.ok());
  EXPECT_EQ(late.error().code, base::Code::overloaded);
}

}  // namespace
}  // namespace rockpool::hooks
