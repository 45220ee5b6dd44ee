#include "core/model/envelope.h"

#include <array>

#include <gtest/gtest.h>

#include "core/base/prng.h"

namespace rockpool::model {
namespace {

constexpr std::array<std::string_view, 2> names = {"data", "value"};

std::string sliced(std::string_view text) {
  const auto value = read_sliced(text, names);
  return value ? write(*value) : value.error().message;
}

TEST(Envelope, gives_payloads_of_every_type_as_their_text) {
  EXPECT_EQ(sliced(R"({"data":{"a":[1,"x"]}})"), R"({"data":"{\"a\":[1,\"x\"]}"})");
  EXPECT_EQ(sliced(R"({"data":[]})"), R"({"data":"[]"})");
  EXPECT_EQ(sliced(R"({"data":"x"})"), R"({"data":"\"x\""})");
  EXPECT_EQ(sliced(R"({"data":12})"), R"({"data":"12"})");
  EXPECT_EQ(sliced(R"({"data":-1.50e3,"n":1})"), R"({"data":"-1.50e3","n":1})");
  EXPECT_EQ(sliced(R"({"data":null})"), R"({"data":"null"})");
  EXPECT_EQ(sliced(R"({"data":false,"value":true})"), R"({"data":"false","value":"true"})");
}

TEST(Envelope, strips_white_space_of_payloads) {
  EXPECT_EQ(sliced("{ \"data\" : { \"a b\" : [ 1 , 2 ] } , \"value\" :\n7\n}"),
            R"({"data":"{\"a b\":[1,2]}","value":"7"})");
}

TEST(Envelope, finds_payloads_at_every_depth_but_not_inside_of_payloads) {
  EXPECT_EQ(sliced(R"([{"list":[{"data":{"data":1,"value":[2]}},{"value":3}]}])"),
            R"([{"list":[{"data":"{\"data\":1,\"value\":[2]}"},{"value":"3"}]}])");
}

TEST(Envelope, knows_a_payload_by_its_unescaped_name) {
  EXPECT_EQ(sliced(R"({"d\u0061ta":1,"dat":2})"), R"({"data":"1","dat":2})");
}

TEST(Envelope, lets_the_last_of_repeated_payloads_win) {
  EXPECT_EQ(sliced(R"({"data":1,"id":"x","data":{"b":2}})"), R"({"data":"{\"b\":2}","id":"x"})");
}

TEST(Envelope, keeps_a_payload_that_is_compact_byte_for_byte) {
  const std::string payload =
      R"({"a":1.0,"b":"\u0041\/ \"","c":[1e2,{}],"d":123456789012345678901234567890})";
  const auto value = read_sliced("{\"data\":" + payload + "}", names);
  ASSERT_TRUE(value);
  EXPECT_EQ(*text_member(*value, "data"), payload);
}

TEST(Envelope, refuses_any_byte_behind_a_number_that_does_not_belong_there) {
  for (int byte = 0x20; byte < 0x7f; ++byte) {
    const std::string text = std::string(R"({"data":1)") + static_cast<char>(byte) + "}";
    EXPECT_EQ(read_sliced(text, names).ok(), read(text).ok()) << text;
  }
}

TEST(Envelope, refuses_what_read_refuses_inside_of_payloads_too) {
  const std::string deep = std::string(63, '[') + std::string(63, ']');
  const std::array<std::string, 10> texts = {
      R"({"data":{"a":}})",        R"({"data":[1,]})",       R"({"data":1e999})", R"({"data":"\ud800"})",
      "{\"data\":\"\xff\"}",       R"({"data":1)",           R"({"data":1}x)",    R"({"data"})",
      "{\"data\":[" + deep + "]}", "{\"data\":" + deep + "}"};
  for (const std::string& text : texts) {
    const auto plain = read(text);
    const auto cut = read_sliced(text, names);
    ASSERT_EQ(plain.ok(), cut.ok()) << text;
    if (!plain.ok()) {
      EXPECT_EQ(plain.error(), cut.error());
    }
  }
}

