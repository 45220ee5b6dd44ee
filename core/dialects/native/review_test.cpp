// What becomes of sessions when accounts and rights change.
#include <map>

#include "core/dialects/native/http_place_test.h"

namespace rockpool::dialects::native {
namespace {

// Lets stand whom it knows, with the roles it knows.
class Accounts final : public dialect::Standing {
 public:
  base::Result<model::Principal> renew(const model::Principal& principal) const override {
    const auto held = roles.find(principal.user);
    if (held == roles.end()) return base::Error{Code::auth, "there is no such account any more", ""};
    model::Principal renewed = principal;
    renewed.roles = held->second;
    return renewed;
  }
  std::map<std::string, std::vector<std::string>> roles;
};

TEST(Review, ends_the_session_of_whoever_is_no_more) {
  Place place;
  place.up();
  place.server().review(place.now, Accounts(), place.steps);
  EXPECT_EQ(place.error(), "auth");
  EXPECT_EQ(place.last<CloseStream>().code, wire::CloseCode::policy);
}

TEST(Review, gives_the_others_the_roles_they_have_now) {
  Place place;
  place.up();
  Accounts accounts;
  accounts.roles["mara"] = {"editor"};
  place.server().review(place.now, accounts, place.steps);
  EXPECT_TRUE(place.all<CloseStream>().empty());
  place.say(R"({"type":"subscribe","sub":"s","collection":"a","snapshot":true})");
  EXPECT_EQ(place.last<Asked>().principal.roles, std::vector<std::string>{"editor"});
}

TEST(Review, sends_away_who_may_do_more_or_less_than_before) {
  Place place;
  place.up();
  Accounts accounts;
  accounts.roles["mara"] = {"editor"};
  place.server().review(place.now, accounts, place.steps);
  place.command<model::Regard>();
  place.answer(model::Regarded{"other"});
  EXPECT_NE(place.sent().at(0).find(R"("type":"bye")"), std::string::npos);
  EXPECT_EQ(place.last<CloseStream>().code, wire::CloseCode::restart);
}

TEST(Review, ends_sessions_over_requests_as_well) {
  HttpPlace place;
  place.up();
  const CarrierId request = place.poll("1");
  place.steps.clear();
  place.server().review(place.now, Accounts(), place.steps);
  place.wait(0);
  EXPECT_NE(place.answered(request).find(R"("code":"auth")"), std::string::npos);
  place.poll("2");
  place.wait(60'000);
  EXPECT_EQ(place.server().census().poll, 0u);
}

TEST(Review, lets_those_be_who_are_about_to_be_identified) {
  Place place;
  place.connect().say(hello);
  place.steps.clear();
  place.server().review(place.now, Accounts(), place.steps);
  EXPECT_TRUE(place.steps.empty());
}

}  // namespace
}  // namespace rockpool::dialects::native
