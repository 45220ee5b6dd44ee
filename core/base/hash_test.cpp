#include "core/base/hash.h"

#include <cstdint>
#include <string>

#include <gtest/gtest.h>

namespace rockpool::base {
namespace {

// XXH64 with seed 0 of the first 0, 1, 2, … 100 bytes of 3, 10, 17, 24, …, made with libxxhash 0.8.1.
constexpr std::uint64_t xxh64_of_first_bytes[] = {
    0xef46db3751d8e999u, 0x1f25c8d0bc1f4bb6u, 0xf5bedec232706303u, 0x31d2363f52e564c9u, 0x9bb64b7d66ee9fdau,
    0xc7608efddb7051feu, 0x61436fb28d5ce4c4u, 0x9a7b149959ce60d8u, 0xdab99d95c6f90092u, 0x170bb6bf975b4c02u,
    0xbd7277d7e2d8a98cu, 0x7a52cc9457cf1a1fu, 0xd52e407833af5133u, 0xf78b031308f5bfc8u, 0xc7f1d4d0acfa5a14u,
    0x1b47cb8243cc8e32u, 0x434850232b787be2u, 0x1efa7025f1b97a7au, 0x28791d24c4cf5e78u, 0x3e91f7c3171250d0u,
    0x18ae385ada6b00cbu, 0xc075185602af71ebu, 0xb2ceb44aa258ff36u, 0x36a34f92fb0205c0u, 0xc47c71bd4694ff81u,
    0xb13f23e884186902u, 0x76a5852d6e1cab15u, 0x9ab0b90755292fc8u, 0x729299f92ff25c75u, 0x6cd01834be7d2537u,
    0x4bdd83b2b139424fu, 0xa2aa5f33cc4a6119u, 0x23c3c17ef790fd97u, 0x50a7cfc7ba588784u, 0xc3e49b08a6aad624u,
    0xa5b3456011d2913bu, 0xc0b52b0dcc5e3f7fu, 0xe32ef63802f5a3fdu, 0xa4696f18f9acce05u, 0x880bbeea606e4b37u,
    0xb620306b253d76b6u, 0x8d56b39a38735fa8u, 0xd50fb183d9c4f252u, 0x71784bdf7cc20ceeu, 0xa4b19436ab40edb0u,
    0x86faee00897c4b41u, 0xd524c35b647262acu, 0xa7c5465cc5ad205eu, 0xda76bbb3544338eeu, 0x756d92b5ff28e5bcu,
    0x3feb2f60dd4d0dbdu, 0xf1639a50dba4740bu, 0xe3bba384bc67d6eeu, 0x84a096f591e6f04eu, 0x6a7e7d3192910190u,
    0x0a815463dd86507au, 0xed350c04e51a88e9u, 0xe1d288e4de03cb88u, 0xf6e789b251ea5e64u, 0xc7a61c29cfafe592u,
    0x00f7f0730e736d93u, 0xea5d9295b669d981u, 0xf1a1a311ad02b5b1u, 0x5e3e54b431c7493cu, 0x0eb64b3ef6eeb01fu,
    0xa383b724b2bd12f1u, 0xb6d55f01384314c2u, 0x36c3014e8cf0ef72u, 0x69569d3f713f823eu, 0x57793f2c918c48a5u,
    0x9cc0bdc853243c07u, 0xfdb8dfc5700141a7u, 0xfd91a561882d1ff7u, 0x8a834abcf2f8b93cu, 0xd340158f8cf0fb15u,
    0xa0bd9a2db08e831fu, 0x40ab8c3070928bccu, 0xc4e0603b2473c094u, 0xc64cb670798a0216u, 0x47689d5802ef60f9u,
    0x1efb52c793e16467u, 0xcb446eef618a5c5fu, 0xcf86163e2a57146du, 0x5c682f0467158034u, 0xdabb597070523aa0u,
    0xd57c286c39a9aa86u, 0xec269db55b82c1c5u, 0x453ce28b3e218742u, 0xfa72ffda01ff1d53u, 0x5334da4f44541483u,
    0xa88599170950fe6bu, 0xe267317d04f769fdu, 0x4972b6528838316bu, 0x440ca19b24b46393u, 0xd23f68bf6af1abc1u,
    0xf6ffb9103991895fu, 0x3101a958de582e18u, 0xb2b3f9902ec2efbdu, 0xeee3136b2af7ff5du, 0x06a08eb098afa2c3u,
    0xa61f8d4c170fe531u,
};

std::string first_bytes(std::size_t count) {
  std::string bytes;
  for (std::size_t i = 0; i < count; ++i) bytes += static_cast<char>(i * 7 + 3);
  return bytes;
}

std::string counting(int from, int step) {
  std::string bytes;
  for (int i = 0; i < 32; ++i) bytes += static_cast<char>(from + i * step);
  return bytes;
}

TEST(Crc32c, gives_the_values_of_rfc_3720) {
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8a9136aau);
  EXPECT_EQ(crc32c(std::string(32, '\xff')), 0x62a8ab43u);
  EXPECT_EQ(crc32c(counting(0, 1)), 0x46dd794eu);
  EXPECT_EQ(crc32c(counting(31, -1)), 0x113fdb5cu);
  EXPECT_EQ(crc32c("123456789"), 0xe3069283u);
  EXPECT_EQ(crc32c(""), 0u);
}

// The reference is a bit-by-bit CRC-32C of the 101 little-endian checksums, one after the other.
TEST(Crc32c, agrees_with_a_bitwise_reference_at_lengths_0_to_100) {
  std::string sums;
  for (std::size_t length = 0; length <= 100; ++length) {
    const std::uint32_t sum = crc32c(first_bytes(length));
    for (int shift = 0; shift < 32; shift += 8) sums += static_cast<char>(sum >> shift);
  }
  EXPECT_EQ(crc32c(sums), 0x410724e1u);
}

TEST(Crc32c, can_be_continued_at_any_byte) {
  const std::string bytes = first_bytes(60);
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    const std::uint32_t front = crc32c(std::string_view(bytes).substr(0, cut));
    EXPECT_EQ(crc32c(std::string_view(bytes).substr(cut), front), crc32c(bytes));
  }
}

TEST(Hash64, is_xxh64_at_lengths_0_to_100) {
  for (std::size_t length = 0; length <= 100; ++length) {
    EXPECT_EQ(hash64(first_bytes(length)), xxh64_of_first_bytes[length]) << length;
  }
}

TEST(Hash64, gives_the_published_values) {
  EXPECT_EQ(hash64(""), 0xef46db3751d8e999u);
  EXPECT_EQ(hash64("abc"), 0x44bc2cf5ad770999u);
  EXPECT_EQ(hash64("", 2654435761u), 0xac75fda2929b17efu);
}

// Each hash seeds the next one; the end is libxxhash's.
TEST(Hash64, is_xxh64_with_other_seeds) {
  std::uint64_t hash = 0;
  for (std::size_t length = 0; length <= 100; ++length) hash = hash64(first_bytes(length), hash);
  EXPECT_EQ(hash, 0x52630b0706564ad9u);
}

TEST(Hash64, does_not_depend_on_where_the_bytes_lie) {
  const std::string bytes = first_bytes(64);
  for (std::size_t shift = 0; shift < 8; ++shift) {
    const std::string moved = std::string(shift, 'x') + bytes;
    EXPECT_EQ(hash64(std::string_view(moved).substr(shift)), hash64(bytes));
  }
}

}  // namespace
}  // namespace rockpool::base
