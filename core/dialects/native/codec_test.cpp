#include "core/dialects/native/codec.h"

#include <cstdio>
#include <fstream>

#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "core/base/prng.h"
#include "core/base/text.h"
#include "core/dialects/native/written_test.h"
#include "core/model/value.h"

namespace rockpool::dialects::native {
namespace {

struct Case {
  std::string frame;
  std::vector<std::string> results;  // with their mark
};

std::vector<Case> read_cases(const std::string& name) {
  std::ifstream file("core/dialects/native/vectors/" + name);
  std::vector<Case> cases;
  std::string line;
  while (std::getline(file, line)) {
    if (line.starts_with("< ")) cases.push_back({line.substr(2), {}});
    if (line.starts_with("> ") || line.starts_with("! ")) cases.back().results.push_back(line);
  }
  return cases;
}

std::vector<std::string> understood_up(const std::string& frame) {
  std::vector<std::string> results;
  const auto messages = decode_up(frame);
  if (!messages) return {"! " + messages.error().message};
  for (const auto& message : *messages) {
    results.push_back(message ? "> " + encode_up(*message) : "! " + message.error().message);
  }
  return results;
}

std::vector<std::string> understood_down(const std::string& frame) {
  std::vector<std::string> results;
  const auto messages = decode_down(frame);
  if (!messages) return {"! " + messages.error().message};
  for (const auto& message : *messages) results.push_back("> " + encode_down(message));
  return results;
}

TEST(Codec, understands_recorded_frames_of_clients) {
  const auto cases = read_cases("up.txt");
  ASSERT_GE(cases.size(), 30u);
  for (const Case& one : cases) EXPECT_EQ(understood_up(one.frame), one.results) << one.frame;
}

TEST(Codec, understands_recorded_frames_of_servers) {
  const auto cases = read_cases("down.txt");
  ASSERT_GE(cases.size(), 20u);
  for (const Case& one : cases) EXPECT_EQ(understood_down(one.frame), one.results) << one.frame;
}

TEST(Codec, every_error_of_a_frame_is_a_bad_message) {
  for (const std::string frame : {"", "{", "[{}]", "{\"type\":\"hello\"}", "\xff", "null"}) {
    const auto messages = decode_up(frame);
    const base::Code code = messages ? messages->front().error().code : messages.error().code;
    EXPECT_EQ(code, base::Code::bad_message) << frame;
  }
}

// ---- mutations that are wrong are refused by their number -------------------------------------------------

Push decode_push(const std::string& mutations) {
  const auto messages =
      decode_up(R"({"type":"push","settled":0,"except":[],"mutations":[)" + mutations + "]}");
  EXPECT_TRUE(messages.ok() && messages->size() == 1 && messages->front().ok());
  return *std::get_if<Push>(&*messages->front());
}

TEST(Codec, refuses_a_wrong_mutation_by_its_number_and_takes_the_others) {
  const Push push = decode_push(R"({"number":1,"collection":"c","id":"i","op":"grow","base":0},
                                   {"number":2,"collection":"c","id":"i","op":"put","base":0,"data":1})");
  ASSERT_EQ(push.refused.size(), 1u);
  EXPECT_EQ(push.refused[0].number, 1u);
  EXPECT_EQ(push.refused[0].error.code, base::Code::invalid);
  ASSERT_EQ(push.groups.size(), 1u);
  EXPECT_EQ(push.groups[0][0].number, 2u);
}

TEST(Codec, refuses_a_mutation_whose_op_and_members_do_not_fit) {
  for (const std::string rest :
       {R"("op":"put","base":0)", R"("op":"put","data":1)", R"("op":"put","base":-1,"data":1)",
        R"("op":"delete")", R"("op":"add","path":"/a")", R"("op":"add","path":7,"value":1)",
        R"("op":"setInsert","path":"/a","value":1)", R"("op":7,"base":0,"data":1)", R"("base":0,"data":1)"}) {
    const Push push = decode_push(R"({"number":5,"collection":"c","id":"i",)" + rest + "}");
    EXPECT_TRUE(push.groups.empty()) << rest;
    ASSERT_EQ(push.refused.size(), 1u) << rest;
    EXPECT_EQ(push.refused[0].error.code, base::Code::invalid) << rest;
    EXPECT_FALSE(push.refused[0].error.message.empty());
  }
}

TEST(Codec, refuses_data_that_is_nested_too_deep_and_takes_the_deepest_allowed) {
  const auto put = [](std::size_t depth) {
    return R"({"number":5,"collection":"c","id":"i","op":"put","base":0,"data":)" + std::string(depth, '[') +
           std::string(depth, ']') + "}";
  };
  EXPECT_EQ(decode_push(put(base::limits::json_depth_max)).groups.size(), 1u);
  const Push push = decode_push(put(base::limits::json_depth_max + 1));
  ASSERT_EQ(push.refused.size(), 1u);
  EXPECT_EQ(push.refused[0].error.code, base::Code::too_large);
}

TEST(Codec, refuses_data_of_too_many_values) {
  std::string list = "[0";
  for (std::size_t i = 2; i < base::limits::json_values_max; ++i) list += ",0";
  const auto put = [](const std::string& data) {
    return R"({"number":5,"collection":"c","id":"i","op":"put","base":0,"data":)" + data + "}";
  };
  EXPECT_EQ(decode_push(put(list + "]")).groups.size(), 1u);
  EXPECT_EQ(decode_push(put(list + ",0]")).refused.size(), 1u);
}

TEST(Codec, does_not_count_brackets_and_commas_within_strings) {
  const std::string noise = "\"" + std::string(200, '[') + "\\\"" + std::string(200, '{') + "\"";
  EXPECT_EQ(decode_push(R"({"number":5,"collection":"c","id":"i","op":"put","base":0,"data":)" + noise + "}")
                .groups.size(),
            1u);
}

TEST(Codec, refuses_the_others_of_a_batch_with_depends) {
  const Push push =
      decode_push(R"({"batch":[{"number":1,"collection":"c","id":"i","op":"put","base":0,"data":1},
                                             {"number":2,"collection":"c","op":"put","base":0,"data":1}]})");
  EXPECT_TRUE(push.groups.empty());
  ASSERT_EQ(push.refused.size(), 2u);
  EXPECT_EQ(push.refused[0].error.code, base::Code::depends);
  EXPECT_EQ(push.refused[1].error.code, base::Code::invalid);
}

