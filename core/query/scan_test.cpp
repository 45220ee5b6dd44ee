#include "core/query/scan.h"

#include <array>

#include <gtest/gtest.h>

namespace rockpool::query {
namespace {

TEST(Scan, finds_the_end_of_values_of_every_type) {
  for (const std::string_view value :
       {"1", "-1.5e+3", "true", "false", "null", "\"\"", "\"a\"", "\"seven77\"", "\"eight888\"",
        "\"a long \\\" one, with ]\"", "\"\\\\\"", "[]", "{}", "[1,[2,\"]\"],{}]",
        "{\"a\":{\"}\":\"{\"},\"b\":[]}"}) {
    for (const std::string_view rest : {"", ",1", "]", "}"}) {
      EXPECT_EQ(behind_value(std::string(value) + std::string(rest), 0), value.size()) << value << rest;
    }
  }
}

TEST(Scan, stays_inside_of_texts_that_end_too_early) {
  for (const std::string_view text :
       {"\"open", "\"open\\", "\"eight888", "[1,2", "{\"a\":", "{\"a", "", "[\"x\\\""}) {
    EXPECT_EQ(behind_value(text, 0), text.size()) << text;
  }
}

std::string plain(std::string_view raw) {
  std::string scratch;
  return std::string(unescaped(raw, scratch));
}

TEST(Unescaped, undoes_every_escape) {
  EXPECT_EQ(plain("\"plain\""), "plain");
  EXPECT_EQ(plain(R"("\"\\\/\b\f\n\r\t")"), "\"\\/\b\f\n\r\t");
  EXPECT_EQ(plain(R"("a\u0041\u00e9\u20ACz")"), "aA\xc3\xa9\xe2\x82\xacz");
  EXPECT_EQ(plain(R"("\ud83d\udca9!")"), "\xf0\x9f\x92\xa9!");
  EXPECT_EQ(plain(R"("a\u0000b")"), std::string("a\0b", 3));
}

TEST(Unescaped, points_into_the_text_where_nothing_is_escaped) {
  std::string scratch;
  const std::string raw = "\"plain\"";
  EXPECT_EQ(unescaped(raw, scratch).data(), raw.data() + 1);
}

TEST(Unescaped, stays_inside_of_broken_text) {
  for (const std::string_view raw :
       {"\"", "\"\\\"", "\"\\u\"", "\"\\u12\"", "\"\\ud83d\"", "\"\\ud83d\\\"", "\"\\ud83d\\u12\""}) {
    EXPECT_LE(plain(raw).size(), 8u) << raw;
  }
}

// Every two of these are in this order; those in one line are equal.
TEST(Number, compares_exactly_over_integers_and_doubles) {
  const std::vector<std::vector<std::string_view>> ascending = {
      {"-1e308"},
      {"-18446744073709551616"},
      {"-9223372036854775808", "-9.223372036854775808e18"},
      {"-9223372036854775807"},
      {"-9007199254740993"},
      {"-9007199254740992", "-9007199254740992.0"},
      {"-1.5", "-15e-1"},
      {"-1", "-1.0"},
      {"-5e-324"},
      {"0", "-0", "-0.0", "0e5", "0.000"},
      {"1e-7", "0.0000001"},
      {"0.1", "1e-1", "0.10"},
      {"0.1234567890123456789012345"},
      {"1", "1.0", "1e0"},
      {"1.0000000000000002"},
      {"12345678.5"},
      {"9007199254740992", "9007199254740992.0"},
      {"9007199254740993"},
      {"9007199254740994"},
      {"9223372036854775807"},
      {"9223372036854775808", "9223372036854775808.0"},
      {"18446744073709551614"},
      {"18446744073709551615"},
      {"18446744073709551616", "1.8446744073709552e19"},
      {"1e20", "100000000000000000000"},
      {"1.7976931348623157e308"},
  };
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    for (std::size_t j = 0; j < ascending.size(); ++j) {
      for (const auto left : ascending[i]) {
        for (const auto right : ascending[j]) {
          const Number a = Number::of(left);
          const Number b = Number::of(right);
          EXPECT_EQ(a <=> b, i <=> j) << left << " " << right;
          EXPECT_EQ(a == b, i == j) << left << " " << right;
          std::string first;
          std::string second;
          a.append_key(first);
          b.append_key(second);
          EXPECT_EQ(first.compare(second) <=> 0, i <=> j) << left << " " << right;
        }
      }
    }
  }
}

}  // namespace
}  // namespace rockpool::query
