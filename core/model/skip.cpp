#include "core/model/skip.h"

#include <bit>
#include <cstdint>
#include <cstring>

namespace rockpool::model {
namespace {

constexpr std::uint64_t ones = 0x0101'0101'0101'0101;
constexpr std::uint64_t highs = 0x8080'8080'8080'8080;

// The high bit of each byte that is `c`; bytes above the lowest such one may be marked wrongly.
std::uint64_t marks(std::uint64_t block, char c) {
  const std::uint64_t differing = block ^ (ones * static_cast<unsigned char>(c));
  return (differing - ones) & ~differing & highs;
}

// The next quote or backslash, looked for in eight bytes at a time.
std::size_t quote_or_backslash(std::string_view text, std::size_t at) {
  std::uint64_t block = 0;
  for (; at + sizeof block <= text.size(); at += sizeof block) {
    std::memcpy(&block, text.data() + at, sizeof block);
    const std::uint64_t found = marks(block, '"') | marks(block, '\\');
    if (found == 0) continue;
    if constexpr (std::endian::native == std::endian::little) {
      return at + static_cast<std::size_t>(std::countr_zero(found)) / 8;
    } else {
      break;
    }
  }
  while (at < text.size() && text[at] != '"' && text[at] != '\\') ++at;
  return at;
}

}  // namespace

std::size_t behind_string(std::string_view text, std::size_t at) {
  for (at = quote_or_backslash(text, at + 1); at < text.size(); at = quote_or_backslash(text, at + 2)) {
    if (text[at] == '"') return at + 1;
  }
  return text.size();
}

}  // namespace rockpool::model
