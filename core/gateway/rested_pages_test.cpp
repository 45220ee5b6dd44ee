// What RESTED's server does for pages of our own SDK, and nobody else notices.
#include "core/gateway/rested_place_test.h"

namespace rockpool::gateway {
namespace {

class RestedPages : public testing::Test {
 protected:
  RestedPages() {
    rested.make_project();
    rested.make_endpoint("parts");
  }
  std::string at(const std::string& more = "") const { return rested.at("parts", more); }

  Rested rested;
  const std::string own_id = "0190a5b1c2d37000a000000000000001";
};

TEST_F(RestedPages, versions_are_for_who_asks) {
  const std::string made = rested.write("POST", at("&versions=true"), "1");
  EXPECT_EQ(Rested::member(made, "version"), "1");
  const std::string id = "&uniqueId=" + Rested::member(made, "uniqueId");
  EXPECT_EQ(Rested::member(rested.ask("GET", at(id + "&versions=true")), "version"), "1");
  EXPECT_EQ(Rested::member(rested.ask("GET", at(id)), "version").substr(0, 4), "none");
  EXPECT_EQ(Rested::member(rested.write("PUT", at(id + "&versions=true"), "2"), "version"), "2");
  EXPECT_NE(rested.ask("GET", at("&versions=true")).find(R"("version":2)"), std::string::npos);
  EXPECT_EQ(rested.ask("GET", at()).find("version"), std::string::npos);
}

TEST_F(RestedPages, a_write_to_another_version_is_refused) {
  const std::string id = "&uniqueId=" + rested.add("parts", R"({"a":1})");
  EXPECT_EQ(Rested::status(rested.write("PUT", at(id + "&version=1"), R"({"a":2})")), "200");
  for (const std::string version : {"1", "3", "", "two"}) {
    EXPECT_EQ(Rested::status(rested.write("PUT", at(id + "&version=" + version), "3")), "412") << version;
    EXPECT_EQ(Rested::status(rested.write("PATCH", at(id + "&version=" + version), "{}")), "412");
    EXPECT_EQ(Rested::status(rested.ask("DELETE", at(id + "&version=" + version))), "412");
  }
  EXPECT_EQ(Rested::status(rested.ask("DELETE", at(id + "&version=2"))), "200");
}

TEST_F(RestedPages, a_record_that_is_named_is_made_once) {
  const std::string first = rested.write("POST", at("&uniqueId=" + own_id), "1");
  EXPECT_EQ(Rested::member(first, "uniqueId"), own_id);
  EXPECT_EQ(rested.write("POST", at("&uniqueId=" + own_id), "2"), first) << "what is there, as it is";
  EXPECT_EQ(rested.ask("GET", at("&dataOnly=true")), "200 [1]");
  for (const std::string& id :
       {std::string("short"), own_id + "0", std::string("726f636b706f6f6c0000000000000001"),
        own_id + "," + std::string(32, 'a')})
    EXPECT_EQ(Rested::status(rested.write("POST", at("&uniqueId=" + id), "1")), "400") << id;
}

TEST_F(RestedPages, a_record_of_somebody_else_is_not_shown_to_who_would_make_it) {
  rested.make_endpoint("users", R"(,"authentication":true)");
  rested.make_endpoint("vault", R"(,"secure":true)");
  const auto ann = rested.make_user("users", "ann"), bob = rested.make_user("users", "bob");
  const std::string target = rested.at("vault", "&uniqueId=" + own_id);
  EXPECT_EQ(Rested::status(rested.write("POST", target, "1", Rested::as(ann.second))), "200");
  EXPECT_EQ(Rested::status(rested.write("POST", target, "1", Rested::as(bob.second))), "403");
}

TEST_F(RestedPages, messages_to_who_resumes_and_asks_for_it_say_versions) {
  const std::string id = "&uniqueId=" + rested.add("parts", "1");
  rested.ask("GET", at());
  const std::string cursor = rested.last_header("Rockpool-Cursor");
  const auto plain = rested.socket(at());
  rested.write("PUT", at(id), "2");
  const auto resumes = rested.socket(at("&versions=true&since=" + cursor));
  rested.ask("DELETE", at(id));
  ASSERT_EQ(rested.frames(resumes).size(), 2u);
  EXPECT_EQ(Rested::member(rested.frames(resumes)[0], "version"), "2");
  EXPECT_EQ(Rested::member(rested.frames(resumes)[1], "version"), "3");
  for (const std::string& frame : rested.frames(plain))
    EXPECT_EQ(frame.find("version"), std::string::npos) << frame;
}

}  // namespace
}  // namespace rockpool::gateway
