#include "core/query/live_query.h"

#include <algorithm>
#include <map>

#include <gtest/gtest.h>

#include "core/base/prng.h"

namespace rockpool::query {
namespace {

using Records = std::map<std::string, std::string>;
using Ids = std::vector<std::string>;
using Kind = Step::Kind;

LiveQuery live(std::string_view query, const Records& records) {
  auto spec = parse(query);
  EXPECT_TRUE(spec) << spec.error().message;
  LiveQuery made(*std::move(spec));
  made.fill([&](const LiveQuery::Visit& visit) {
    for (const auto& [id, json] : records) visit(id, json);
  });
  made.drain();
  return made;
}

Ids window(const LiveQuery& query) {
  Ids ids;
  for (std::size_t i = 0; i < query.size(); ++i) ids.emplace_back(query.id_at(i));
  return ids;
}

std::string row(int n) { return "{\"n\":" + std::to_string(n) + "}"; }
Step enter(std::size_t index, std::string id, bool moved = false) {
  return {Kind::enter, index, std::move(id), moved};
}
Step leave(std::size_t index, std::string id, bool moved = false) {
  return {Kind::leave, index, std::move(id), moved};
}
Step change(std::size_t index, std::string id) { return {Kind::change, index, std::move(id), false}; }

const Records four = {{"a", row(4)}, {"b", row(3)}, {"c", row(2)}, {"d", row(1)}};

TEST(LiveQuery, begins_with_steps_that_make_its_window) {
  auto spec = parse(R"({"orderBy":"n","limit":2})");
  LiveQuery query(*std::move(spec));
  query.fill([](const LiveQuery::Visit& visit) {
    for (const auto& [id, json] : four) visit(id, json);
  });
  EXPECT_EQ(query.drain(), (std::vector{enter(0, "d"), enter(1, "c")}));
  EXPECT_EQ(query.drain(), std::vector<Step>{});
  EXPECT_EQ(query.total(), 4u);
  EXPECT_TRUE(query.has_more());
}

TEST(LiveQuery, a_new_row_pushes_the_last_one_out_of_the_window) {
  LiveQuery query = live(R"({"orderBy":"n","limit":2})", four);
  query.changed("e", row(0));
  EXPECT_EQ(query.drain(), (std::vector{leave(1, "c"), enter(0, "e")}));
  query.changed("f", row(9));
  EXPECT_EQ(query.drain(), std::vector<Step>{});
  EXPECT_EQ(query.total(), 6u);
}

TEST(LiveQuery, a_row_that_goes_lets_the_next_one_in) {
  LiveQuery query = live(R"({"orderBy":"n","limit":2})", four);
  query.changed("d", "");
  EXPECT_EQ(query.drain(), (std::vector{leave(0, "d"), enter(1, "b")}));
  query.changed("d", "");
  EXPECT_EQ(query.drain(), std::vector<Step>{});
}

TEST(LiveQuery, a_row_that_no_longer_fits_leaves) {
  LiveQuery query = live(R"({"where":{"n":{"$gt":1}},"orderBy":"n"})", four);
  query.changed("b", row(0));
  EXPECT_EQ(query.drain(), (std::vector{leave(1, "b")}));
  EXPECT_EQ(window(query), (Ids{"c", "a"}));
}

TEST(LiveQuery, a_row_that_keeps_its_place_changes) {
  LiveQuery query = live(R"({"orderBy":"n","limit":2})", four);
  query.changed("c", R"({"n":2,"x":1})");
  EXPECT_EQ(query.drain(), (std::vector{change(1, "c")}));
  query.changed("c", R"({"n":2.5})");
  EXPECT_EQ(query.drain(), (std::vector{change(1, "c")}));
  query.changed("a", R"({"n":4,"x":1})");
  EXPECT_EQ(query.drain(), std::vector<Step>{}) << "outside of the window";
}

TEST(LiveQuery, a_row_that_moves_leaves_and_enters_as_moved) {
  LiveQuery query = live(R"({"orderBy":"n"})", four);
  query.changed("a", row(0));
  EXPECT_EQ(query.drain(), (std::vector{leave(3, "a", true), enter(0, "a", true)}));
  EXPECT_EQ(window(query), (Ids{"a", "d", "c", "b"}));
}

TEST(LiveQuery, moving_across_the_end_of_the_window_swaps_two_rows) {
  LiveQuery query = live(R"({"orderBy":"n","limit":2})", four);
  query.changed("d", row(9));
  EXPECT_EQ(query.drain(), (std::vector{leave(0, "d"), enter(1, "b")}));
  query.changed("d", row(1));
  EXPECT_EQ(query.drain(), (std::vector{leave(1, "b"), enter(0, "d")}));
}

TEST(LiveQuery, many_changes_give_only_their_difference) {
  LiveQuery query = live(R"({"orderBy":"n"})", four);
  query.changed("e", row(0));
  query.changed("e", "");
  query.changed("a", row(9));
  query.changed("a", row(4));
  query.changed("c", "");
  query.changed("f", row(7));
  EXPECT_EQ(query.drain(), (std::vector{leave(1, "c"), change(2, "a"), enter(3, "f")}));
}

TEST(LiveQuery, more_raises_the_limit) {
  LiveQuery query = live(R"({"orderBy":"n","limit":1})", four);
  query.more(2);
  EXPECT_EQ(query.drain(), (std::vector{enter(1, "c"), enter(2, "b")}));
  EXPECT_TRUE(query.has_more());
  query.more(5);
  EXPECT_EQ(query.drain(), (std::vector{enter(3, "a")}));
  EXPECT_FALSE(query.has_more());
}

TEST(LiveQuery, with_limit_0_only_counts) {
  LiveQuery query = live(R"({"where":{"n":{"$gt":1}},"limit":0})", four);
  EXPECT_EQ(query.total(), 3u);
  query.changed("e", row(5));
  EXPECT_EQ(query.total(), 4u);
  EXPECT_EQ(query.drain(), std::vector<Step>{});
  query.more(2);
  EXPECT_EQ(window(query), (Ids{"a", "b"}));
}

TEST(LiveQuery, fill_again_tells_the_difference_and_that_all_may_read_differently) {
  LiveQuery query = live(R"({"orderBy":"n"})", four);
  query.fill([](const LiveQuery::Visit& visit) {
    visit("b", row(3));
    visit("z", row(0));
  });
  EXPECT_EQ(query.drain(),
            (std::vector{leave(3, "a"), leave(1, "c"), leave(0, "d"), enter(0, "z"), change(1, "b")}));
  EXPECT_EQ(query.total(), 2u);
}

// ---- after

TEST(After, without_an_order_begins_behind_the_id_even_if_there_is_no_such_record) {
  EXPECT_EQ(window(live(R"({"after":"b"})", four)), (Ids{"c", "d"}));
  EXPECT_EQ(window(live(R"({"after":"bb","limit":1})", four)), (Ids{"c"}));
  EXPECT_EQ(live(R"({"after":"b"})", four).total(), 4u);
}

TEST(After, with_an_order_begins_behind_the_record_whether_it_fits_or_not) {
  EXPECT_EQ(window(live(R"({"orderBy":"n","after":"c"})", four)), (Ids{"b", "a"}));
  EXPECT_EQ(window(live(R"({"orderBy":"n","after":"c","where":{"n":{"$ne":2}}})", four)), (Ids{"b", "a"}));
  EXPECT_EQ(window(live(R"({"orderBy":"n","after":"nobody"})", four)), Ids{});
}

TEST(After, follows_its_record_and_stays_where_it_was_when_that_goes) {
  LiveQuery query = live(R"({"orderBy":"n","after":"c","limit":1})", four);
  EXPECT_TRUE(query.has_more());
  query.changed("c", row(0));
  EXPECT_EQ(query.drain(), (std::vector{leave(0, "b"), enter(0, "d")}));
  query.changed("c", "");
  EXPECT_EQ(query.drain(), std::vector<Step>{});
  query.changed("e", row(-1));
  EXPECT_EQ(query.drain(), std::vector<Step>{});
  EXPECT_EQ(window(query), (Ids{"d"}));
}

// ---- against a query evaluated anew each time

// The shadow follows the steps alone.
// As the contract of Step says: those that leave fall, the others rise.
bool is_in_order(const std::vector<Step>& steps) {
  return std::is_sorted(steps.begin(), steps.end(), [](const Step& a, const Step& b) {
    if (a.kind == Kind::leave && b.kind == Kind::leave) return a.index > b.index;
    if (a.kind == Kind::leave || b.kind == Kind::leave) return a.kind == Kind::leave;
    return a.index < b.index;
  });
}

void apply(const std::vector<Step>& steps, Ids& shadow) {
  ASSERT_TRUE(is_in_order(steps));
  for (const Step& step : steps) {
    const auto place = shadow.begin() + static_cast<std::ptrdiff_t>(step.index);
    if (step.kind == Kind::enter) {
      ASSERT_LE(step.index, shadow.size());
      shadow.insert(place, step.id);
      continue;
    }
    ASSERT_LT(step.index, shadow.size());
    ASSERT_EQ(*place, step.id);
    if (step.kind == Kind::leave) shadow.erase(place);
  }
}

// A reader that renders each row when a step names it, and never otherwise.
void render(const std::vector<Step>& steps, const Records& records, Records& seen) {
  for (const Step& step : steps) {
    if (step.kind == Kind::leave) {
      seen.erase(step.id);
    } else {
      seen[step.id] = records.at(step.id);
    }
  }
}

struct Truth {
  Ids window;
  std::size_t total = 0;
  bool has_more = false;
};

Truth evaluate(const Spec& spec, const Records& records, std::size_t limit,
               std::optional<std::string>& anchor) {
  Judge judge(spec);
  std::vector<std::pair<std::string, std::string>> keyed;
  if (spec.order.empty() && !spec.after.empty()) anchor = spec.after;
  for (const auto& [id, json] : records) {
    const bool fits = judge.fits(id, json);
    std::string key;
    judge.append_key(key);
    if (id == spec.after) anchor = key;
    if (fits) keyed.emplace_back(key, id);
  }
  std::sort(keyed.begin(), keyed.end());
  Truth truth{.window = {}, .total = keyed.size(), .has_more = false};
  for (const auto& [key, id] : keyed) {
    if (!spec.after.empty() && (!anchor || key <= *anchor)) continue;
    if (truth.window.size() < limit) {
      truth.window.push_back(id);
    } else {
      truth.has_more = true;
    }
  }
  return truth;
}

std::string random_record(base::Prng& chance) {
  static const std::vector<std::string> names = {"\"a\"", "\"A\"",       "\"b\"", "null",
                                                 "1",     "\"\\u0062\"", "true",  "[1]"};
  return "{\"n\":" + std::to_string(chance.below(12)) + ",\"name\":" + names[chance.below(names.size())] +
         ",\"x\":" + std::to_string(chance.below(3)) + "}";
}

std::string random_query(base::Prng& chance) {
  static const std::vector<std::string> wheres = {"{}",
                                                  R"({"x":{"$ne":0}})",
                                                  R"({"n":{"$gte":3,"$lt":9}})",
                                                  R"({"name":{"$text":"a"}})",
                                                  R"({"$or":[{"x":1},{"n":{"$in":[2,4,6]}}]})",
                                                  R"({"$not":{"x":2}})"};
  static const std::vector<std::string> orders = {"[]", R"("n")", R"({"by":"n","desc":true})",
                                                  R"([{"by":"name","nocase":true},"n"])",
                                                  R"([{"by":"name","desc":true},{"by":"x"}])"};
  std::string text = "{\"where\":" + wheres[chance.below(wheres.size())];
  text += ",\"orderBy\":" + orders[chance.below(orders.size())];
  if (chance.below(4) != 0)
    text += ",\"limit\":" + std::to_string(chance.below(3) == 0 ? 1 : chance.below(20));
  if (chance.below(4) == 0) text += R"(,"after":"r)" + std::to_string(chance.below(40)) + "\"";
  return text + "}";
}

class Trial {
 public:
  explicit Trial(std::uint64_t seed) : chance_(seed), ids_(1 + chance_.below(400)) {
    for (std::uint64_t i = 0; i < ids_; ++i) {
      if (chance_.below(2) == 0) records_["r" + std::to_string(i)] = random_record(chance_);
    }
  }

