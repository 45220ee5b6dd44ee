#include "server/net/secrets.h"

#include <gtest/gtest.h>

namespace rockpool::net {
namespace {

TEST(Secrets, an_address_without_a_query_stays_as_it_is) {
  EXPECT_EQ(without_secrets("/v1/poll", ""), "/v1/poll");
}

TEST(Secrets, values_of_keys_that_carry_tokens_are_cut_out_and_the_rest_stays) {
  EXPECT_EQ(without_secrets("/v1/poll", "n=3&session=abc&x=1"), "/v1/poll?n=3&session=***&x=1");
  EXPECT_EQ(without_secrets("/", "jwt_token=a.b.c"), "/?jwt_token=***");
  EXPECT_EQ(without_secrets("/", "accessToken=a&token=b"), "/?accessToken=***&token=***");
}

TEST(Secrets, another_spelling_of_the_key_hides_nothing) {
  EXPECT_EQ(without_secrets("/", "TOKEN=a"), "/?TOKEN=***");
  EXPECT_EQ(without_secrets("/", "%74oken=a"), "/?%74oken=***");
  EXPECT_EQ(without_secrets("/", "%zz=a"), "/?%zz=***");
}

TEST(Secrets, keys_of_projects_are_cut_out) {
  EXPECT_EQ(without_secrets("/", "key=a&masterKey=b&uniqueId=c"), "/?key=***&masterKey=***&uniqueId=c");
}

TEST(Secrets, names_of_channels_are_cut_out) {
  EXPECT_EQ(without_secrets("/datocms/listen/channels/abc-1", ""), "/datocms/listen/channels/***");
  EXPECT_EQ(without_secrets("/datocms/listen/channels/abc-1/x", "token=a"),
            "/datocms/listen/channels/***?token=***");
}

TEST(Secrets, a_key_twice_is_cut_out_twice) {
  EXPECT_EQ(without_secrets("/", "token=a&token=b=c"), "/?token=***&token=***");
}

}  // namespace
}  // namespace rockpool::net
