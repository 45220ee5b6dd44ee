#include "core/base/text.h"

#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace rockpool::base {
namespace {

TEST(Hex, is_padded_lower_case_and_reads_back) {
  EXPECT_EQ(hex(0, 1), "0");
  EXPECT_EQ(hex(0xabc, 6), "000abc");
  EXPECT_EQ(hex(UINT64_MAX, 16), "ffffffffffffffff");
  EXPECT_EQ(hex(0x1234, 2), "34");
  EXPECT_EQ(read_hex("000abc"), 0xabcu);
  EXPECT_EQ(read_hex("ffffffffffffffff"), UINT64_MAX);
}

TEST(Hex, refuses_what_is_not_1_to_16_lower_case_digits) {
  for (const char* text : {"", "AB", "0x1", " 1", "1 ", "g", "-1", "00000000000000000"}) {
    EXPECT_FALSE(read_hex(text).has_value()) << text;
  }
}

TEST(Decimal, reads_back_what_it_writes) {
  for (int bit = 0; bit < 64; ++bit) {
    const std::uint64_t power = std::uint64_t{1} << bit;
    for (const std::uint64_t number : {power - 1, power, power + 1})
      EXPECT_EQ(read_decimal(decimal(number)), number);
  }
  EXPECT_EQ(decimal(UINT64_MAX), "18446744073709551615");
  EXPECT_EQ(read_decimal("18446744073709551615"), UINT64_MAX);
  EXPECT_EQ(decimal(INT64_MIN), "-9223372036854775808");
  EXPECT_EQ(decimal(std::int64_t{-1}), "-1");
}

TEST(Decimal, refuses_signs_spaces_leading_zeros_and_more_than_64_bits) {
  EXPECT_EQ(read_decimal("0"), 0u);
  for (const char* text : {"", "00", "01", "+1", "-1", " 1", "1 ", "1.0", "1e3", "0x1", "a",
                           "18446744073709551616", "99999999999999999999999"}) {
    EXPECT_FALSE(read_decimal(text).has_value()) << text;
  }
  EXPECT_FALSE(read_decimal(std::string_view("1\0", 2)).has_value());
}

TEST(Base64url, gives_the_values_of_rfc_4648_without_padding) {
  const char* const pairs[][2] = {
      {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},         {"foo", "Zm9v"},
      {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : pairs) {
    EXPECT_EQ(base64url(bytes), text);
    EXPECT_EQ(read_base64url(text), bytes);
  }
  EXPECT_EQ(base64url("\xfb\xff\xbf"), "-_-_");
}

TEST(Base64url, reads_back_all_bytes_at_all_lengths) {
  std::string bytes;
  for (int i = 0; i < 600; ++i) {
    EXPECT_EQ(read_base64url(base64url(bytes)), bytes);
    bytes += static_cast<char>(i * 5);
  }
}

TEST(Base64url, refuses_padding_other_alphabets_and_stray_bits) {
  for (const char* text :
       {"Zg==", "Zm8=", "+/+/", "Zm9v ", " Zm9v", "Zm9v\n", "Z", "Zm9vY", "Zh", "Zm9", "A.AA"}) {
    EXPECT_FALSE(read_base64url(text).has_value()) << text;
  }
}

// RFC 3629 section 3, by the value rather than by the bytes.
bool fits_utf8(std::uint32_t code, int length) {
  constexpr std::uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool is_surrogate = code >= 0xd800 && code <= 0xdfff;
  return code >= least[length] && code <= 0x10ffff && !is_surrogate;
}

std::string spelled(std::uint32_t code, int length) {
  constexpr unsigned lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
  std::string bytes(static_cast<std::size_t>(length), '\0');
  for (int i = length - 1; i > 0; --i, code >>= 6) {
    bytes[static_cast<std::size_t>(i)] = static_cast<char>(0x80 | (code & 0x3f));
  }
  bytes[0] = static_cast<char>(lead[length] | code);
  return bytes;
}

TEST(Utf8, accepts_every_code_point_in_its_shortest_form_only) {
  constexpr std::uint32_t room[] = {0, 0, 0x800, 0x10000, 0x200000};
  for (int length = 2; length <= 4; ++length) {
    for (std::uint32_t code = 0; code < room[length]; ++code) {
      ASSERT_EQ(is_utf8(spelled(code, length)), fits_utf8(code, length)) << code << " in " << length;
    }
  }
  for (int byte = 0; byte < 256; ++byte)
    EXPECT_EQ(is_utf8(std::string(1, static_cast<char>(byte))), byte < 0x80);
}

TEST(Utf8, reads_every_code_point_as_it_was_written) {
  for (std::uint32_t code = 0; code <= 0x10ffff; code += code == 0xd7ff ? 0x801 : 1) {
    std::string bytes;
    append_utf8(bytes, code);
    std::size_t at = 0;
    ASSERT_TRUE(is_utf8(bytes)) << code;
    ASSERT_EQ(read_utf8(bytes, at), code);
    ASSERT_EQ(at, bytes.size());
  }
}

TEST(Utf8, reads_bytes_that_are_no_character_one_by_one) {
  for (const std::string_view bytes :
       {"\x80", "\xff", "\xc3", "\xe2\x82", "\xed\xa0\x80", "\xc0\xaf", "\xf4\x90\x80\x80"}) {
    for (std::size_t at = 0; at < bytes.size();) {
      const std::size_t before = at;
      EXPECT_EQ(read_utf8(bytes, at), 0xfffdu);
      EXPECT_EQ(at, before + 1);
    }
  }
}

TEST(Utf8, refuses_cut_and_stray_bytes_anywhere) {
  for (const std::uint32_t code : {0x80u, 0x7ffu, 0x800u, 0xffffu, 0x10000u, 0x10ffffu}) {
    const int length = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    const std::string whole = spelled(code, length);
    EXPECT_TRUE(is_utf8("a" + whole + "b" + whole));
    for (std::size_t kept = 1; kept < whole.size(); ++kept) {
      EXPECT_FALSE(is_utf8(whole.substr(0, kept)));
      EXPECT_FALSE(is_utf8(whole.substr(0, kept) + "abc"));
      EXPECT_FALSE(is_utf8(whole.substr(kept)));
      std::string broken = whole;
      for (const unsigned char byte : {0x00, 0x7f, 0xc0, 0xff}) {
        broken[kept] = static_cast<char>(byte);
        EXPECT_FALSE(is_utf8(broken));
      }
    }
  }
}

TEST(Utf8, refuses_leads_that_begin_nothing) {
  for (int lead = 0x80; lead < 0x100; ++lead) {
    if (lead >= 0xc2 && lead <= 0xf4) continue;
    EXPECT_FALSE(is_utf8(static_cast<char>(lead) + std::string("\x80\x80\x80"))) << lead;
  }
  EXPECT_TRUE(is_utf8(""));
  EXPECT_TRUE(is_utf8(std::string_view("\0", 1)));
}

TEST(Split, gives_one_part_more_than_there_are_separators) {
  using Parts = std::vector<std::string_view>;
  EXPECT_EQ(split("", '/'), Parts{""});
  EXPECT_EQ(split("a", '/'), Parts{"a"});
  EXPECT_EQ(split("/", '/'), (Parts{"", ""}));
  EXPECT_EQ(split("a//b/", '/'), (Parts{"a", "", "b", ""}));
}

}  // namespace
}  // namespace rockpool::base
