#include "core/dialects/deepstream/codec.h"

#include <fstream>
#include <map>

#include <gtest/gtest.h>

#include "core/base/prng.h"
#include "core/base/text.h"
#include "core/model/value.h"

namespace rockpool::dialects::deepstream {
namespace {

using base::Code;

std::string bytes_of(std::string_view hex) {
  std::string bytes;
  for (std::size_t at = 0; at + 1 < hex.size(); at += 2)
    bytes += static_cast<char>(*base::read_hex(hex.substr(at, 2)));
  return bytes;
}

std::string in_quotes(std::string_view text) {
  std::string out;
  model::append_quoted(out, text);
  return out;
}

template <typename List, typename Each>
std::string joined(const List& list, const Each& each) {
  std::string out;
  for (const auto& one : list) out += (out.empty() ? "" : ",") + each(one);
  return out;
}

// A message as vectors/messages.txt shows it.
std::string shown(const Message& message) {
  std::map<std::string, std::string> fields;
  const auto number = [&](const char* name, std::int32_t value) {
    if (value != 0) fields[name] = base::decimal(std::int64_t{value});
  };
  const auto flag = [&](const char* name, bool value) {
    if (value) fields[name] = "true";
  };
  const auto text = [&](const char* name, const std::string& value) {
    if (!value.empty()) fields[name] = in_quotes(value);
  };
  number("originalTopic", message.original_topic);
  number("originalAction", message.original_action);
  flag("isError", message.is_error);
  flag("isAck", message.is_ack);
  flag("isWriteAck", message.is_write_ack);
  text("data", message.data);
  text("correlationId", message.correlation_id);
  text("name", message.name);
  text("subscription", message.subscription);
  text("pattern", message.pattern);
  text("path", message.path);
  text("url", message.url);
  text("protocolVersion", message.protocol_version);
  text("sdkVersion", message.sdk_version);
  text("sdkType", message.sdk_type);
  text("requestorName", message.requestor_name);
  text("requestorData", message.requestor_data);
  if (message.version) fields["version"] = base::decimal(std::int64_t{*message.version});
  if (!message.names.empty()) fields["names"] = "[" + joined(message.names, in_quotes) + "]";
  if (!message.versions.empty()) {
    fields["versions"] = "{" +
                         joined(message.versions,
                                [](const auto& one) {
                                  return in_quotes(one.first) + ":" + base::decimal(std::int64_t{one.second});
                                }) +
                         "}";
  }
  std::string out = base::decimal(std::int64_t{static_cast<int>(message.topic)}) + " " +
                    base::decimal(std::int64_t{message.action});
  for (const auto& [name, value] : fields) out += " " + name + "=" + value;
  return out;
}

struct Case {
  std::string frame;
  std::string message;
};

std::vector<Case> recorded() {
  std::ifstream file("core/dialects/deepstream/vectors/messages.txt");
  std::vector<Case> cases;
  std::string line;
  while (std::getline(file, line)) {
    if (line.starts_with("< ")) cases.push_back({bytes_of(line.substr(2)), ""});
    if (line.starts_with("> ")) cases.back().message = line.substr(2);
  }
  return cases;
}

TEST(Codec, reads_and_writes_what_the_npm_package_wrote) {
  const auto cases = recorded();
  ASSERT_GE(cases.size(), 30u);
  for (const Case& one : cases) {
    const auto messages = decode(one.frame);
    ASSERT_TRUE(messages.ok() && messages->size() == 1) << one.message;
    EXPECT_EQ(shown(messages->front()), one.message);
    EXPECT_EQ(encode(messages->front()), one.frame) << one.message;
  }
}

TEST(Codec, reads_several_messages_of_a_frame_in_order) {
  std::string frame, expected, read;
  for (const Case& one : recorded()) {
    frame += one.frame;
    expected += one.message + '\n';
  }
  const auto messages = decode(frame);
  ASSERT_TRUE(messages.ok());
  for (const Message& message : *messages) read += shown(message) + '\n';
  EXPECT_EQ(read, expected);
}

TEST(Codec, an_empty_frame_holds_no_message) {
  const auto messages = decode("");
  ASSERT_TRUE(messages.ok());
  EXPECT_TRUE(messages->empty());
}

TEST(Codec, a_version_of_zero_is_written_and_none_is_not) {
  Message message{.topic = Topic::record, .action = record_action::read_response, .version = 0};
  EXPECT_EQ(decode(encode(message))->front().version, 0);
  message.version.reset();
  EXPECT_FALSE(decode(encode(message))->front().version.has_value());
}

TEST(Codec, a_forced_version_takes_ten_bytes) {
  const Message message{.topic = Topic::record, .version = -1};
  EXPECT_EQ(encode(message), bytes_of("0f10051a0b68ffffffffffffffffff01"));
  EXPECT_EQ(decode(encode(message))->front().version, -1);
  // Of five bytes: what a writer without sign extension makes of it.
  EXPECT_EQ(decode(bytes_of("0a10051a0668ffffffff0f"))->front().version, -1);
}

TEST(Codec, what_is_not_of_the_topic_is_not_written) {
  const Message message{.topic = Topic::auth, .action = auth_action::request, .name = "n", .names = {"a"}};
  EXPECT_EQ(encode(message), bytes_of("0610031a020802"));
  EXPECT_EQ(encode(Message{}), "");
}

TEST(Codec, a_topic_nobody_knows_is_said) {
  const auto messages = decode(bytes_of("0610631a0208020610021a020802"));
  ASSERT_TRUE(messages.ok());
  ASSERT_EQ(messages->size(), 2u);
  EXPECT_EQ((*messages)[0], (Message{.original_topic = 99}));
  EXPECT_EQ((*messages)[1], (Message{.topic = Topic::connection, .action = connection_action::ping}));
}

TEST(Codec, unknown_fields_and_other_wire_types_are_skipped) {
  // Field 15 as varint, bytes, eight and four bytes, and the action once as bytes.
  const std::string inner =
      "7801"
      "7a0161"
      "790000000000000000"
      "7d00000000"
      "0a0161"
      "0802";
  const std::string size = base::hex(inner.size() / 2, 2);
  const std::string frame = base::hex(inner.size() / 2 + 4, 2) +
                            "1002"
                            "1a" +
                            size + inner;
  const auto messages = decode(bytes_of(frame));
  ASSERT_TRUE(messages.ok());
  EXPECT_EQ(messages->front(), (Message{.topic = Topic::connection, .action = connection_action::ping}));
}

TEST(Codec, a_field_that_comes_twice_counts_the_last_time) {
  const auto twice =
      decode(bytes_of("0a10021a0608020803"
                      "0804"));
  ASSERT_TRUE(twice.ok());
  EXPECT_EQ(twice->front().action, connection_action::accept);
}

TEST(Codec, every_prefix_of_a_message_is_refused_as_no_message) {
  for (const Case& one : recorded()) {
    for (std::size_t size = 1; size < one.frame.size(); ++size) {
      const auto messages = decode(one.frame.substr(0, size));
      ASSERT_FALSE(messages.ok()) << one.message << " cut at " << size;
      EXPECT_EQ(messages.error().code, Code::bad_message);
    }
  }
}

TEST(Codec, nonsense_is_refused_with_the_byte) {
  const auto refused = [](std::string_view hex) {
    const auto messages = decode(bytes_of(hex));
    return messages ? "" : messages.error().message;
  };
  // A varint without end, a length beyond the frame, field number 0, a group, a text that is not UTF-8.
  EXPECT_EQ(refused("ffffffffffffffffffffff"), "the frame is no message at byte 10");
  EXPECT_EQ(refused("7f1002"), "the frame is no message at byte 1");
  EXPECT_EQ(refused("020001"), "the frame is no message at byte 2");
  EXPECT_EQ(refused("0510021a010b"), "the frame is no message at byte 6");
  EXPECT_EQ(refused("0710031a031201ff"), "the frame is no message at byte 8");
}

TEST(Codec, limits_are_named) {
  const std::string ping = bytes_of("0610021a020802");
  const Message names{.topic = Topic::event, .names = {"a", "b", "c"}};
  EXPECT_TRUE(decode(ping + ping, {.messages_max = 2}).ok());
  EXPECT_EQ(decode(ping + ping, {.messages_max = 1}).error().message, "the frame has more messages than 1");
  EXPECT_TRUE(decode(encode(names), {.names_max = 3}).ok());
  EXPECT_EQ(decode(encode(names), {.names_max = 2}).error().message, "the frame has more names than 2");
  EXPECT_EQ(decode(encode(names), {.names_max = 2}).error().code, Code::too_large);
  EXPECT_TRUE(decode(ping, {.bytes_max = ping.size()}).ok());
  EXPECT_EQ(decode(ping, {.bytes_max = 6}).error().message, "the frame has more bytes than 6");
}

TEST(Codec, what_was_read_of_damaged_frames_is_read_again_the_same) {
  base::Prng prng(1);
  const auto cases = recorded();
  int understood = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string frame = cases[prng.below(cases.size())].frame;
    for (std::uint64_t flips = prng.below(4); flips > 0; --flips)
      frame[prng.below(frame.size())] = static_cast<char>(prng.next());
    const auto messages = decode(frame);
    if (!messages) continue;
    for (const Message& message : *messages) {
      if (message.topic == Topic::unknown) continue;
      ++understood;
      const auto again = decode(encode(message));
      ASSERT_TRUE(again.ok() && again->size() == 1);
      EXPECT_EQ(again->front(), message);
    }
  }
  EXPECT_GT(understood, 1000);
}

}  // namespace
}  // namespace rockpool::dialects::deepstream
