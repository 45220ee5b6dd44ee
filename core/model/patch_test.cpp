#include "core/model/patch.h"

#include <array>

#include <gtest/gtest.h>

namespace rockpool::model {
namespace {

using base::Code;

std::string merged(std::string_view target, std::string_view patch) {
  auto value = read(target);
  merge_patch(*value, *read(patch));
  return write(*value);
}

struct Merge {
  std::string_view original, patch, result;
};

// The table of RFC 7396 appendix A.
constexpr std::array<Merge, 15> rfc_7396 = {{
    {R"({"a":"b"})", R"({"a":"c"})", R"({"a":"c"})"},
    {R"({"a":"b"})", R"({"b":"c"})", R"({"a":"b","b":"c"})"},
    {R"({"a":"b"})", R"({"a":null})", R"({})"},
    {R"({"a":"b","b":"c"})", R"({"a":null})", R"({"b":"c"})"},
    {R"({"a":["b"]})", R"({"a":"c"})", R"({"a":"c"})"},
    {R"({"a":"c"})", R"({"a":["b"]})", R"({"a":["b"]})"},
    {R"({"a":{"b":"c"}})", R"({"a":{"b":"d","c":null}})", R"({"a":{"b":"d"}})"},
    {R"({"a":[{"b":"c"}]})", R"({"a":[1]})", R"({"a":[1]})"},
    {R"(["a","b"])", R"(["c","d"])", R"(["c","d"])"},
    {R"({"a":"b"})", R"(["c"])", R"(["c"])"},
    {R"({"a":"foo"})", R"(null)", R"(null)"},
    {R"({"a":"foo"})", R"("bar")", R"("bar")"},
    {R"({"e":null})", R"({"a":1})", R"({"e":null,"a":1})"},
    {R"([1,2])", R"({"a":"b","c":null})", R"({"a":"b"})"},
    {R"({})", R"({"a":{"bb":{"ccc":null}}})", R"({"a":{"bb":{}}})"},
}};

TEST(MergePatch, does_what_the_table_of_the_rfc_says) {
  for (const Merge& row : rfc_7396) EXPECT_EQ(merged(row.original, row.patch), row.result) << row.patch;
}

TEST(MergePatch, does_the_same_for_many_members_as_for_few) {
  std::string target = "{\"same\":0";
  std::string patch = "{\"zz\":{\"deep\":null,\"kept\":1}";
  std::string result = "{\"same\":0";
  for (int i = 0; i < 40; ++i) {
    const std::string key = ",\"k" + std::to_string(i) + "\":";
    target += key + "{\"old\":1,\"gone\":2}";
    patch += key + (i % 3 == 0 ? "null" : "{\"gone\":null,\"new\":3}");
    if (i % 3 != 0) result += key + "{\"old\":1,\"new\":3}";
  }
  patch += ",\"nowhere\":null,\"last\":[null]";
  EXPECT_EQ(merged(target + "}", patch + "}"), result + ",\"zz\":{\"kept\":1},\"last\":[null]}");
}

// The patch's result as text, or its error's code and pointer.
std::string patched(std::string_view target, std::string_view patch) {
  auto value = read(target);
  const auto operations = read(patch);
  if (!value || !operations) return "not JSON";
  if (auto fine = check_json_patch(*operations); !fine) {
    return "malformed at " + fine.error().path;
  }
  if (auto done = json_patch(*value, *operations); !done) {
    return std::string(name_of(done.error().code)) + " at " + done.error().path;
  }
  return write(*value);
}

struct Example {
  std::string_view section, target, patch, result;
};

// RFC 6902 appendix A.
constexpr std::array<Example, 16> rfc_6902 = {{
    {"A.1", R"({"foo":"bar"})", R"([{"op":"add","path":"/baz","value":"qux"}])",
     R"({"foo":"bar","baz":"qux"})"},
    {"A.2", R"({"foo":["bar","baz"]})", R"([{"op":"add","path":"/foo/1","value":"qux"}])",
     R"({"foo":["bar","qux","baz"]})"},
    {"A.3", R"({"baz":"qux","foo":"bar"})", R"([{"op":"remove","path":"/baz"}])", R"({"foo":"bar"})"},
    {"A.4", R"({"foo":["bar","qux","baz"]})", R"([{"op":"remove","path":"/foo/1"}])",
     R"({"foo":["bar","baz"]})"},
    {"A.5", R"({"baz":"qux","foo":"bar"})", R"([{"op":"replace","path":"/baz","value":"boo"}])",
     R"({"baz":"boo","foo":"bar"})"},
    {"A.6", R"({"foo":{"bar":"baz","waldo":"fred"},"qux":{"corge":"grault"}})",
     R"([{"op":"move","from":"/foo/waldo","path":"/qux/thud"}])",
     R"({"foo":{"bar":"baz"},"qux":{"corge":"grault","thud":"fred"}})"},
    {"A.7", R"({"foo":["all","grass","cows","eat"]})", R"([{"op":"move","from":"/foo/1","path":"/foo/3"}])",
     R"({"foo":["all","cows","eat","grass"]})"},
    {"A.8", R"({"baz":"qux","foo":["a",2,"c"]})",
     R"([{"op":"test","path":"/baz","value":"qux"},{"op":"test","path":"/foo/1","value":2}])",
     R"({"baz":"qux","foo":["a",2,"c"]})"},
    {"A.9", R"({"baz":"qux"})", R"([{"op":"test","path":"/baz","value":"bar"}])", "invalid at /baz"},
    {"A.10", R"({"foo":"bar"})", R"([{"op":"add","path":"/child","value":{"grandchild":{}}}])",
     R"({"foo":"bar","child":{"grandchild":{}}})"},
    {"A.11", R"({"foo":"bar"})", R"([{"op":"add","path":"/baz","value":"qux","xyz":123}])",
     R"({"foo":"bar","baz":"qux"})"},
    {"A.12", R"({"foo":"bar"})", R"([{"op":"add","path":"/baz/bat","value":"qux"}])", "invalid at /baz/bat"},
    {"A.13, where the last of repeated keys counts", R"({"foo":"bar"})",
     R"([{"op":"add","path":"/baz","value":"qux","op":"remove"}])", "invalid at /baz"},
    {"A.14", R"({"/":9,"~1":10})", R"([{"op":"test","path":"/~01","value":10}])", R"({"/":9,"~1":10})"},
    {"A.15", R"({"/":9,"~1":10})", R"([{"op":"test","path":"/~01","value":"10"}])", "invalid at /~01"},
    {"A.16", R"({"foo":["bar"]})", R"([{"op":"add","path":"/foo/-","value":["abc","def"]}])",
     R"({"foo":["bar",["abc","def"]]})"},
}};

TEST(JsonPatch, does_what_the_examples_of_the_rfc_say) {
  for (const Example& row : rfc_6902) EXPECT_EQ(patched(row.target, row.patch), row.result) << row.section;
}

TEST(JsonPatch, copies_a_value_and_leaves_the_original) {
  EXPECT_EQ(patched(R"({"a":{"b":1}})", R"([{"op":"copy","from":"/a","path":"/c"},)"
                                        R"({"op":"replace","path":"/c/b","value":2}])"),
            R"({"a":{"b":1},"c":{"b":2}})");
}

TEST(JsonPatch, replaces_and_tests_the_whole_value) {
  EXPECT_EQ(patched("{\"a\":1}",
                    R"([{"op":"test","path":"","value":{"a":1.0}},{"op":"add","path":"","value":[2]}])"),
            "[2]");
  EXPECT_EQ(patched("1", R"([{"op":"replace","path":"","value":{"b":1}}])"), R"({"b":1})");
  EXPECT_EQ(patched("1", R"([{"op":"remove","path":""}])"), "invalid at ");
}

TEST(JsonPatch, names_the_pointer_that_does_not_fit) {
  const std::string_view target = R"({"list":[1,2],"text":"x"})";
  EXPECT_EQ(patched(target, R"([{"op":"remove","path":"/nowhere"}])"), "invalid at /nowhere");
  EXPECT_EQ(patched(target, R"([{"op":"replace","path":"/list/2","value":1}])"), "invalid at /list/2");
  EXPECT_EQ(patched(target, R"([{"op":"add","path":"/list/3","value":1}])"), "invalid at /list/3");
  EXPECT_EQ(patched(target, R"([{"op":"add","path":"/list/01","value":1}])"), "invalid at /list/01");
  EXPECT_EQ(patched(target, R"([{"op":"add","path":"/list/x","value":1}])"), "invalid at /list/x");
  EXPECT_EQ(patched(target, R"([{"op":"remove","path":"/list/-"}])"), "invalid at /list/-");
  EXPECT_EQ(patched(target, R"([{"op":"add","path":"/text/x","value":1}])"), "invalid at /text/x");
  EXPECT_EQ(patched(target, R"([{"op":"copy","from":"/no","path":"/text"}])"), "invalid at /no");
  EXPECT_EQ(patched(target, R"([{"op":"move","from":"/list","path":"/list/0"}])"), "invalid at /list/0");
  EXPECT_EQ(patched(target, R"([{"op":"move","from":"/text","path":"/text"}])"), target);
}

TEST(JsonPatch, that_is_malformed_is_refused_with_the_place_in_the_patch) {
  EXPECT_EQ(patched("{}", R"({"op":"add"})"), "malformed at ");
  EXPECT_EQ(patched("{}", R"([1])"), "malformed at /0");
  EXPECT_EQ(patched("{}", R"([{"op":"test","path":"","value":{}},{"op":"set","path":"/a","value":1}])"),
            "malformed at /1/op");
  EXPECT_EQ(patched("{}", R"([{"path":"/a","value":1}])"), "malformed at /0/op");
  EXPECT_EQ(patched("{}", R"([{"op":"add","value":1}])"), "malformed at /0/path");
  EXPECT_EQ(patched("{}", R"([{"op":"add","path":"a","value":1}])"), "malformed at /0/path");
  EXPECT_EQ(patched("{}", R"([{"op":"add","path":"/a~2","value":1}])"), "malformed at /0/path");
  EXPECT_EQ(patched("{}", R"([{"op":"add","path":"/a"}])"), "malformed at /0/value");
  EXPECT_EQ(patched("{}", R"([{"op":"move","path":"/a","from":1}])"), "malformed at /0/from");
}

TEST(JsonPatch, refuses_steps_that_pollute_prototypes) {
  for (const std::string step : {"__proto__", "constructor", "prototype"}) {
    const std::string patch = R"([{"op":"add","path":"/a/)" + step + R"(/b","value":1}])";
    EXPECT_EQ(patched(R"({"a":{}})", patch), "malformed at /0/path");
    const std::string from = R"([{"op":"copy","from":"/)" + step + R"(","path":"/b"}])";
    EXPECT_EQ(patched("{}", from), "malformed at /0/from");
  }
}

TEST(JsonPatch, takes_64_steps_and_refuses_65) {
  const auto add_at = [](std::size_t steps) {
    std::string path;
    for (std::size_t i = 0; i < steps; ++i) path += "/a";
    return R"([{"op":"add","path":")" + path + R"(","value":1}])";
  };
  EXPECT_EQ(patched("{}", add_at(64)).substr(0, 10), "invalid at");
  EXPECT_EQ(patched("{}", add_at(65)), "malformed at /0/path");
}

TEST(JsonPatch, shortens_pointers_in_its_errors) {
  const std::string step(5000, 'x');
  auto value = read("{}");
  const auto done = json_patch(*value, *read(R"([{"op":"remove","path":"/)" + step + R"("}])"));
  ASSERT_FALSE(done);
  EXPECT_LT(done.error().message.size(), 200u);
  EXPECT_EQ(done.error().path, "");
}

TEST(JsonPatch, takes_array_index_10000_and_refuses_10001) {
  std::string list = "[0";
  for (int i = 0; i < 10'001; ++i) list += ",0";
  list += "]";
  EXPECT_EQ(patched(list, R"([{"op":"test","path":"/10000","value":0}])"), list);
  EXPECT_EQ(patched(list, R"([{"op":"test","path":"/10001","value":0}])"), "invalid at /10001");
}

std::string many_operations(std::size_t count) {
  std::string patch = "[";
  for (std::size_t i = 0; i < count; ++i) patch += R"({"op":"add","path":"/a","value":1},)";
  patch.back() = ']';
  return patch;
}

TEST(JsonPatch, takes_1000_operations_and_refuses_1001) {
  EXPECT_EQ(patched("{}", many_operations(1000)), R"({"a":1})");
  const auto fine = check_json_patch(*read(many_operations(1001)));
  ASSERT_FALSE(fine);
  EXPECT_EQ(fine.error().code, Code::too_large);
}

TEST(JsonPatch, stops_copies_that_double_the_value_again_and_again) {
  std::string patch = "[";
  for (int i = 0; i < 40; ++i) patch += R"({"op":"copy","from":"/a","path":"/a/-"},)";
  patch.back() = ']';
  EXPECT_EQ(patched(R"({"a":["x"]})", patch), "too_large at /a/-");
}

TEST(JsonPatch, survives_moves_that_nest_ever_deeper) {
  std::string target = "{\"k0\":{}";
  std::string patch = "[";
  for (int i = 1; i < 900; ++i) {
    const std::string key = "k" + std::to_string(i);
    target += ",\"" + key + "\":{}";
    patch += R"({"op":"move","from":"/k)" + std::to_string(i - 1) + R"(","path":"/)" + key + "/x\"},";
  }
  auto value = read(target + "}");
  ASSERT_TRUE(
      json_patch(*value, *read(patch + R"({"op":"test","path":"/k899/x/x","value":1}])")).error().code ==
      Code::invalid);
  EXPECT_FALSE(fits(*value));
  EXPECT_EQ(json_patch(*value, *read(R"([{"op":"copy","from":"/k899","path":"/y"}])")).error().code,
            Code::too_large);
}

}  // namespace
}  // namespace rockpool::model
