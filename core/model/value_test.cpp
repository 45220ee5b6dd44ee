#include "core/model/value.h"

#include <array>

#include <gtest/gtest.h>

#include "core/base/limits.h"

namespace rockpool::model {
namespace {

using base::Code;

std::string repeated(std::string_view piece, std::size_t times) {
  std::string text;
  for (std::size_t i = 0; i < times; ++i) text += piece;
  return text;
}

std::string list_of(std::size_t values) { return "[0" + repeated(",0", values - 1) + "]"; }

std::string object_of(std::size_t keys) {
  std::string text = "{";
  for (std::size_t i = 0; i < keys; ++i) text += (i == 0 ? "\"k" : ",\"k") + std::to_string(i) + "\":1";
  return text + "}";
}

// What `read` and `compact` both say: they must agree on every text.
Code code_of(std::string_view text, const ReadLimits& limits = {}) {
  const auto value = read(text, limits);
  const auto packed = compact(text, limits);
  EXPECT_EQ(value.ok(), packed.ok()) << text.substr(0, 80);
  if (!value.ok() && !packed.ok()) {
    EXPECT_EQ(value.error(), packed.error());
  }
  return value.ok() ? Code::usage : value.error().code;
}
constexpr Code fine = Code::usage;

std::string round_trip(std::string_view text) {
  const auto value = read(text);
  return value ? write(*value) : value.error().message;
}

std::string canonical_text(std::string_view text) {
  const auto value = read(text);
  return value ? canonical(*value) : value.error().message;
}

TEST(Read, keeps_members_in_the_order_in_which_they_were_written) {
  EXPECT_EQ(round_trip(R"( { "b" : 1 , "a" : [ true , false , null , "x" , -1.5 ] } )"),
            R"({"b":1,"a":[true,false,null,"x",-1.5]})");
}

TEST(Read, keeps_64_bit_integers_exactly) {
  const std::string text = "[9007199254740993,9223372036854775807,-9223372036854775808,18446744073709551615]";
  EXPECT_EQ(round_trip(text), text);
}

TEST(Read, takes_an_integer_beyond_64_bits_for_a_double) {
  EXPECT_EQ(round_trip("100000000000000000000"), "1e+20");
}

TEST(Read, lets_the_last_of_repeated_keys_win_at_the_place_of_the_first) {
  EXPECT_EQ(round_trip(R"({"a":1,"b":2,"a":3,"c":4,"a":5,"b":6})"), R"({"a":5,"b":6,"c":4})");
  EXPECT_EQ(round_trip(R"({"a":{"x":1},"a":{"y":2}})"), R"({"a":{"y":2}})");
}

TEST(Read, lets_the_last_of_repeated_keys_win_in_large_objects_too) {
  std::string text = object_of(20);
  text.back() = ',';
  text += R"("k3":"last","k7":1,"k7":"last"})";
  const auto value = read(text);
  ASSERT_TRUE(value);
  EXPECT_EQ(value->size(), 20u);
  EXPECT_EQ(*text_member(*value, "k3"), "last");
  EXPECT_EQ(*text_member(*value, "k7"), "last");
  EXPECT_EQ(value->members()[0].name, "k0");
}

TEST(Read, refuses_what_is_no_json_and_names_the_byte) {
  const std::array<std::pair<std::string_view, std::string_view>, 12> cases = {{
      {"", "byte 0: "},
      {"  ", "byte 2: "},
      {"nul", "byte 3: "},
      {"{} {}", "byte 3: "},
      {"[1,]", "byte 3: "},
      {"{\"a\":1,}", "byte 7: "},
      {"{a:1}", "byte 1: "},
      {"\"open", "byte 5: "},
      {"01", "byte 1: "},
      {"NaN", "byte 0: "},
      {"[1 2]", "byte 3: "},
      {"'x'", "byte 0: "},
  }};
  for (const auto& [text, place] : cases) {
    const auto value = read(text);
    ASSERT_FALSE(value) << text;
    EXPECT_EQ(value.error().code, Code::invalid) << text;
    EXPECT_NE(value.error().message.find(place), std::string::npos) << value.error().message;
    EXPECT_EQ(code_of(text), Code::invalid);
  }
}

TEST(Read, refuses_numbers_that_are_no_finite_double) {
  EXPECT_EQ(code_of("1e308"), fine);
  EXPECT_EQ(code_of("1e309"), Code::invalid);
  EXPECT_EQ(code_of("[-1e999]"), Code::invalid);
}

TEST(Read, refuses_nul_bytes_but_takes_their_escape) {
  using namespace std::string_view_literals;
  EXPECT_EQ(code_of("{}\0"sv), Code::invalid);
  EXPECT_EQ(code_of("\0{}"sv), Code::invalid);
  EXPECT_EQ(code_of("\"a\0b\""sv), Code::invalid);
  const auto value = read(R"("a\u0000b")");
  ASSERT_TRUE(value);
  EXPECT_EQ(*value->get_ptr<const std::string*>(), "a\0b"sv);
  EXPECT_EQ(write(*value), R"("a\u0000b")");
}

TEST(Read, refuses_a_byte_order_mark) { EXPECT_EQ(code_of("\xef\xbb\xbf{}"), Code::invalid); }

TEST(Read, refuses_every_class_of_malformed_utf8_and_names_its_byte) {
  const std::array<std::string_view, 13> bad = {
      "\x80",              // continuation alone
      "\xbf",              // continuation alone
      "\xc3",              // cut off after one of two
      "\xe2\x82",          // cut off after two of three
      "\xf0\x9f\x92",      // cut off after three of four
      "\xc0\xaf",          // overlong in two
      "\xe0\x80\xaf",      // overlong in three
      "\xf0\x80\x80\xaf",  // overlong in four
      "\xed\xa0\x80",      // surrogate
      "\xed\xbf\xbf",      // surrogate
      "\xf4\x90\x80\x80",  // above U+10FFFF
      "\xf5\x80\x80\x80",  // never a lead byte
      "\xff",              // never a byte
  };
  for (const std::string_view bytes : bad) {
    const std::string text = "[\"12345678\xc3\xa9" + std::string(bytes) + "\"]";
    const auto value = read(text);
    ASSERT_FALSE(value) << text;
    EXPECT_EQ(value.error().message, "not JSON at byte 12: not UTF-8");
    EXPECT_EQ(code_of(text), Code::invalid);
    EXPECT_EQ(code_of(bytes), Code::invalid);
  }
}

TEST(Read, takes_every_length_of_utf8) {
  const std::string text =
      "\"a\xc3\xa9\xe2\x82\xac\xf0\x9f\x92\xa9\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf\"";
  EXPECT_EQ(round_trip(text), text);
}

TEST(Read, joins_escaped_surrogate_pairs_and_refuses_halves) {
  EXPECT_EQ(round_trip(R"("\ud83d\udca9")"), "\"\xf0\x9f\x92\xa9\"");
  for (const std::string_view text : {R"("\ud800")", R"("\udc00")", R"("\ud800\ud800")", R"("\ud800x")"}) {
    EXPECT_EQ(code_of(text), Code::invalid) << text;
  }
}

TEST(Read, quotes_only_readable_bytes_in_its_errors) {
  for (const std::string_view text : {"\"\x01\"", "[\xc3\xa9]", "tr\xc3\xa9"}) {
    const auto value = read(text);
    ASSERT_FALSE(value);
    for (const char c : value.error().message) EXPECT_TRUE(c >= ' ' && c <= '~') << value.error().message;
  }
  const auto value = read("\"" + repeated("x", 100'000));
  ASSERT_FALSE(value);
  EXPECT_LT(value.error().message.size(), 300u);
}

// ---- limits

struct Bound {
  const char* name;
  std::string under, at, over;
  ReadLimits limits;
};

std::vector<Bound> bounds() {
  const auto nested = [](std::size_t levels) { return repeated("[", levels) + repeated("]", levels); };
  const auto mixed = [](std::size_t pairs) { return repeated("{\"a\":[", pairs) + repeated("]}", pairs); };
  const auto string = [](std::size_t bytes) { return '"' + std::string(bytes, 'x') + '"'; };
  const auto key = [](std::size_t bytes) { return "{\"" + std::string(bytes, 'x') + "\":1}"; };
  const std::size_t megabyte = std::size_t{1} << 20;
  return {
      {"depth", nested(63), nested(64), nested(65), {}},
      {"depth of objects and arrays", mixed(31), mixed(32), mixed(33), {}},
      {"values", list_of(99'998), list_of(99'999), list_of(100'000), {}},
      {"keys", object_of(9'999), object_of(10'000), object_of(10'001), {}},
      {"key bytes", key(1'023), key(1'024), key(1'025), {}},
      {"string bytes", string(megabyte - 1), string(megabyte), string(megabyte + 1), {}},
      {"bytes", list_of(4), list_of(5), list_of(6), {.bytes_max = 11}},
  };
}

TEST(Limits, each_holds_at_and_under_and_is_too_large_over_it) {
  for (const Bound& bound : bounds()) {
    EXPECT_EQ(code_of(bound.under, bound.limits), fine) << bound.name;
    EXPECT_EQ(code_of(bound.at, bound.limits), fine) << bound.name;
    EXPECT_EQ(code_of(bound.over, bound.limits), Code::too_large) << bound.name;
  }
}

TEST(Limits, name_the_limit_that_was_passed) {
  const auto value = read(repeated("[", 65) + repeated("]", 65));
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().message, "JSON with more than 64 levels of nesting");
}

TEST(Limits, count_bytes_of_strings_after_unescaping) {
  const ReadLimits limits{.key_bytes_max = 2, .string_bytes_max = 2};
  EXPECT_EQ(code_of(R"({"\u00e9":"\u00e9"})", limits), fine);
  EXPECT_EQ(code_of(R"("\u00e9x")", limits), Code::too_large);
}

TEST(Limits, stop_the_parser_long_before_the_end) {
  EXPECT_EQ(code_of(repeated("[", 4'000'000)), Code::too_large);
  EXPECT_EQ(code_of(repeated("{\"a\":", 800'000)), Code::too_large);
}

TEST(Limits, ten_thousand_repeated_or_different_keys_take_no_quadratic_time) {
  const auto repeated_keys = read("{" + repeated("\"a\":1,", 9'999) + "\"a\":2}");
  ASSERT_TRUE(repeated_keys);
  EXPECT_EQ(write(*repeated_keys), "{\"a\":2}");
  for (int i = 0; i < 20; ++i) EXPECT_EQ(read(object_of(10'000))->size(), 10'000u);
}

TEST(Fits, judges_a_value_as_read_would_judge_its_text) {
  const ReadLimits wide{.bytes_max = 8 << 20,
                        .depth_max = 100,
                        .values_max = 1'000'000,
                        .keys_max = 20'000,
                        .key_bytes_max = 4096,
                        .string_bytes_max = 2 << 20};
  for (const Bound& bound : bounds()) {
    for (const std::string& text : {bound.under, bound.at, bound.over}) {
      const auto value = read(text, wide);
      ASSERT_TRUE(value) << bound.name;
      ReadLimits limits = bound.limits;
      limits.bytes_max = base::limits::down_message_bytes_max;
      EXPECT_EQ(fits(*value, limits).ok(), read(text, limits).ok()) << bound.name;
    }
  }
}

// ---- written forms

TEST(Compact, strips_white_space_outside_of_strings_only) {
  const auto text = compact(" {\n\t\"a b\" : [ 1 ,\r\n 2 ] , \"c\" : \" \\\" { \\\\\" , \"d\" : true } ");
  ASSERT_TRUE(text);
  EXPECT_EQ(*text, R"({"a b":[1,2],"c":" \" { \\","d":true})");
}

TEST(Compact, keeps_numbers_and_escapes_as_they_were_written) {
  const std::string text = R"([1.0,1e2,-0,0.10,123456789012345678901234567890,"\u0041\/"])";
  const auto packed = compact(text);
  ASSERT_TRUE(packed);
  EXPECT_EQ(*packed, text);
}

TEST(Write, escapes_what_must_be_escaped_and_nothing_else) {
  const auto value = read(R"("\"\\\/\b\f\n\r\t\u0001\u001f\u007f\u00e9")");
  ASSERT_TRUE(value);
  EXPECT_EQ(write(*value), "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\xc3\xa9\"");
}

TEST(Write, never_writes_what_is_not_utf8) {
  EXPECT_EQ(write(Value("a\xff\x80z")), "\"a\xef\xbf\xbd\xef\xbf\xbdz\"");
}

TEST(Write, puts_null_where_a_number_is_not_finite) {
  EXPECT_EQ(write(Value(std::numeric_limits<double>::infinity())), "null");
}

TEST(Write, reads_back_every_double) {
  for (const double real : {0.1, 1.0 / 3, 5e-324, 1.7976931348623157e308, -2.5, 1e21, 123456.789}) {
    const auto value = read(write(Value(real)));
    ASSERT_TRUE(value);
    EXPECT_EQ(*value->get_ptr<const double*>(), real);
  }
}

TEST(Canonical, sorts_keys_by_bytes_at_every_level) {
  EXPECT_EQ(canonical_text("{\"b\":{\"z\":1,\"a\":2},\"B\":1,\"\xc3\xa9\":1,\"a\":1,\"aa\":1,\"\":1}"),
            "{\"\":1,\"B\":1,\"a\":1,\"aa\":1,\"b\":{\"a\":2,\"z\":1},\"\xc3\xa9\":1}");
}

TEST(Canonical, writes_whole_doubles_below_2_to_the_53_as_integers) {
  EXPECT_EQ(canonical_text("[1.0,1e2,-0,-0.0,0.0,9007199254740991.0,-3.0e0]"),
            "[1,100,0,0,0,9007199254740991,-3]");
  EXPECT_EQ(canonical_text("[0.5,1e20,9007199254740992.0]"), "[0.5,1e+20,9.007199254740992e+15]");
}

TEST(Canonical, writes_integers_beyond_2_to_the_53_exactly) {
  const std::string text = "[9007199254740993,18446744073709551615,-9223372036854775808]";
  EXPECT_EQ(canonical_text(text), text);
}

TEST(Same, is_equality_of_canonical_text) {
  const std::array<std::string_view, 16> texts = {"1",
                                                  "1.0",
                                                  "-0.0",
                                                  "0",
                                                  "true",
                                                  "null",
                                                  "\"1\"",
                                                  "[1,2]",
                                                  "[2,1]",
                                                  "[]",
                                                  R"({"a":1,"b":[1.0]})",
                                                  "{}",
                                                  R"({"b":[1],"a":1e0})",
                                                  "9007199254740993",
                                                  "9007199254740992.0",
                                                  "9007199254740992"};
  for (const auto left : texts) {
    for (const auto right : texts) {
      EXPECT_EQ(same(*read(left), *read(right)), canonical_text(left) == canonical_text(right))
          << left << right;
    }
  }
}

TEST(Same, compares_large_objects_without_regard_to_order) {
  const auto value = read(object_of(500));
  Value turned = Value::object();
  for (std::size_t i = value->size(); i-- > 0;) turned[value->members()[i].name] = value->members()[i].value;
  EXPECT_TRUE(same(*value, turned));
  turned["k77"] = 2;
  EXPECT_FALSE(same(*value, turned));
}

// ---- members

TEST(Member, answers_nothing_for_wrong_types_and_missing_members) {
  const auto value = read(R"({"text":"x","yes":true,"count":3,"list":[]})");
  EXPECT_NE(member(*value, "list"), nullptr);
  EXPECT_EQ(member(*value, "nowhere"), nullptr);
  EXPECT_EQ(member(*read("[1]"), "text"), nullptr);
  EXPECT_EQ(member(*read("null"), "text"), nullptr);
  EXPECT_EQ(*text_member(*value, "text"), "x");
  EXPECT_EQ(text_member(*value, "count"), nullptr);
  EXPECT_EQ(bool_member(*value, "yes"), true);
  EXPECT_EQ(bool_member(*value, "text"), std::nullopt);
  EXPECT_EQ(count_member(*value, "count"), 3u);
  EXPECT_EQ(count_member(*value, "yes"), std::nullopt);
}

TEST(Count, is_a_whole_number_from_0_to_2_to_the_63_less_1) {
  const auto count = [](std::string_view text) { return as_count(*read(text)); };
  EXPECT_EQ(count("0"), 0u);
  EXPECT_EQ(count("-0.0"), 0u);
  EXPECT_EQ(count("3.0"), 3u);
  EXPECT_EQ(count("1e3"), 1000u);
  EXPECT_EQ(count("9223372036854775807"), 9223372036854775807u);
  EXPECT_EQ(count("9223372036854775808"), std::nullopt);
  EXPECT_EQ(count("9.3e18"), std::nullopt);
  EXPECT_EQ(count("-1"), std::nullopt);
  EXPECT_EQ(count("1.5"), std::nullopt);
  EXPECT_EQ(count("\"1\""), std::nullopt);
}

}  // namespace
}  // namespace rockpool::model