// Random values, some of them called like payloads, with white space strewn in.
class Maker {
 public:
  explicit Maker(std::uint64_t seed) : chance_(seed) {}
  std::string value(int depth) {
    const std::uint64_t kind = chance_.below(depth > 4 ? 4 : 6);
    if (kind == 0) return pick({"1", "-2.5e3", "0", "18446744073709551615"});
    if (kind == 1) return pick({"true", "false", "null"});
    if (kind <= 3) return pick({"\"\"", "\"a \\\" ] } , b\"", "\"\\\\\"", "\"\xc3\xa9\""});
    std::string text(1, kind == 4 ? '[' : '{');
    const std::uint64_t count = chance_.below(4);
    for (std::uint64_t i = 0; i < count; ++i) {
      text += (i == 0 ? space() : space() + ',' + space());
      if (kind == 5)
        text += "\"" + pick({"data", "value", "id", "x"}) + std::to_string(i / 2) + "\"" + space() + ":";
      if (kind == 5 && chance_.below(2) == 0)
        text = text.substr(0, text.rfind('"') - 1) + "\"" + space() + ":";
      text += space() + value(depth + 1);
    }
    return text + space() + (kind == 4 ? ']' : '}');
  }

 private:
  std::string pick(std::initializer_list<const char*> from) {
    return *(from.begin() + chance_.below(from.size()));
  }
  std::string space() { return pick({"", "", " ", "\n\t"}); }
  base::Prng chance_;
};

// Puts the payloads back where they were cut out.
std::string rejoined(const Value& value) {
  std::string out;
  if (value.is_object()) {
    for (const auto& [name, inner] : *value.get_ptr<const Value::object_t*>()) {
      out += out.empty() ? "{" : ",";
      append_quoted(out, name);
      const bool payload = name == "data" || name == "value";
      out += ':' + (payload ? *inner.get_ptr<const std::string*>() : rejoined(inner));
    }
    return out.empty() ? "{}" : out + '}';
  }
  if (!value.is_array()) return write(value);
  for (const Value& inner : *value.get_ptr<const Value::array_t*>())
    out += (out.empty() ? "[" : ",") + rejoined(inner);
  return out.empty() ? "[]" : out + ']';
}

TEST(Envelope, with_its_payloads_put_back_is_the_message_again) {
  Maker maker(7);
  for (int i = 0; i < 3000; ++i) {
    const std::string text = maker.value(0);
    const auto plain = read(text);
    ASSERT_TRUE(plain) << text;
    const auto cut = read_sliced(text, names);
    ASSERT_TRUE(cut) << text;
    const auto joined = read(rejoined(*cut));
    ASSERT_TRUE(joined) << rejoined(*cut);
    EXPECT_EQ(canonical(*joined), canonical(*plain)) << text;
  }
}

TEST(Envelope, read_and_compact_agree_on_every_damaged_text) {
  constexpr std::string_view bytes = "{}[],:\"\\eE+-.0 1u\x80\xc3\n";
  Maker maker(11);
  base::Prng chance(5);
  for (int i = 0; i < 20'000; ++i) {
    std::string text = maker.value(0);
    for (std::uint64_t damage = 1 + chance.below(3); damage > 0; --damage) {
      const std::size_t at = chance.below(text.size() + 1);
      const std::uint64_t kind = chance.below(3);
      if (kind == 0) text.resize(at);
      if (kind == 1) text.insert(at, 1, bytes[chance.below(bytes.size())]);
      if (kind == 2 && at < text.size()) text[at] = bytes[chance.below(bytes.size())];
    }
    const auto plain = read(text);
    const auto cut = read_sliced(text, names);
    const auto packed = compact(text);
    ASSERT_EQ(plain.ok(), cut.ok()) << text;
    ASSERT_EQ(plain.ok(), packed.ok()) << text;
    if (plain) {
      EXPECT_EQ(canonical(*read(*packed)), canonical(*plain)) << text;
    } else {
      EXPECT_EQ(plain.error(), cut.error()) << text;
      EXPECT_EQ(plain.error(), packed.error()) << text;
    }
  }
}

}  // namespace
}  // namespace rockpool::model
