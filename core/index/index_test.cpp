// The indexes against looking at every record.
#include "core/index/index.h"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "core/base/prng.h"
#include "core/base/text.h"

namespace rockpool::index {
namespace {

using model::Record;

class Indexed : public ::testing::Test {
 protected:
  struct ById {
    using is_transparent = void;
    bool operator()(const Record& a, const Record& b) const { return a.key.id < b.key.id; }
    bool operator()(const Record& a, std::string_view b) const { return a.key.id < b; }
    bool operator()(std::string_view a, const Record& b) const { return a < b.key.id; }
  };

  void put(const std::string& id, std::string data, std::string meta = {}) {
    Record record{.key = {"rows", id}, .num = 0, .data = std::move(data), .meta = std::move(meta)};
    const auto held = records_.find(id);
    if (held == records_.end()) {
      record.num = ++last_num_;
      index_.add(*records_.insert(std::move(record)).first);
      return;
    }
    record.num = held->num;
    const Record before = *held;
    records_.erase(held);
    index_.replace(before, *records_.insert(std::move(record)).first);
  }
  void remove(const std::string& id) {
    const auto held = records_.find(id);
    const Record before = *held;
    records_.erase(held);
    index_.remove(before);
  }
  // Ids of the page, then how many there are.
  std::string ask(const std::string& text, std::size_t offset = 0, std::size_t records_max = 1000) {
    const auto spec = query::parse(text);
    if (!spec) return spec.error().message;
    const Found found =
        index_.ask({.text = text, .spec = &*spec, .offset = offset, .records_max = records_max});
    looked_ = found.looked;
    std::string said;
    for (const Record* record : found.page) said += record->key.id + ' ';
    return said + "of " + base::decimal(std::uint64_t{found.count});
  }
  // The same without any index.
  std::string look(const std::string& text, std::size_t offset = 0, std::size_t records_max = 1000) {
    const auto spec = query::parse(text);
    if (!spec) return spec.error().message;
    query::Judge judge(*spec);
    Document document(spec->paths);
    std::vector<std::pair<std::string, std::string>> fitting;
    for (const Record& record : records_) {
      if (!judge.fits(record.key.id, document.of(record))) continue;
      std::string key;
      judge.append_key(key);
      fitting.emplace_back(std::move(key), record.key.id);
    }
    std::sort(fitting.begin(), fitting.end());
    std::string said;
    for (std::size_t i = offset; i < fitting.size() && i < offset + records_max; ++i)
      said += fitting[i].second + ' ';
    return said + "of " + base::decimal(std::uint64_t{fitting.size()});
  }

