#include "core/base/fold.h"

#include <gtest/gtest.h>

#include "core/base/text.h"

namespace rockpool::base {
namespace {

std::string folded(std::string_view text) {
  std::string out;
  append_folded(out, text);
  return out;
}

TEST(Fold, makes_capitals_small_in_the_scripts_it_knows) {
  EXPECT_EQ(folded("AZaz09@[`{"), "azaz09@[`{");
  EXPECT_EQ(folded("ÀÖØÞàöøþ"), "àöøþàöøþ");
  EXPECT_EQ(folded("ĀŁŃŠŸŹŽ"), "āłńšÿźž");
  EXPECT_EQ(folded("ΑΩΆΈΊΌΎΏς"), "αωάέίόύώσ");
  EXPECT_EQ(folded("АЯЁЂЏѢҐӀӁӐ"), "аяёђџѣґӏӂӑ");
  EXPECT_EQ(folded("µ"), "μ");
}

TEST(Fold, leaves_everything_else_as_it_is) {
  for (const std::string_view text : {"÷×ßæ", "ı", "漢字", "\xf0\x9f\x92\xa9", "אב", "ՙ", "→"}) {
    EXPECT_EQ(folded(text), text);
  }
}

TEST(Fold, of_folded_text_is_the_same_text) {
  std::string all;
  for (unsigned point = 0x80; point < 0x800; ++point) {
    all += static_cast<char>(0xc0 | point >> 6);
    all += static_cast<char>(0x80 | (point & 0x3f));
  }
  EXPECT_EQ(folded(folded(all)), folded(all));
  EXPECT_EQ(folded(all).size(), all.size());
}

TEST(Fold, of_one_character_is_that_of_a_text) {
  for (char32_t point = 0; point < 0x3000; ++point) {
    std::string text;
    std::string small;
    append_utf8(text, point);
    append_utf8(small, base::folded(point));
    ASSERT_EQ(folded(text), small) << text;
    EXPECT_TRUE(text == small || point <= folded_max) << text;
  }
}

TEST(Fold, survives_text_cut_off_in_a_code_point) { EXPECT_EQ(folded("A\xc3"), "a\xc3"); }

}  // namespace
}  // namespace rockpool::base