  void run(int rounds) {
    query_text_ = random_query(chance_);
    auto spec = parse(query_text_);
    ASSERT_TRUE(spec) << query_text_;
    limit_ = spec->limit.value_or(100'000);
    LiveQuery query(*spec);
    refill(query);
    for (int round = 0; round < rounds && !testing::Test::HasFailure(); ++round) {
      const std::vector<Step> steps = query.drain();
      apply(steps, shadow_);
      render(steps, records_, seen_);
      compare(*spec, query);
      disturb(query);
    }
  }

 private:
  void refill(LiveQuery& query) {
    query.fill([&](const LiveQuery::Visit& visit) {
      for (const auto& [id, json] : records_) visit(id, json);
    });
  }

  void compare(const Spec& spec, const LiveQuery& query) {
    const Truth truth = evaluate(spec, records_, limit_, anchor_);
    ASSERT_EQ(window(query), truth.window) << query_text_;
    ASSERT_EQ(shadow_, truth.window) << query_text_;
    ASSERT_EQ(query.total(), truth.total) << query_text_;
    ASSERT_EQ(query.has_more(), truth.has_more) << query_text_;
    for (const std::string& id : shadow_)
      ASSERT_EQ(seen_[id], records_[id]) << query_text_ << " stale " << id;
  }

  void disturb(LiveQuery& query) {
    if (chance_.once_in(40)) return refill(query);
    if (chance_.once_in(20)) {
      const std::size_t rows = chance_.below(10);
      limit_ += rows;
      return query.more(rows);
    }
    const std::uint64_t changes = chance_.below(3) == 0 ? 1 + chance_.below(60) : 1;
    for (std::uint64_t i = 0; i < changes; ++i) change_one(query);
  }

  void change_one(LiveQuery& query) {
    const std::string id = "r" + std::to_string(chance_.below(ids_));
    if (chance_.below(3) == 0) {
      records_.erase(id);
      query.changed(id, "");
    } else {
      query.changed(id, records_[id] = random_record(chance_));
    }
    // Where an anchor is remembered from is the last state it had, so it has to be looked at each time.
    if (id == query.spec().after) evaluate(query.spec(), records_, 0, anchor_);
  }

  base::Prng chance_;
  std::uint64_t ids_;
  Records records_;
  std::string query_text_;
  std::size_t limit_ = 0;
  std::optional<std::string> anchor_;
  Ids shadow_;
  Records seen_;
};

TEST(LiveQuery, is_always_what_evaluating_anew_would_give) {
  for (std::uint64_t seed = 1; seed <= 250 && !HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    Trial(seed).run(120);
  }
}

TEST(LiveQuery, sorts_the_tail_in_when_rows_run_out) {
  Records records;
  for (int i = 0; i < 5000; ++i) records["r" + std::to_string(10'000 + i)] = row((i * 7919) % 5000);
  LiveQuery query = live(R"({"orderBy":"n","limit":10})", records);
  std::vector<std::string> by_number(5000);
  for (const auto& [id, json] : records) by_number[std::stoul(json.substr(5))] = id;
  for (std::size_t gone = 0; gone < 4990; ++gone) {
    query.changed(by_number[gone], "");
    ASSERT_EQ(query.drain(), (std::vector{leave(0, by_number[gone]), enter(9, by_number[gone + 10])}));
  }
  EXPECT_EQ(query.size(), 10u);
  EXPECT_FALSE(query.has_more());
}

}  // namespace
}  // namespace rockpool::query
