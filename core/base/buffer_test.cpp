#include "core/base/buffer.h"

#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace rockpool::base {
namespace {

std::vector<std::uint64_t> edges() {
  std::vector<std::uint64_t> numbers = {0, UINT64_MAX};
  for (int bit = 0; bit < 64; ++bit) {
    const std::uint64_t power = std::uint64_t{1} << bit;
    numbers.insert(numbers.end(), {power - 1, power, power + 1});
  }
  return numbers;
}

TEST(Buffer, varints_read_back_at_every_power_of_two) {
  for (const std::uint64_t number : edges()) {
    const std::string bytes = BufferWriter().number(number).take();
    BufferReader reader(bytes);
    EXPECT_EQ(reader.number(), number);
    EXPECT_TRUE(reader.whole());
  }
}

TEST(Buffer, varints_take_seven_bits_a_byte) {
  EXPECT_EQ(BufferWriter().number(0).bytes(), std::string(1, '\0'));
  EXPECT_EQ(BufferWriter().number(127).bytes(), "\x7f");
  EXPECT_EQ(BufferWriter().number(128).bytes(), "\x80\x01");
  EXPECT_EQ(BufferWriter().number(300).bytes(), "\xac\x02");
  EXPECT_EQ(BufferWriter().number(UINT64_MAX).bytes(), std::string(9, '\xff') + "\x01");
}

TEST(Buffer, signed_numbers_read_back_and_small_ones_are_short) {
  for (const std::uint64_t edge : edges()) {
    for (const auto number : {static_cast<std::int64_t>(edge), static_cast<std::int64_t>(~edge)}) {
      const std::string bytes = BufferWriter().signed_number(number).take();
      EXPECT_EQ(BufferReader(bytes).signed_number(), number);
    }
  }
  EXPECT_EQ(BufferWriter().signed_number(-1).bytes(), "\x01");
  EXPECT_EQ(BufferWriter().signed_number(1).bytes(), "\x02");
  EXPECT_EQ(BufferWriter().signed_number(-64).bytes(), "\x7f");
}

TEST(Buffer, a_varint_beyond_64_bits_is_malformed) {
  for (const std::string& bytes : {std::string(9, '\xff') + "\x02", std::string(10, '\x80') + "\x01",
                                   std::string(10, '\xff'), std::string(100, '\x80')}) {
    BufferReader reader(bytes);
    EXPECT_EQ(reader.number(), 0u);
    EXPECT_FALSE(reader.ok());
  }
}

TEST(Buffer, fixed_numbers_are_little_endian) {
  const std::string bytes = BufferWriter().fixed32(0x01020384).fixed64(0xf102030405060788).take();
  EXPECT_EQ(bytes, "\x84\x03\x02\x01\x88\x07\x06\x05\x04\x03\x02\xf1");
  BufferReader reader(bytes);
  EXPECT_EQ(reader.fixed32(), 0x01020384u);
  EXPECT_EQ(reader.fixed64(), 0xf102030405060788u);
  EXPECT_TRUE(reader.whole());
}

TEST(Buffer, a_mixed_row_reads_back_and_every_cut_of_it_is_malformed) {
  const std::string text("a\0b", 3);
  const std::string bytes = BufferWriter()
                                .number(1000)
                                .text(text)
                                .byte(255)
                                .signed_number(-5)
                                .fixed32(7)
                                .fixed64(8)
                                .text("")
                                .take();
  for (std::size_t kept = 0; kept <= bytes.size(); ++kept) {
    BufferReader reader(std::string_view(bytes).substr(0, kept));
    const bool all = reader.number() == 1000 && reader.text() == text && reader.byte() == 255 &&
                     reader.signed_number() == -5 && reader.fixed32() == 7 && reader.fixed64() == 8 &&
                     reader.text().empty();
    EXPECT_EQ(all && reader.whole(), kept == bytes.size());
  }
}

TEST(Buffer, a_text_longer_than_what_is_left_is_malformed) {
  for (const std::uint64_t length : {std::uint64_t{3}, std::uint64_t{1} << 32 | 1, UINT64_MAX}) {
    const std::string bytes = BufferWriter().number(length).take() + "ab";
    BufferReader reader(bytes);
    EXPECT_EQ(reader.text(), "");
    EXPECT_FALSE(reader.ok());
  }
}

TEST(Buffer, after_a_malformed_item_everything_reads_as_nothing) {
  BufferReader reader(
      "\x05"
      "ab");
  EXPECT_EQ(reader.text(), "");
  EXPECT_EQ(reader.byte(), 0);
  EXPECT_EQ(reader.number(), 0u);
  EXPECT_EQ(reader.signed_number(), 0);
  EXPECT_EQ(reader.fixed32(), 0u);
  EXPECT_EQ(reader.fixed64(), 0u);
  EXPECT_FALSE(reader.ok());
  EXPECT_FALSE(reader.whole());
}

TEST(Buffer, what_is_left_over_is_not_whole) {
  BufferReader reader("ab");
  EXPECT_EQ(reader.byte(), 'a');
  EXPECT_TRUE(reader.ok());
  EXPECT_FALSE(reader.at_end());
  EXPECT_FALSE(reader.whole());
}

}  // namespace
}  // namespace rockpool::base
