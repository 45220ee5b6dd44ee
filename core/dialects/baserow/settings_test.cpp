#include "core/dialects/baserow/settings.h"

#include <gtest/gtest.h>

namespace rockpool::dialects::baserow {
namespace {

const std::string secret = R"("jwtSecret":"0123456789abcdef0123456789abcdef")";

std::string mistake_in(const std::string& text) {
  const auto settings = read_settings(text);
  EXPECT_FALSE(settings.ok()) << text;
  return settings.ok() ? "" : settings.error().message;
}

TEST(BaserowSettings, have_the_usual_figures) {
  const auto settings = read_settings("{" + secret + "}");
  ASSERT_TRUE(settings.ok());
  EXPECT_EQ(settings->access_ms, 600'000);
  EXPECT_EQ(settings->refresh_ms, 7 * 86'400'000);
  EXPECT_EQ(settings->deletion_grace_ms, 30ll * 86'400'000);
  EXPECT_EQ(settings->trash_grace_ms, 3 * 86'400'000);
  EXPECT_TRUE(settings->registration);
  EXPECT_EQ(settings->profile, Profile::seed);
  EXPECT_EQ(settings->keys, Keys::group);
  EXPECT_EQ(settings->order_ids, OrderIds::hashed);
}

TEST(BaserowSettings, are_read) {
  const auto settings = read_settings("{" + secret +
                                      R"(,"registration":false,"profile":"upstream","keys":"workspace",
      "orderIds":"plain","accessTokenSeconds":60,"refreshTokenSeconds":120,"accountDeletionGraceSeconds":3,
      "trashGraceSeconds":4,"logSeconds":5,"logEvents":6})");
  ASSERT_TRUE(settings.ok());
  EXPECT_FALSE(settings->registration);
  EXPECT_EQ(settings->profile, Profile::upstream);
  EXPECT_EQ(settings->keys, Keys::workspace);
  EXPECT_EQ(settings->order_ids, OrderIds::plain);
  EXPECT_EQ(settings->access_ms, 60'000);
  EXPECT_EQ(settings->refresh_ms, 120'000);
  EXPECT_EQ(settings->deletion_grace_ms, 3'000);
  EXPECT_EQ(settings->trash_grace_ms, 4'000);
  EXPECT_EQ(settings->log_ms, 5'000);
  EXPECT_EQ(settings->log_events, 6u);
}

TEST(BaserowSettings, name_what_is_wrong) {
  EXPECT_EQ(mistake_in("{}"), "jwtSecret: is missing; give a text of at least 32 bytes");
  EXPECT_EQ(mistake_in(R"({"jwtSecret":"short"})"), "jwtSecret: give a text of at least 32 bytes");
  EXPECT_EQ(mistake_in("{" + secret + R"(,"profile":"other"})"), "profile: give seed or upstream");
  EXPECT_EQ(mistake_in("{" + secret + R"(,"keys":7})"), "keys: give group, both or workspace");
  EXPECT_EQ(mistake_in("{" + secret + R"(,"registration":1})"), "registration: give true or false");
  EXPECT_EQ(mistake_in("{" + secret + R"(,"accessTokenSeconds":0})"),
            "accessTokenSeconds: give a number from 1 to 315360000");
  EXPECT_EQ(mistake_in("{" + secret + R"(,"logSeconds":86401})"),
            "logSeconds: give a number from 1 to 86400");
  EXPECT_EQ(mistake_in("{" + secret + R"(,"secret":"x"})").find("secret: is not known"), 0u);
  EXPECT_EQ(mistake_in("[]"), "baserow: give an object");
}

}  // namespace
}  // namespace rockpool::dialects::baserow
