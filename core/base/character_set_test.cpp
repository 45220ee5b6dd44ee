#include "core/base/character_set.h"

#include <gtest/gtest.h>

namespace rockpool::base {
namespace {

TEST(CharacterSet, joins_what_overlaps_or_touches) {
  const CharacterSet set({{'x', 'z'}, {'a', 'c'}, {'d', 'f'}, {'b', 'b'}, {0xe4, 0x10ffff}});
  ASSERT_EQ(set.ranges().size(), 3u);
  for (const char32_t c : {U'a', U'f', U'x', U'z', U'ä', U'\U0010ffff'}) EXPECT_TRUE(set.has(c));
  for (const char32_t c : {U'\0', U'`', U'g', U'w', U'{', U'\u007f', U'\u0080', U'ã'})
    EXPECT_FALSE(set.has(c));
}

TEST(CharacterSet, and_the_others_are_all_characters) {
  for (const CharacterSet& set : {CharacterSet({}), CharacterSet({{0, 0x10ffff}}), CharacterSet({{'a', 'z'}}),
                                  CharacterSet({{0, 9}, {0x7f, 0x80}, {0xffff, 0x10ffff}})}) {
    const CharacterSet others = set.others();
    for (char32_t c = 0; c <= 0x10ffff; c += c < 0x100 ? 1 : 0xff) ASSERT_NE(set.has(c), others.has(c));
  }
}

TEST(CharacterSet, gains_small_letters_when_it_is_folded) {
  const CharacterSet set = CharacterSet({{'A', 'C'}, {U'Ä', U'Ö'}}).folded();
  for (const char32_t c : {U'A', U'b', U'ä', U'ö', U'Ö'}) EXPECT_TRUE(set.has(c));
  for (const char32_t c : {U'd', U'ü'}) EXPECT_FALSE(set.has(c));
}

}  // namespace
}  // namespace rockpool::base