std::string batch_of(std::size_t count, const std::string& data) {
  std::string text = R"({"batch":[)";
  for (std::size_t i = 1; i <= count; ++i) {
    if (i > 1) text += ',';
    text += R"({"number":)" + base::decimal(std::uint64_t{i}) +
            R"(,"collection":"c","id":"i","op":"put","base":0,"data":)" + data + "}";
  }
  return text + "]}";
}

TEST(Codec, refuses_batches_past_their_limits_and_takes_those_at_them) {
  EXPECT_EQ(decode_push(batch_of(base::limits::batch_ops_max, "1")).groups.size(), 1u);
  const Push many = decode_push(batch_of(base::limits::batch_ops_max + 1, "1"));
  EXPECT_EQ(many.refused.size(), base::limits::batch_ops_max + 1);
  EXPECT_EQ(many.refused[0].error.code, base::Code::too_large);
  // Two names of one byte each belong to the mutation too.
  const auto text = [](std::size_t bytes) { return '"' + std::string(bytes - 2, 'x') + '"'; };
  const std::size_t half = base::limits::batch_bytes_max / 2 - 2;
  EXPECT_EQ(decode_push(batch_of(2, text(half))).groups.size(), 1u);
  EXPECT_EQ(decode_push(batch_of(2, text(half + 1))).refused.size(), 2u);
}

