#include "core/dialects/deepstream/jif_plain.h"

#include <gtest/gtest.h>

#include "core/base/prng.h"

namespace rockpool::dialects::deepstream {
namespace {

const std::string commands =
    R"({"topic":"event","action":"emit","eventName":"e","data":{"a":[1,-2.5,null,true],"ü":"\n\"x"}},)"
    R"({"topic":"record","action":"write","recordName":"a/b","data":{"x":1},"version":3},)"
    R"({"topic":"record","action":"write","recordName":"r","path":"l[2]","data":0,"version":-1},)"
    R"({"topic":"record","action":"read","recordName":"r"},)"
    R"({"topic":"record","action":"head","recordName":"r"},)"
    R"({"topic":"record","action":"delete","recordName":"r"},)"
    R"({"topic":"rpc","action":"make","rpcName":"add"},)"
    R"({"topic":"presence","action":"query"},{"topic":"list","action":"read","listName":"l"})";
const std::string batch = R"({"token":"t","body":[)" + commands + "]}";

// What is taken the short way is what the long one makes of it.
bool is_taken(const std::string& body) {
  const auto plain = read_plain_batch(body, base::limits::json_depth_max);
  if (!plain) return false;
  const auto any = read_any_batch(body, true);
  EXPECT_TRUE(any.ok() && any->commands.ok()) << body;
  if (!any.ok() || !any->commands.ok()) return true;
  EXPECT_EQ(plain->token, any->token) << body;
  EXPECT_EQ(plain->auth_data, any->auth_data) << body;
  EXPECT_TRUE(*plain->commands == *any->commands) << body;
  return true;
}

TEST(PlainJif, takes_what_most_batches_are) {
  EXPECT_TRUE(is_taken(batch));
  EXPECT_TRUE(is_taken(R"({"body":[)" + commands + "]}"));
}

TEST(PlainJif, takes_space_and_leaves_it_out_of_payloads) {
  std::string spaced;
  bool in_text = false;
  for (std::size_t at = 0; at < batch.size(); ++at) {
    if (batch[at] == '"' && batch[at - 1] != '\\') in_text = !in_text;
    spaced += batch[at];
    if (!in_text && std::string_view("{}[],:\"").find(batch[at]) != std::string_view::npos) spaced += " \n\t";
  }
  EXPECT_TRUE(is_taken(spaced));
}

TEST(PlainJif, leaves_all_else_to_the_reader_for_all) {
  for (const char* body :
       {"",
        "{",
        "{}",
        "[]",
        R"({"body":[]})",
        R"({"body":[{}]})",
        R"({"body":[1]})",
        R"({"authData":{},"body":[{"topic":"presence","action":"query"}]})",
        R"({"token":"","body":[{"topic":"presence","action":"query"}]})",
        R"({"body":[{"topic":"presence","action":"query"}],"body":[{"topic":"presence","action":"query"}]})",
        R"({"body":[{"topic":"presence","action":"query"}]}x)",
        R"({"body":[{"topic":"presence","action":"query","x":"y"}]})",
        R"({"body":[{"topic":"presence","action":"query","names":["a"]}]})",
        R"({"body":[{"topic":"record","action":"read","recordName":"a\u0041"}]})",
        R"({"body":[{"topic":"record","action":"read","recordName":"a","recordName":"b"}]})",
        R"({"body":[{"topic":"record","action":"read","listName":"a"}]})",
        R"({"body":[{"topic":"record","action":"write","recordName":"a","data":1}]})",
        R"({"body":[{"topic":"record","action":"write","recordName":"a","data":{},"version":1.0}]})",
        R"({"body":[{"topic":"record","action":"write","recordName":"a","data":{},"version":-2}]})",
        R"({"body":[{"topic":"record","action":"write","recordName":"a","data":{"n":1e5}}]})",
        R"({"body":[{"topic":"record","action":"write","recordName":"a","data":{"n":01}}]})",
        R"({"body":[{"topic":"record","action":"write","recordName":"a","data":{"n":1.}}]})",
        R"({"body":[{"topic":"record","action":"write","recordName":"a","data":{"n":-}}]})",
        R"({"body":[{"topic":"record","action":"write","recordName":"a","data":{,}}]})",
        R"({"body":[{"topic":"record","action":"write","recordName":"a","data":{"a":1,}}]})",
        R"({"body":[{"topic":"record","action":"write","recordName":"a","data":[1,]}]})",
        R"({"body":[{"topic":"record","action":"write","recordName":"a","data":{"a" 1}}]})",
        R"({"body":[{"topic":"record","action":"write","recordName":"a","data":{"a":nul}}]})",
        R"({"body":[{"topic":"event","action":"emit","eventName":"e","data":"\x"}]})",
        "{\"body\":[{\"topic\":\"event\",\"action\":\"emit\",\"eventName\":\"e\",\"data\":\"\n\"}]}",
        "{\"body\":[{\"topic\":\"event\",\"action\":\"emit\",\"eventName\":\"e\",\"data\":\"\xff\"}]}"}) {
    EXPECT_FALSE(is_taken(body)) << body;
  }
}

TEST(PlainJif, leaves_deep_nests_alone) {
  const auto nested = [](std::size_t levels) {
    return R"({"body":[{"topic":"event","action":"emit","eventName":"e","data":)" + std::string(levels, '[') +
           std::string(levels, ']') + "}]}";
  };
  EXPECT_TRUE(is_taken(nested(57)));
  EXPECT_FALSE(is_taken(nested(58)));
  EXPECT_FALSE(is_taken(nested(500'000)));
}

TEST(PlainJif, never_takes_what_is_wrong) {
  base::Prng prng(7);
  constexpr std::string_view bytes = "{}[],:\"\\0-e.tn 9u\n";
  int taken = 0;
  for (int round = 0; round < 200'000; ++round) {
    std::string body = batch;
    for (std::uint64_t changes = 1 + prng.below(3); changes > 0; --changes) {
      const std::size_t at = prng.below(body.size());
      if (prng.once_in(2)) {
        body[at] = bytes[prng.below(bytes.size())];
      } else if (prng.once_in(2)) {
        body.erase(at, 1 + prng.below(3));
      } else {
        body.insert(at, 1, bytes[prng.below(bytes.size())]);
      }
    }
    taken += is_taken(body) ? 1 : 0;
  }
  EXPECT_GT(taken, 1000);
}

}  // namespace
}  // namespace rockpool::dialects::deepstream
