#include "core/dialects/baserow/tokens.h"

#include <gtest/gtest.h>

namespace rockpool::dialects::baserow {
namespace {

TEST(BaserowTokens, say_what_the_contract_says_and_are_read_again) {
  Desk desk{{}, {}, base::Prng(1)};
  const Claims access = new_claims(desk, {1'700'000'000'000}, 7, false);
  EXPECT_EQ(claims_text(access), R"({"token_type":"access","exp":1700000600,"iat":1700000000,"jti":")" +
                                     access.jti + R"(","user_id":7})");
  EXPECT_EQ(access.jti.size(), 32u);
  const Claims refresh = new_claims(desk, {1'700'000'000'000}, 7, true);
  EXPECT_EQ(refresh.expires_ms - refresh.issued_ms, 7 * 86'400'000);
  EXPECT_NE(refresh.jti, access.jti);
  const auto again = read_claims(claims_text(refresh));
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->refreshes);
  EXPECT_EQ(again->user, 7u);
  EXPECT_EQ(again->expires_ms, refresh.expires_ms);
}

TEST(BaserowTokens, that_say_something_else_are_none) {
  for (const char* text : {"", "[]", "{}", R"({"token_type":"access","exp":1700000600})",
                           R"({"token_type":"access","user_id":7})", R"({"exp":1700000600,"user_id":7})",
                           R"({"token_type":"other","exp":1700000600,"user_id":7})",
                           R"({"token_type":7,"exp":1700000600,"user_id":7})",
                           R"({"token_type":"access","exp":"1700000600","user_id":7})",
                           R"({"token_type":"access","exp":-1,"user_id":7})",
                           R"({"token_type":"access","exp":9007199254740991,"user_id":7})",
                           R"({"token_type":"access","exp":1700000600,"user_id":"7"})"})
    EXPECT_FALSE(read_claims(text)) << text;
}

}  // namespace
}  // namespace rockpool::dialects::baserow
