#include "core/base/fold.h"

#include <algorithm>
#include <cstdint>
#include <iterator>

namespace rockpool::base {
namespace {

// Code points first..last fold by adding `add`; with `every_other` only those as even or odd as `first`.
// Source: Unicode CaseFolding.txt, statuses C and S, of the scripts named in the header; variant forms of
// Greek letters and the long s are left out, final sigma is in.
struct Range {
  std::uint16_t first;
  std::uint16_t last;
  std::int16_t add;
  bool every_other;
};

constexpr Range ranges[] = {
    {0x00b5, 0x00b5, 775, false}, {0x00c0, 0x00d6, 32, false},   {0x00d8, 0x00de, 32, false},
    {0x0100, 0x012e, 1, true},    {0x0132, 0x0136, 1, true},     {0x0139, 0x0147, 1, true},
    {0x014a, 0x0176, 1, true},    {0x0178, 0x0178, -121, false}, {0x0179, 0x017d, 1, true},
    {0x0386, 0x0386, 38, false},  {0x0388, 0x038a, 37, false},   {0x038c, 0x038c, 64, false},
    {0x038e, 0x038f, 63, false},  {0x0391, 0x03a1, 32, false},   {0x03a3, 0x03ab, 32, false},
    {0x03c2, 0x03c2, 1, false},   {0x0400, 0x040f, 80, false},   {0x0410, 0x042f, 32, false},
    {0x0460, 0x0480, 1, true},    {0x048a, 0x04be, 1, true},     {0x04c0, 0x04c0, 15, false},
    {0x04c1, 0x04cd, 1, true},    {0x04d0, 0x052e, 1, true},
};

}  // namespace

char32_t folded(char32_t point) {
  if (point < 0x80) return point >= 'A' && point <= 'Z' ? point + 32 : point;
  const auto* range = std::lower_bound(std::begin(ranges), std::end(ranges), point,
                                       [](const Range& r, char32_t p) { return r.last < p; });
  if (range == std::end(ranges) || point < range->first) return point;
  if (range->every_other && ((point - range->first) & 1u) != 0) return point;
  return static_cast<char32_t>(static_cast<std::int32_t>(point) + range->add);
}

void append_folded(std::string& out, std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool two_bytes = byte >= 0xc2 && byte <= 0xd4 && i + 1 < text.size();
    if (two_bytes) {
      const unsigned point = folded((byte & 0x1fu) << 6 | (static_cast<unsigned char>(text[++i]) & 0x3fu));
      out += static_cast<char>(0xc0 | point >> 6);
      out += static_cast<char>(0x80 | (point & 0x3fu));
    } else {
      out += byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte + 32) : text[i];
    }
  }
}

}  // namespace rockpool::base