  std::set<Record, ById> records_;
  std::uint64_t last_num_ = 0;
  Index index_;
  std::size_t looked_ = 0;
};

TEST_F(Indexed, pages_come_in_the_order_asked_for) {
  put("a", R"({"n":3})");
  put("b", R"({"n":1})");
  put("c", R"({"n":2})");
  EXPECT_EQ(ask(R"({"orderBy":["data.n"]})"), "b c a of 3");
  EXPECT_EQ(ask(R"({"orderBy":[{"by":"data.n","desc":true}]})", 1, 1), "c of 3");
  EXPECT_EQ(ask(R"({"orderBy":["num"]})", 2), "c of 3");
  EXPECT_EQ(ask("{}", 9), "of 3");
  EXPECT_EQ(ask("{}", 0, 0), "of 3");
}

TEST_F(Indexed, positions_are_those_of_the_meta_or_numbers) {
  put("a", "{}");
  put("b", "{}");
  put("c", "{}", R"({"order":"1.5"})");
  put("d", "{}", R"({"order":"10"})");
  EXPECT_EQ(ask(R"({"orderBy":["position"]})"), "a c b d of 4");
  put("d", "{}", R"({"order":"0.00000000000000000001"})");
  EXPECT_EQ(ask(R"({"orderBy":["position"]})"), "d a c b of 4");
}

TEST_F(Indexed, texts_are_found_whatever_their_case_and_numbers_as_they_are_read) {
  put("a", R"({"name":"Bolt M4","price":3.5})");
  put("b", R"({"name":"Nut","price":12,"tags":["Éclair"]})");
  put("c", R"({"name":null})");
  for (const char* id : {"d", "e", "f", "g"}) put(id, R"({"name":"other"})");
  EXPECT_EQ(ask(R"({"where":{"data.name":{"$text":"bOLT"}}})"), "a of 1");
  EXPECT_EQ(looked_, 1u);
  EXPECT_EQ(ask(R"({"where":{"$or":[{"text.name":{"$text":"3.5"}},{"text.price":{"$text":"3.5"}}]}})"),
            "a of 1");
  EXPECT_EQ(ask(R"({"where":{"text.price":{"$text":"1"}}})"), "b of 1");
  EXPECT_EQ(ask(R"({"where":{"text.tags":{"$text":"éclair"}}})"), "of 0");
  put("a", R"({"name":"gone"})");
  EXPECT_EQ(ask(R"({"where":{"data.name":{"$text":"bolt"}}})"), "of 0");
}

TEST_F(Indexed, a_condition_on_few_records_looks_at_few) {
  for (int i = 0; i < 1000; ++i)
    put(base::decimal(std::int64_t{i}), R"({"n":)" + base::decimal(std::int64_t{i}) + "}");
  EXPECT_EQ(ask(R"({"where":{"data.n":{"$gte":990}},"orderBy":["num"]})", 0, 2), "990 991 of 10");
  EXPECT_EQ(looked_, 10u);
  EXPECT_EQ(ask(R"({"where":{"data.n":7}})"), "7 of 1");
  EXPECT_EQ(looked_, 1u);
  EXPECT_EQ(ask(R"({"where":{"data.n":{"$in":[3,5]},"data.m":null}})"), "3 5 of 2");
  EXPECT_EQ(looked_, 2u);
}

TEST_F(Indexed, the_next_page_of_a_question_looks_at_nothing_else) {
  for (int i = 0; i < 1000; ++i)
    put(base::decimal(std::int64_t{i}), R"({"n":)" + base::decimal(std::int64_t{i}) + "}");
  const char* text = R"({"where":{"data.n":{"$ne":7}},"orderBy":["data.n"]})";
  EXPECT_EQ(ask(text, 0, 2), "0 1 of 999");
  EXPECT_EQ(looked_, 1000u);
  EXPECT_EQ(ask(text, 6, 2), "6 8 of 999");
  EXPECT_EQ(looked_, 2u);
  put("7", R"({"n":8.5})");
  EXPECT_EQ(ask(text, 7, 2), "8 7 of 1000");
  EXPECT_EQ(looked_, 2u);
}

TEST_F(Indexed, what_lies_next_to_a_bound_is_found_without_the_others) {
  for (int i = 0; i < 1000; ++i) put(base::decimal(std::int64_t{i}), "{}");
  const std::string below = R"({"where":{"num":{"$lt":800}},"orderBy":[{"by":"num","desc":true}]})";
  EXPECT_EQ(ask(below, 0, 2), "798 797 of 799");
  EXPECT_EQ(looked_, 2u);
  EXPECT_EQ(ask(R"({"where":{"num":{"$gt":990}},"orderBy":["num"]})", 1, 1), "991 of 10");
  EXPECT_EQ(looked_, 2u);
  EXPECT_EQ(ask(R"({"where":{"num":{"$lt":1}},"orderBy":["num"]})", 0, 2), "of 0");
}

TEST_F(Indexed, those_of_one_value_come_in_the_order_asked_for) {
  for (int i = 0; i < 1000; ++i)
    put(base::decimal(std::int64_t{i}), R"({"n":)" + base::decimal(std::int64_t{i / 100}) + "}");
  const std::string text =
      R"({"where":{"data.n":{"$lt":5}},"orderBy":[{"by":"data.n","desc":true},{"by":"num","desc":true}]})";
  EXPECT_EQ(ask(text, 1, 2), "498 497 of 500");
  EXPECT_EQ(looked_, 100u);
}

TEST_F(Indexed, what_two_operands_name_is_found_once) {
  for (int i = 0; i < 10; ++i)
    put(base::decimal(std::int64_t{i}), R"({"n":)" + base::decimal(std::int64_t{i % 5}) + "}");
  EXPECT_EQ(ask(R"({"where":{"data.n":{"$in":[3,3.0]}}})"), "3 8 of 2");
}

TEST_F(Indexed, who_does_not_see_a_record_is_not_told_of_it) {
  for (const char* id : {"a", "b", "c", "d"}) put(id, R"({"n":1})");
  const auto spec = query::parse(R"({"orderBy":["num"]})");
  const Found found =
      index_.ask({.text = "", .spec = &*spec, .records_max = 2, .shows = [](const Record& record) {
                    return record.key.id != "a" && record.key.id != "c";
                  }});
  EXPECT_EQ(found.count, 2u);
  ASSERT_EQ(found.page.size(), 2u);
  EXPECT_EQ(found.page[1]->key.id, "d");
}

TEST_F(Indexed, finds_what_looking_at_all_finds_while_records_change) {
  base::Prng prng(11);
  const std::string words[] = {"bolt", "Nut", "Écrou", "Mutter", "бOлт", "x", "\\u0000", "two words", ""};
  const auto value = [&]() -> std::string {
    switch (prng.below(6)) {
      case 0: return "null";
      case 1: return prng.below(2) == 0 ? "true" : "false";
      case 2: return base::decimal(static_cast<std::int64_t>(prng.below(30)) - 10);
      case 3: return base::decimal(prng.below(30)) + ".5";
      case 4: return "[1,\"nut\"]";
      default: return '"' + words[prng.below(std::size(words))] + words[prng.below(std::size(words))] + '"';
    }
  };
  const auto test = [&]() -> std::string {
    const std::string path = prng.below(2) == 0 ? "data.a" : "data.b";
    switch (prng.below(6)) {
      case 0: return '"' + path + R"(":{"$gte":)" + value() + '}';
      case 1: return '"' + path + R"(":{"$lt":)" + value() + '}';
      case 2: return '"' + path + R"(":{"$in":[)" + value() + ',' + value() + "]}";
      case 3: return R"("text.a":{"$text":")" + words[prng.below(std::size(words))] + "\"}";
      case 4: return '"' + path + R"(":{"$ne":)" + value() + '}';
      default: return '"' + path + R"(":{"$eq":)" + value() + '}';
    }
  };
  const std::string orders[] = {"[]",
                                R"(["data.a"])",
                                R"([{"by":"data.b","desc":true,"nocase":true}])",
                                R"(["position"])",
                                R"(["data.a","num"])",
                                R"([{"by":"data.b","desc":true},"num"])"};
  const auto question = [&] {
    std::string where = '{' + test() + '}';
    if (prng.below(2) == 0) where = R"({"$or":[)" + where + ",{" + test() + "}]}";
    if (prng.below(3) == 0) where = R"({"$and":[)" + where + ",{" + test() + "}]}";
    return R"({"where":)" + where + R"(,"orderBy":)" + orders[prng.below(std::size(orders))] + '}';
  };
  // Some are asked again and again, so that they are kept.
  std::vector<std::string> questions = {R"({"orderBy":["position"]})"};
  for (int i = 0; i < 30; ++i) questions.push_back(question());
  for (int round = 0; round < 6000; ++round) {
    const std::string id = base::decimal(prng.below(900));
    if (prng.below(5) == 0 && records_.find(std::string_view(id)) != records_.end()) {
      remove(id);
    } else {
      put(id, R"({"a":)" + value() + R"(,"b":)" + value() + '}',
          prng.below(4) == 0 ? R"({"order":")" + base::decimal(prng.below(50)) + "\"}" : "");
    }
    const std::string text = prng.below(4) == 0 ? question() : questions[prng.below(questions.size())];
    const std::size_t offset = prng.below(20);
    ASSERT_EQ(ask(text, offset, 7), look(text, offset, 7)) << text;
  }
}

}  // namespace
}  // namespace rockpool::index
