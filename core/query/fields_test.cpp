#include "core/query/fields.h"

#include <gtest/gtest.h>

#include "core/base/prng.h"
#include "core/model/value.h"

namespace rockpool::query {
namespace {

using Found = std::vector<std::string_view>;

Found find(const std::vector<std::vector<std::string>>& paths, std::string_view json) {
  Found found;
  Fields(paths).find(json, found);
  return found;
}

TEST(Fields, finds_values_of_every_type_in_the_order_of_the_paths) {
  const std::string_view json = R"({"a":1,"b":"x,}","c":[1,{"a":2}],"d":{"a":3},"e":null})";
  EXPECT_EQ(find({{"e"}, {"a"}, {"c"}, {"b"}, {"d"}, {"f"}}, json),
            (Found{"null", "1", R"([1,{"a":2}])", R"("x,}")", R"({"a":3})", ""}));
}

TEST(Fields, follows_paths_into_objects_and_keeps_the_objects_too) {
  const std::string_view json = R"({"x":{"b":0},"a":{"b":{"c":{"d":4}},"e":5}})";
  EXPECT_EQ(find({{"a", "b", "c", "d"}, {"a", "e"}, {"a", "b"}, {"a", "x"}, {"b"}}, json),
            (Found{"4", "5", R"({"c":{"d":4}})", "", ""}));
}

TEST(Fields, does_not_look_into_arrays_and_scalars) {
  EXPECT_EQ(find({{"a", "0"}, {"b", "c"}}, R"({"a":["x"],"b":"c"})"), (Found{"", ""}));
  EXPECT_EQ(find({{"a"}}, R"([{"a":1}])"), (Found{""}));
  EXPECT_EQ(find({{"a"}}, "1"), (Found{""}));
  EXPECT_EQ(find({{"a"}}, "{}"), (Found{""}));
}

TEST(Fields, knows_names_in_their_escaped_spelling) {
  EXPECT_EQ(find({{"title"}, {"\"\\"}}, R"({"t\u0069tle":1,"\"\\":2})"), (Found{"1", "2"}));
}

TEST(Fields, lets_the_last_of_repeated_names_win_also_over_what_was_inside) {
  EXPECT_EQ(find({{"a"}, {"a", "b"}}, R"({"a":{"b":1},"a":2})"), (Found{"2", ""}));
  EXPECT_EQ(find({{"a", "b"}, {"a", "c"}}, R"({"a":{"b":1,"c":1},"a":{"b":2}})"), (Found{"2", ""}));
}

TEST(Fields, stays_inside_of_every_cut_of_a_text) {
  const std::string json = R"({"a":{"b":[1,"\u0041"],"c":"x\\"},"d":-1.5e3})";
  for (std::size_t cut = 0; cut <= json.size(); ++cut) {
    const std::string text = json.substr(0, cut);
    for (const std::string_view raw : find({{"a", "b"}, {"a", "c"}, {"d"}}, text)) {
      if (!raw.empty()) {
        EXPECT_TRUE(raw.data() >= text.data() && raw.data() + raw.size() <= text.data() + text.size());
      }
    }
  }
}

std::string random_json(base::Prng& chance, int depth) {
  const std::vector<std::string> scalars = {
      "1", "-2.5", "true", "null", "\"\"", "\"}]\\\"{\"", "\"long enough to skip\""};
  const std::uint64_t kind = chance.below(depth > 3 ? 2 : 5);
  if (kind < 2) return scalars[chance.below(scalars.size())];
  std::string text(1, kind == 2 ? '[' : '{');
  for (std::uint64_t i = chance.below(5); i > 0; --i) {
    const std::string key = "\"" + std::string(1, static_cast<char>('a' + chance.below(3))) + "\":";
    text += (kind == 2 ? "" : key) + random_json(chance, depth + 1) + (i > 1 ? "," : "");
  }
  return text + (kind == 2 ? ']' : '}');
}

TEST(Fields, agrees_with_reading_the_whole_text) {
  const std::vector<std::vector<std::string>> paths = {{"a"}, {"a", "b"}, {"a", "b", "c"}, {"b"}, {"c", "a"}};
  base::Prng chance(3);
  for (int i = 0; i < 5000; ++i) {
    const std::string text = random_json(chance, 0);
    const auto value = model::read(text);
    ASSERT_TRUE(value) << text;
    const Found found = find(paths, text);
    for (std::size_t p = 0; p < paths.size(); ++p) {
      const model::Value* expected = &*value;
      for (const std::string& step : paths[p]) {
        expected = expected == nullptr ? nullptr : model::member(*expected, step);
      }
      ASSERT_EQ(found[p].empty(), expected == nullptr) << text;
      if (expected == nullptr) continue;
      EXPECT_EQ(model::canonical(*model::read(found[p])), model::canonical(*expected)) << text;
    }
  }
}

}  // namespace
}  // namespace rockpool::query
