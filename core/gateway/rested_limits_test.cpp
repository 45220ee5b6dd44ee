// RESTED: what records may become, and how large answers may be.
#include "core/gateway/rested_place_test.h"

namespace rockpool::gateway {
namespace {

class RestedLimits : public testing::Test {
 protected:
  RestedLimits() {
    rested.make_project();
    rested.make_endpoint("parts");
  }
  std::string at(const std::string& more = "") const { return rested.at("parts", more); }
  std::string get(const std::string& more = "") { return rested.ask("GET", at(more)); }
  void replace(const std::string& id, const std::string& data) {
    EXPECT_EQ(Rested::status(rested.write("PUT", at("&uniqueId=" + id), data)), "200");
  }
  // What takes several turns of the server.
  std::string get_in_turns(const std::string& more) {
    const auto carrier = rested.send("GET", at(more));
    for (turns = 1; rested.answer(carrier) == "not answered" && turns < 1000; ++turns) rested.world.wait(0);
    return rested.answer(carrier);
  }

  Rested rested;
  int turns = 0;
};

// An object of as many members, `more` behind them.
std::string object_of(int first, int count, const std::string& more = "") {
  std::string members;
  for (int i = first; i < first + count; ++i)
    members.append(members.empty() ? "{" : ",").append("\"m" + std::to_string(i) + "\":1");
  return members + more + '}';
}

TEST_F(RestedLimits, what_is_merged_keeps_to_the_limits_of_records) {
  const std::string id = rested.add("parts", object_of(0, 5'000));
  const auto merge = [&](const std::string& patch) {
    return rested.write("PATCH", at("&dataOnly=true&uniqueId=" + id), patch);
  };
  EXPECT_EQ(Rested::status(merge(object_of(5'000, 5'000))), "200") << "10,000 keys are allowed";
  const std::string over = merge(R"({"one":1})");
  EXPECT_EQ(Rested::status(over), "413");
  EXPECT_NE(Rested::member(over, "error").find("10000"), std::string::npos) << over;
  EXPECT_EQ(Rested::status(merge(R"({"m1":{"a":[1]}})")), "200") << "what is there may be changed";
  replace(id, R"({"a":")" + std::string(600'000, 'x') + R"("})");
  EXPECT_EQ(Rested::status(merge(R"({"b":")" + std::string(600'000, 'x') + R"("})")), "413");
  const std::string many = '[' + object_of(0, 9'000) + std::string(",1") + ']';
  replace(id, R"({"a":)" + many + R"(,"b":)" + many + R"(,"c":)" + many + R"(,"d":)" + many + R"(,"e":)" +
                  many + '}');
  EXPECT_EQ(Rested::status(merge(R"({"f":)" + many + R"(,"g":)" + many + R"(,"h":)" + many + R"(,"i":)" +
                                 many + R"(,"j":)" + many + R"(,"k":)" + many + R"(,"l":)" + many + '}')),
            "413")
      << "100,000 values";
}

TEST_F(RestedLimits, answers_that_would_be_too_large_are_refused) {
  const std::string large = '"' + std::string(1'000'000, 'x') + '"';
  std::string ids, one;
  for (int i = 0; i < 34; ++i) one = rested.add("parts", large);
  for (int i = 0; i < 34; ++i) ids += "&uniqueId=" + one;
  for (const std::string& more : {std::string(), ids, std::string("&limit=34"), "&dataOnly=true" + ids}) {
    const std::string answer = get_in_turns(more);
    EXPECT_EQ(Rested::status(answer), "400") << more;
    EXPECT_NE(answer.find("32 MiB"), std::string::npos) << more;
  }
  EXPECT_EQ(Rested::status(get_in_turns("&limit=33")), "200");
  EXPECT_EQ(get_in_turns("&jsonata=$count($)"), "200 34") << "which takes no room";
  EXPECT_EQ(Rested::status(get("&uniqueId=" + one)), "200");
}

TEST_F(RestedLimits, all_that_is_in_an_answer_counts_and_not_the_data_alone) {
  constexpr int batches = 25, records = 10'000;
  for (int i = 0; i < batches; ++i) {
    model::Write write{.client = {}, .groups = {{}}, .owns = true};
    for (int j = 0; j < records; ++j)
      write.groups[0].push_back(put(1, std::to_string(i) + '-' + std::to_string(j), "1", 0, "parts"));
    rested.world.gateway->ask(rested.world.now, {.ticket = edge_tickets,
                                                 .principal = {.system = true},
                                                 .space = "default",
                                                 .command = std::move(write)});
    rested.world.perform();
  }
  EXPECT_EQ(get_in_turns("&dataOnly=true").substr(0, 8), "200 [1,1");
  EXPECT_GT(turns, 10) << "others have their turn meanwhile";
  EXPECT_EQ(get_in_turns("").substr(0, 54), R"(400 {"error":"the answer would be larger than 32 MiB; )");
  EXPECT_EQ(get_in_turns("&jsonata=$count($)"), "200 250000");
  const auto first = rested.send("GET", at("&dataOnly=true")), second = rested.send("GET", at("&limit=1000"));
  const auto third = rested.send("GET", at("&dataOnly=true"));
  EXPECT_NE(rested.answer(second), "not answered") << "what is short waits for nobody";
  while (rested.answer(first) == "not answered") {
    EXPECT_EQ(rested.answer(third), "not answered") << "one after the other";
    rested.world.wait(0);
  }
  while (rested.answer(third) == "not answered") rested.world.wait(0);
  EXPECT_EQ(rested.answer(third), rested.answer(first));
  const auto gone = rested.send("GET", at());
  EXPECT_EQ(rested.world.gateway->next_wake(), base::Instant()) << "it goes on by itself";
  rested.world.feed(gone, dialect::Closed{});
  EXPECT_NE(rested.world.gateway->next_wake(), base::Instant()) << "nobody waits for it";
}

TEST_F(RestedLimits, a_record_as_deep_as_one_may_be_is_found_by_jsonata) {
  const std::string deep = R"({"is":"deep","in":)" + std::string(63, '[') + std::string(63, ']') + '}';
  rested.add("parts", deep);
  EXPECT_NE(get("&jsonata=" + wire::percent_encode(R"($[data.is="deep"])")).find(deep), std::string::npos);
}

}  // namespace
}  // namespace rockpool::gateway