TEST(Codec, refuses_a_push_of_more_than_1000_mutations) {
  const auto push = [](std::size_t count) {
    std::string list;
    for (std::size_t i = 1; i <= count; ++i) {
      if (i > 1) list += ',';
      list += R"({"number":)" + base::decimal(std::uint64_t{i}) +
              R"(,"collection":"c","id":"i","op":"delete","base":1})";
    }
    return decode_up(R"({"type":"push","settled":0,"mutations":[)" + list + "]}");
  };
  EXPECT_TRUE(push(base::limits::push_mutations_max)->front().ok());
  EXPECT_FALSE(push(base::limits::push_mutations_max + 1)->front().ok());
}

TEST(Codec, writes_what_it_took_of_a_push_and_nothing_of_what_it_refused) {
  const Push push = decode_push(
      R"({"number":1,"collection":"c","id":"i","op":"put","base":0,"data":{"a":1}},
         {"batch":[{"number":2,"collection":"c","id":"j","op!":"add","path":"/n","value":1}]})");
  ASSERT_EQ(push.refused.size(), 1u);
  EXPECT_EQ(push.refused[0].number, 2u);
  EXPECT_EQ(push.refused[0].error.code, base::Code::invalid);
  const auto again = decode_up(encode_up(push));
  ASSERT_TRUE(again.ok() && again->size() == 1 && again->front().ok());
  EXPECT_TRUE(*again->front() == as_written(push));
}

// ---- total ------------------------------------------------------------------------------------------------

std::string damaged(std::string text, base::Prng& prng) {
  constexpr std::string_view spice = "{}[]\",:0-9ntfe\\ \x00\x7f\xc3\xff";
  for (std::uint64_t edits = 1 + prng.below(4); edits > 0 && !text.empty(); --edits) {
    const std::size_t at = prng.below(text.size());
    switch (prng.below(4)) {
      case 0: text[at] = spice[prng.below(spice.size())]; break;
      case 1: text.erase(at, 1 + prng.below(8)); break;
      case 2: text.insert(at, 1, spice[prng.below(spice.size())]); break;
      default: text.insert(at, text.substr(prng.below(text.size()), prng.below(32))); break;
    }
  }
  return text;
}

TEST(Codec, gives_messages_or_an_error_for_any_text_and_what_it_writes_it_reads_back_the_same) {
  base::Prng prng(7);
  std::vector<Case> cases = read_cases("up.txt");
  for (Case& one : read_cases("down.txt")) cases.push_back(std::move(one));
  std::size_t understood = 0;
  for (int round = 0; round < 20'000; ++round) {
    const std::string text = damaged(cases[prng.below(cases.size())].frame, prng);
    if (const auto up = decode_up(text)) {
      for (const auto& message : *up) {
        if (!message) continue;
        ++understood;
        const std::string once = encode_up(*message);
        const auto again = decode_up(once);
        ASSERT_TRUE(again.ok() && again->size() == 1 && again->front().ok()) << text << '\n' << once;
        EXPECT_TRUE(*again->front() == as_written(*message)) << text << '\n' << once;
      }
    }
    if (const auto down = decode_down(text)) {
      for (const auto& message : *down) {
        ++understood;
        const auto again = decode_down(encode_down(message));
        ASSERT_TRUE(again.ok() && again->size() == 1) << text;
        EXPECT_EQ(again->front(), message) << text;
      }
    }
  }
  EXPECT_GT(understood, 1000u);
}

TEST(Codec, passes_a_deep_bomb_by_with_an_error) {
  const std::string bomb(100'000, '[');
  EXPECT_FALSE(decode_up(bomb).ok());
  EXPECT_FALSE(decode_up(R"({"type":"push","mutations":[{"number":1,"data":)" + bomb).ok());
  EXPECT_FALSE(decode_down(bomb).ok());
}

TEST(Codec, hands_a_message_of_more_than_a_mebibyte_back) {
  const std::string text =
      R"({"type":"auth","token":")" + std::string(base::limits::message_bytes_max, 'x') + "\"}";
  EXPECT_FALSE(decode_up(text).ok());
}

}  // namespace
}  // namespace rockpool::dialects::native
